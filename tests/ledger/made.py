"""Slots to record, made to order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import inspect

from ecosmig_publish.emrr.terms import Period, Report, Slot, parse_signifier
from ecosmig_publish.ledger import (
    Actor,
    FileEntry,
    HeldEntry,
    IssueEntry,
    Ledger,
    SlotBirth,
    SlotEntry,
    Watermark,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger import ProblemEntry

A, B = parse_signifier("PAA001"), parse_signifier("PBB002")
NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)
ACTOR = Actor(identity="publisher", host="host-1", version="0.1.0")
URL = "sqlite:state/ecosmig.db"
SHA256 = "ab" * 32
QUICK_XOR_HASH = "A" * 27 + "="


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ledger is kept, or will be."""

    base: Path
    url: str = URL

    def opened(
        self, version: str = "0.1.0", *, host: str = "host-1", now: Callable[[], datetime] = lambda: NOON
    ) -> Ledger:
        return Ledger.open(self.url, base=self.base, actor=Actor("publisher", host, version), now=now)

    def existing(self) -> Ledger | None:
        return Ledger.open_existing(self.url, base=self.base, actor=ACTOR, now=lambda: NOON)


def opened(base: Path, version: str = "0.1.0") -> Ledger:
    """Open the ledger in a file below `base`."""
    return Place(base).opened(version)


def slot_of(day: int, report: Report = Report.ECOSMIG_001) -> Slot:
    return Slot(datetime(2024, 2, day, 6, tzinfo=UTC), report)


def file_of(slot: Slot, recipient: Signifier, sequence: int, part: int = 1, rows: int = 10) -> FileEntry:
    name = f"{slot.report}_{recipient}_{sequence}_{slot.due_at:%Y%m%d%H%M%S}.csv"
    path = f"{slot.report}_{slot.due_at:%Y%m%dT%H%M%S}_0a1b2c3d/{recipient}/{name}"
    return FileEntry(sequence, part, name, path, rows, 1000 + sequence, SHA256, QUICK_XOR_HASH)


def entry_of(slot: Slot, cut_off: datetime | None = None, watermark: Watermark | None = None) -> SlotEntry:
    midnight = slot.due_at.replace(hour=0)
    generated_at = slot.due_at + timedelta(minutes=5)
    return SlotEntry(
        slot=slot,
        period=Period(midnight - timedelta(days=1), midnight),
        cut_off=cut_off or generated_at,
        generated_at=generated_at,
        watermark=watermark,
    )


def birth_of(
    slot: Slot,
    numbers: Mapping[Signifier, Sequence[int]],
    *,
    expected_last: Mapping[Signifier, int] | None = None,
    held: Sequence[HeldEntry] = (),
    closed: Mapping[str, str] | None = None,
    problems: Sequence[ProblemEntry] = (),
    reported_keys: Sequence[bytes] = (),
    entry: SlotEntry | None = None,
) -> SlotBirth:
    """Return a slot with files of the given numbers; each stream is expected to stand just before them."""
    issues = tuple(
        IssueEntry(recipient, tuple(file_of(slot, recipient, number, part) for part, number in enumerate(of, 1)))
        for recipient, of in numbers.items()
    )
    return SlotBirth(
        entry=entry or entry_of(slot),
        issues=issues,
        held=held,
        closed=closed or {},
        problems=problems,
        reported_keys=reported_keys,
        expected_last={recipient: of[0] - 1 for recipient, of in numbers.items()}
        if expected_last is None
        else expected_last,
    )


def content_of(ledger: Ledger) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table."""
    with ledger._engine.connect() as connection:
        return {
            name: [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {name} ORDER BY 1")]  # noqa: S608
            for name in sorted(inspect(connection).get_table_names())
        }
