"""A slot in which most recipients suddenly have nothing is not issued; it goes once the rows are back or on a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.emrr.terms import Report, Slot
from ecosmig_publish.errors import ExitStatus
from tests.workflows.braked import DAY, ONLY_001, TIGHT, numbers_of, of_both, slot, successes, with_history
from tests.workflows.made import A, B, failed, shown

if TYPE_CHECKING:
    from pathlib import Path

    from tests.installation import Installation

FIFTH = Slot(slot(5), Report.ECOSMIG_001)


def held_back(home: Path) -> Installation:
    """An installation whose fifth slot of 001 has nothing for anybody."""
    made = with_history(home, of_both(range(1, 5)))
    assert made.run(slot(5), ONLY_001).exit_status is ExitStatus.UNPROVED
    return made


def release(made: Installation) -> None:
    with made.wiring().locked_ledger() as ledger:
        ledger.release([], [brake.slot for brake in ledger.braked_slots()])


def test_nothing_of_it_is_recorded_but_that(tmp_path: Path) -> None:
    made = held_back(tmp_path)
    with made.wiring().ledger() as ledger:
        assert ledger.last_slots()[Report.ECOSMIG_001].slot.due_at == slot(4)
        assert {stream.last_sequence for stream in ledger.streams()} == {4}
        (brake,) = ledger.braked_slots()
        assert (brake.slot, brake.held_at) == (FIFTH, slot(5))
        assert brake.reason == "2 of 2 recipients that had rows in each of the last 4 slots have none now"
        assert ledger.outbox_directories() == set(made.wiring().outbox().names())


def test_one_of_two_may_fall_silent(tmp_path: Path) -> None:
    data = of_both(range(1, 5))
    data.migration_attempts += successes(5, 1)
    made = with_history(tmp_path, data)
    assert made.run(slot(5), ONLY_001).exit_status is ExitStatus.OK


def test_files_of_the_few_that_have_rows_are_not_kept_either(tmp_path: Path) -> None:
    data = of_both(range(1, 5))
    data.migration_attempts += successes(5, 1)
    made = with_history(tmp_path, data, extra={**TIGHT, "BRAKE__VANISHED_SHARE": "0.5"})
    assert made.run(slot(5), ONLY_001).exit_status is ExitStatus.UNPROVED
    assert numbers_of(made.issued(), A) == [1, 2, 3, 4]
    with made.wiring().ledger() as ledger:
        assert ledger.outbox_directories() == set(made.wiring().outbox().names())


def test_it_goes_on_by_itself_once_the_rows_are_back(tmp_path: Path) -> None:
    made = held_back(tmp_path)
    shown(made, of_both(range(1, 6)))
    assert made.run(slot(5), ONLY_001).exit_status is ExitStatus.OK
    assert numbers_of(made.published(), B) == [1, 2, 3, 4, 5]
    with made.wiring().ledger() as ledger:
        assert ledger.braked_slots() == []


def test_still_empty_it_waits_again_and_is_recorded_once(tmp_path: Path) -> None:
    made = held_back(tmp_path)
    assert made.run(slot(5) + DAY / 2, ONLY_001).exit_status is ExitStatus.UNPROVED
    with made.wiring().ledger() as ledger:
        assert len(list(ledger.acts(kind="brake-slot"))) == 1


def test_released_it_is_issued_as_it_is(tmp_path: Path) -> None:
    made = held_back(tmp_path)
    release(made)
    assert made.run(slot(5), ONLY_001).exit_status is ExitStatus.OK
    with made.wiring().ledger() as ledger:
        assert ledger.last_slots()[Report.ECOSMIG_001].slot == FIFTH
        assert [act.subject for act in ledger.acts(kind="release")] == ["ECOSMIG-001 2024-03-08T06:00:00Z"]


def test_after_one_empty_slot_that_was_released_the_next_is_nothing_sudden(tmp_path: Path) -> None:
    made = held_back(tmp_path)
    release(made)
    assert made.run(slot(8), ONLY_001).exit_status is ExitStatus.OK


def test_in_a_catch_up_only_that_report_stops(tmp_path: Path) -> None:
    data = of_both(range(1, 5))
    made = with_history(tmp_path, data)
    data.migration_attempts += [failed(9_001, 1, row["completed_at"]) for row in successes(6, 1)]
    shown(made, data)
    outcome = made.run(slot(7))
    assert outcome.exit_status is ExitStatus.UNPROVED
    assert [held.brake.slot for held in outcome.held_back] == [FIFTH]
    assert Report.ECOSMIG_001 not in {issued.slot.report for issued in outcome.issued}
    assert numbers_of(made.published(), A, "ECOSMIG-002") == [1]


def test_a_source_that_lost_rows_is_said_once_while_the_slot_is_tried_anew(tmp_path: Path) -> None:
    made = with_history(tmp_path, of_both(range(1, 5)))
    shown(made, of_both([]))
    first, second = made.run(slot(5), ONLY_001), made.run(slot(5) + DAY / 2, ONLY_001)
    assert [len(outcome.findings) for outcome in (first, second)] == [1, 0]
    assert "8 or more vanished" in first.findings[0]
    assert (first.exit_status, second.exit_status) == (ExitStatus.FINDING, ExitStatus.UNPROVED)


def test_a_pause_of_every_weekend_is_asked_about_once(tmp_path: Path) -> None:
    # Slots 7 and 14 report on a Saturday, on which nothing is migrated.
    data = of_both(number for number in range(1, 16) if number not in (7, 14))
    made = with_history(tmp_path, data)
    assert made.run(slot(7), ONLY_001).exit_status is ExitStatus.UNPROVED
    release(made)
    assert made.run(slot(15), ONLY_001).exit_status is ExitStatus.OK
    assert numbers_of(made.published(), A) == list(range(1, 14))


def test_an_installation_with_few_recipients_is_never_held_back(tmp_path: Path) -> None:
    made = with_history(tmp_path, of_both(range(1, 5)), extra={})
    assert made.run(slot(9)).exit_status is ExitStatus.OK
