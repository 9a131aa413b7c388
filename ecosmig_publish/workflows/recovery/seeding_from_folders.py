"""What an older system left in recipients' folders: the last number of each stream, and what is odd about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.filename import parse_file_name
from ecosmig_publish.errors import InvalidFileError
from ecosmig_publish.workflows.pinned_folders import folder_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ecosmig_publish.destinations import PublishingDestination
    from ecosmig_publish.emrr.filename import FileName
    from ecosmig_publish.emrr.terms import Report, Signifier
    from ecosmig_publish.ledger import FolderEntry

GAP, DOUBLE, ANOTHERS, STRANGER = "gap", "double", "another-recipient", "no-report"


@dataclass(frozen=True, slots=True)
class FoundStream:
    """A stream as its folder shows it; `files` counts names, `first` and `last` are numbers."""

    report: Report
    recipient: Signifier
    files: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something in a folder that a person should know of before its numbers are taken over."""

    kind: str
    recipient: Signifier
    detail: str


@dataclass(frozen=True, slots=True)
class FoundFolder:
    """What one folder shows."""

    streams: tuple[FoundStream, ...]
    oddities: tuple[Oddity, ...]


def look_into(entry: FolderEntry, destination: PublishingDestination) -> FoundFolder:
    """List a recipient's folder and read its names. Raises as `destination.listing` does."""
    names = [item.name for item in destination.listing(folder_of(entry))]
    return read_names(entry.signifier, names)


def read_names(recipient: Signifier, names: Iterable[str]) -> FoundFolder:
    """Return the streams that the names of a folder's files make, and what doesn't fit into one."""
    streams: dict[Report, list[FileName]] = {}
    oddities = []
    for text in sorted(names):
        try:
            name = parse_file_name(text)
        except InvalidFileError:
            oddities.append(Oddity(STRANGER, recipient, f"{text!r} is not the name of a report file"))
            continue
        if name.recipient != recipient:
            oddities.append(Oddity(ANOTHERS, recipient, f"{text} is for {name.recipient}"))
        else:
            streams.setdefault(name.report, []).append(name)
    found = []
    for report, of_stream in sorted(streams.items()):
        numbers = sorted(name.sequence for name in of_stream)
        found.append(FoundStream(report, recipient, len(numbers), numbers[0], numbers[-1]))
        oddities.extend(odd_numbers(report, recipient, numbers))
    return FoundFolder(tuple(found), tuple(oddities))


def odd_numbers(report: Report, recipient: Signifier, numbers: Sequence[int], first: int = 1) -> Iterator[Oddity]:
    """Yield the gaps and doubles of one stream's numbers, which stand in order and should begin with `first`."""
    expected = first
    for place, number in enumerate(numbers):
        if place and number == numbers[place - 1]:
            yield Oddity(DOUBLE, recipient, f"{report}: number {number} stands there more than once")
        elif number > expected:
            missing = f"number {expected} is" if number == expected + 1 else f"numbers {expected} to {number - 1} are"
            yield Oddity(GAP, recipient, f"{report}: {missing} not there")
        expected = number + 1
