"""To bring a backup back: all of its rows into a ledger that holds nothing yet, whichever database that is in."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

from sqlalchemy import create_engine, delete, func, insert, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from ecosmig_publish.errors import LedgerError, UsageError
from ecosmig_publish.ledger import tables, version
from ecosmig_publish.ledger.acts import read_acts
from ecosmig_publish.ledger.chain import Deed
from ecosmig_publish.ledger.chain import check as check_chain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from ecosmig_publish.ledger.chain import Act

_AT_ONCE = 2000
_OF_THE_RUN = frozenset({tables.lease.name})
"""What says who is at work now, not what was issued."""


def load_backup(connection: Connection, path: Path) -> Deed:
    """Copy a backup's rows. Raises `UsageError` where the ledger isn't empty, `LedgerError` where it is no backup."""
    refuse_filled(connection)
    replaced = next(read_acts(connection, limit=1), None)
    with reading_backup(path) as backup:
        for table in (tables.acts, tables.anchors):
            connection.execute(delete(table))
        newest = next(read_acts(backup, limit=1), None)
        for table in tables.metadata.sorted_tables:
            if table.name in _OF_THE_RUN:
                continue
            rows = backup.execute(select(table), execution_options={"yield_per": _AT_ONCE})
            for some in rows.mappings().partitions(_AT_ONCE):
                connection.execute(insert(table), [dict(row) for row in some])
    _go_on_counting(connection)
    return Deed("load-backup", path.name, {**_end_of(newest), "replaced": _end_of(replaced)})


def _end_of(newest: Act | None) -> dict[str, object]:
    """Return what an act says of the end of a chain."""
    return {"head": newest.hash if newest else None, "acts": newest.id if newest else 0}


def refuse_filled(connection: Connection) -> None:
    """Raise `UsageError` where a ledger knows a slot or a folder."""
    for table in (tables.slots, tables.folders):
        if connection.execute(select(func.count()).select_from(table)).scalar():
            raise UsageError(
                "the ledger in its place is not empty: a backup isn't put over it",
                hint="Recover it as it is, without --from; or move it away first, then: ecosmig ledger recover --from",
            )


@contextmanager
def reading_backup(path: Path) -> Iterator[Connection]:
    """Yield a connection that reads a backup of this version whose chain is whole. Raises `LedgerError`."""
    address = f"file:{quote(str(path.absolute()))}?mode=ro"
    engine = create_engine(
        "sqlite+pysqlite://",
        creator=lambda: sqlite3.connect(address, uri=True),
        poolclass=NullPool,
        hide_parameters=True,
    )
    try:
        with engine.connect() as connection:
            _refuse_unfit(connection, path)
            yield connection
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise LedgerError(
            f"backup {path}: {getattr(error, 'orig', None) or error}",
            hint="Name a file that `ecosmig ledger backup` wrote.",
        ) from error
    finally:
        engine.dispose()


def _refuse_unfit(connection: Connection, path: Path) -> None:
    revision = version.stored_revision(connection, str(path))
    if revision != version.CURRENT:
        raise LedgerError(
            f"backup {path}: its schema is {revision or 'none'}, a backup of {version.CURRENT} is wanted",
            hint=f"Put a copy of it in the ledger's place instead: opening it brings it up to {version.CURRENT}.",
        )
    broken = next(check_chain(read_acts(connection)), None)
    if broken is not None:
        raise LedgerError(
            f"backup {path}: {broken.fault}", hint="Take an older backup; the folders tell what came after it."
        )


def _go_on_counting(connection: Connection) -> None:
    """Let the next rows have numbers after those that were loaded; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None:
            continue
        last = connection.execute(select(func.max(column))).scalar()
        if last is not None:
            setting = text("SELECT setval(pg_get_serial_sequence(:name, :column), :last)")
            connection.execute(setting, {"name": table.name, "column": column.name, "last": last})
