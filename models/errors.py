"""What our models refuse."""


class TenantRequired(TypeError):
    """A read that does not name its tenant, which no code of ours may do."""
