"""Overlapping entities become one, and tokens are no part of an entity."""

from redaction.overlaps import cut_tokens, drop_starts_inside, merge
from redaction.result import Entity


def test_entities_that_do_not_overlap_are_sorted() -> None:
    assert merge([Entity("PHONE", 5, 9), Entity("EMAIL", 0, 5)]) == [Entity("EMAIL", 0, 5), Entity("PHONE", 5, 9)]


def test_the_longest_entity_names_the_merged_one() -> None:
    merged = merge([Entity("PHONE", 0, 4, "phone"), Entity("EMAIL", 2, 12, "email"), Entity("SECRET", 11, 15, "token")])

    assert merged == [Entity("EMAIL", 0, 15)]
    assert merged[0].rule == "email"


def test_the_leftmost_entity_wins_a_tie_and_then_the_first_in_the_list() -> None:
    assert merge([Entity("EMAIL", 2, 6), Entity("PHONE", 0, 4)]) == [Entity("PHONE", 0, 6)]
    assert merge([Entity("EMAIL", 0, 4), Entity("PHONE", 0, 4)]) == [Entity("EMAIL", 0, 4)]


def test_a_merged_entity_is_quoted_if_a_part_is() -> None:
    assert merge([Entity("PHONE", 0, 4), Entity("EMAIL", 2, 6, quoted=True)])[0].quoted


def test_tokens_are_cut_out_with_parts_that_hide_nothing() -> None:
    text = "ab [EMAIL] - [EMAIL] cd"

    assert list(cut_tokens(text, [Entity("PHONE", 0, len(text))], [(3, 10), (13, 20)])) == [
        Entity("PHONE", 0, 3),
        Entity("PHONE", 20, 23),
    ]


def test_starts_inside_values_found_by_a_rule_are_dropped() -> None:
    entities = [Entity("EMAIL", 0, 5, "email"), Entity("PHONE", 6, 9, "phone")]

    assert drop_starts_inside("email", entities, [0, 4, 5, 7]) == [5, 7]
