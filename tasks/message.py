"""What a Celery message of ours has in it, besides the batch. Anybody may have written one."""

from typing import Annotated, Any

import msgspec
from celery.exceptions import InvalidTaskError
from msgspec import Meta

_Id = Annotated[str, Meta(pattern=r"^[\w.:-]{1,255}$")]


class _Headers(msgspec.Struct):
    """https://docs.celeryq.dev/en/stable/internals/protocol.html#version-2; without what only workflows have."""

    id: _Id
    retries: Annotated[int, Meta(ge=0)] = 0
    root_id: _Id | None = None
    parent_id: _Id | None = None
    eta: str | None = None
    expires: str | None = None
    timelimit: tuple[float | None, float | None] | None = None
    shadow: None = None
    group: None = None
    stamped_headers: tuple[()] | None = None


class _Step(msgspec.Struct):
    task: str


class _Embedded(msgspec.Struct):
    chain: tuple[_Step, ...] | None = None
    callbacks: tuple[()] | None = None
    errbacks: tuple[()] | None = None
    chord: None = None


_Content = tuple[tuple[Any, ...], dict[str, Any], _Embedded | None]


def check(headers: Any, content: Any) -> Any:
    """The first argument of a task; None when there is none.

    Args:
        headers: of a message.
        content: what is in it, decoded.
    Raises:
        celery.exceptions.InvalidTaskError: this is no message of ours.
    """
    try:
        msgspec.convert(headers, _Headers)
        arguments, _, _ = msgspec.convert(content, _Content)
    except msgspec.ValidationError:
        raise InvalidTaskError("headers or content are not Celery's") from None
    return arguments[0] if arguments else None
