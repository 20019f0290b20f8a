"""How much a tenant may send."""


def check(tenant_id: str, requests: int, records: int, body_bytes: int) -> None:
    """As much as it likes, for now."""
