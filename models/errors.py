"""What our models refuse."""


class TenantRequired(TypeError):
    """A read that does not name its tenant, which no code of ours may do."""


class AlreadyThere(Exception):
    """A row that was to be new has a key that is taken."""


class NotThere(Exception):
    """A row that was to be changed is not in its table."""


class TenantErased(Exception):
    """The tenant was erased, or is being: nothing of it is stored any more."""
