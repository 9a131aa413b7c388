"""What the big-change brake holds, in the ledger: sizes to compare with, who is steady, holding and releasing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger import IssueEntry, PublishedEntry, SourceWatermark
from tests.ledger.made import NOON, A, B, birth_of, file_of, slot_of

if TYPE_CHECKING:
    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger import Ledger

OF_001 = Report.ECOSMIG_001


def issue(ledger: Ledger, day: int, rows: dict[Signifier, int], brakes: dict[Signifier, str] | None = None) -> None:
    """Record a slot with a file of so many rows for each recipient."""
    slot = slot_of(day)
    last = ledger.last_sequences(OF_001)
    birth = birth_of(slot, {recipient: [last.get(recipient, 0) + 1] for recipient in rows})
    issues = tuple(
        IssueEntry(recipient, (file_of(slot, recipient, last.get(recipient, 0) + 1, rows=count),))
        for recipient, count in rows.items()
    )
    ledger.record_slot(replace(birth, issues=issues, brakes=brakes or {}))


def test_the_latest_sizes_of_a_stream_come_first(ledger: Ledger) -> None:
    for day, rows in enumerate((10, 20, 30), 1):
        issue(ledger, day, {A: rows, B: 7})
    assert ledger.recent_sizes(OF_001, A, 2) == [30, 20]
    assert ledger.recent_sizes(OF_001, B, 8) == [7, 7, 7]


def test_the_parts_of_a_split_issue_count_as_one(ledger: Ledger) -> None:
    ledger.record_slot(birth_of(slot_of(1), {A: [1, 2, 3]}))
    # Three files of ten rows.
    assert ledger.recent_sizes(OF_001, A, 8) == [30]


def test_what_is_held_is_not_among_the_sizes_until_it_is_released(ledger: Ledger) -> None:
    issue(ledger, 1, {A: 10})
    issue(ledger, 2, {A: 9_000}, {A: "too large"})
    assert ledger.recent_sizes(OF_001, A, 8) == [10]
    ledger.release([issue.issue_id for issue in ledger.braked_issues()], [])
    assert ledger.recent_sizes(OF_001, A, 8) == [9_000, 10]


def test_steady_is_who_had_rows_in_each_of_the_last_slots(ledger: Ledger) -> None:
    issue(ledger, 1, {A: 10, B: 10})
    issue(ledger, 2, {A: 10, B: 0})
    issue(ledger, 3, {A: 10, B: 10})
    assert ledger.steady_recipients(OF_001, 1) == {A, B}
    assert ledger.steady_recipients(OF_001, 3) == {A}
    assert ledger.steady_recipients(OF_001, 4) == set()
    assert ledger.recipients_with_rows(slot_of(2)) == {A}
    assert ledger.recipients_with_rows(slot_of(9)) is None


def test_a_held_issue_waits_with_its_reason_and_no_other_does(ledger: Ledger) -> None:
    issue(ledger, 1, {A: 10, B: 10}, {A: "too large"})
    assert {file.recipient: file.brake for file in ledger.waiting()} == {A: "too large", B: None}
    (held,) = ledger.braked_issues()
    assert (held.recipient, held.slot, held.rows, held.reason) == (A, slot_of(1), 10, "too large")


def test_a_held_file_is_not_recorded_as_published_before_it_is_released(ledger: Ledger) -> None:
    issue(ledger, 1, {A: 10}, {A: "too large"})
    (file,) = ledger.waiting()
    published = PublishedEntry(file.file_id, "item", adopted=False, published_at=NOON)
    with pytest.raises(LedgerError, match="before it is released"):
        ledger.record_all_published([published])
    ledger.release([held.issue_id for held in ledger.braked_issues()], [])
    ledger.record_all_published([published])
    assert [file.published_at for file in ledger.waiting()] == [NOON]


def test_a_slot_is_held_back_once_and_let_go_once(ledger: Ledger) -> None:
    ledger.hold_slot(slot_of(1), "nobody has anything", NOON)
    ledger.hold_slot(slot_of(1), "nobody has anything", NOON + timedelta(hours=1))
    assert [(brake.slot, brake.held_at) for brake in ledger.braked_slots()] == [(slot_of(1), NOON)]
    ledger.release([], [slot_of(1)])
    ledger.release([], [slot_of(1)])
    assert ledger.braked_slots() == []
    assert [act.kind for act in ledger.acts()] == ["brake-slot", "release"]


def test_a_slot_that_was_issued_after_all_is_held_back_no_longer(ledger: Ledger) -> None:
    ledger.hold_slot(slot_of(1), "nobody has anything", NOON)
    issue(ledger, 1, {A: 10})
    assert ledger.braked_slots() == []


def test_what_is_not_held_cant_be_released_and_nothing_else_is_then(ledger: Ledger) -> None:
    issue(ledger, 1, {A: 10}, {A: "too large"})
    (held,) = ledger.braked_issues()
    with pytest.raises(LedgerError, match="never held"):
        ledger.release([held.issue_id], [slot_of(1)])
    assert ledger.braked_issues() == [held]


def test_a_part_of_the_source_is_kept_as_the_last_slot_saw_it(ledger: Ledger) -> None:
    assert ledger.source_watermark("responsibilities") is None
    for day in (3, 4):
        seen = {"responsibilities": SourceWatermark(NOON, day, f"engine: {day}")}
        ledger.record_slot(replace(birth_of(slot_of(day), {}), source_watermarks=seen))
    assert ledger.source_watermark("responsibilities") == SourceWatermark(NOON, 4, "engine: 4")
