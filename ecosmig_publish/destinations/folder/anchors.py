"""Anchors on a disk: files that their owner alone can read, beside the recipients' folders."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.folder.entries import entries, instant_of, quick_xor_hash_of, remove_leftovers, shown
from ecosmig_publish.destinations.folder.faults import destination_faults
from ecosmig_publish.destinations.folder.placing import place_bytes
from ecosmig_publish.destinations.protocol import Listed
from ecosmig_publish.durable import sync_directory
from ecosmig_publish.errors import DestinationError, FolderMissingError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "_anchors"
"""What the folder is called among the recipients' folders: no signifier begins like this."""


class AnchorsOnDisk:
    """`Anchors` in `folder`; what it stands in must be there, and hold something: else a disk is not mounted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def where(self) -> str:
        """See `Anchors`."""
        return str(self._folder)

    def keep(self, name: str, content: bytes) -> None:
        """See `Anchors`; the folder is made its owner's alone."""
        self._make()
        remove_leftovers(self._folder)
        place_bytes(self._folder, name, content)

    def listing(self) -> Iterator[Listed]:
        """See `Anchors`."""
        if not os.path.lexists(self._folder):
            return
        for name, status in entries(self._folder):
            hashed = partial(quick_xor_hash_of, self._folder, name)
            yield Listed(shown(name), shown(name), status.st_size, instant_of(status.st_mtime), hashed)

    def find(self, name: str) -> Listed | None:
        """See `Anchors`."""
        return next((item for item in self.listing() if item.name == name), None)

    def _make(self) -> None:
        with destination_faults(self._folder.parent):
            if self._folder.is_symlink():
                raise DestinationError(
                    f"{self._folder}: a link to somewhere else", hint="Put a real folder in its place."
                )
            if self._folder.is_dir():
                return
            with os.scandir(self._folder.parent) as beside:
                if next(beside, None) is None:
                    raise FolderMissingError(
                        f"{self._folder.parent}: empty, so no folder of anchors was made there",
                        hint="Where it is another machine's disk, mount it; running again goes on from there.",
                    )
            self._folder.mkdir(mode=0o700, exist_ok=True)
            sync_directory(self._folder.parent)
