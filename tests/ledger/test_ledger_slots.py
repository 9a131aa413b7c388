"""Numbers, slots and what is born with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger import IssueEntry, Ledger, ProblemEntry, SlotBirth, Watermark

from .made import A, B, Place, birth_of, content_of, entry_of, file_of, slot_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecosmig_publish.emrr.terms import Signifier


def refuses(ledger: Ledger, birth: SlotBirth, words: str) -> None:
    before = content_of(ledger)
    with pytest.raises(LedgerError, match=words):
        ledger.record_slot(birth)
    assert content_of(ledger) == before


def test_a_stream_starts_at_one_and_goes_on_from_its_last_number(ledger: Ledger) -> None:
    ledger.record_slot(birth_of(slot_of(1), {A: [1], B: [1, 2]}))
    ledger.record_slot(birth_of(slot_of(2), {B: [3]}))
    assert ledger.last_sequences(Report.ECOSMIG_001) == {A: 1, B: 3}


def test_each_report_has_streams_of_its_own(ledger: Ledger) -> None:
    ledger.record_slot(birth_of(slot_of(1), {A: [1]}))
    assert ledger.last_sequences(Report.ECOSMIG_002) == {}


def test_a_number_that_leaves_a_gap_is_refused(ledger: Ledger) -> None:
    ledger.record_slot(birth_of(slot_of(1), {A: [1]}))
    refuses(ledger, birth_of(slot_of(2), {A: [3]}, expected_last={A: 1}), "without a gap")


def test_a_gap_inside_a_split_issue_is_refused(ledger: Ledger) -> None:
    refuses(ledger, birth_of(slot_of(1), {A: [1, 3]}), "without a gap")


def test_a_number_is_not_used_twice(ledger: Ledger) -> None:
    ledger.record_slot(birth_of(slot_of(1), {A: [1]}))
    refuses(ledger, birth_of(slot_of(2), {A: [1]}, expected_last={A: 1}), "without a gap")


def test_files_made_for_a_stream_that_has_moved_on_are_refused(ledger: Ledger) -> None:
    ledger.record_slot(birth_of(slot_of(1), {A: [1]}))
    refuses(ledger, birth_of(slot_of(2), {A: [1]}), "stands at 1, its files were made for 0")


def test_a_number_without_its_file_is_refused(ledger: Ledger) -> None:
    refuses(ledger, replace(birth_of(slot_of(1), {A: [1]}), issues=(IssueEntry(A, ()),)), "without a gap")


def test_a_stream_whose_last_number_nobody_expected_is_refused(ledger: Ledger) -> None:
    refuses(ledger, birth_of(slot_of(1), {A: [1], B: [1]}, expected_last={A: 0}), "expected")


def test_two_issues_for_one_recipient_are_refused(ledger: Ledger) -> None:
    birth = birth_of(slot_of(1), {A: [1]})
    refuses(ledger, replace(birth, issues=birth.issues * 2), "expected")


def test_a_file_named_for_another_recipient_is_refused(ledger: Ledger) -> None:
    foreign = IssueEntry(A, (file_of(slot_of(1), B, 1),))
    refuses(ledger, replace(birth_of(slot_of(1), {A: [1]}), issues=(foreign,)), "ck_files_name")


def test_a_slot_is_not_recorded_twice(ledger: Ledger) -> None:
    ledger.record_slot(birth_of(slot_of(1), {A: [1]}))
    refuses(ledger, birth_of(slot_of(1), {A: [2]}), "recorded already")


def test_an_older_slot_that_is_recorded_is_named_as_such(ledger: Ledger) -> None:
    ledger.record_slot(birth_of(slot_of(1), {A: [1]}))
    ledger.record_slot(birth_of(slot_of(2), {A: [2]}))
    refuses(ledger, birth_of(slot_of(1), {A: [3]}), "recorded already")


def test_a_slot_older_than_the_last_is_refused(ledger: Ledger) -> None:
    ledger.record_slot(birth_of(slot_of(2), {A: [1]}))
    refuses(ledger, birth_of(slot_of(1), {A: [2]}), "older than the last")


def test_a_cut_off_before_the_last_one_is_refused(ledger: Ledger) -> None:
    ledger.record_slot(birth_of(slot_of(2), {A: [1]}))
    early = entry_of(slot_of(3), cut_off=slot_of(1).due_at)
    refuses(ledger, birth_of(slot_of(3), {A: [2]}, entry=early), "cut-off")


def test_an_instant_without_zone_is_refused(ledger: Ledger) -> None:
    naive = entry_of(slot_of(1), cut_off=datetime(2024, 2, 1, 6))  # noqa: DTZ001 - that it has no zone is the point
    refuses(ledger, birth_of(slot_of(1), {A: [1]}, entry=naive), "no time zone")


def test_an_instant_comes_back_in_utc_to_the_microsecond(ledger: Ledger) -> None:
    summer = timezone(timedelta(hours=1))
    cut_off = datetime(2024, 2, 1, 7, 0, 0, 123456, tzinfo=summer)
    ledger.record_slot(birth_of(slot_of(1), {A: [1]}, entry=entry_of(slot_of(1), cut_off=cut_off)))
    found = ledger.last_cut_off()
    assert found == datetime(2024, 2, 1, 6, 0, 0, 123456, tzinfo=UTC)
    assert found.tzinfo is UTC


def test_the_last_cut_off_is_the_latest_of_all_reports(ledger: Ledger) -> None:
    assert ledger.last_cut_off() is None
    ledger.record_slot(birth_of(slot_of(9), {A: [1]}))
    second = slot_of(2, Report.ECOSMIG_002)
    ledger.record_slot(birth_of(second, {A: [1]}))
    assert ledger.last_cut_off() == slot_of(9).due_at + timedelta(minutes=5)


def test_a_slot_comes_back_as_it_was_recorded(ledger: Ledger) -> None:
    entry = entry_of(slot_of(1), watermark=Watermark(3, 2**70))
    ledger.record_slot(birth_of(slot_of(1), {A: [1]}, entry=entry))
    assert ledger.last_slots() == {Report.ECOSMIG_001: entry}


def test_a_rebased_watermark_is_the_one_to_compare_with(ledger: Ledger) -> None:
    ledger.record_slot(birth_of(slot_of(1), {}, entry=entry_of(slot_of(1), watermark=Watermark(3, 7))))
    ledger.rebase_watermark(Report.ECOSMIG_001, Watermark(4, 8))
    assert ledger.last_slots()[Report.ECOSMIG_001].watermark == Watermark(4, 8)
    assert [act.content for act in ledger.acts(kind="rebase-watermark")] == ['{"is":[4,8],"was":[3,7]}']


def test_a_slot_without_issues_is_skipped_for_want_of_activity(ledger: Ledger) -> None:
    ledger.record_slot(birth_of(slot_of(1), {}))
    (slot,) = ledger.slots()
    assert (slot.outcome, slot.reason, slot.files) == ("skipped", "no-activity", 0)


def test_slots_are_counted_latest_first(ledger: Ledger) -> None:
    ledger.record_slot(birth_of(slot_of(1), {A: [1]}))
    problem = ProblemEntry("no-supplier", "device:X", None, count=4)
    ledger.record_slot(birth_of(slot_of(2), {A: [2], B: [1, 2]}, problems=[problem]))
    latest, _first = ledger.slots()
    assert latest.slot == slot_of(2)
    assert (latest.issues, latest.files, latest.rows, latest.held, latest.problems) == (2, 3, 30, 0, 4)
    assert [slot.slot for slot in ledger.slots(limit=1)] == [slot_of(2)]


def test_problems_are_those_of_the_slot_that_is_asked_for(ledger: Ledger) -> None:
    ledger.record_slot(birth_of(slot_of(1), {}, problems=[ProblemEntry("no-supplier", "device:X", None)]))
    ledger.record_slot(birth_of(slot_of(2), {}, problems=[ProblemEntry("no-party", None, "PZZ999", 2)]))
    (problem,) = ledger.problems(slot_of(2))
    assert (problem.reason, problem.key, problem.recipient, problem.count) == ("no-party", None, "PZZ999", 2)
    assert len(ledger.problems(report=Report.ECOSMIG_001)) == 2


def test_reported_keys_come_back_in_order(ledger: Ledger) -> None:
    ledger.record_slot(birth_of(slot_of(1), {}, reported_keys=[b"one", b"\x00two"]))
    ledger.record_slot(birth_of(slot_of(2), {}, reported_keys=[b"three"]))
    assert list(ledger.reported_keys(Report.ECOSMIG_001)) == [b"one", b"\x00two", b"three"]
    assert list(ledger.reported_keys(Report.ECOSMIG_006)) == []


def test_the_outbox_directories_are_those_of_the_recorded_files(ledger: Ledger) -> None:
    ledger.record_slot(birth_of(slot_of(1), {A: [1], B: [1]}))
    ledger.record_slot(birth_of(slot_of(2), {}))
    assert ledger.outbox_directories() == {"ECOSMIG-001_20240201T060000_0a1b2c3d"}


_STEPS = st.lists(
    st.tuples(st.sampled_from([A, B]), st.integers(0, 4), st.lists(st.integers(1, 6), min_size=1, max_size=3)),
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
def test_whatever_is_asked_for_the_recorded_numbers_run_from_one_without_gap(
    steps: list[tuple[Signifier, int, list[int]]], new_opened_place: Callable[[], Place]
) -> None:
    with new_opened_place().opened() as ledger:
        for day, (recipient, expected, numbers) in enumerate(steps, 1):
            birth = birth_of(slot_of(day), {recipient: numbers}, expected_last={recipient: expected})
            try:
                ledger.record_slot(birth)
            except LedgerError:
                continue
        recorded: dict[Signifier, list[int]] = {}
        for file in ledger.files():
            recorded.setdefault(file.recipient, []).append(file.sequence)
        assert all(found == list(range(1, len(found) + 1)) for found in recorded.values())
        assert ledger.last_sequences(Report.ECOSMIG_001) == {of: len(found) for of, found in recorded.items()}
