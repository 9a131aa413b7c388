"""Recipients' folders in a SharePoint library, for somebody who only reads: staging need not be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.destinations.names import signifier_in
from ecosmig_publish.destinations.protocol import Folder, Listed
from ecosmig_publish.destinations.sharepoint.library.reading import read_bytes
from ecosmig_publish.destinations.sharepoint.placing.names import checked_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecosmig_publish.destinations.sharepoint.library import Item, Library


class WatchedLibrary:
    """`WatchedFolders` of a library; its listings give the hashes that the service has, and wait for none."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def standing(self) -> list[Folder]:
        """See `WatchedFolders`."""
        items = self._library.children(self._library.root_id(), self._library.address.root_folder)
        folders = sorted((item for item in items if item.is_folder), key=lambda item: item.name)
        named = [(signifier_in(item.name), item) for item in folders]
        return [Folder(signifier, item.id, item.name) for signifier, item in named if signifier is not None]

    def listing(self, folder: Folder) -> Iterator[Listed]:
        """See `WatchedFolders`."""
        return map(_listed, self._library.children(folder.id, folder.name))

    def read(self, folder: Folder, name: str) -> Iterator[bytes]:
        """See `WatchedFolders`."""
        path = self._library.child_path(folder.id, checked_name(name))
        return read_bytes(self._library.graph, f"{path}:", f"{folder.name}/{name}")


def _listed(item: Item) -> Listed:
    known = None if item.is_folder else item.hash
    return Listed(item.id, item.name, item.size, item.modified_at, lambda: known)
