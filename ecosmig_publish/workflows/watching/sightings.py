"""What the recipients' folders show: report files by their names, and what is odd about the numbers in them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.filename import FileName, parse_file_name
from ecosmig_publish.errors import InvalidFileError
from ecosmig_publish.workflows.recovery.seeding_from_folders import Oddity, odd_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from ecosmig_publish.destinations import Folder
    from ecosmig_publish.destinations.watching import WatchedFolders
    from ecosmig_publish.emrr.terms import Report, Signifier

TO_COME = "yet-to-come"


@dataclass(frozen=True, slots=True)
class Sighting:
    """A report file in its recipient's folder; `text` is its name as it stands there."""

    folder: Folder
    named: FileName
    text: str


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that stands in the folders, by report; what isn't a report of the folder's recipient is left out."""

    folders: tuple[Folder, ...]
    by_report: Mapping[Report, Sequence[Sighting]]
    oddities: tuple[Oddity, ...]

    @property
    def files(self) -> int:
        """How many report files there are."""
        return sum(map(len, self.by_report.values()))

    def of(self, report: Report) -> Sequence[Sighting]:
        """Return the files of one report."""
        return self.by_report.get(report, ())

    def first_of_each(self) -> dict[Signifier, datetime]:
        """Return when each recipient's first file of any report was made."""
        first: dict[Signifier, datetime] = {}
        for sightings in self.by_report.values():
            for named in (sighting.named for sighting in sightings):
                first[named.recipient] = min(named.created_at, first.get(named.recipient, named.created_at))
        return first


def look_into_all(watched: WatchedFolders, now: datetime) -> Seen:
    """List every recipient's folder. Raises as `WatchedFolders` does: half of what stands there would say nothing.

    A name that says its file is still to be made is said, and counts for nothing.
    """
    folders = tuple(watched.standing())
    by_report: dict[Report, list[Sighting]] = defaultdict(list)
    to_come = []
    for sighting in chain.from_iterable(_sightings(watched, folder) for folder in folders):
        if sighting.named.created_at > now:
            to_come.append(Oddity(TO_COME, sighting.named.recipient, f"{sighting.text} is of an instant yet to come"))
        else:
            by_report[sighting.named.report].append(sighting)
    return Seen(folders, by_report, (*to_come, *_oddities(by_report)))


def _sightings(watched: WatchedFolders, folder: Folder) -> Iterator[Sighting]:
    for item in watched.listing(folder):
        try:
            named = parse_file_name(item.name)
        except InvalidFileError:
            continue
        if named.recipient == folder.signifier:
            yield Sighting(folder, named, item.name)


def _oddities(by_report: Mapping[Report, Sequence[Sighting]]) -> Iterator[Oddity]:
    for report, sightings in sorted(by_report.items()):
        streams: dict[Signifier, list[int]] = defaultdict(list)
        for sighting in sightings:
            streams[sighting.named.recipient].append(sighting.named.sequence)
        for recipient, unordered in sorted(streams.items()):
            numbers = sorted(unordered)
            # A stream that was taken over may begin with any number.
            yield from odd_numbers(report, recipient, numbers, first=numbers[0])
