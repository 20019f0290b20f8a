"""Keys as text, and as rows."""

from datetime import timedelta

import pytest
from pynamodb.exceptions import PutError

from foundation.timestamps import get_timestamp
from models import ApiKey, KeyText, NotThere


def test_the_parts_of_a_key() -> None:
    text = KeyText.new()

    assert str(text) == f"slk_{text.key_id}_{text.secret}"
    assert KeyText.parse(str(text)) == text
    # 62 kinds of characters.
    assert 62 ** len(text.secret) >= 2**256
    assert len({KeyText.new().secret for _ in range(100)}) == 100


WHOLE = f"slk_{'a' * 16}_{'b' * 43}"


@pytest.mark.parametrize("wrong", ["", "slk_", "slk_a_b", f"x{WHOLE}", f"{WHOLE}\n", WHOLE[:-1], WHOLE.upper()])
def test_what_is_no_key(wrong: str) -> None:
    assert KeyText.parse(WHOLE) is not None
    assert KeyText.parse(wrong) is None


def test_letters_and_digits_of_other_alphabets_are_none() -> None:
    text = KeyText.new()

    assert KeyText.parse(str(text._replace(secret=text.secret[:-1] + "é"))) is None
    assert KeyText.parse(str(text._replace(secret=text.secret[:-1] + "٣"))) is None


def test_a_repr_does_not_tell_the_secret() -> None:
    text = KeyText.new()

    assert text.secret not in f"{text!r} {[text]} {(text,)!r}"


def test_a_key_is_right_or_not(tenant: str) -> None:
    text = ApiKey.add(tenant, ["ingest"])
    row = ApiKey.of(text.key_id)

    assert row is not None
    assert row.is_of(text)
    assert not row.is_of(text._replace(secret=KeyText.new().secret))
    # A row of the index has no hash, so nothing is right for it.
    (listed,) = ApiKey.of_tenant(tenant)
    assert listed.secret_hash is None
    assert not listed.is_of(text)


@pytest.mark.parametrize("scopes", [[], ["write"], ["ingest", "write"]])
def test_scopes_that_are_none(tenant: str, scopes: list[str]) -> None:
    with pytest.raises(ValueError, match="scopes ingest, read, read:original, admin"):
        ApiKey.add(tenant, scopes)


def test_states(tenant: str) -> None:
    texts = ApiKey.add(tenant, ["read"]), ApiKey.add(tenant, ["read"], timedelta(seconds=-1))
    ended = ApiKey.add(tenant, ["read"])
    ApiKey.revoke(ended.key_id)

    rows = [ApiKey.of(text.key_id) for text in (*texts, ended)]

    assert [row.state for row in rows if row is not None] == ["active", "expired", "revoked"]


def test_revoking_what_is_not_there_makes_nothing(tenant: str) -> None:
    key_id = KeyText.new().key_id

    with pytest.raises(NotThere):
        ApiKey.revoke(key_id)
    ApiKey.note_use(key_id, get_timestamp(), get_timestamp(-timedelta(minutes=1)))

    assert ApiKey.of(key_id) is None


def test_a_key_is_never_overwritten(tenant: str) -> None:
    row = ApiKey.of(ApiKey.add(tenant, ["read"]).key_id)
    assert row is not None

    with pytest.raises(PutError):
        row.save(ApiKey.key_id.does_not_exist())
