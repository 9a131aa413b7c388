"""To remove what was withdrawn: an administrator's act, of the very bytes that were issued and of nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.errors import EcosmigError, NameTakenError, StreamConflictError
from ecosmig_publish.fingerprint import Fingerprint
from ecosmig_publish.workflows.pinned_folders import folder_of

if TYPE_CHECKING:
    from ecosmig_publish.destinations import Folder, FolderOnboarding, PublishingDestination
    from ecosmig_publish.ledger import Ledger, RecordedFile, RecordedIssue


@dataclass(frozen=True, slots=True)
class Removed:
    """What became of one file: `was_there` where it was taken out now; `error` where it could not be."""

    name: str
    was_there: bool
    error: EcosmigError | None = None


def remove_files(issue: RecordedIssue, *, ledger: Ledger, destination: FolderOnboarding) -> list[Removed]:
    """Take the files of an issue out of its recipient's folder; may be repeated. A failure stops none of the others."""
    entry = ledger.folders().get(issue.recipient)
    if entry is None:
        return [Removed(file.name, was_there=False) for file in issue.files]
    folder = folder_of(entry)
    return [_remove(file, folder, destination) for file in issue.files]


def still_listed(issue: RecordedIssue, *, ledger: Ledger, destination: PublishingDestination) -> list[str]:
    """Return the names of an issue's files that its folder lists. Raises `DestinationError`."""
    entry = ledger.folders().get(issue.recipient)
    if entry is None:
        return []
    names = {file.name for file in issue.files}
    folder = folder_of(entry)
    return sorted(item.name for item in destination.listing(folder) if item.name in names)


def _remove(file: RecordedFile, folder: Folder, destination: FolderOnboarding) -> Removed:
    issued = Fingerprint(file.size, file.sha256, file.quick_xor_hash)
    try:
        return Removed(file.name, destination.remove_file(folder, file.name, file.item_id, issued))
    except NameTakenError as error:
        conflict = StreamConflictError(str(error), hint=error.hint)
        conflict.__cause__ = error
        return Removed(file.name, was_there=False, error=conflict)
    except EcosmigError as error:
        return Removed(file.name, was_there=False, error=error)
