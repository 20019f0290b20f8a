"""Errors that models raise for requests that they refuse."""


class TenantRequired(TypeError):
    """A read that does not name its tenant."""


class AlreadyExists(Exception):
    """A new row has the key of an existing one."""


class NotFound(Exception):
    """The row to change does not exist."""


class TenantErased(Exception):
    """The tenant is erased, or being erased; nothing of it is stored."""


class CursorRefused(ValueError):
    """An invalid cursor: changed, or of another tenant or query."""

    def __init__(self) -> None:
        super().__init__(
            "not a cursor of this query: pass the cursor of the page before unchanged, with the same tenant, range, "
            "order and entity, or no cursor for the first page"
        )
