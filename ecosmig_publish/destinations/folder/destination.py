"""Recipients' folders on a disk; a folder's id is its name below the root."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.folder.faults import destination_faults
from ecosmig_publish.destinations.folder.placing import LEFTOVER_PREFIX, place_file, sync_directory
from ecosmig_publish.destinations.names import carries_signifier, folder_name
from ecosmig_publish.destinations.protocol import Folder, Listed, Onboarded, Placed
from ecosmig_publish.errors import DestinationError, FolderAccessError, FolderMissingError, NotFoundError
from ecosmig_publish.fingerprint import fingerprint_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.fingerprint import Fingerprint

_CHUNK = 1 << 20


class FolderOnDisk:
    """`PublishingDestination` and `FolderOnboarding` for `root`/<recipient's folder>/<file>."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def check_folder(self, folder: Folder) -> None:
        """See `PublishingDestination`; whoever can read `root` can read all of it, so access is not looked at."""
        path = self._path_of(folder)
        if path.is_symlink():
            raise FolderAccessError(
                f"{path}: the folder of {folder.signifier} is a link to somewhere else",
                hint="Put a real folder in its place.",
            )
        with destination_faults(path):
            mode = path.stat().st_mode
        if not stat.S_ISDIR(mode):
            raise FolderMissingError(f"{path}: not a folder", hint="Put the folder back where it was.")
        if not carries_signifier(path.name, folder.signifier):
            raise FolderAccessError(
                f"{path}: the name doesn't begin with {folder.signifier}",
                hint="Rename it as it was onboarded.",
            )

    def place(self, folder: Folder, name: str, content: Path, fingerprint: Fingerprint) -> Placed:
        """See `PublishingDestination`."""
        path = self._path_of(folder)
        with destination_faults(path):
            adopted = place_file(path, _plain(name), content, fingerprint)
        return Placed(item_id=f"{folder.id}/{name}", adopted=adopted)

    def listing(self, folder: Folder) -> Iterator[Listed]:
        """See `PublishingDestination`; a hash is computed when it is asked for."""
        path = self._path_of(folder)
        with destination_faults(path), os.scandir(path) as entries:
            found = [(entry.name, entry.stat(follow_symlinks=False)) for entry in entries]
        for name, status in sorted(found, key=lambda item: item[0]):
            if name.startswith(LEFTOVER_PREFIX):
                continue
            yield Listed(
                id=f"{folder.id}/{name}",
                name=name,
                size=status.st_size,
                modified_at=datetime.fromtimestamp(status.st_mtime, UTC),
                hash=partial(self._hash, path / name),
            )

    def read(self, folder: Folder, name: str) -> Iterator[bytes]:
        """See `PublishingDestination`."""
        path = self._path_of(folder) / _plain(name)
        if path.is_symlink() or not path.is_file():
            raise NotFoundError(f"{path}: no such file", hint="ecosmig verify")
        with destination_faults(path), path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk

    def sweep(self, folder: Folder) -> None:
        """See `PublishingDestination`."""
        path = self._path_of(folder)
        with destination_faults(path):
            for leftover in path.glob(f"{LEFTOVER_PREFIX}*"):
                leftover.unlink(missing_ok=True)

    def onboard(self, signifier: Signifier, party_name: str, pinned: Folder | None) -> Onboarded:
        """See `FolderOnboarding`."""
        if pinned is not None:
            self.check_folder(pinned)
            return Onboarded(pinned, made=False)
        mine = [name for name in self.folders() if carries_signifier(name, signifier)]
        if len(mine) > 1:
            raise FolderAccessError(
                f"{self._root}: several folders are {signifier}'s: {', '.join(mine)}",
                hint="Keep one of them there, then: ecosmig supplier onboard " + signifier,
            )
        name = mine[0] if mine else folder_name(signifier, party_name)
        folder = Folder(signifier, name, name)
        if not mine:
            with destination_faults(self._root):
                self._root.mkdir(parents=True, exist_ok=True)
                (self._root / name).mkdir(exist_ok=True)
                sync_directory(self._root)
        self.check_folder(folder)
        return Onboarded(folder, made=not mine)

    def folders(self) -> list[str]:
        """See `FolderOnboarding`."""
        if not self._root.exists():
            return []
        with destination_faults(self._root):
            return sorted(entry.name for entry in self._root.iterdir() if entry.is_dir())

    def _path_of(self, folder: Folder) -> Path:
        return self._root / _plain(folder.id)

    def _hash(self, path: Path) -> str | None:
        if path.is_symlink() or not path.is_file():
            return None
        with destination_faults(path):
            return fingerprint_file(path).quick_xor_hash


def _plain(name: str) -> str:
    """Return `name` where it names something directly in a folder; raise where it leads elsewhere."""
    if not name or name in (".", "..") or "/" in name or "\0" in name or os.sep in name:
        raise DestinationError(f"{name!r} is no name of a file or folder", hint="This is no name that ecosmig made.")
    return name
