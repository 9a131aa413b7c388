"""Rows as they stand in the database: an instant as its text, so that one that is no instant can be shown too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, Integer, String, join, select, type_coerce

from ecosmig_publish.ledger.batches import batches
from ecosmig_publish.ledger.columns import UtcInstant
from ecosmig_publish.ledger.tables import files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection, Row, Select, Table

AT_ONCE = 500
"""How many rows are asked for by name in one statement; PostgreSQL and SQLite both take as many."""


def plain(column: Any) -> Any:
    """Return a column without what turns its values into ours."""
    if isinstance(column.type, UtcInstant):
        return type_coerce(column, String).label(column.name)
    if isinstance(column.type, Boolean):
        return type_coerce(column, Integer).label(column.name)
    return column


def select_plain(table: Table) -> Select[Any]:
    """Return the statement for all columns of a table, each plain."""
    return select(*(plain(column) for column in table.c))


def rows_of_files(
    connection: Connection, table: Table, names: Sequence[str], *, has_others: bool = False
) -> dict[str, Row[Any]]:
    """Return the plain rows of a table that has one for a file, by the files' names.

    With `has_others` a file without such a row is among them, all nulls.
    """
    columns, joined = [plain(column) for column in table.c], join(files, table, isouter=has_others)
    found: dict[str, Row[Any]] = {}
    for some in batches(names, AT_ONCE):
        wanted = select(files.c.name, *columns).select_from(joined).where(files.c.name.in_(some))
        found.update({row.name: row for row in connection.execute(wanted)})
    return found


def stream(connection: Connection, wanted: Select[Any]) -> Iterator[Any]:
    """Yield the rows of a statement without holding them all."""
    yield from connection.execute(wanted, execution_options={"yield_per": 1000})
