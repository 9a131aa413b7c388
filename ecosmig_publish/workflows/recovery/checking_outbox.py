"""The outbox against the ledger: what should wait there, with its bytes, and what nobody put there."""

from __future__ import annotations

import os
import stat
from itertools import groupby
from typing import TYPE_CHECKING

from ecosmig_publish.errors import OutboxError
from ecosmig_publish.ledger.checking import LedgerFault, directories_of_slots, left_by_recoveries, outbox_places
from ecosmig_publish.outbox.directory import ISSUED

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from ecosmig_publish.ledger.checking import OutboxPlace
    from ecosmig_publish.outbox import Outbox

OUTBOX, STRAY, PERMISSIONS = "outbox", "stray", "permissions"
NEXT_STEPS = {
    OUTBOX: "put the file back from a backup of the outbox; its number can't be issued again with other bytes",
    STRAY: "find out who put it there, and move it away; ecosmig never removes it",
    PERMISSIONS: "let its owner alone read and write it: chmod go= PATH",
}
"""What to do about each kind of fault."""

_OURS = ("ECOSMIG-", "recovered_")


def check_outbox(
    connection: Connection, outbox: Outbox, *, reads_all: bool, on_file: Callable[[], None] = lambda: None
) -> Iterator[LedgerFault]:
    """Yield what of the issued files is not in the outbox as it was issued, and what else is there.

    Sizes are compared of all, bytes of those that are not proved in their folder, or of all with `reads_all`. What an
    attempt left that the next run clears away is no fault.
    """
    known, strays = directories_of_slots(connection), []
    for directory, places in groupby(outbox_places(connection), key=lambda it: str(it.path).partition("/")[0]):
        known.add(directory)
        strays += yield from _check_directory(outbox, directory, places, reads_all=reads_all, on_file=on_file)
    # Only where something is there that no row knows: it may be what a recovery left.
    others = list(_strangers(outbox, known))
    was_left = left_by_recoveries(connection) if strays or others else None
    for path in strays:
        if was_left is not None and not was_left(path.rpartition("/")[2]):
            yield LedgerFault(STRAY, str(outbox.path / path), "no row of the ledger knows this file")
    for fault, names in others:
        if was_left is None or not names or not all(map(was_left, names)):
            yield fault


def check_permissions(paths: Iterable[Path]) -> Iterator[LedgerFault]:
    """Yield which of these files and directories somebody else than their owner may read, enter or write."""
    for path in paths:
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
        except OSError:
            continue
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield LedgerFault(PERMISSIONS, str(path), f"others than its owner may use it (mode {mode:04o})")


def _check_directory(
    outbox: Outbox,
    directory: str,
    places: Iterable[OutboxPlace],
    *,
    reads_all: bool,
    on_file: Callable[[], None],
) -> Generator[LedgerFault, None, list[str]]:
    """Yield what is wrong with a directory's files; return those that no row knows."""
    there = {f"{directory}/{path}": size for path, size in _sizes(outbox.path / directory)}
    there.pop(f"{directory}/{ISSUED}", None)
    for place in places:
        on_file()
        size = there.pop(place.path, None)
        where = f"files {place.file_id} ({outbox.path / place.path})"
        if size is None:
            yield LedgerFault(OUTBOX, where, "the file is not in the outbox")
        elif size != place.size:
            yield LedgerFault(OUTBOX, where, f"the file has {size:,} bytes, it was issued with {place.size:,}")
        elif reads_all or not place.is_proved:
            try:
                is_same = outbox.fingerprint(place.path).sha256 == place.sha256
            except OutboxError as error:
                yield LedgerFault(OUTBOX, where, str(error))
                continue
            if not is_same:
                yield LedgerFault(OUTBOX, where, "the file has the size and not the SHA-256 that it was issued with")
    return sorted(there)


def _strangers(outbox: Outbox, known: set[str]) -> Iterator[tuple[LedgerFault, list[str]]]:
    """Yield what stands in the outbox and no slot made, with the names of the issued files in it."""
    try:
        entries = sorted(os.scandir(outbox.path), key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    for entry in entries:
        is_directory = entry.is_dir(follow_symlinks=False)
        if entry.name in known and is_directory:
            continue
        if not is_directory or not entry.name.startswith(_OURS):
            yield LedgerFault(STRAY, entry.path, "nothing that ecosmig put there"), []
        elif (outbox.path / entry.name / ISSUED).exists():
            what = "it holds issued files that this ledger doesn't know: an older ledger stands in its place"
            yield LedgerFault(OUTBOX, entry.path, what), outbox.file_names(entry.name)


def _sizes(directory: Path) -> Iterator[tuple[str, int]]:
    """Yield the files below a directory by their path in it, with their bytes; nothing where it is gone."""
    for root, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(root, name)  # noqa: PTH118 - a million of them
            yield os.path.relpath(path, directory), os.lstat(path).st_size
