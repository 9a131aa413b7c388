"""Temporary tables, used over and over: the server keeps a lock for each until the transaction ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import sql

from ecosmig_publish.migration_data.postgresql.arrow import copied_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ecosmig_publish.migration_data.postgresql.session import Session

Columns = tuple[tuple[str, str], ...]
"""Names and the server's types."""


class TemporaryTables:
    """Tables in which this session keeps rows; texts in them compare by code point."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._free: dict[Columns, list[str]] = {}
        self._columns: dict[str, Columns] = {}

    def filled(self, schema: Any, rows: str | Any) -> str:
        """Return the name of a table of an Ibis schema with the rows of a query, or of an Arrow table."""
        columns = tuple((name, _held_as(kind)) for name, kind in schema.items())
        name = self._taken(columns)
        with self._session.writing() as cursor:
            if isinstance(rows, str):
                listed = _listed(name for name, _ in columns)
                into = sql.SQL("INSERT INTO {} ({}) ").format(sql.Identifier(name), listed)
                cursor.execute(into + sql.SQL(rows))
            else:
                copied_in(cursor, name, rows.select([name for name, _ in columns]))
            # Without it the server takes the table for a small one, and joins it in loops.
            cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(name)))
        return name

    def give_back(self, names: Sequence[str]) -> None:
        """Empty tables, so that others can use them."""
        for name in names:
            self._session.write(sql.SQL("TRUNCATE {}").format(sql.Identifier(name)))
            self._free.setdefault(self._columns[name], []).append(name)

    def _taken(self, columns: Columns) -> str:
        free = self._free.get(columns)
        if free:
            return free.pop()
        name = f"ecosmig_kept_{len(self._columns)}"
        defined = sql.SQL(", ").join(sql.SQL(f"{{}} {kind}").format(sql.Identifier(column)) for column, kind in columns)
        self._session.write(sql.SQL("CREATE TEMPORARY TABLE {} ({})").format(sql.Identifier(name), defined))
        self._columns[name] = columns
        return name


def _listed(names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in names)


def _held_as(kind: Any) -> str:
    if kind.is_string():
        return 'text COLLATE "C"'
    if kind.is_timestamp():
        return "timestamp"
    if kind.is_integer():
        return "bigint"
    if kind.is_date():
        return "date"
    if kind.is_boolean():
        return "boolean"
    raise NotImplementedError(f"no temporary column of {kind}")
