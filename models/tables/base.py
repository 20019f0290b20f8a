"""Base classes of the models."""

from collections.abc import Callable
from typing import Any, NoReturn, Self

from pynamodb.connection.table import TableConnection
from pynamodb.models import Model

from models.errors import TenantRequired
from models.tables.table_update import update_table


class Table(Model):
    """A model with a table of its own."""

    @classmethod
    def create(cls, report: Callable[[str], None] = lambda _line: None) -> None:
        """Create the table if missing, add missing indexes and TTL.

        Returns when the table and all of its indexes are ACTIVE.

        Args:
            report: called with a line for each change, before it is made.
        Raises:
            pynamodb.exceptions.TableError: DynamoDB refused or did not answer.
        """
        update_table(cls, report)

    @classmethod
    def get_connection(cls) -> TableConnection:
        """Return the model's connection to its table."""
        # Private in pynamodb, which has no public way from a model to its connection. Raw queries need it, as those of
        # PartitionScan and of erasures.
        return cls._get_connection()


class KeyedTable(Table):
    """A table whose rows have a hash key and no range key."""

    @classmethod
    def get_or_none(cls, hash_key: str) -> Self | None:
        """Return the row with this hash key, or None if missing.

        Raises:
            pynamodb.exceptions.GetError: DynamoDB did not answer.
        """
        try:
            return cls.get(hash_key, consistent_read=True)
        except cls.DoesNotExist:
            return None


class TenantTable(Table):
    """A table whose rows belong to one tenant each.

    Every read names the tenant. The hash key is the tenant's id, or contains it.
    """

    @classmethod
    def scan(cls, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Refuse: a scan would read the rows of every tenant.

        Raises:
            TenantRequired: always.
        """
        raise TenantRequired(f"a scan reads the rows of every tenant; read {cls.__name__} for one tenant")

    @classmethod
    def count(cls, hash_key: Any = None, *args: Any, **kwargs: Any) -> int:
        """Count a tenant's rows, by reading all of them.

        Rows that have expired count too until DynamoDB deletes them.

        Raises:
            TenantRequired: no tenant was named.
        """
        if hash_key is None:
            raise TenantRequired(f"a count without a tenant reads every row; use {cls.__name__}.count(tenant_id)")
        return super().count(hash_key, *args, **kwargs)
