"""What a destination shows to somebody who watches it from elsewhere: no pins, no ledger, no right but to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecosmig_publish.destinations.protocol import Folder, Listed


class WatchedFolders(Protocol):
    """Recipients' folders as they stand, whoever made them. Changes nothing. Raises `DestinationError` only."""

    def standing(self) -> list[Folder]:
        """Return every folder whose name carries a signifier, where recipients' folders stand, in order of names.

        Raises where there is no such place: that nothing stands there must have been seen.
        """
        ...

    def listing(self, folder: Folder) -> Iterator[Listed]:
        """See `PublishingDestination.listing`."""
        ...

    def read(self, folder: Folder, name: str) -> Iterator[bytes]:
        """See `PublishingDestination.read`; whoever needs the beginning alone asks for no more."""
        ...
