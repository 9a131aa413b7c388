"""What `ledger backup` shows."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ecosmig_publish.cli.wired import wired
from ecosmig_publish.errors import ExitStatus, LedgerError, UsageError
from ecosmig_publish.ledger.backing_up import LedgerBackup, back_up
from ecosmig_publish.ledger.backups import make_backup_directory, remove_older
from ecosmig_publish.ledger.checking import database_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ecosmig_publish.cli.invocation import Invocation

_BACKUPS = "backups"


def back_up_and_show(invocation: Invocation, named: str | None, *, keep: int | None) -> int:
    """Back the ledger up to a new file, or into a directory: one that is there or ends as one; None: beside it."""
    place = None if named is None else Path(named)
    is_directory = place is not None and (place.is_dir() or str(named).endswith(os.sep))
    if keep is not None and place is not None and not is_directory:
        raise UsageError("--keep goes with a directory", hint="ecosmig ledger backup DIR --keep 30")
    wiring = wired(invocation)
    ledger = wiring.existing_ledger()
    if ledger is None:
        raise UsageError("there is no ledger yet, so there is nothing to back up", hint="ecosmig doctor")
    with ledger:
        first = next(ledger.acts(), None)
        with ledger.at_one_moment() as connection:
            if place is None or is_directory:
                directory = place or _beside(connection, wiring.settings.outbox.path)
                _make(directory)
                backup = back_up(connection, directory, None, wiring.now())
            else:
                backup = back_up(connection, place.parent, place.name, wiring.now())
    removed = [] if keep is None else remove_older(backup.path.parent, keep, first.hash if first else None)
    outbox = wiring.settings.outbox.path
    document = {
        "path": backup.path.absolute(),
        "size": backup.size,
        "sha256": backup.sha256,
        "acts": backup.newest.id if backup.newest else 0,
        "head": backup.newest.hash if backup.newest else None,
        "outbox": {
            "path": outbox.absolute(),
            "files": backup.outbox_files,
            "bytes": backup.outbox_bytes,
            "waiting": backup.waiting,
        },
        "removed": [path.absolute() for path in removed],
    }
    invocation.result(document, lambda: _render(backup, outbox, removed))
    return ExitStatus.OK


def _beside(connection: Connection, outbox: Path) -> Path:
    """Return where backups go when nobody says: beside the ledger, or beside the outbox where a server keeps it."""
    kept_in = database_files(connection)
    return (kept_in[0] if kept_in else outbox).parent / _BACKUPS


def _make(directory: Path) -> None:
    try:
        make_backup_directory(directory)
    except OSError as error:
        raise LedgerError(
            f"{directory} can't be made: {error.strerror}", hint="Name a directory that this user can write."
        ) from error


def _render(backup: LedgerBackup, outbox: Path, removed: Sequence[Path]) -> None:
    from ecosmig_publish.cli.screen import show_line  # noqa: PLC0415 - rich is slow to import

    acts = backup.newest.id if backup.newest else 0
    show_line(f"{backup.path}: {backup.size:,} bytes, {acts:,} acts, checked.")
    show_line(f"  SHA-256  {backup.sha256}")
    if backup.newest is not None:
        show_line(f"  head     {backup.newest.hash}")
    show_line(
        f"  outbox   {backup.outbox_files:,} files of {backup.outbox_bytes:,} bytes, of which {backup.waiting:,} are "
        f"proved in no folder yet; copy them too, after this: {outbox}"
    )
    for path in removed:
        show_line(f"removed: {path}")
