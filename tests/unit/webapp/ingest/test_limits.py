"""Limits on a request before it becomes objects."""

import pytest

from settings import settings
from webapp.http.problems import Problem
from webapp.ingest.limits import MAX_OBJECTS, MAX_VALUES, check_json_objects, check_record_count


def test_the_most_records_are_accepted_and_one_record_more_is_not() -> None:
    check_record_count(settings.max_records)

    with pytest.raises(Problem) as error:
        check_record_count(settings.max_records + 1)
    assert (error.value.status, error.value.code) == (413, "too_many_records")
    assert str(settings.max_records) in error.value.detail


@pytest.mark.parametrize("body", [b"{" * MAX_OBJECTS, b"[{" * (MAX_OBJECTS // 2), b"0," * MAX_VALUES, b""])
def test_the_most_objects_and_values_are_accepted(body: bytes) -> None:
    check_json_objects(body)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"{" * (MAX_OBJECTS + 1), id="objects"),
        pytest.param(b"[" * (MAX_OBJECTS + 1), id="arrays"),
        pytest.param(b"[{" * (MAX_OBJECTS // 2) + b"[", id="both together"),
        pytest.param(b"0," * (MAX_VALUES + 1), id="values"),
    ],
)
def test_one_object_more_is_refused(body: bytes) -> None:
    with pytest.raises(Problem) as error:
        check_json_objects(body)

    assert (error.value.status, error.value.code) == (413, "too_many_objects")
