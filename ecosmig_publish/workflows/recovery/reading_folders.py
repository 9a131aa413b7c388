"""What stands in the recipients' folders and in the outbox, against what this ledger knows; changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.filename import FileName, parse_file_name
from ecosmig_publish.errors import EcosmigError, InvalidFileError
from ecosmig_publish.ledger.stopped import is_passed_over
from ecosmig_publish.workflows.pinned_folders import folder_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ecosmig_publish.destinations import Listed, PublishingDestination
    from ecosmig_publish.emrr.terms import Report, Signifier
    from ecosmig_publish.ledger import FolderEntry, Ledger, RecordedFile
    from ecosmig_publish.outbox import Outbox

Stream = tuple["Report", "Signifier"]


@dataclass(frozen=True, slots=True)
class Standing:
    """A report that this ledger doesn't know: `listed` in its recipient's folder, or `outbox_path` in the outbox."""

    named: FileName
    name: str
    listed: Listed | None
    outbox_path: str | None

    @property
    def stream(self) -> Stream:
        """Whose number it has."""
        return self.named.report, self.named.recipient


@dataclass(slots=True)
class SeenStream:
    """One stream: what the ledger has of it, what stands there that it doesn't know, and what speaks against it.

    `lost` are numbers that an earlier recovery passed over. `there` gives by file id how the folder lists files of the
    ledger; `missing` names those that were published and aren't listed any more.
    """

    seed: int = 0
    lost: set[int] = field(default_factory=set)
    known: list[RecordedFile] = field(default_factory=list)
    there: dict[int, Listed] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    standing: list[Standing] = field(default_factory=list)
    against: list[str] = field(default_factory=list)

    @property
    def in_folder(self) -> list[int]:
        """The numbers that stand in the folder, in order."""
        known = {file.sequence for file in self.known if file.file_id in self.there}
        return sorted(known | {it.named.sequence for it in self.standing if it.listed is not None})


@dataclass(slots=True)
class Seen:
    """All streams by report and recipient; `strangers` are what is no report of the folder's owner, by recipient.

    `unread` says why a folder could not be listed; `homeless` are recipients of the ledger without a pinned folder.
    """

    streams: dict[Stream, SeenStream] = field(default_factory=dict)
    strangers: list[tuple[Signifier, str]] = field(default_factory=list)
    unread: dict[Signifier, str] = field(default_factory=dict)
    homeless: set[Signifier] = field(default_factory=set)

    def stream(self, stream: Stream) -> SeenStream:
        """Return a stream, an empty one where nothing is known of it."""
        return self.streams.setdefault(stream, SeenStream())


def read_folders(
    ledger: Ledger,
    outbox: Outbox,
    destination: PublishingDestination,
    on_folder: Callable[[], None] = lambda: None,
) -> Seen:
    """List every pinned folder and the outbox's directories that the ledger doesn't know."""
    seen, folders = Seen(), ledger.folders()
    for key, seed in ledger.seeded_numbers().items():
        seen.stream(key).seed = seed
    for key, lost in ledger.lost_numbers().items():
        seen.stream(key).lost = lost
    for file in ledger.files():
        seen.stream((file.report, file.recipient)).known.append(file)
    seen.homeless = {recipient for _, recipient in seen.streams} - folders.keys()
    for entry in folders.values():
        _read_folder(entry, seen, destination)
        on_folder()
    listed = {it.name: it for stream in seen.streams.values() for it in stream.standing}
    known = {file.name for stream in seen.streams.values() for file in stream.known}
    for name, path in _unknown_in_outbox(ledger, outbox):
        if name in known:
            continue
        named = parse_file_name(name)
        stream = seen.stream((named.report, named.recipient))
        if name in listed:
            stream.standing.remove(listed[name])
        standing = listed.get(name)
        stream.standing.append(Standing(named, name, standing.listed if standing else None, path))
    for stream in seen.streams.values():
        stands = {it.named.sequence for it in stream.standing if it.listed is not None}
        stream.standing = [
            it
            for it in stream.standing
            # What never left the outbox gives way to what stands in the folder under its number.
            if it.named.sequence > stream.seed and (it.listed is not None or it.named.sequence not in stands)
        ]
        stream.standing.sort(key=lambda it: (it.named.sequence, it.name))
    return seen


def _read_folder(entry: FolderEntry, seen: Seen, destination: PublishingDestination) -> None:
    owner = entry.signifier
    try:
        items = {it.name: it for it in destination.listing(folder_of(entry))}
    except EcosmigError as error:
        seen.unread[owner] = str(error)
        return
    for (_, recipient), stream in seen.streams.items():
        if recipient == owner:
            _compare_known(stream, items)
    known = {file.name for (_, to), stream in seen.streams.items() if to == owner for file in stream.known}
    for name in sorted(items.keys() - known):
        try:
            named = parse_file_name(name)
        except InvalidFileError:
            seen.strangers.append((owner, name))
            continue
        if named.recipient != owner:
            seen.strangers.append((owner, name))
            stream = seen.stream((named.report, named.recipient))
            stream.against.append(f"{name} stands in the folder of {owner}")
        else:
            seen.stream((named.report, owner)).standing.append(Standing(named, name, items[name], None))


def _compare_known(stream: SeenStream, items: dict[str, Listed]) -> None:
    for file in stream.known:
        item = items.get(file.name)
        if item is None:
            if file.published_at is not None and not file.removed:
                stream.missing.append(file.name)
        elif item.size != file.size:
            stream.against.append(f"{file.name} has {item.size:,} bytes in the folder, {file.size:,} in the ledger")
        else:
            stream.there[file.file_id] = item


def _unknown_in_outbox(ledger: Ledger, outbox: Outbox) -> Iterator[tuple[str, str]]:
    """Yield name and place of each report that some ledger recorded, but of what gave way or was passed over.

    One that this ledger knows may hold a file of a stream that an earlier recovery refused.
    """
    gave_way, lost = ledger.gave_way(), ledger.lost_numbers()
    for directory in outbox.names():
        if not outbox.is_marked(directory):
            continue
        for name in outbox.file_names(directory):
            try:
                parse_file_name(name)
            except InvalidFileError:
                continue
            if name not in gave_way and not is_passed_over(name, lost):
                yield name, f"{directory}/{name}"
