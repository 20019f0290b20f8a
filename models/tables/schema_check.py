"""In what a table is not as its model says, and what to do about it."""

from collections.abc import Iterator

from pynamodb.models import Model

from models.tables.table_schema import IndexSchema, TableSchema, described, wanted

CREATE = "run: flask --app webapp db create"


def differences(model: type[Model]) -> Iterator[str]:
    """A line each, with what to do.

    Raises:
        pynamodb.exceptions.TableError: DynamoDB did not answer.
    """
    table, want, have = model.Meta.table_name, wanted(model), described(model)
    if have is None:
        yield f"table {table} is not there; {CREATE}"
        return
    for name, state in have.busy.items():
        yield f"table {table}: {name} is {state}; wait until it is ACTIVE"
    yield from _of_table(table, want, have.schema)
    for name, index in want.indexes.items():
        yield from _of_index(table, name, index, have.schema.indexes.get(name))
    for name in have.schema.indexes.keys() - want.indexes.keys():
        yield (
            f"table {table}: nothing of Sluice reads its index {name}, and it costs write units; if nothing else does, "
            f"{_delete_index(table, name)}"
        )


def _of_table(table: str, want: TableSchema, have: TableSchema) -> Iterator[str]:
    if have.keys != want.keys:
        yield (
            f"table {table} has the keys {', '.join(have.keys)} instead of {', '.join(want.keys)}; keys can't be "
            f"changed: name another table in the settings, then {CREATE}"
        )
    if have.billing_mode != want.billing_mode:
        yield (
            f"table {table} is billed as {have.billing_mode} instead of {want.billing_mode}; run: "
            f"aws dynamodb update-table --table-name {table} --billing-mode {want.billing_mode}"
        )
    if have.expires_by == want.expires_by:
        return
    if have.expires_by is None:
        yield f"table {table}: nothing expires, though {want.expires_by} says when; {CREATE}"
        return
    then = f", then, when an hour is over, {CREATE}" if want.expires_by else ""
    yield (
        f"table {table}: items expire by {have.expires_by} instead of {want.expires_by or 'never'}; run: aws dynamodb "
        f"update-time-to-live --table-name {table} --time-to-live-specification "
        f"Enabled=false,AttributeName={have.expires_by}{then}"
    )


def _of_index(table: str, name: str, want: IndexSchema, have: IndexSchema | None) -> Iterator[str]:
    if have is None:
        yield f"table {table}: its index {name} is not there; {CREATE}"
        return
    for what, its, wanted_one in (("keys", have.keys, want.keys), ("projection", have.projection, want.projection)):
        if its != wanted_one:
            yield (
                f"table {table}: its index {name} has the {what} {', '.join(its)} instead of {', '.join(wanted_one)}; "
                f"{_delete_index(table, name)}, wait until it is gone, then {CREATE}"
            )


def _delete_index(table: str, name: str) -> str:
    update = f'[{{"Delete":{{"IndexName":"{name}"}}}}]'
    return f"run: aws dynamodb update-table --table-name {table} --global-secondary-index-updates '{update}'"
