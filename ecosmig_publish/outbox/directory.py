"""Where issued files wait: one directory for each attempt at a slot, known to the ledger or swept away.

Once the ledger has it, a directory is marked: a later ledger that doesn't know a marked one is older than what was
issued, and takes nothing away.
"""

from __future__ import annotations

import os
import shutil
import uuid
from typing import TYPE_CHECKING

from ecosmig_publish.durable import sync_directory
from ecosmig_publish.errors import OutboxError
from ecosmig_publish.fingerprint import FingerprintBuilder, fingerprint_file
from ecosmig_publish.outbox.faults import outbox_faults
from ecosmig_publish.own_directory import make_own_directory

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from ecosmig_publish.emrr.terms import Slot
    from ecosmig_publish.fingerprint import Fingerprint

ISSUED = "issued"
"""The name of the empty file that marks a directory whose files the ledger has recorded."""
_OURS = "ECOSMIG-"


class Outbox:
    """Issued files below `path`; every method may raise `OutboxError`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def begin(self, slot: Slot) -> Path:
        """Make a fresh directory for one attempt at a slot; until the ledger knows it, `sweep` takes it away."""
        name = f"{slot.report}_{slot.due_at:%Y%m%dT%H%M%S}_{uuid.uuid4().hex[:8]}"
        directory = self.path / name
        with outbox_faults(directory):
            _make(self.path)
            directory.mkdir(mode=0o700)
        return directory

    def seal(self, directory: Path) -> None:
        """Make the directory's entries durable; its files are already."""
        with outbox_faults(directory):
            sync_directory(directory)
            sync_directory(self.path)

    def discard(self, directory: Path) -> None:
        """Remove an attempt that came to nothing."""
        with outbox_faults(directory):
            shutil.rmtree(directory)

    def keep(self, directory: Path, name: str, chunks: Iterable[bytes]) -> Fingerprint:
        """Write a file that was read elsewhere, durable when this returns; return what its bytes are."""
        builder = FingerprintBuilder()
        with outbox_faults(directory / name), (directory / name).open("xb") as file:
            os.fchmod(file.fileno(), 0o600)
            for chunk in chunks:
                builder.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        return builder.finish()

    def drop(self, directory: Path, name: str) -> None:
        """Take a kept file away again, where it is there."""
        with outbox_faults(directory / name):
            (directory / name).unlink(missing_ok=True)

    def file_names(self, name: str) -> list[str]:
        """Return the names of the files that a directory holds, its mark left out."""
        with outbox_faults(self.path / name):
            return sorted(path.name for path in (self.path / name).iterdir() if path.is_file() and path.name != ISSUED)

    def mark_issued(self, directory: Path) -> None:
        """Mark a directory, durably, as one that the ledger has recorded; may be repeated."""
        with outbox_faults(directory):
            os.close(os.open(directory / ISSUED, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600))
            sync_directory(directory)

    def is_marked(self, name: str) -> bool:
        """Whether some ledger has recorded what is in the directory `name`."""
        return os.path.exists(f"{self.path}/{name}/{ISSUED}")  # noqa: PTH110 - asked of every directory, at every run

    def unknown_issued(self, known: Collection[str]) -> list[str]:
        """Return the names of the marked directories that aren't `known`: an older ledger was put back."""
        unknown = [name for name in self.names() if name not in known and name.startswith(_OURS)]
        return [name for name in unknown if self.is_marked(name)]

    def sweep(self, known: Collection[str], *, among: Collection[str] | None = None) -> list[str]:
        """Remove the directories that no ledger ever knew, left by a crash before its commit; return their names.

        `among` are those that are looked at, all where it is left out.

        A known one that a crash after its commit left without its mark is given it.
        """
        swept = []
        for name in self.names() if among is None else among:
            if name in known:
                if not self.is_marked(name):
                    self.mark_issued(self.path / name)
            elif name.startswith(_OURS) and not self.is_marked(name):
                self.discard(self.path / name)
                swept.append(name)
        return swept

    def names(self) -> list[str]:
        """Return the names of all directories in the outbox."""
        with outbox_faults(self.path):
            if not self.path.exists():
                return []
            # In a few years they are ten thousands: nothing is asked of each but its name.
            with os.scandir(self.path) as entries:
                return sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))

    def relative(self, path: Path) -> str:
        """Return a file's place in the outbox, as the ledger keeps it."""
        return path.relative_to(self.path).as_posix()

    def file(self, relative: str) -> Path:
        """Return the file at `relative`, which must be there."""
        path = self.path / relative
        with outbox_faults(path):
            is_there = path.is_file()
        if not is_there:
            raise OutboxError(
                f"outbox {path}: the file is gone",
                hint="Restore it from a backup of the outbox; its number can't be issued again.",
            )
        return path

    def fingerprint(self, relative: str) -> Fingerprint:
        """Return what the bytes of the file at `relative` are now."""
        path = self.file(relative)
        with outbox_faults(path):
            return fingerprint_file(path)


def _make(path: Path) -> None:
    """Make the outbox where there is none, for its owner alone, and what it stands in."""
    if path.exists():
        return
    make_own_directory(path.parent)
    make_own_directory(path)
    sync_directory(path.parent)
