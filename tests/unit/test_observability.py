"""Summary of an error that is safe to log."""

from observability import safe_error_summary


def test_an_error_is_summarised_by_type_and_line_without_the_message() -> None:
    try:
        raise KeyError("QUOKKA")
    except KeyError as error:
        shown = safe_error_summary(error)

    assert shown.startswith("KeyError at test_observability.py:")
    assert "QUOKKA" not in shown
    assert safe_error_summary(ValueError("QUOKKA")) == "ValueError"
