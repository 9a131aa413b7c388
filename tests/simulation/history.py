"""The judge: what the servers saw, event by event, against what must be true of it whatever happened.

Pure. For each stream it keeps the digest of each number that was seen, eight bytes; for each report the keys that
were reported. Contents are looked at once and forgotten.
"""

from __future__ import annotations

import hashlib
from array import array
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from tests.simulation.file_read import Malformed, ReadFile, ReadName, read_file, read_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HOLDING = ("ECOSMIG-001", "ECOSMIG-002", "ECOSMIG-006")
"""The reports whose rows are each in exactly one issue, or held."""
OF_DEVICES = (*HOLDING, "ECOSMIG-003")
"""The reports whose rows name a Device."""


class Promise(Enum):
    """What was broken."""

    GAP = "a stream's numbers are 1…n"
    DUPLICATE = "a number has one name, a name one content, a source row one issue"
    MISDELIVERY = "nothing of one recipient's in another's folder, nothing where others can read"
    LOST = "each source row is in exactly one issue or held"
    DISORDER = "a stream is published in order, and a file says the number that its name says"


@dataclass(frozen=True, slots=True)
class Violation:
    """One promise, broken; `what` names no MPxN."""

    promise: Promise
    what: str

    def __str__(self) -> str:
        return f"{self.promise.name}: {self.what}"


@dataclass(frozen=True, slots=True)
class Stood:
    """From now on these bytes stand under this name in a recipient's folder; `by` is "" for the publisher."""

    owner: str
    name: str
    content: bytes
    by: str = ""


@dataclass(frozen=True, slots=True)
class Gone:
    """Somebody else than the publisher took away what stood under this name."""

    owner: str
    name: str


@dataclass(frozen=True, slots=True)
class ReadersBecame:
    """From now on a recipient's folder can be read by its recipient alone, or by somebody else too."""

    owner: str
    right: bool


Event = Stood | Gone | ReadersBecame


class SourceRows(Protocol):
    """What the source says of a detail record."""

    def found(self, file: ReadFile, fields: list[str]) -> tuple[str, str | None] | None:
        """Return the key of a record's source row and whose it is; None where the source has no such row."""
        ...


@dataclass(slots=True)
class Stream:
    """One report of one recipient; `digests[n - 1]` is of the name and the bytes of number n."""

    last: int = 0
    digests: array[int] = field(default_factory=lambda: array("Q"))


@dataclass(slots=True)
class History:
    """Everything that was seen so far, as far as later events may contradict it."""

    source: SourceRows | None
    """None where rows are judged elsewhere."""
    violations: list[Violation] = field(default_factory=list)
    files: int = 0
    """Files of the publisher's that were judged."""
    with_rows: int = 0
    rows: int = 0
    streams: dict[tuple[str, str], Stream] = field(default_factory=dict)
    reported: dict[str, set[str]] = field(default_factory=lambda: {report: set() for report in HOLDING})
    shut: set[str] = field(default_factory=set)
    """Recipients whose folder others can read."""
    _strangers: set[tuple[str, str]] = field(default_factory=set)

    def see(self, event: Event) -> None:
        """Judge the next event."""
        match event:
            case ReadersBecame():
                (self.shut.discard if event.right else self.shut.add)(event.owner)
            case Gone():
                self._strangers.discard((event.owner, event.name))
            case Stood(by=""):
                self._see_published(event)
            case Stood():
                self._strangers.add((event.owner, event.name))

    def close(self, last_numbers: Mapping[tuple[str, str], int]) -> None:
        """Compare with the ledger's numbers, once everything that was issued stands in its folder."""
        for stream, number in last_numbers.items():
            seen = self.streams[stream].last if stream in self.streams else 0
            if seen < number:
                self._break(Promise.GAP, f"{stream}: {seen} stands in the folder, the ledger issued {number}")
            elif seen > number:
                self._break(Promise.DUPLICATE, f"{stream}: {seen} stands in the folder, the ledger knows {number}")
        for stream in self.streams.keys() - last_numbers.keys():
            self._break(Promise.DUPLICATE, f"{stream}: stands in the folder, and the ledger knows no such stream")

    def account(self, report: str, *, due: Iterable[str], held: Iterable[str], holdable: Iterable[str]) -> None:
        """Compare keys: `due` is all that belongs in the report so far, `holdable` what of it can't be reported."""
        reported, held, holdable = self.reported[report], set(held), set(holdable)
        for key in due:
            if (key in reported) == (key in held):
                where = "reported and held" if key in held else "neither reported nor held"
                self._break(Promise.DUPLICATE if key in held else Promise.LOST, f"{report} {key}: {where}")
        for key in held - holdable - reported:
            self._break(Promise.LOST, f"{report} {key}: held for no reason")

    def take_back(self, report: str, keys: Iterable[str]) -> None:
        """Let rows of a withdrawn issue be unreported again: a later issue has to carry them."""
        self.reported[report].difference_update(keys)

    def _see_published(self, event: Stood) -> None:
        self.files += 1
        try:
            name = read_name(event.name)
            file = read_file(event.content)
        except Malformed as error:
            self._break(Promise.DISORDER, f"{event.name}: {error}")
            return
        if (event.owner, event.name) in self._strangers:
            self._break(Promise.DUPLICATE, f"{event.name}: somebody's file of this name was overwritten")
        if event.owner in self.shut:
            self._break(Promise.MISDELIVERY, f"{event.name}: put into a folder that others can read")
        if {name.recipient, file.recipient} != {event.owner}:
            self._break(
                Promise.MISDELIVERY, f"{event.name}: {file.recipient}'s by its header, in the folder of {event.owner}"
            )
        if (file.report, file.recipient, file.number) != (name.report, name.recipient, name.number):
            self._break(Promise.DISORDER, f"{event.name}: its header says {file.report} {file.recipient} {file.number}")
        if self._is_new(name, event):
            self._see_rows(event, file)

    def _is_new(self, name: ReadName, event: Stood) -> bool:
        """Whether this is the next of its stream; what was seen before must be the same again."""
        stream = self.streams.setdefault((name.report, name.recipient), Stream())
        digest = int.from_bytes(
            hashlib.sha256(event.name.encode() + b"\0" + event.content).digest()[:8], "big", signed=False
        )
        if name.number <= stream.last:
            if stream.digests[name.number - 1] != digest:
                self._break(Promise.DUPLICATE, f"{event.name}: this number was seen with another name or other bytes")
            return False
        if name.number > stream.last + 1:
            self._break(Promise.DISORDER, f"{event.name}: {stream.last} was the last before it")
            stream.digests.extend([0] * (name.number - stream.last - 1))
        stream.digests.append(digest)
        stream.last = name.number
        return True

    def _see_rows(self, event: Stood, file: ReadFile) -> None:
        self.with_rows += bool(file.details)
        self.rows += len(file.details)
        if self.source is None or file.report not in OF_DEVICES:
            return
        for fields in file.details:
            found = self.source.found(file, fields)
            if found is None:
                self._break(Promise.DUPLICATE, f"{event.name}: a row that the source doesn't have")
                continue
            key, recipient = found
            if recipient != file.recipient:
                self._break(Promise.MISDELIVERY, f"{event.name}: a row of {recipient}'s")
            if file.report in HOLDING:
                if key in self.reported[file.report]:
                    self._break(Promise.DUPLICATE, f"{event.name}: {key} was reported before")
                self.reported[file.report].add(key)

    def _break(self, promise: Promise, what: str) -> None:
        self.violations.append(Violation(promise, what))
