"""What was issued, published and proved: a row a file, and a row a stream that shows its numbers to be whole."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from ecosmig_publish.emrr.terms import Report, Signifier
from ecosmig_publish.evidence.exporting import FILE_COLUMNS, file_row
from ecosmig_publish.evidence.pack.beside import names_of
from ecosmig_publish.ledger.columns import instant_text
from ecosmig_publish.ledger.exporting import files_of_stream, numbers_elsewhere, streams_of
from ecosmig_publish.ledger.spans import runs
from ecosmig_publish.ledger.stopped import read_lost, read_stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import timedelta

    from ecosmig_publish.evidence.pack.asking import Issued
    from ecosmig_publish.evidence.pack.ground import Ground
    from ecosmig_publish.evidence.pack.others import Others
    from ecosmig_publish.evidence.pack.trail import Trail
    from ecosmig_publish.ledger import FolderEntry

FILES = (
    *FILE_COLUMNS,
    "timeliness",
    "recovered",
    "earlier",
    "issued_in_act",
    "published_in_act",
    "proved_in_act",
    "seen_in_act",
)
STREAMS = (
    "report",
    "recipient",
    "first",
    "last",
    "files",
    "elsewhere",
    "lost",
    "stopped",
    "last_of_all",
    "seeded_up_to",
)

IN_TIME, LATE, NOT_PROVED, WITHDRAWN, RECOVERED = "in-time", "late", "not-proved", "withdrawn", "recovered"

_WRITTEN_BY_PEOPLE = ("correction_reason", "withdrawal_reason", "conflict")


class FileRows:
    """The rows of the files of a pack, one after the other, and what is learnt on the way.

    `changed` are those of them that acts changed, `published` what should stand in each folder by now. `on_file` is
    told of each file, as the ledger knows it.
    """

    def __init__(self, ground: Ground, on_file: Callable[[Mapping[str, Any]], None]) -> None:
        self._ground = ground
        self._on_file = on_file
        self._changing = {name for it in ground.told.noted for name in names_of(it)}
        self.changed: set[str] = set()
        self.published: dict[str, list[Issued]] = {}
        self.streams: list[dict[str, Any]] = []
        self.rows = 0
        self.bytes = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield the rows by recipient, report and number."""
        connection = self._ground.connection
        known, lost, stopped = streams_of(connection), read_lost(connection), read_stopped(connection)
        for recipient in self._ground.recipients:
            for report in Report:
                numbers: list[int] = []
                for row in self._of_stream(report, recipient):
                    numbers.append(row["sequence"])
                    yield row
                if numbers:
                    stream = (report, Signifier(recipient))
                    row = self._stream(stream, numbers, lost.get(stream, set()), stopped.get(stream))
                    self.streams.append({**row, **known[report.value, recipient]})

    def _of_stream(self, report: Report, recipient: str) -> Iterator[dict[str, Any]]:
        ground = self._ground
        folder = ground.folders.get(recipient)
        for known in files_of_stream(ground.connection, report, recipient, ground.scope.span):
            trail = ground.told.trails.of(known)
            self.rows += known["rows"]
            self.bytes += known["size"]
            if known["name"] in self._changing:
                self.changed.add(known["name"])
            if known["published_at"] and not known["removed"]:
                issued = (known["name"], known["size"], known["quick_xor_hash"])
                self.published.setdefault(recipient, []).append(issued)
            self._on_file(known)
            yield evidence_of_file(known, folder, trail, ground.scope.deadline, ground.others)

    def _stream(
        self, stream: tuple[Report, Signifier], numbers: list[int], lost: set[int], stopped: str | None
    ) -> dict[str, Any]:
        connection, span = self._ground.connection, self._ground.scope.span
        (report, recipient), first, last = stream, numbers[0], numbers[-1]
        elsewhere = numbers_elsewhere(connection, report, recipient, span, first=first, last=last)
        return {
            "report": report.value,
            "recipient": recipient,
            "first": first,
            "last": last,
            "files": len(numbers),
            "elsewhere": ranges(elsewhere),
            "lost": ranges(sorted(number for number in lost if first < number < last)),
            "stopped": self._ground.others.without(stopped),
        }


def evidence_of_file(
    known: Mapping[str, Any], folder: FolderEntry | None, trail: Trail, deadline: timedelta, others: Others
) -> dict[str, Any]:
    """Return the row of a file: what the ledger has, in which acts it stands, and whether it was proved in time."""
    row = file_row(known, folder)
    for name in _WRITTEN_BY_PEOPLE:
        row[name] = others.without(row[name])
    row["earlier"] = [{**it, "reason": others.without(it["reason"])} for it in trail.earlier]
    row["recovered"] = trail.recovered
    row["timeliness"] = timeliness(row, deadline)
    return {
        **row,
        "issued_in_act": trail.issued_in,
        "published_in_act": trail.published_in,
        "proved_in_act": trail.proved_in,
        "seen_in_act": trail.seen_in,
    }


def timeliness(row: Mapping[str, Any], deadline: timedelta) -> str:
    """Return whether a file was first proved within the deadline, or why that can't be said.

    It runs from the instant at which the slot fell due; for a correction, which nobody could expect then, from its own
    issue. What a recovery found in its folder came there at a time that nobody knows any more.
    """
    proofs = [it["proved_at"] for it in (*row["earlier"], row) if it["proved_at"]]
    if not proofs:
        return WITHDRAWN if row["withdrawn_at"] else NOT_PROVED
    if row["recovered"]:
        return RECOVERED
    due = datetime.fromisoformat(row["issued_at"] if row["is_correction"] else row["slot"])
    return IN_TIME if min(proofs) <= instant_text(due + deadline) else LATE


def ranges(numbers: Iterable[int]) -> list[list[int]]:
    """Return ascending numbers as first and last of each row without a gap."""
    return [[first, last] for first, last in runs(numbers)]
