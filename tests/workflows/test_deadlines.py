"""What is late: by the second, by recipient, and the slots that a dead publisher never issued."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from ecosmig_publish.emrr.terms import Report, Signifier
from ecosmig_publish.ledger import WaitingFile
from ecosmig_publish.workflows.deadlines import NOT_ISSUED, NOT_PROVED, Overdue, Watch, overdue_in_ledger

DUE = datetime(2026, 3, 2, 6, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)
UP_TO_DATE = dict.fromkeys(Report, DUE)


def _waiting(recipient: str = "PXX001", due_at: datetime = DUE, sequence: int = 1) -> WaitingFile:
    # What else is known of a file doesn't matter here.
    values: dict[str, Any] = dict.fromkeys(WaitingFile.__slots__)
    values |= {"report": Report.ECOSMIG_001, "due_at": due_at, "recipient": recipient, "sequence": sequence}
    return WaitingFile(**values)


def _watch(now: datetime, start: datetime = DUE) -> Watch:
    return Watch(start, now, HALF_AN_HOUR)


def test_a_file_is_late_one_second_after_the_deadline_and_not_at_it() -> None:
    at = overdue_in_ledger([_waiting()], UP_TO_DATE, _watch(DUE + HALF_AN_HOUR))
    after = overdue_in_ledger([_waiting()], UP_TO_DATE, _watch(DUE + HALF_AN_HOUR + timedelta(seconds=1)))

    assert at == []
    assert after == [Overdue(DUE, Report.ECOSMIG_001, Signifier("PXX001"), NOT_PROVED, 1)]


def test_the_files_of_a_recipients_slot_are_counted_together() -> None:
    files = [_waiting(sequence=1), _waiting(sequence=2), _waiting("PXX002")]

    overdue = overdue_in_ledger(files, UP_TO_DATE, _watch(DUE + timedelta(hours=1)))

    assert [(it.recipient, it.count) for it in overdue] == [("PXX001", 2), ("PXX002", 1)]


def test_a_slot_that_nobody_issued_is_late_with_those_after_it() -> None:
    last = UP_TO_DATE | {Report.ECOSMIG_002: DUE - timedelta(hours=6), Report.ECOSMIG_003: DUE + timedelta(hours=2)}

    # 002 falls due at 06:00 and 12:00; the deadline of the second is just over.
    overdue = overdue_in_ledger(
        [], last, _watch(DUE + timedelta(hours=6, minutes=30, seconds=1), DUE - timedelta(days=1))
    )

    assert Overdue(DUE, Report.ECOSMIG_002, None, NOT_ISSUED, 2) in overdue
    assert {it.report for it in overdue} == {Report.ECOSMIG_002}


def test_without_any_run_every_slot_since_the_start_is_late() -> None:
    overdue = overdue_in_ledger([], {}, _watch(DUE + timedelta(hours=1), DUE - timedelta(hours=1)))

    # Monday the 2nd, 06:00: all but 003, which falls due at 08:00, and 006, due on the 1st.
    reports = [Report.ECOSMIG_001, Report.ECOSMIG_002, Report.ECOSMIG_004, Report.ECOSMIG_005]
    assert overdue == [Overdue(DUE, report, None, NOT_ISSUED, 1) for report in reports]


def test_the_oldest_comes_first() -> None:
    week = timedelta(days=7)
    files = [_waiting("PXX001"), _waiting("PXX002", DUE - week)]

    overdue = overdue_in_ledger(files, UP_TO_DATE, _watch(DUE + timedelta(hours=1), DUE - 2 * week))

    assert [it.recipient for it in overdue] == ["PXX002", "PXX001"]
