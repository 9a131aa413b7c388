"""To follow: what changed in a library since before the run, ours and others', against what the ledger published.

One request says that nobody changed anything, and a handful proves a whole wave, where a listing of each folder may
miss what is being written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.destinations.names import carries_signifier
from ecosmig_publish.errors import ChangesLostError
from ecosmig_publish.workflows.verifying import (
    ALTERED,
    MISSING,
    MOVED,
    RENAMED,
    UNEXPECTED,
    UNPROVED,
    Discrepancy,
    Verified,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from ecosmig_publish.destinations.following import ChangedItem, FollowsChanges
    from ecosmig_publish.ledger import FolderEntry, Ledger, RecordedFile, WaitingFile


def remembered_token(ledger: Ledger, destination: FollowsChanges) -> str:
    """Return where the last run's following ended, or what stands for now where there was none."""
    token = ledger.change_token(destination.followed)
    if token is None:
        token = destination.delta_token()
        ledger.record_change_token(destination.followed, token)
    return token


def prove_by_changes(
    placed: Iterable[WaitingFile],
    *,
    token: str,
    ledger: Ledger,
    destination: FollowsChanges,
    now: Callable[[], datetime],
) -> list[Discrepancy]:
    """Record as proved each placed file that the changes show as it was issued; return what is not, and what else is.

    Whatever anybody else did to a published file, or put into a recipient's folder, is returned and kept as a
    finding. Raises `ChangesLostError` where the token says nothing any more.
    """
    changes = destination.changes_since(token)
    doubts = list(compare_changes(changes.items, ledger=ledger))
    for doubt in doubts:
        if doubt.kind != UNPROVED:
            detail = {"recipient": doubt.recipient, "name": doubt.name, "detail": doubt.detail}
            ledger.record_finding(doubt.kind, detail)
    doubtful = {(doubt.recipient, doubt.name) for doubt in doubts}
    proved = []
    folders = ledger.folders()
    for file in placed:
        if (file.recipient, file.name) in doubtful:
            continue
        item_id = str(file.item_id)
        # What hasn't appeared among the changes yet is asked for by its id.
        item = changes.items.get(item_id) or destination.item(item_id)
        if item is None:
            doubts.append(Discrepancy(UNPROVED, file.recipient, file.name, "placed, and not listed yet"))
            continue
        found = next(_of_file(item, file, folders[file.recipient]), None)
        if found is None:
            proved.append((file.file_id, file.size, file.quick_xor_hash))
        else:
            doubts.append(found)
    if proved:
        ledger.record_proved(proved, now())
    ledger.record_change_token(destination.followed, changes.token)
    return doubts


def verify_changes(*, ledger: Ledger, destination: FollowsChanges) -> Verified:
    """Compare what changed since the last run's following with the ledger; one request where nothing did.

    Changes nothing: the next run looks at the same changes again. Raises `ChangesLostError` where no run has followed
    the library yet.
    """
    token = ledger.change_token(destination.followed)
    if token is None:
        raise ChangesLostError(
            "no run has followed this library yet, so nobody knows since when", hint="Compare in full: ecosmig verify"
        )
    changed = destination.changes_since(token).items
    files = sum(not item.is_folder for item in changed.values())
    return Verified(len(ledger.folders()), files, tuple(compare_changes(changed, ledger=ledger)))


def compare_changes(items: Mapping[str, ChangedItem], *, ledger: Ledger) -> Iterator[Discrepancy]:
    """Yield what among the changed items disagrees with the ledger; changes nothing."""
    folders = ledger.folders()
    by_id = {entry.folder_id: entry for entry in folders.values()}
    recorded = ledger.files_of_items(items.keys())
    for item in items.values():
        entry, file = by_id.get(item.id), recorded.get(item.id)
        if entry is not None:
            yield from _of_folder(item, entry)
        elif file is not None:
            yield from _of_file(item, file, folders[file.recipient])
        elif not item.is_folder and not item.deleted and item.parent_id in by_id:
            owner = by_id[item.parent_id]
            detail = f"in the folder, and nothing that this ledger published there{_by(item)}"
            yield Discrepancy(UNEXPECTED, owner.signifier, item.name, detail)


def _of_folder(item: ChangedItem, entry: FolderEntry) -> Iterator[Discrepancy]:
    if item.deleted:
        yield Discrepancy(MISSING, entry.signifier, entry.name, f"the recipient's folder was deleted{_by(item)}")
    elif not carries_signifier(item.name, entry.signifier):
        detail = f"the recipient's folder is called {item.name!r} now{_by(item)}"
        yield Discrepancy(RENAMED, entry.signifier, entry.name, detail)


def _of_file(item: ChangedItem, file: RecordedFile | WaitingFile, entry: FolderEntry) -> Iterator[Discrepancy]:
    recipient, name = file.recipient, file.name
    if item.deleted:
        yield Discrepancy(MISSING, recipient, name, f"was deleted{_by(item)}")
    elif item.parent_id != entry.folder_id:
        yield Discrepancy(MOVED, recipient, name, f"was moved out of the recipient's folder{_by(item)}")
    elif item.name != name:
        yield Discrepancy(RENAMED, recipient, name, f"stands in the folder as {item.name}{_by(item)}")
    elif item.size != file.size:
        detail = f"{item.size:,} bytes, issued with {file.size:,}{_by(item)}"
        yield Discrepancy(ALTERED, recipient, name, detail)
    elif item.hash is None:
        yield Discrepancy(UNPROVED, recipient, name, "listed without a hash as yet")
    elif item.hash != file.quick_xor_hash:
        yield Discrepancy(ALTERED, recipient, name, f"same size, another quickXorHash{_by(item)}")


def _by(item: ChangedItem) -> str:
    """Return who did it and when, as far as the destination says."""
    who = f", by {item.modified_by}" if item.modified_by and not item.deleted else ""
    when = f" at {item.modified_at:%Y-%m-%dT%H:%M:%SZ}" if item.modified_at else ""
    return f"{who}{when}"
