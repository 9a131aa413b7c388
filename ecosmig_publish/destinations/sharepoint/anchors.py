"""Anchors in the library: in a folder of the staging folder, which no recipient can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.destinations.protocol import Folder, Listed
from ecosmig_publish.destinations.sharepoint.library.library import ANCHORS
from ecosmig_publish.destinations.sharepoint.library.making import make_folder
from ecosmig_publish.destinations.sharepoint.placing.names import is_leftover
from ecosmig_publish.destinations.sharepoint.placing.staging import discard
from ecosmig_publish.emrr.terms import Signifier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecosmig_publish.destinations.sharepoint.library import Item, Library
    from ecosmig_publish.destinations.sharepoint.placing.placing import Placing

_OWNER = Signifier("ANCHOR")
"""Stands in the names of what is staged, where a recipient's signifier stands else."""


class AnchorsInLibrary:
    """`Anchors` of one library; `run` marks what is staged here."""

    def __init__(self, library: Library, placing: Placing, run: str) -> None:
        self._library = library
        self._placing = placing
        self._run = run

    @property
    def where(self) -> str:
        """See `Anchors`."""
        return self._path

    def keep(self, name: str, content: bytes) -> None:
        """See `Anchors`. Two requests where this run has published, and nothing goes wrong."""
        staging_id, about = self._library.located().staging_id, self._library.address.staging_folder
        staged = self._library.recently_listed(staging_id, about).values()
        for item in staged:
            if is_leftover(item.name, _OWNER, self._run):
                discard(self._library, item, f"{about}/{item.name}")
        folder = next((item for item in staged if item.name == ANCHORS and item.is_folder), None)
        if folder is None:
            folder, _ = make_folder(self._library, staging_id, ANCHORS)
        self._placing.place_bytes(Folder(_OWNER, folder.id, self._path), name, content)

    def listing(self) -> Iterator[Listed]:
        """See `Anchors`; what the service has no hash of yet has none here."""
        folder = self._library.folder_at(self._path)
        if folder is not None:
            yield from map(_listed, self._library.children(folder.id, self._path))

    def find(self, name: str) -> Listed | None:
        """See `Anchors`."""
        folder = self._library.folder_at(self._path)
        item = None if folder is None else self._library.child(folder.id, name, self._path)
        return None if item is None else _listed(item)

    @property
    def _path(self) -> str:
        return self._library.address.anchors_folder


def _listed(item: Item) -> Listed:
    return Listed(item.id, item.name, item.size, item.modified_at, lambda: item.hash)
