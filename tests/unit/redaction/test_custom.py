"""A tenant's own pattern runs on RE2, with names and lengths checked."""

import pytest

from redaction.custom import MAX_PATTERN_CHARACTERS, CustomPattern, Re2Pattern


def test_the_first_group_is_the_value() -> None:
    assert Re2Pattern("E-([0-9]+)").groupindex == {"value": 1}
    assert Re2Pattern("E-[0-9]+").groupindex == {}


def test_a_search_starts_at_a_position_in_code_points() -> None:
    pattern = Re2Pattern("E-[0-9]")

    assert pattern.search("é E-1 E-2", 3).span() == (6, 9)
    assert pattern.search("é E-1", 3) is None


def test_lone_surrogates_do_not_hide_a_value() -> None:
    assert Re2Pattern("E-[0-9]").search("\ud800 E-1").span() == (2, 5)


@pytest.mark.parametrize("entity", ["E", "badge", "1BADGE", "A" * 33, "BADGE-1"])
def test_an_invalid_entity_name_is_refused(entity: str) -> None:
    with pytest.raises(ValueError, match="is not an entity name"):
        CustomPattern(entity, "x")


def test_a_pattern_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than 500 characters"):
        CustomPattern("BADGE", "x" * (MAX_PATTERN_CHARACTERS + 1))


def test_a_pattern_that_matches_the_empty_text_is_refused() -> None:
    with pytest.raises(ValueError, match="matches the empty text"):
        CustomPattern("BADGE", "x*")
