"""To verify: compare what the folders list with what the ledger published, both ways."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.finding import FindsNames
from ecosmig_publish.destinations.following import FollowsChanges
from ecosmig_publish.emrr.filename import parse_file_name
from ecosmig_publish.errors import EcosmigError, FolderAccessError, InvalidFileError
from ecosmig_publish.workflows.pinned_folders import folder_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from ecosmig_publish.destinations import Folder, Listed, PublishingDestination
    from ecosmig_publish.emrr.terms import Report, Signifier
    from ecosmig_publish.ledger import FolderEntry, Ledger, RecordedFile, WaitingFile

MISSING, UNEXPECTED, ALTERED, RENAMED, UNPROVED = "missing", "unexpected", "altered", "renamed", "unproved"
MOVED, NO_FOLDER, ACCESS, UNREADABLE = "moved", "folder", "access", "unreadable"
TAKEN_BACK = "in the folder, and withdrawn: it was to be removed, or never to be published"
OF_STRANGERS = frozenset({MISSING, UNEXPECTED, ALTERED, RENAMED, MOVED})
"""What somebody else than a publisher did."""


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One thing that ledger and folder disagree on; `kind` is one of this module's words."""

    kind: str
    recipient: Signifier
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verification looked at and found; `earlier` counts the files of a system that was taken over from."""

    folders: int
    files: int
    discrepancies: tuple[Discrepancy, ...]
    earlier: int = 0


def prove(
    placed: Iterable[WaitingFile],
    *,
    ledger: Ledger,
    destination: PublishingDestination,
    now: Callable[[], datetime],
) -> list[Discrepancy]:
    """Record as proved each placed file that its folder lists with the issue's size and hash; return the others.

    A 2xx is not proof, and a hash that the service doesn't know yet is not one either.
    """
    folders = ledger.folders()
    by_recipient: dict[Signifier, list[WaitingFile]] = {}
    for file in placed:
        by_recipient.setdefault(file.recipient, []).append(file)
    doubts: list[Discrepancy] = []
    for recipient, files in by_recipient.items():
        try:
            listed = {item.name: item for item in _standing(folder_of(folders[recipient]), files, destination)}
        except EcosmigError as error:
            doubts.append(Discrepancy(NO_FOLDER, recipient, folders[recipient].name, str(error)))
            continue
        proved = []
        for file in files:
            doubt = _compare(recipient, file, listed.get(file.name))
            if doubt is None:
                proved.append((file.file_id, file.size, file.quick_xor_hash))
            else:
                doubts.append(doubt)
        if proved:
            ledger.record_proved(proved, now())
    return doubts


def _standing(folder: Folder, files: Iterable[WaitingFile], destination: PublishingDestination) -> Iterator[Listed]:
    """Return what a folder has under the names of these files, among others it may be."""
    if isinstance(destination, FindsNames):
        return destination.find(folder, [file.name for file in files])
    return destination.listing(folder)


def verify_folders(
    *,
    ledger: Ledger,
    destination: PublishingDestination,
    recipients: Iterable[Signifier] = (),
    deep: bool = False,
    on_file: Callable[[str], None] = lambda _name: None,
) -> Verified:
    """List each onboarded recipient's folder in full and compare it with the ledger; changes nothing.

    `deep` reads every file's bytes and compares their SHA-256 instead of size and quickXorHash.
    """
    folders, named = ledger.folders(), tuple(recipients)
    wanted = [folders[signifier] for signifier in (named or sorted(folders)) if signifier in folders]
    discrepancies = [
        Discrepancy(UNPROVED, file.recipient, file.name, "issued, and its recipient has no folder yet")
        for file in ledger.waiting()
        if file.recipient not in folders and (not named or file.recipient in named)
    ]
    files, earlier, seeded = len(discrepancies), 0, ledger.seeded_numbers()
    for entry in wanted:
        recorded = {file.name: file for file in ledger.files(recipient=entry.signifier)}
        files += len(recorded)
        try:
            discrepancies.extend(_compare_access(entry, destination))
            listed = {item.name: item for item in destination.listing(folder_of(entry))}
        except EcosmigError as error:
            discrepancies.append(Discrepancy(NO_FOLDER, entry.signifier, entry.name, str(error)))
            continue
        of_others = [name for name in listed.keys() - recorded.keys() if is_earlier(name, entry.signifier, seeded)]
        earlier += len(of_others)
        for name in of_others:
            del listed[name]
        discrepancies.extend(_compare_folder(entry, recorded, listed, destination, deep=deep, on_file=on_file))
    return Verified(len(wanted), files, tuple(discrepancies), earlier)


def is_earlier(name: str, recipient: Signifier, seeded: Mapping[tuple[Report, Signifier], int]) -> bool:
    """Whether a name is that of a file for this recipient whose number an older system issued."""
    try:
        named = parse_file_name(name)
    except InvalidFileError:
        return False
    return named.recipient == recipient and named.sequence <= seeded.get((named.report, recipient), 0)


def _compare_access(entry: FolderEntry, destination: PublishingDestination) -> Iterator[Discrepancy]:
    """Yield what is wrong with whose folder it is; its files are looked at all the same."""
    try:
        destination.check_folder(folder_of(entry))
    except FolderAccessError as error:
        yield Discrepancy(ACCESS, entry.signifier, entry.name, str(error).removesuffix("; nothing was put there"))


def _compare_folder(
    entry: FolderEntry,
    recorded: Mapping[str, RecordedFile],
    listed: Mapping[str, Listed],
    destination: PublishingDestination,
    *,
    deep: bool,
    on_file: Callable[[str], None],
) -> Iterator[Discrepancy]:
    strangers = {name: item for name, item in listed.items() if name not in recorded}
    for name, file in recorded.items():
        on_file(name)
        item = listed.get(name)
        if is_taken_back(file):
            if item is not None:
                yield Discrepancy(UNEXPECTED, entry.signifier, name, TAKEN_BACK)
        elif file.published_at is None and item is None:
            yield Discrepancy(UNPROVED, entry.signifier, name, "issued, waits to be published")
        elif item is None:
            twin = next((other for other in strangers.values() if _is_same(file, other)), None)
            if twin is None:
                yield _missing(entry, file, destination)
            else:
                del strangers[twin.name]
                yield Discrepancy(RENAMED, entry.signifier, name, f"stands in the folder as {twin.name}")
        else:
            doubt = _compare(entry.signifier, file, item)
            if doubt is None and deep:
                doubt = _compare_bytes(entry, file, destination)
            if doubt is not None:
                yield doubt
    for name in sorted(strangers):
        yield Discrepancy(UNEXPECTED, entry.signifier, name, "in the folder, and nothing that this ledger issued")


def is_taken_back(file: RecordedFile) -> bool:
    """Whether a file was withdrawn and should not be in its folder: removed, or never put there."""
    return file.withdrawn_at is not None and (bool(file.removed) or file.published_at is None)


def _missing(entry: FolderEntry, file: RecordedFile, destination: PublishingDestination) -> Discrepancy:
    """Return what became of a file that its folder doesn't list, as far as the destination can say."""
    item = destination.item(file.item_id) if isinstance(destination, FollowsChanges) and file.item_id else None
    if item is None or item.deleted:
        return Discrepancy(MISSING, entry.signifier, file.name, "published, and not in the folder any more")
    if item.parent_id == entry.folder_id:
        return Discrepancy(UNPROVED, entry.signifier, file.name, "there, and left out of the folder's listing")
    return Discrepancy(MOVED, entry.signifier, file.name, "published, and moved out of the recipient's folder since")


def _compare(recipient: Signifier, file: WaitingFile | RecordedFile, item: Listed | None) -> Discrepancy | None:
    if item is None:
        return Discrepancy(UNPROVED, recipient, file.name, "placed, and not listed yet")
    if item.size != file.size:
        return Discrepancy(ALTERED, recipient, file.name, f"{item.size:,} bytes, issued with {file.size:,}")
    known = item.hash()
    if known is None:
        return Discrepancy(UNPROVED, recipient, file.name, "listed without a hash as yet")
    if known != file.quick_xor_hash:
        return Discrepancy(ALTERED, recipient, file.name, "same size, another quickXorHash")
    return None


def read_sha256(entry: FolderEntry, name: str, destination: PublishingDestination) -> str:
    """Return the SHA-256 in hex of a file's bytes, read from its folder. Raises as `destination.read` does."""
    digest = hashlib.sha256()
    for chunk in destination.read(folder_of(entry), name):
        digest.update(chunk)
    return digest.hexdigest()


def _compare_bytes(entry: FolderEntry, file: RecordedFile, destination: PublishingDestination) -> Discrepancy | None:
    if read_sha256(entry, file.name, destination) == file.sha256:
        return None
    return Discrepancy(ALTERED, entry.signifier, file.name, "same size and quickXorHash, another SHA-256")


def _is_same(file: RecordedFile, item: Listed) -> bool:
    return item.size == file.size and item.hash() == file.quick_xor_hash
