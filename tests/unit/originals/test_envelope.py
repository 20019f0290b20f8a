"""Envelopes of originals: each opens for its own record only."""

import base64

import pytest

from originals import DataCipher, OriginalUnreadable, parse_data_key_id

KEY_ID = "01a2045b-bd92-777c-b479-38fcf114e6b2"
KEY = bytes(range(32))
CIPHER = DataCipher("tenant-1", KEY_ID, KEY)


@pytest.mark.parametrize("text", ["", "Customer 555-123-4567 logged in", "é 日本語 🦆", "x" * 131_072])
def test_open_returns_the_sealed_text(text: str) -> None:
    sealed = CIPHER.seal("a", text)

    assert CIPHER.open("a", sealed) == text
    assert parse_data_key_id(sealed) == KEY_ID
    assert len(sealed) == 4 * -(-(45 + len(text.encode())) // 3)


def test_the_same_text_is_never_sealed_alike() -> None:
    assert len({CIPHER.seal("a", "text") for _ in range(1000)}) == 1000


def test_envelopes_in_the_stored_format_stay_readable() -> None:
    sealed = "AQGiBFu9knd8tHk4/PEU5rItLZPwtYaBIiHa326mIYd6bLIPOzY0uzpT7kQmzxmq6XP0jFu4bP5C7e3gu7Mohp5SBWsQK3zSyy7Wfw=="

    assert CIPHER.open("a", sealed) == "Customer 555-123-4567 logged in"


@pytest.mark.parametrize(
    ("cipher", "log_id"),
    [
        (CIPHER, "b"),
        (DataCipher("tenant-2", KEY_ID, KEY), "a"),
        (DataCipher("tenant-", KEY_ID, KEY), "1a"),
        (DataCipher("tenant-1", KEY_ID, bytes(32)), "a"),
        (DataCipher("tenant-1", KEY_ID.replace("0", "1"), KEY), "a"),
    ],
)
def test_an_envelope_opens_for_no_other_record_tenant_or_key(cipher: DataCipher, log_id: str) -> None:
    with pytest.raises(OriginalUnreadable, match="not encrypted for this record"):
        cipher.open(log_id, CIPHER.seal("a", "text"))


def test_an_envelope_with_any_bit_changed_does_not_open() -> None:
    data = base64.b64decode(CIPHER.seal("a", "text"))

    for bit in range(8 * len(data)):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(OriginalUnreadable):
            CIPHER.open("a", base64.b64encode(changed).decode())


@pytest.mark.parametrize("other", ["", "plain text", "AQ==", base64.b64encode(b"\x02" * 61).decode(), "é"])
def test_a_text_in_an_unknown_format_is_refused(other: str) -> None:
    for read in (lambda: parse_data_key_id(other), lambda: CIPHER.open("a", other)):
        with pytest.raises(OriginalUnreadable, match="unknown format"):
            read()
