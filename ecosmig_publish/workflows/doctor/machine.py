"""What stands on this machine: the ledger, the outbox, the folder destination's root."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import false, update

from ecosmig_publish.errors import EcosmigError
from ecosmig_publish.ledger.databases import database_at
from ecosmig_publish.ledger.tables import lease
from ecosmig_publish.workflows.doctor.checks import failed, finding, good, warning

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from ecosmig_publish.ledger import Ledger
    from ecosmig_publish.workflows.doctor.checks import Check

SCARCE, LITTLE = 100 << 20, 1 << 30
"""Bytes of free disk: below the first a run may fail at once, below the second soon."""
UNANCHORED = timedelta(days=1)
"""So long after the newest act an anchor of it should have been written."""


def check_ledger(url: str, base: Path, open_existing: Callable[[], Ledger | None]) -> Check:
    """Open the ledger, and begin to write in it; nothing is changed, and none is made."""
    name = "ledger"
    try:
        database = database_at(url, base=base)
        ledger = open_existing()
        if ledger is None:
            says = f"{database.name}: none yet, the first run makes it"
            return good(name, says) if database.directory is None else _directory(name, database.directory, says)
        with ledger:
            slots, folders = len(ledger.slots()), len(ledger.folders())
        engine = database.engine(read_only=False)
        try:
            with database.faults(), database.writing(engine).connect() as connection:
                transaction = connection.begin()
                # Changes no row, and is refused where rows can't be changed: a standby, a user without the right.
                connection.execute(update(lease).where(false()).values(released=True))
                transaction.rollback()
        finally:
            engine.dispose()
    except EcosmigError as error:
        return failed(name, error)
    return good(name, f"{database.name}: opens and can be written; {slots:,} slots, {folders:,} folders pinned")


def check_anchor(ledger: Ledger, now: datetime) -> Check:
    """Say what the newest anchor of the chain of acts covers; a warning where acts of a day ago have none."""
    name, newest, anchored = "anchor", ledger.newest_act(), ledger.newest_anchored()
    if newest is None:
        return good(name, "nothing has been recorded yet")
    covered = anchored.act if anchored else 0
    of = f"the newest is of act {covered:,}, {anchored.anchored_at:%Y-%m-%d %H:%M}Z" if anchored else "none yet"
    says = f"{of}; {max(0, newest.id - covered):,} acts came since"
    if newest.id > covered and now - newest.at > UNANCHORED:
        return warning(name, says, "ecosmig publish --all anchors them, or says why it can't.")
    return good(name, says)


def check_outbox(path: Path) -> Check:
    """Write a file into the outbox and remove it; look at the free room."""
    return _directory("outbox", path, f"{path}: takes files")


def check_root(path: Path) -> Check:
    """Write a file where recipients' folders stand and remove it; the folders themselves aren't touched."""
    return _directory("destination", path, f"{path}: takes files")


def _directory(name: str, path: Path, says: str) -> Check:
    """Return whether a directory, or the nearest one above that exists, takes a file."""
    existing = next((one for one in (path, *path.parents) if one.exists()), path)
    try:
        with tempfile.NamedTemporaryFile(dir=existing, prefix=".ecosmig-doctor-") as file:
            file.write(b"doctor\n")
            file.flush()
            os.fsync(file.fileno())
        free = shutil.disk_usage(existing).free
    except OSError as error:
        step = f"This user must be able to write there: ls -ld {existing}"
        return finding(name, f"{path}: can't be written: {error.strerror or error}", step)
    if existing != path:
        says = f"{path}: not there yet, and can be made"
    says = f"{says}; {_size(free)} free"
    if free < SCARCE:
        return finding(name, says, "Make room on that disk before the next run.")
    if free < LITTLE:
        return warning(name, says, "Make room on that disk soon.")
    return good(name, says)


def _size(count: int) -> str:
    return f"{count / (1 << 30):,.1f} GiB" if count >= 1 << 30 else f"{count / (1 << 20):,.0f} MiB"
