"""What a database complains of, as the ledger's own errors."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from ecosmig_publish.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PRIMARY_CODE = 0xFF
_REFUSED = "the ledger refused to record what contradicts it"

_FAULTS = {
    sqlite3.SQLITE_FULL: (
        "the disk is full",
        "Make room beside {path} and run again; nothing was half written.",
    ),
    sqlite3.SQLITE_NOTADB: (
        "this is no SQLite database",
        "Point ledger.url at the ledger's own file, or at a new one.",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "the database is damaged",
        "Put back the latest backup of {path}, with its -wal file where there is one.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "the database can't be opened",
        "This user must be able to read and write {path} and its directory: ls -ld {directory} {path}",
    ),
    sqlite3.SQLITE_PERM: (
        "the database can't be opened",
        "This user must be able to read and write {path} and its directory: ls -ld {directory} {path}",
    ),
    sqlite3.SQLITE_READONLY: (
        "the database can't be written",
        "This user must be able to write {path} and its directory: ls -ld {directory} {path}",
    ),
    sqlite3.SQLITE_IOERR: (
        "the disk failed to read or write",
        "Check the disk under {directory}; a ledger stands on a local disk, not on a network share.",
    ),
    sqlite3.SQLITE_BUSY: (
        "another program has kept the database locked",
        "End what holds it open and run again: fuser {path}",
    ),
    sqlite3.SQLITE_CONSTRAINT: (
        _REFUSED,
        "This is a fault of the program; nothing was recorded. Report it with this message.",
    ),
}


@contextmanager
def sqlite_faults(path: Path) -> Iterator[None]:
    """Turn what SQLAlchemy, SQLite and the file system raise into `LedgerError`."""
    try:
        yield
    except SQLAlchemyError as error:
        raise _ledger_error(path, getattr(error, "orig", None) or error) from error
    except (sqlite3.Error, OSError) as error:
        raise _ledger_error(path, error) from error


def _ledger_error(path: Path, cause: BaseException) -> LedgerError:
    code = getattr(cause, "sqlite_errorcode", None)
    known = None if code is None else _FAULTS.get(code & _PRIMARY_CODE)
    if isinstance(cause, OSError):
        known = ("the database can't be opened", _FAULTS[sqlite3.SQLITE_CANTOPEN][1])
    what, hint = known or ("the database failed", "Check that {path} is whole, and run again.")
    return LedgerError(f"ledger {path}: {what} ({cause})", hint=hint.format(path=path, directory=path.parent))
