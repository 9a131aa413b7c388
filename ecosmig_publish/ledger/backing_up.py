"""To back the ledger up: one file that holds all of it as of one moment, whichever database it is kept in."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, func, insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from ecosmig_publish.durable import sync_directory
from ecosmig_publish.errors import LedgerError, UsageError
from ecosmig_publish.ledger import chain, version
from ecosmig_publish.ledger.acts import read_acts
from ecosmig_publish.ledger.backups import backup_name, partial_name, remove_unfinished
from ecosmig_publish.ledger.checking.database import check_database
from ecosmig_publish.ledger.tables import files, metadata, publications

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

    from ecosmig_publish.ledger.chain import Act

_AT_ONCE = 2000
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class LedgerBackup:
    """A copy of the ledger: `sha256` is of the file, `newest` the act that its chain ends with.

    `outbox_files` of `outbox_bytes` must be backed up beside it; `waiting` of them are proved in no folder yet.
    """

    path: Path
    size: int
    sha256: str
    newest: Act | None
    outbox_files: int
    outbox_bytes: int
    waiting: int


def back_up(connection: Connection, directory: Path, name: str | None, at: datetime) -> LedgerBackup:
    """Copy all that the connection sees into a new file of SQLite's, checked, durable and its owner's alone.

    `name` None: it is called by the instant and the newest act. Nothing is overwritten, and a copy that isn't whole is
    not kept. Raises `UsageError` where something stands there already, `LedgerError` where it can't be written.
    """
    newest = next(iter(read_acts(connection, limit=1)), None)
    target = directory / (name or backup_name(at, newest.hash if newest else None))
    if os.path.lexists(target):
        raise _is_taken(target)
    partial = directory / partial_name(target.name)
    with _faults(target):
        remove_unfinished(directory, at)
        try:
            os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            _copy(connection, partial)
            _refuse_broken(partial, newest)
            sha256 = _synced(partial)
            _give_name(partial, target)
            sync_directory(directory)
        finally:
            with suppress(FileNotFoundError):
                partial.unlink()
        size = target.stat().st_size
    counted = select(func.count(), func.coalesce(func.sum(files.c.size), 0)).select_from(files)
    outbox_files, outbox_bytes = connection.execute(counted).one()
    unproved = select(func.count()).select_from(publications).where(publications.c.proved_at.is_(None))
    waiting = connection.execute(unproved).scalar_one()
    return LedgerBackup(target, size, sha256, newest, int(outbox_files), int(outbox_bytes), int(waiting))


def _copy(connection: Connection, target: Path) -> None:
    if connection.dialect.name == "sqlite":
        source = connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)  # noqa: S101 - the one driver that the ledger uses
        with closing(sqlite3.connect(target, isolation_level=None)) as copy:
            # In one step: a writer would make it start again between two.
            source.backup(copy)
            # One file, without the -wal that the ledger has beside it.
            copy.execute("PRAGMA journal_mode = DELETE")
        return
    engine = create_engine(f"sqlite+pysqlite:///{target}", poolclass=NullPool)
    with engine.begin() as copy_of:
        version.bring_up_to_date(copy_of)
        for table in metadata.sorted_tables:
            found = connection.execute(select(table), execution_options={"yield_per": _AT_ONCE})
            for rows in found.mappings().partitions(_AT_ONCE):
                copy_of.execute(insert(table), [dict(row) for row in rows])
    engine.dispose()


def _refuse_broken(copy: Path, newest: Act | None) -> None:
    """Raise `LedgerError` where a copy's database or chain is not whole: a backup that fails later is none."""
    engine = create_engine(f"sqlite+pysqlite:///{copy}", poolclass=NullPool)
    with engine.connect() as connection:
        faults = [f"{fault.where}: {fault.what}" for fault in check_database(connection)]
        head = newest.hash if newest else chain.START
        faults += [broken.fault for broken in chain.check(read_acts(connection), head=head)]
    engine.dispose()
    if faults:
        more = f" and {len(faults) - 1:,} more" if len(faults) > 1 else ""
        raise LedgerError(
            f"the copy of the ledger is not whole, and was not kept: {faults[0]}{more}",
            hint="The ledger itself is wrong: ecosmig ledger check names every row. Keep the backups that there are.",
        )


def _synced(path: Path) -> str:
    """Make a file's bytes durable; return their SHA-256."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
        os.fsync(file.fileno())
    return digest.hexdigest()


def _give_name(partial: Path, target: Path) -> None:
    try:
        target.hardlink_to(partial)
    except FileExistsError as error:
        raise _is_taken(target) from error
    except OSError:
        # A file system without links: the name is taken first, and then given to the copy.
        try:
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError as error:
            raise _is_taken(target) from error
        partial.replace(target)


def _is_taken(target: Path) -> UsageError:
    return UsageError(f"{target} is there already; nothing was overwritten", hint="Name a new file, or a directory.")


@contextmanager
def _faults(target: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        cause = getattr(error, "orig", None) or error
        raise LedgerError(
            f"backup {target}: {getattr(cause, 'strerror', None) or cause}; nothing was kept",
            hint=f"There must be room, and this user must be able to write there: df -h {target.parent}",
        ) from error
