"""The SQLite database under the ledger: durable, one writer at a time, constraints in force."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from sqlalchemy import create_engine, event
from sqlalchemy.pool import QueuePool

from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger.databases.sqlite.faults import sqlite_faults
from ecosmig_publish.ledger.databases.sqlite.liveness import LockFileLiveness
from ecosmig_publish.own_directory import make_own_directory

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection, Engine

_WRITES = "ecosmig_writes"
_BUSY_TIMEOUT_S = 30.0
_TURNS = 20


@dataclass(frozen=True, slots=True)
class SqliteDatabase:
    """A ledger's file. Beside it stands `<file>.lock`, which whoever holds the lease keeps locked."""

    path: Path

    @property
    def name(self) -> str:
        """The file's path."""
        return str(self.path)

    @property
    def directory(self) -> Path:
        """The directory that the file, its write-ahead log and its lock stand in."""
        return self.path.parent

    def make(self) -> None:
        """Make an empty file that its owner alone can read, where there is none; may raise `OSError`."""
        make_own_directory(self.path.parent)
        try:
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            return

    def is_there(self) -> bool:
        """Whether the file is there, and not empty; may raise `OSError`."""
        return self.path.exists() and self.path.stat().st_size > 0

    def engine(self, *, read_only: bool) -> Engine:
        """Return an engine on the existing file; it never makes one."""
        # mode=rw even for reading: a reader may have to bring in what a killed writer left in the -wal file.
        address = f"file:{quote(str(self.path.absolute()))}?mode=rw"

        def connect() -> sqlite3.Connection:
            connection = sqlite3.connect(
                address, uri=True, timeout=_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
            )
            try:
                _prepare(connection, self.path, read_only=read_only)
            except BaseException:
                connection.close()
                raise
            return connection

        # Values, which may be a Device ID, stay out of messages.
        engine = create_engine("sqlite+pysqlite://", creator=connect, poolclass=QueuePool, hide_parameters=True)
        event.listen(engine, "begin", _begin)
        return engine

    def writing(self, engine: Engine) -> Engine:
        """Return the engine with transactions that hold the write lock from their start on."""
        return engine.execution_options(**{_WRITES: True})

    def faults(self) -> AbstractContextManager[None]:
        """Turn what SQLAlchemy, SQLite and the file system raise into `LedgerError`."""
        return sqlite_faults(self.path)

    def clock(self, connection: Connection, now: Callable[[], datetime]) -> datetime:  # noqa: ARG002 - no clock in it
        """Return this host's present instant: all who use the file are on it."""
        return now()

    def liveness(self) -> LockFileLiveness:
        """Return a liveness by the lock beside the file."""
        return LockFileLiveness(self.path.with_name(f"{self.path.name}.lock"))


def _prepare(connection: sqlite3.Connection, path: Path, *, read_only: bool) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    if read_only:
        connection.execute("PRAGMA query_only = ON")
        return
    mode = _write_ahead(connection)
    if mode != "wal":
        raise LedgerError(
            f"ledger {path}: its file system can't keep a write-ahead log (journal mode {mode})",
            hint="Put the ledger on a local disk: ledger.url.",
        )


def _write_ahead(connection: sqlite3.Connection) -> str:
    """Let the database keep a write-ahead log, for good once it was told; return the mode it is in."""
    for _ in range(_TURNS):
        try:
            return str(connection.execute("PRAGMA journal_mode = WAL").fetchone()[0])
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
        # Another process makes the same ledger at this moment. SQLite waits for its turn with these alone.
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("ROLLBACK")
    return str(connection.execute("PRAGMA journal_mode = WAL").fetchone()[0])


def _begin(connection: Connection) -> None:
    # The driver is in autocommit mode: its own implicit BEGIN would come too late, and not before DDL.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
