"""Whether the database is whole, and has this version's tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, create_engine, false, inspect, null, or_, select, text

from ecosmig_publish.ledger.checking.fault import DATABASE, SCHEMA, LedgerFault, row_of
from ecosmig_publish.ledger.checking.plain import plain
from ecosmig_publish.ledger.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Table

_VERSION_TABLE = "alembic_version"
_SHOWN = 1000


def check_database(connection: Connection) -> Iterator[LedgerFault]:
    """Yield what SQLite itself finds wrong: pages, indexes, constraints, references. PostgreSQL vouches for them."""
    if connection.dialect.name != "sqlite":
        return
    complaints = connection.exec_driver_sql(f"PRAGMA integrity_check({_SHOWN})").scalars().all()
    for complaint in complaints:
        if complaint != "ok":
            yield LedgerFault(DATABASE, "the database", str(complaint))
    if complaints != ["ok"]:
        yield from _broken_rows(connection)
    for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield LedgerFault(DATABASE, row_of(table, row), f"refers to a row of {parent} that is not there")


def check_schema(connection: Connection) -> Iterator[LedgerFault]:
    """Yield where tables, columns, indexes or constraints are not this version's, and what else is there."""
    there = _schema_of(connection)
    engine = create_engine("sqlite+pysqlite://")
    with engine.connect() as made:
        metadata.create_all(made)
        expected = _schema_of(made)
    engine.dispose()
    if connection.dialect.name != "sqlite":
        expected = dict.fromkeys(_named_by_tables(), "")
        there = dict.fromkeys(_named_by_database(connection), "")
    for thing in sorted(expected.keys() - there.keys()):
        yield LedgerFault(SCHEMA, thing, "is missing from the database")
    for thing in sorted(there.keys() - expected.keys()):
        yield LedgerFault(SCHEMA, thing, "stands in the database, and this version has no such thing")
    for thing in sorted(there.keys() & expected.keys()):
        if there[thing] != expected[thing]:
            yield LedgerFault(SCHEMA, thing, "is not what this version made")


def database_files(connection: Connection) -> list[Path]:
    """Return the files that a SQLite database is kept in; PostgreSQL keeps its own."""
    if connection.dialect.name != "sqlite":
        return []
    main = str(next(row.file for row in connection.exec_driver_sql("PRAGMA database_list") if row.name == "main"))
    return [path for path in (Path(main), Path(f"{main}-wal"), Path(f"{main}-shm")) if path.exists()]


def _broken_rows(connection: Connection) -> Iterator[LedgerFault]:
    """Yield the rows that break a constraint of their table: the database's own complaint doesn't name them."""
    for table in metadata.sorted_tables:
        for name, condition in _rules(table):
            keys = [plain(column) for column in table.primary_key]
            for row in connection.execute(select(*keys).where(condition).limit(_SHOWN)):
                yield LedgerFault(DATABASE, row_of(table.name, " ".join(map(str, row))), f"breaks the rule {name}")


def _rules(table: Table) -> Iterator[tuple[str, Any]]:
    for constraint in table.constraints:
        if isinstance(constraint, CheckConstraint):
            yield str(constraint.name), text(f"NOT ({constraint.sqltext})")
    empty = [column.is_(null()) for column in table.c if not column.nullable]
    yield f"no empty value in {table.name}", or_(false(), *empty)


def _schema_of(connection: Connection) -> dict[str, str]:
    """Return what SQLite's own catalogue says of each thing; the order of a table's constraints is no difference."""
    if connection.dialect.name != "sqlite":
        return {}
    catalogue = connection.exec_driver_sql("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {
        f"{kind} {name}": "\n".join(sorted(line.strip().rstrip(",") for line in sql.splitlines()))
        for kind, name, table, sql in catalogue
        if table != _VERSION_TABLE and not name.startswith("sqlite_")
    }


def _named_by_tables() -> set[str]:
    columns = {f"column {table.name}.{column.name}" for table in metadata.sorted_tables for column in table.c}
    indexes = {f"index {index.name}" for table in metadata.sorted_tables for index in table.indexes}
    return columns | indexes | {f"table {table.name}" for table in metadata.sorted_tables}


def _named_by_database(connection: Connection) -> set[str]:
    looked = inspect(connection)
    names = [name for name in looked.get_table_names() if name != _VERSION_TABLE]
    columns = {f"column {name}.{column['name']}" for name in names for column in looked.get_columns(name)}
    indexes = {
        f"index {index['name']}"
        for name in names
        for index in looked.get_indexes(name)
        if not index.get("duplicates_constraint")
    }
    return columns | indexes | {f"table {name}" for name in names}
