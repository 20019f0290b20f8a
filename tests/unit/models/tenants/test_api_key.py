"""API keys as text and as rows."""

from datetime import timedelta

import pytest
from pynamodb.exceptions import PutError

from foundation.timestamps import get_timestamp
from models import ApiKey, ApiKeyText, NotFound


def test_a_generated_key_has_256_random_bits_and_parses() -> None:
    text = ApiKeyText.generate()

    assert str(text) == f"slk_{text.key_id}_{text.secret}"
    assert ApiKeyText.parse(str(text)) == text
    # 62 kinds of characters.
    assert 62 ** len(text.secret) >= 2**256
    assert len({ApiKeyText.generate().secret for _ in range(100)}) == 100


WHOLE = f"slk_{'a' * 16}_{'b' * 43}"


@pytest.mark.parametrize("wrong", ["", "slk_", "slk_a_b", f"x{WHOLE}", f"{WHOLE}\n", WHOLE[:-1], WHOLE.upper()])
def test_a_malformed_key_is_not_parsed(wrong: str) -> None:
    assert ApiKeyText.parse(WHOLE) is not None
    assert ApiKeyText.parse(wrong) is None


def test_letters_and_digits_beyond_ascii_are_not_parsed() -> None:
    text = ApiKeyText.generate()

    assert ApiKeyText.parse(str(text._replace(secret=text.secret[:-1] + "é"))) is None
    assert ApiKeyText.parse(str(text._replace(secret=text.secret[:-1] + "٣"))) is None


def test_a_repr_does_not_contain_the_secret() -> None:
    text = ApiKeyText.generate()

    assert text.secret not in f"{text!r} {[text]} {(text,)!r}"


def test_an_api_key_matches_only_the_right_secret(tenant: str) -> None:
    text = ApiKey.add(tenant, ["ingest"])
    row = ApiKey.get_or_none(text.key_id)

    assert row is not None
    assert row.matches(text)
    assert not row.matches(text._replace(secret=ApiKeyText.generate().secret))
    # A row of the index has no hash, so nothing is right for it.
    (listed,) = ApiKey.for_tenant(tenant)
    assert listed.secret_hash is None
    assert not listed.matches(text)


@pytest.mark.parametrize("scopes", [[], ["write"], ["ingest", "write"]])
def test_unknown_or_no_scopes_are_refused(tenant: str, scopes: list[str]) -> None:
    with pytest.raises(ValueError, match="scopes ingest, read, read:original, admin"):
        ApiKey.add(tenant, scopes)


def test_a_key_is_active_expired_or_revoked(tenant: str) -> None:
    texts = ApiKey.add(tenant, ["read"]), ApiKey.add(tenant, ["read"], timedelta(seconds=-1))
    ended = ApiKey.add(tenant, ["read"])
    ApiKey.revoke(ended.key_id)

    rows = [ApiKey.get_or_none(text.key_id) for text in (*texts, ended)]

    assert [row.state for row in rows if row is not None] == ["active", "expired", "revoked"]


def test_revoking_an_unknown_key_creates_nothing(tenant: str) -> None:
    key_id = ApiKeyText.generate().key_id

    with pytest.raises(NotFound):
        ApiKey.revoke(key_id)
    ApiKey.record_use(key_id, get_timestamp(), get_timestamp(-timedelta(minutes=1)))

    assert ApiKey.get_or_none(key_id) is None


def test_a_key_is_never_overwritten(tenant: str) -> None:
    row = ApiKey.get_or_none(ApiKey.add(tenant, ["read"]).key_id)
    assert row is not None

    with pytest.raises(PutError):
        row.save(ApiKey.key_id.does_not_exist())
