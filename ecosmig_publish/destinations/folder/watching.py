"""Recipients' folders on a disk, for somebody who only reads."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.folder.destination import FolderOnDisk
from ecosmig_publish.destinations.names import signifier_in
from ecosmig_publish.destinations.protocol import Folder
from ecosmig_publish.errors import FolderMissingError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ecosmig_publish.destinations.protocol import Listed


class WatchedDisk:
    """`WatchedFolders` for `root`/<recipient's folder>/<file>."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._disk = FolderOnDisk(root)

    def standing(self) -> list[Folder]:
        """See `WatchedFolders`."""
        if not os.path.lexists(self._root):
            raise FolderMissingError(
                f"{self._root}: no such folder",
                hint="Mount it here, or set destination.folder.path to where it is on this host.",
            )
        named = [(signifier_in(name), name) for name in self._disk.folders()]
        return [Folder(signifier, name, name) for signifier, name in named if signifier is not None]

    def listing(self, folder: Folder) -> Iterator[Listed]:
        """See `WatchedFolders`."""
        return self._disk.listing(folder)

    def read(self, folder: Folder, name: str) -> Iterator[bytes]:
        """See `WatchedFolders`."""
        return self._disk.read(folder, name)
