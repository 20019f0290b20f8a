"""From a request's body to a checked log."""

import re
from typing import Any

import msgspec
import uuid_utils

from tasks.batch import Log
from topology import MAX_LOG_ID_CHARACTERS, MAX_TEXT_BYTES, TENANT_ID_PATTERN
from webapp.problems import Problem

_FIELDS = ("tenant_id", "log_id", "text")
_TENANT_ID = re.compile(TENANT_ID_PATTERN)


def parse_json(body: bytes) -> dict[str, Any]:
    """The object in a JSON body.

    Raises:
        Problem: 400 when it is not UTF-8 or not JSON; 422 when it is not an object or has fields that we don't keep.
    """
    decode_utf8(body)
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        raise Problem(400, "json_invalid", "The body is not valid JSON.") from None
    if not isinstance(value, dict):
        raise Problem(422, "not_an_object", 'Send one JSON object: {"tenant_id": "…", "log_id": "…", "text": "…"}.')
    if value.keys() - set(_FIELDS):
        raise Problem(
            422, "field_unknown", f"Only the fields {', '.join(_FIELDS)} are kept; put everything else into text."
        )
    return value


def decode_utf8(body: bytes) -> str:
    """A body's text.

    Raises:
        Problem: 400 when it is not UTF-8.
    """
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Problem(
            400, "utf8_invalid", f"The body is not UTF-8 (at byte {error.start}); send it in UTF-8."
        ) from None


def to_log(record: dict[str, Any]) -> Log:
    """A checked log; one without a log_id gets a UUIDv7, so that a tenant's logs sort by time.

    Raises:
        Problem: 422 with the field that is wrong.
    """
    text = _field(record, "text")
    if text is None:
        raise Problem(422, "text_missing", "The field text is missing; put the log into it, as a string.")
    if not text:
        raise Problem(422, "text_empty", "The field text is empty; put the log into it.")
    if len(text.encode()) > MAX_TEXT_BYTES:
        raise Problem(422, "text_too_long", f"The field text may have {MAX_TEXT_BYTES} bytes of UTF-8; split the log.")
    log_id = _field(record, "log_id")
    if log_id is None:
        return Log(str(uuid_utils.uuid7()), text)
    if not 1 <= len(log_id) <= MAX_LOG_ID_CHARACTERS or not log_id.isprintable():
        raise Problem(
            422,
            "log_id_invalid",
            f"The field log_id must have 1 to {MAX_LOG_ID_CHARACTERS} printable characters; leave it out to get one.",
        )
    return Log(log_id, text)


def to_tenant_id(from_body: dict[str, Any], from_header: str | None) -> str:
    """The tenant that the request names, in the field tenant_id or in the header x-tenant-id.

    Raises:
        Problem: 422 when neither names one, when they differ, or when it is not a tenant id.
    """
    in_field = _field(from_body, "tenant_id")
    if in_field is not None and from_header is not None and in_field != from_header:
        raise Problem(
            422, "tenant_id_mismatch", "The field tenant_id and the header x-tenant-id differ; send one of them."
        )
    tenant_id = from_header if in_field is None else in_field
    if tenant_id is None:
        raise Problem(
            422, "tenant_id_missing", "Name the tenant: the field tenant_id in JSON, or the header x-tenant-id."
        )
    if not _TENANT_ID.fullmatch(tenant_id):
        raise Problem(422, "tenant_id_invalid", "A tenant id has 1 to 64 of the characters A-Z a-z 0-9 . _ - only.")
    return tenant_id


def _field(record: dict[str, Any], name: str) -> str | None:
    value = record.get(name)
    if value is not None and not isinstance(value, str):
        raise Problem(422, f"{name}_not_a_string", f"The field {name} must be a string.")
    return value
