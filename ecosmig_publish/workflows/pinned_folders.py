"""Recipients' folders as the ledger pins them, and as a destination takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.destinations import Folder
from ecosmig_publish.errors import UsageError

if TYPE_CHECKING:
    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger import FolderEntry, Ledger


def folder_of(entry: FolderEntry) -> Folder:
    """Return a pinned folder for a destination."""
    return Folder(signifier=entry.signifier, id=entry.folder_id, name=entry.name)


def pinned_folder(signifier: Signifier, ledger: Ledger | None) -> Folder:
    """Return a recipient's pinned folder. Raises `UsageError` where it has none."""
    entry = None if ledger is None else ledger.folders().get(signifier)
    if entry is None:
        raise UsageError(
            f"{signifier} has no folder here",
            hint="ecosmig supplier list shows who has one.",
        )
    return folder_of(entry)
