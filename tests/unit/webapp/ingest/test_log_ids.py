"""Generated ids, and ids from an Idempotency-Key."""

import uuid

from webapp.ingest.log_ids import MAX_LOGS, LogIds, id_from_idempotency_key


def test_an_id_is_the_time_then_the_random_bits_then_the_index() -> None:
    ids = LogIds(1_769_860_800_000, 0b10_1100)

    assert ids.id_at(0) == "019c13ec-9e00-7000-8000-000002c00000"
    assert ids.id_at(1) == "019c13ec-9e00-7000-8000-000002c00001"
    assert ids.id_at(MAX_LOGS - 1) == "019c13ec-9e00-7000-8000-000002cfffff"


def test_ids_are_uuid7s_that_sort_by_time_and_index() -> None:
    first, second = LogIds(1_769_860_800_000, 2**54 - 1), LogIds(1_769_860_800_001, 0)
    made = [first.id_at(0), first.id_at(1), first.id_at(MAX_LOGS - 1), second.id_at(0)]

    assert made == sorted(set(made))
    parsed = [uuid.UUID(log_id) for log_id in made]
    assert [str(log_id) for log_id in parsed] == made
    assert {(log_id.version, log_id.variant) for log_id in parsed} == {(7, uuid.RFC_4122)}
    assert [log_id.int >> 80 for log_id in parsed] == [1_769_860_800_000] * 3 + [1_769_860_800_001]


def test_each_request_has_other_ids() -> None:
    assert len({LogIds.generate().id_at(0) for _ in range(1000)}) == 1000


def test_an_id_from_an_idempotency_key_never_changes() -> None:
    assert id_from_idempotency_key("tenant-1", "k-1", 0) == "a89bb891-cf8c-5a48-b460-702c128dd305"


def test_an_id_from_an_idempotency_key_depends_on_tenant_key_and_index() -> None:
    made = [
        id_from_idempotency_key(tenant, key, index) for tenant in ("a", "b") for key in ("k", "l") for index in (0, 1)
    ]

    assert len(set(made)) == len(made)
