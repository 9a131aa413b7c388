"""`PublishingDestination` on a SharePoint library, and what SharePoint can prove beyond it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.protocol import Listed
from ecosmig_publish.destinations.sharepoint import changes
from ecosmig_publish.destinations.sharepoint.anchors import AnchorsInLibrary
from ecosmig_publish.destinations.sharepoint.library.reading import read_bytes
from ecosmig_publish.destinations.sharepoint.placing.comparing import late_hash
from ecosmig_publish.destinations.sharepoint.placing.names import checked_name, is_leftover, new_run
from ecosmig_publish.destinations.sharepoint.placing.placing import Placing
from ecosmig_publish.destinations.sharepoint.placing.staging import discard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ecosmig_publish.destinations.following import ChangedItem
    from ecosmig_publish.destinations.protocol import Folder, Placed
    from ecosmig_publish.destinations.receipts import Receipt
    from ecosmig_publish.destinations.sharepoint.access import Verdict
    from ecosmig_publish.destinations.sharepoint.changes import Changes
    from ecosmig_publish.destinations.sharepoint.guard import Guard
    from ecosmig_publish.destinations.sharepoint.library import Item, Library
    from ecosmig_publish.destinations.sharepoint.receipts import Receipts
    from ecosmig_publish.fingerprint import Fingerprint


class SharePointDestination:
    """Recipients' folders in a SharePoint library; a folder's id is its driveItem's. Nothing is sent before a need."""

    def __init__(self, library: Library, guard: Guard) -> None:
        self._library = library
        self._guard = guard
        self._run = new_run()
        self._placing = Placing(library, self._run)
        self._receipts: Receipts | None = None
        self._anchors = AnchorsInLibrary(library, self._placing, self._run)

    @property
    def anchors(self) -> AnchorsInLibrary:
        """See `KeepsAnchors`."""
        return self._anchors

    def check_folder(self, folder: Folder) -> None:
        """See `PublishingDestination`."""
        self._guard.check(folder)

    def access(self, folder: Folder) -> Verdict:
        """Return who can read a folder against who should, as far as this identity is shown it."""
        return self._guard.verdict(folder)

    def place(self, folder: Folder, name: str, content: Path, fingerprint: Fingerprint) -> Placed:
        """See `PublishingDestination`."""
        return self._placing.place(folder, name, content, fingerprint)

    def listing(self, folder: Folder) -> Iterator[Listed]:
        """See `PublishingDestination`; a hash that the service doesn't have yet is asked for a few times."""
        for item in self._library.children(folder.id, folder.name):
            read_hash = partial(self._hash, item)
            yield Listed(item.id, item.name, item.size, item.modified_at, read_hash, item.created_at, item.etag)

    def read(self, folder: Folder, name: str) -> Iterator[bytes]:
        """See `PublishingDestination`."""
        path = self._library.child_path(folder.id, checked_name(name))
        yield from read_bytes(self._library.graph, f"{path}:", f"{folder.name}/{name}")

    def sweep(self, folder: Folder) -> None:
        """See `PublishingDestination`; what is staged is listed once for all folders."""
        staging_id = self._library.located().staging_id
        about = self._library.address.staging_folder
        for item in self._library.recently_listed(staging_id, about).values():
            if is_leftover(item.name, folder.signifier, self._run):
                discard(self._library, item, f"{about}/{item.name}")

    def receipt(self, folder: Folder, name: str, item_id: str) -> Receipt:
        """See `GivesReceipts`."""
        if self._receipts is None:
            from ecosmig_publish.destinations.sharepoint.receipts import Receipts  # noqa: PLC0415 - no run needs it

            self._receipts = Receipts(self._library, self._guard.readers_of)
        return self._receipts.of(folder, name, item_id)

    @property
    def followed(self) -> str:
        """See `FollowsChanges`."""
        return f"{self._library.address.site_url} {self._library.address.library}"

    def delta_token(self) -> str:
        """Return what stands for the library as it is now; may be kept and used by any later run."""
        return changes.latest_token(self._library)

    def everything(self) -> Changes:
        """See `FollowsChanges`; the library page by page, where no token was kept."""
        return changes.everything(self._library)

    def changes_since(self, token: str) -> Changes:
        """Return everything that changed since, ours and others', with who changed it, and the next token.

        Raises `ChangesLostError` where only a full listing can tell.
        """
        return changes.changes_since(self._library, token)

    def item(self, item_id: str) -> Item | None:
        """Return an item by its id, for what hasn't appeared among the changes yet; None where it is gone.

        A file's hash that the service doesn't have yet is asked for a few times.
        """
        item = self._library.item(item_id)
        if item is None or item.is_folder or item.hash is not None:
            return item
        return replace(item, hash=late_hash(self._library, item, item.name))

    def stands_among_folders(self, item: ChangedItem) -> bool:
        """See `FollowsChanges`."""
        return item.parent_id in ("", self._library.located().root_id)

    def _hash(self, item: Item) -> str | None:
        if item.is_folder:
            return None
        return item.hash or late_hash(self._library, item, item.name)
