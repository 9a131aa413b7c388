"""How backups are called, and which of them are old enough to go."""

from __future__ import annotations

import re
import sqlite3
import uuid
from contextlib import closing
from datetime import UTC
from typing import TYPE_CHECKING
from urllib.parse import quote

from ecosmig_publish.durable import sync_directory
from ecosmig_publish.ledger.chain import START

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

_NAME = re.compile(r"ecosmig-[0-9]{8}T[0-9]{6}Z-[0-9a-f]{12}\.db", re.ASCII)
_PARTIAL = re.compile(r"\..+\.[0-9a-f]{8}\.partial(-journal)?", re.ASCII)
_HEAD_LENGTH = 12
_A_DAY_S = 86_400


def backup_name(at: datetime, head: str | None) -> str:
    """Return `ecosmig-20240304T060000Z-0a1b2c3d4e5f.db`: the instant and the newest act's hash; names order by time."""
    return f"ecosmig-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{(head or START)[:_HEAD_LENGTH]}.db"


def make_backup_directory(directory: Path) -> None:
    """Make a directory for backups, its owner's alone, where there is none; may raise `OSError`."""
    if not directory.is_dir():
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_directory(directory.parent)


def remove_unfinished(directory: Path, at: datetime) -> None:
    """Remove what a backup that was killed left behind, a day ago or longer; may raise `OSError`."""
    for path in directory.iterdir():
        if _PARTIAL.fullmatch(path.name) and at.timestamp() - path.stat().st_mtime > _A_DAY_S:
            path.unlink()


def partial_name(name: str) -> str:
    """Return what a backup is called while it is being written."""
    return f".{name}.{uuid.uuid4().hex[:8]}.partial"


def remove_older(directory: Path, kept: int, first_hash: str | None) -> list[Path]:
    """Remove all but the newest `kept` backups of one ledger; return those removed, the oldest first.

    Only what is called as backups are and begins with the same act: another ledger's stay, and whatever else is there.
    """
    if first_hash is None:
        return []
    named = (path for path in directory.iterdir() if _NAME.fullmatch(path.name) and not path.is_symlink())
    its = sorted((path for path in named if _first_hash(path) == first_hash), key=_made_at)
    removed = its[: max(0, len(its) - kept)]
    for path in removed:
        path.unlink()
    return removed


def _made_at(path: Path) -> tuple[str, int, str]:
    """Return what orders backups by time, those of one second too."""
    return path.name.rpartition("-")[0], path.stat().st_mtime_ns, path.name


def _first_hash(path: Path) -> str | None:
    """Return the hash of the first act in a backup, None where that can't be told."""
    address = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            row = connection.execute("SELECT hash FROM acts WHERE id = 1").fetchone()
    except sqlite3.Error:
        return None
    return None if row is None else str(row[0])
