"""One file read again: its bytes against what was issued, and in words what is wrong where they differ."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.following import FollowsChanges
from ecosmig_publish.errors import DestinationError, NotFoundError
from ecosmig_publish.workflows.following import compare_item
from ecosmig_publish.workflows.pinned_folders import folder_of
from ecosmig_publish.workflows.verifying import ALTERED, MISSING, UNREADABLE, Discrepancy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecosmig_publish.destinations import PublishingDestination
    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger import FolderEntry, RecordedFile


@dataclass(frozen=True, slots=True)
class Compared:
    """How many bytes of a file were read, and what speaks against it, None where nothing does."""

    bytes: int
    doubt: Discrepancy | None


def compare_bytes(
    file: RecordedFile, folders: Mapping[Signifier, FolderEntry], destination: PublishingDestination
) -> Compared:
    """Read a file from its folder. Raises `DestinationError` where it can't be read, other than that it isn't there."""
    digest, size = hashlib.sha256(), 0
    try:
        for chunk in destination.read(folder_of(folders[file.recipient]), file.name):
            digest.update(chunk)
            size += len(chunk)
    except NotFoundError:
        return Compared(size, _not_there(file, folders, destination))
    if digest.hexdigest() == file.sha256:
        return Compared(size, None)
    same = size == file.size
    detail = "same size, another SHA-256" if same else f"{size:,} bytes, issued with {file.size:,}"
    return Compared(size, Discrepancy(ALTERED, file.recipient, file.name, detail))


def unreadable(file: RecordedFile, error: DestinationError) -> Discrepancy:
    """Return what is said of a file whose bytes nobody could read."""
    return Discrepancy(UNREADABLE, file.recipient, file.name, f"its bytes can't be read: {error}")


def _not_there(
    file: RecordedFile, folders: Mapping[Signifier, FolderEntry], destination: PublishingDestination
) -> Discrepancy:
    """Return what became of a file, as far as the destination can say."""
    item = destination.item(file.item_id) if isinstance(destination, FollowsChanges) and file.item_id else None
    if item is None:
        return Discrepancy(MISSING, file.recipient, file.name, "published, and not in the folder any more")
    stands = Discrepancy(UNREADABLE, file.recipient, file.name, "there, and its bytes can't be read")
    return compare_item(item, file, folders) or stands
