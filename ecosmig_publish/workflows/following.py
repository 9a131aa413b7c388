"""To follow: what changed in a library since before the run, ours and others', against what the ledger published.

One request says that nobody changed anything, and a handful proves a whole wave, where a listing of each folder may
miss what is being written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ecosmig_publish.destinations import PublishingDestination
from ecosmig_publish.destinations.following import FollowsChanges
from ecosmig_publish.destinations.names import carries_signifier
from ecosmig_publish.emrr.filename import parse_file_name
from ecosmig_publish.errors import ChangesLostError, InvalidFileError, NotFoundError
from ecosmig_publish.ledger import Head
from ecosmig_publish.ledger.anchors import parse_anchor_name
from ecosmig_publish.workflows.verifying import (
    ALTERED,
    MISSING,
    MOVED,
    OF_STRANGERS,
    RENAMED,
    TAKEN_BACK,
    UNEXPECTED,
    UNPROVED,
    Discrepancy,
    Verified,
    is_earlier,
    is_taken_back,
    prove,
    read_sha256,
    verify_folders,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from ecosmig_publish.destinations.following import ChangedItem
    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger import FolderEntry, Ledger, RecordedFile, WaitingFile

_PARTS = 4
"""Of a report file's name: report, signifier, number, instant with its ending."""


class FollowedDestination(PublishingDestination, FollowsChanges, Protocol):
    """A destination that publishes, and whose changes can be followed."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where a run's following begins; `is_first` where no run remembered a token, so that all was looked at now."""

    token: str
    is_first: bool


def begin_following(ledger: Ledger, destination: FollowsChanges) -> Beginning:
    """Return where the last run's following ended; where there was none, look at all that is there."""
    token = ledger.change_token(destination.followed)
    if token is not None:
        return Beginning(token, is_first=False)
    changes = destination.everything()
    ledger.record_heads(heads_among(changes.items.values(), ledger.folders()))
    ledger.record_change_token(destination.followed, changes.token)
    return Beginning(changes.token, is_first=True)


def heads_among(items: Iterable[ChangedItem], folders: Mapping[Signifier, FolderEntry]) -> list[Head]:
    """Return the numbers that stand in recipients' folders among these items."""
    owners = {entry.folder_id: entry.signifier for entry in folders.values()}
    files = (item for item in items if item.parent_id in owners and not item.is_folder and not item.deleted)
    return [head for item in files if (head := head_of(owners[item.parent_id], item.name)) is not None]


def head_of(owner: Signifier, name: str) -> Head | None:
    """Return the number that a file in its owner's folder carries; None where it is no report for the owner."""
    try:
        named = parse_file_name(name)
    except InvalidFileError:
        return None
    return Head(named.report, owner, named.sequence, name) if named.recipient == owner else None


def highest_heads(owner: Signifier, names: Iterable[str]) -> list[Head]:
    """Return for each report the highest number among these names in its owner's folder; several, where they share it.

    In a folder of years only names that may carry it are read in full.
    """
    highest: dict[str, list[Head]] = {}
    for name in names:
        parts = name.split("_", 3)
        if len(parts) != _PARTS or parts[1] != owner or not parts[2].isdecimal():
            continue
        known = highest.get(parts[0], [])
        if known and int(parts[2]) < known[0].sequence:
            continue
        if (head := head_of(owner, name)) is not None:
            highest[parts[0]] = [*known, head] if known and known[0].sequence == head.sequence else [head]
    return [head for heads in highest.values() for head in heads]


def prove_by_changes(
    placed: Sequence[WaitingFile],
    *,
    token: str,
    ledger: Ledger,
    destination: FollowedDestination,
    now: Callable[[], datetime],
) -> list[Discrepancy]:
    """Record as proved each placed file that the changes show as it was issued; return what is not, and what else is.

    Whatever anybody else did to a published file, or put into a recipient's folder, is returned and kept as a
    finding. Raises `ChangesLostError` where the token says nothing any more.
    """
    changes = destination.changes_since(token)
    folders = ledger.folders()
    doubts, proved = [], []
    for file in placed:
        doubt = _of_placed(changes.items.get(str(file.item_id)), file, folders, destination)
        if doubt is None:
            proved.append((file.file_id, file.size, file.quick_xor_hash))
        else:
            doubts.append(doubt)
    ours = _ids(placed)
    items = {item_id: item for item_id, item in changes.items.items() if item_id not in ours}
    doubts += compare_changes(items, ledger=ledger, destination=destination)
    _keep(doubts, ledger)
    # Whatever came since the run looked is not among what the next one is told.
    ledger.record_heads(heads_among(items.values(), folders))
    if proved:
        ledger.record_proved(proved, now())
    ledger.record_change_token(destination.followed, changes.token)
    return doubts


def prove_by_listing(
    placed: Sequence[WaitingFile],
    *,
    ledger: Ledger,
    destination: FollowedDestination,
    now: Callable[[], datetime],
) -> list[Discrepancy]:
    """Do what `prove_by_changes` does where nobody can say any more what changed: list every folder.

    What was found before is not said again.
    """
    # Taken before the listing, so that nothing is missed between the two.
    token = destination.delta_token()
    doubts = prove(placed, ledger=ledger, destination=destination, now=now)
    said = {(str(doubt.recipient), doubt.name) for doubt in doubts}
    said |= {(str(it.detail.get("recipient")), str(it.detail.get("name"))) for it in ledger.findings()}
    found = verify_folders(ledger=ledger, destination=destination).discrepancies
    doubts += [it for it in found if it.kind in OF_STRANGERS and (it.recipient, it.name) not in said]
    _keep(doubts, ledger)
    ledger.record_change_token(destination.followed, token)
    return doubts


def verify_changes(*, ledger: Ledger, destination: FollowedDestination) -> Verified:
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
    # The last run's own anchor came after it had looked.
    files = sum(not item.is_folder and parse_anchor_name(item.name) is None for item in changed.values())
    doubts = compare_changes(changed, ledger=ledger, destination=destination)
    return Verified(len(ledger.folders()), files, tuple(doubts))


def compare_changes(
    items: Mapping[str, ChangedItem], *, ledger: Ledger, destination: FollowedDestination
) -> Iterator[Discrepancy]:
    """Yield what among the changed items disagrees with what the ledger published and proved; changes nothing."""
    folders = ledger.folders()
    by_id, seeded = {entry.folder_id: entry for entry in folders.values()}, ledger.seeded_numbers()
    recorded = ledger.files_of_items(items.keys())
    named = ledger.files_named(
        [item.name for item in items.values() if item.id not in recorded and item.parent_id in by_id]
    )
    # A run that died may have put a file there without recording it; whichever run is next adopts it.
    on_its_way = {(file.recipient, file.name) for file in ledger.waiting() if file.published_at is None}
    for item in items.values():
        entry, file, owner = by_id.get(item.id), recorded.get(item.id), by_id.get(item.parent_id)
        if entry is not None:
            yield from _of_folder(item, entry, destination)
        elif file is not None:
            yield from _of_proved(item, file, folders, destination)
        elif owner is None or item.deleted or (owner.signifier, item.name) in on_its_way:
            continue
        elif _is_put_back(item, named.get(item.name), folders):
            # As it was issued, by somebody's hand: nothing is amiss any more.
            pass
        elif item.is_folder or not is_earlier(item.name, owner.signifier, seeded):
            what = "a folder in the folder" if item.is_folder else "in the folder"
            detail = f"{what}, and nothing that this ledger published there{_by(item)}"
            yield Discrepancy(UNEXPECTED, owner.signifier, item.name, detail)


def _is_put_back(item: ChangedItem, file: RecordedFile | None, folders: Mapping[Signifier, FolderEntry]) -> bool:
    """Whether somebody put a file that was deleted back as it was issued: it has another id since."""
    if file is None or file.published_at is None or is_taken_back(file):
        return False
    return compare_item(item, file, folders) is None


def _keep(doubts: Iterable[Discrepancy], ledger: Ledger) -> None:
    for doubt in doubts:
        if doubt.kind in OF_STRANGERS:
            detail = {"recipient": doubt.recipient, "name": doubt.name, "detail": doubt.detail}
            ledger.record_finding(doubt.kind, detail)


def _ids(files: Iterable[WaitingFile]) -> set[str]:
    return {str(file.item_id) for file in files}


def _of_placed(
    item: ChangedItem | None,
    file: WaitingFile,
    folders: Mapping[Signifier, FolderEntry],
    destination: FollowsChanges,
) -> Discrepancy | None:
    """Return what speaks against a placed file.

    What hasn't appeared among the changes yet, or appeared as it was before, is asked for by its id.
    """
    if item is not None and compare_item(item, file, folders) is None:
        return None
    known = destination.item(str(file.item_id))
    if known is not None:
        return compare_item(known, file, folders)
    if item is not None and item.deleted:
        return compare_item(item, file, folders)
    return Discrepancy(UNPROVED, file.recipient, file.name, "placed, and not listed yet")


def _of_proved(
    item: ChangedItem, file: RecordedFile, folders: Mapping[Signifier, FolderEntry], destination: FollowedDestination
) -> Iterator[Discrepancy]:
    """Yield what somebody did to a file that was proved before; nothing where it stands there as it was."""
    if is_taken_back(file):
        if (known := destination.item(item.id)) is not None and not known.deleted:
            yield Discrepancy(UNEXPECTED, file.recipient, file.name, f"{TAKEN_BACK}{_by(known)}")
        return
    if compare_item(item, file, folders) is None:
        return
    # Changes may be told late: by now it may be otherwise.
    known = destination.item(item.id)
    if known is None:
        yield Discrepancy(MISSING, file.recipient, file.name, f"was deleted{_by(item)}")
        return
    doubt = compare_item(known, file, folders)
    if doubt is not None and doubt.kind == UNPROVED:
        # It is no longer looked at after this run, so its bytes have to tell.
        doubt = _compare_bytes(known, file, folders[file.recipient], destination)
    if doubt is not None:
        yield doubt


def _of_folder(item: ChangedItem, entry: FolderEntry, destination: FollowsChanges) -> Iterator[Discrepancy]:
    if item.deleted:
        yield Discrepancy(MISSING, entry.signifier, entry.name, f"the recipient's folder was deleted{_by(item)}")
    elif not destination.stands_among_folders(item):
        yield Discrepancy(MOVED, entry.signifier, entry.name, f"the recipient's folder was moved elsewhere{_by(item)}")
    elif not carries_signifier(item.name, entry.signifier):
        detail = f"the recipient's folder is called {item.name!r} now{_by(item)}"
        yield Discrepancy(RENAMED, entry.signifier, entry.name, detail)


def compare_item(  # noqa: PLR0911 - one line for each kind of doubt
    item: ChangedItem, file: RecordedFile | WaitingFile, folders: Mapping[Signifier, FolderEntry]
) -> Discrepancy | None:
    """Return what speaks against a published file by what the destination says of its item, None where nothing does."""
    recipient, name = file.recipient, file.name
    if item.deleted:
        return Discrepancy(MISSING, recipient, name, f"was deleted{_by(item)}")
    if item.parent_id != folders[recipient].folder_id:
        other = next((it.signifier for it in folders.values() if it.folder_id == item.parent_id), None)
        where = f"into the folder of {other}" if other else "out of the recipient's folder"
        return Discrepancy(MOVED, recipient, name, f"was moved {where}{_by(item)}")
    if item.name != name:
        return Discrepancy(RENAMED, recipient, name, f"stands in the folder as {item.name}{_by(item)}")
    if item.size != file.size:
        return Discrepancy(ALTERED, recipient, name, f"{item.size:,} bytes, issued with {file.size:,}{_by(item)}")
    if item.hash is None:
        return Discrepancy(UNPROVED, recipient, name, "listed without a hash as yet")
    if item.hash != file.quick_xor_hash:
        return Discrepancy(ALTERED, recipient, name, f"same size, another quickXorHash{_by(item)}")
    return None


def _compare_bytes(
    item: ChangedItem, file: RecordedFile, entry: FolderEntry, destination: PublishingDestination
) -> Discrepancy | None:
    try:
        is_same = read_sha256(entry, file.name, destination) == file.sha256
    except NotFoundError:
        return Discrepancy(MISSING, file.recipient, file.name, "published, and not in the folder any more")
    if is_same:
        return None
    return Discrepancy(ALTERED, file.recipient, file.name, f"same size, other bytes{_by(item)}")


def _by(item: ChangedItem) -> str:
    """Return who did it and when, as far as the destination says; of what is gone, who touched it last."""
    if not item.modified_by and item.modified_at is None:
        return ""
    did = ", last changed" if item.deleted else ","
    who = f" by {item.modified_by}" if item.modified_by else ""
    when = f" at {item.modified_at:%Y-%m-%dT%H:%M:%SZ}" if item.modified_at else ""
    return f"{did}{who}{when}"
