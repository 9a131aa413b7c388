"""Attempts that belonged in a slot of 001 or 002 by its bounds, and that no file of it has ever shown."""

from __future__ import annotations

from collections import Counter
from datetime import UTC
from typing import TYPE_CHECKING

import pyarrow as pa

from ecosmig_publish.reports.question import Bounds
from ecosmig_publish.workflows.comparing_source.comparison import question_of
from ecosmig_publish.workflows.comparing_source.found import TurnedUp
from ecosmig_publish.workflows.comparing_source.printed import read_printed
from ecosmig_publish.workflows.comparing_source.standing import unprinted
from ecosmig_publish.workflows.issuing.keys import ledger_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from ecosmig_publish.emrr.terms import Report
    from ecosmig_publish.ledger import RecordedFile, RecordedSlot
    from ecosmig_publish.workflows.comparing_source.comparison import Comparison

    Files = Mapping[tuple[Report, datetime], Sequence[RecordedFile]]

_AT_ONCE = 1_000_000
"""Slots are looked at together until their files have so many rows: one question for many that are small."""


def late_attempts(slots: Sequence[RecordedSlot], files: Files, comparison: Comparison) -> Iterator[TurnedUp]:
    """Yield what turned up too late in successive slots of one report, oldest first; nothing for none.

    Files that were superseded or taken back have shown their rows too, and what was ever held is known.
    """
    if not slots:
        return
    report, ledger = slots[0].slot.report, comparison.ledger
    told = ledger.keys_ever_held(report) | {problem.key or "" for problem in ledger.problems(report=report)}
    for some in _together(slots, files):
        before = ledger.slot_before(some[0].slot)
        previous = Bounds(before.period.end, before.cut_off) if before else None
        read = [
            read_printed(files.get((report, slot.slot.due_at), ()), report, slot.period, comparison.outbox).places
            for slot in some
        ]
        with comparison.data.keeping() as keep:
            question = question_of(some[-1], some[-1].cut_off, comparison, keep, previous)
            found = unprinted(report, question, pa.concat_tables(read), comparison.data)
        yield from _by_slot(
            some, [row for row in found.to_pylist() if ledger_key(report, row["attempt_id"]) not in told]
        )


def _together(slots: Sequence[RecordedSlot], files: Files) -> Iterator[list[RecordedSlot]]:
    some: list[RecordedSlot] = []
    rows = 0
    for slot in slots:
        rows += sum(file.rows for file in files.get((slot.slot.report, slot.slot.due_at), ()))
        some.append(slot)
        if rows >= _AT_ONCE:
            yield some
            some, rows = [], 0
    if some:
        yield some


def _by_slot(slots: Sequence[RecordedSlot], rows: Sequence[dict[str, datetime]]) -> Iterator[TurnedUp]:
    """Yield the rows by the first slot that could have seen them, and by the day on which they were completed."""
    days: dict[int, Counter[date]] = {}
    for row in rows:
        completed_at, recorded_at = row["completed_at"].replace(tzinfo=UTC), row["recorded_at"].replace(tzinfo=UTC)
        place = next(
            place for place, slot in enumerate(slots) if completed_at < slot.period.end and recorded_at <= slot.cut_off
        )
        days.setdefault(place, Counter())[completed_at.date()] += 1
    for place, counted in sorted(days.items()):
        yield TurnedUp(slots[place].slot, counted.total(), days=dict(sorted(counted.items())))
