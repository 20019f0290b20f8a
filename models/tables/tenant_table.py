"""A table whose rows are each of one tenant, which every read names."""

from typing import Any, NoReturn

from models.errors import TenantRequired
from models.tables.connection import Table


class TenantTable(Table):
    """Its hash key is the tenant, or has it in it."""

    @classmethod
    def scan(cls, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refused.

        Raises:
            TenantRequired: always.
        """
        raise TenantRequired(f"a scan reads what is of every tenant; ask {cls.__name__} for that of one")

    @classmethod
    def count(cls, hash_key: Any = None, *args: Any, **kwargs: Any) -> int:
        """How many rows a tenant has, also those that have expired and are not deleted yet; reads them all.

        Raises:
            TenantRequired: no tenant was named.
        """
        if hash_key is None:
            raise TenantRequired(f"counting without a tenant reads every one's; use {cls.__name__}.count(tenant_id)")
        return super().count(hash_key, *args, **kwargs)
