"""Whether a stream agrees, number by number, and what is then taken from its folder; pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.calendar import due_slots
from ecosmig_publish.emrr.filename import parse_file_name
from ecosmig_publish.ledger.spans import runs

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from ecosmig_publish.emrr.records import Header
    from ecosmig_publish.emrr.terms import Slot
    from ecosmig_publish.ledger import FileEntry, RecordedFile
    from ecosmig_publish.workflows.recovery.reading_folders import SeenStream, Standing


@dataclass(frozen=True, slots=True)
class Found:
    """A report that was read, validated and is in the outbox; `item_id` where it stands in its folder."""

    standing: Standing
    header: Header
    entry: FileEntry
    item_id: str | None

    @property
    def slot(self) -> Slot:
        """The slot that reports on the header's period."""
        return slot_of(self.header)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What becomes of a stream: nothing where `refused` says why, else `wanted` is taken and issues give way.

    `giving_way` are ids of issues that never left the outbox; `arrived` are files of the ledger that the folder holds
    though no publication is recorded.
    """

    refused: tuple[str, ...] = ()
    wanted: tuple[Standing, ...] = ()
    giving_way: frozenset[int] = frozenset()
    arrived: tuple[RecordedFile, ...] = ()


def slot_of(header: Header) -> Slot:
    """Return the slot that reports on a header's period: its report's next one after the period's end."""
    last = header.period.last_second
    return next(due_slots(header.report, after=last, until=last.replace(year=last.year + 1, day=1)))


def agree(stream: SeenStream, now: datetime, lost: Collection[int] = ()) -> Agreement:
    """Compare a stream's ledger with its folder; `lost` are numbers whose files an operator says nobody has.

    It is refused where a number is missing, was taken away again or stands twice, where a file was altered, or was
    created in the future or before the one before it.
    """
    gone = stream.lost | set(lost)
    standings = [it for it in stream.standing if it.listed is not None or it.named.sequence not in gone]
    if not standings and not stream.against and not lost:
        return Agreement(arrived=_arrived(stream))
    against = [*stream.against, *_not_lost(stream, lost), *_taken_away(stream, standings)]
    out = {file.issue_id for file in stream.known if file.published_at is not None or file.file_id in stream.there}
    numbers = {file.sequence: file for file in stream.known}
    first = min((it.named.sequence for it in standings), default=None)
    giving_way: set[int] = set()
    for number, same in groupby(standings, key=lambda it: it.named.sequence):
        one, *others = same
        against += [f"number {number} stands twice: {one.name} and {it.name}" for it in others]
        known = numbers.get(number)
        if known is not None and known.issue_id in out:
            against.append(f"number {number} is {known.name} in the ledger, and {one.name} in the folder")
    if first is not None:
        giving_way = {file.issue_id for file in stream.known if file.sequence >= first} - out
    left = [file for file in stream.known if file.issue_id not in giving_way]
    names = {file.sequence: file.name for file in left} | {it.named.sequence: it.name for it in standings}
    against += _gaps(names.keys() | gone, stream.seed)
    against += _backwards(names, now)
    if against:
        return Agreement(refused=tuple(against))
    return Agreement((), tuple(standings), frozenset(giving_way), _arrived(stream))


def ranges(numbers: Iterable[int]) -> str:
    """Return numbers as people write them: `1-4, 7`."""
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs(numbers))


def _arrived(stream: SeenStream) -> tuple[RecordedFile, ...]:
    return tuple(file for file in stream.known if file.published_at is None and file.file_id in stream.there)


def _not_lost(stream: SeenStream, lost: Collection[int]) -> list[str]:
    """Say of numbers that are said to be lost why they aren't."""
    known = {file.sequence: f"{file.name} is in the ledger" for file in stream.known}
    known |= {it.named.sequence: f"{it.name} is in the folder" for it in stream.standing if it.listed is not None}
    known |= dict.fromkeys(range(1, stream.seed + 1), "an older system issued it")
    return [
        f"number {number} {'was passed over' if number in stream.lost else 'is not lost'}: {known[number]}"
        for number in sorted((stream.lost | set(lost)) & known.keys())
    ]


def _taken_away(stream: SeenStream, standings: Iterable[Standing]) -> list[str]:
    """Say which numbers wait in the outbox though a later one is in the folder: each was there before it."""
    highest = max(stream.in_folder, default=0)
    return [
        f"number {it.named.sequence} is in the outbox alone ({it.outbox_path}), and {highest} in the folder: it was "
        "withdrawn, or taken away"
        for it in standings
        if it.listed is None and it.named.sequence < highest
    ]


def _gaps(numbers: Iterable[int], seed: int) -> list[str]:
    present = set(numbers)
    missing = set(range(seed + 1, max(present, default=seed) + 1)) - present
    return [f"no file has number {ranges(missing)}"] if missing else []


def _backwards(names: dict[int, str], now: datetime) -> list[str]:
    named: Sequence[tuple[str, datetime]] = [
        (name, parse_file_name(name).created_at) for _, name in sorted(names.items())
    ]
    found = [f"{name} was created later than now" for name, created_at in named if created_at > now]
    for (earlier, first), (later, then) in pairwise(named):
        if then < first:
            found.append(f"{later} was created before {earlier}")
    return found
