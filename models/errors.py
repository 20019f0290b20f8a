"""What our models refuse."""


class TenantRequired(TypeError):
    """A read that does not name its tenant, which no code of ours may do."""


class AlreadyThere(Exception):
    """A row that was to be new has a key that is taken."""


class NotThere(Exception):
    """A row that was to be changed is not in its table."""


class TenantErased(Exception):
    """The tenant was erased, or is being: nothing of it is stored any more."""


class CursorRefused(ValueError):
    """A cursor that is none, was changed, or is of another tenant or another query."""

    def __init__(self) -> None:
        super().__init__(
            "not a cursor of this query: pass the one of the page before unchanged, with the same tenant, range, order "
            "and entity, or none for the first page"
        )
