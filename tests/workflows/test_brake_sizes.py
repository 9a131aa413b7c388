"""An issue far larger than its stream's history waits for an operator's word; everything else goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import ExitStatus, LedgerError
from ecosmig_publish.ledger import PublishedEntry
from tests.workflows.braked import DAY, ONLY_001, numbers_of, of_both, slot, successes, with_history
from tests.workflows.made import A, B, shown

if TYPE_CHECKING:
    from pathlib import Path

    from tests.installation import Installation


def held_at_the_fifth(home: Path) -> Installation:
    """An installation whose fifth issue of 001 for A is held: five rows after four issues of one row."""
    data = of_both(range(1, 5))
    data.migration_attempts += [*successes(5, 1, count=5), *successes(5, 2)]
    made = with_history(home, data)
    assert made.run(slot(5), ONLY_001).exit_status is ExitStatus.UNPROVED
    return made


def release_all(made: Installation) -> None:
    with made.wiring().locked_ledger() as ledger:
        ledger.release([issue.issue_id for issue in ledger.braked_issues()], [])


def test_four_rows_go_where_the_limit_is_four(tmp_path: Path) -> None:
    data = of_both(range(1, 5))
    data.migration_attempts += [*successes(5, 1, count=4), *successes(5, 2)]
    made = with_history(tmp_path, data)
    assert made.run(slot(5), ONLY_001).exit_status is ExitStatus.OK
    assert numbers_of(made.published(), A) == [1, 2, 3, 4, 5]


def test_five_rows_are_issued_and_wait_and_no_other_stream_does(tmp_path: Path) -> None:
    made = held_at_the_fifth(tmp_path)
    assert numbers_of(made.issued(), A) == [1, 2, 3, 4, 5]
    assert numbers_of(made.published(), A) == [1, 2, 3, 4]
    assert numbers_of(made.published(), B) == [1, 2, 3, 4, 5]


def test_it_is_said_since_when_and_why_and_what_to_copy(tmp_path: Path) -> None:
    made = held_at_the_fifth(tmp_path)
    (stopped,) = made.run(slot(5) + DAY / 2, ONLY_001).published.stopped
    name = f"ECOSMIG-001_{A}_5_20240308060000.csv"
    assert stopped.reason == (
        f"the brake holds {name} since 2024-03-08 06:00Z: 5 rows, where the largest of its stream's last 4 issues has 1"
    )
    assert (stopped.hint, stopped.is_braked) == (f"ecosmig issue release {name}", True)


def test_its_stream_waits_behind_it_in_order(tmp_path: Path) -> None:
    made = held_at_the_fifth(tmp_path)
    data = of_both([*range(1, 5), 6])
    data.migration_attempts += [*successes(5, 1, count=5), *successes(5, 2)]
    shown(made, data)
    assert made.run(slot(6), ONLY_001).exit_status is ExitStatus.UNPROVED
    assert numbers_of(made.published(), A) == [1, 2, 3, 4]
    assert numbers_of(made.published(), B) == [1, 2, 3, 4, 5, 6]
    release_all(made)
    assert made.run(slot(6), ONLY_001).exit_status is ExitStatus.OK
    assert numbers_of(made.published(), A) == [1, 2, 3, 4, 5, 6]


def test_what_is_held_is_no_yardstick_for_the_next(tmp_path: Path) -> None:
    made = held_at_the_fifth(tmp_path)
    data = of_both(range(1, 5))
    for number in (5, 6):
        data.migration_attempts += [*successes(number, 1, count=5), *successes(number, 2)]
    shown(made, data)
    made.run(slot(6), ONLY_001)
    with made.wiring().ledger() as ledger:
        assert [issue.slot.due_at for issue in ledger.braked_issues()] == [slot(5), slot(6)]


def test_what_was_released_is_a_yardstick_for_the_next(tmp_path: Path) -> None:
    made = held_at_the_fifth(tmp_path)
    release_all(made)
    data = of_both(range(1, 5))
    for number in (5, 6):
        data.migration_attempts += [*successes(number, 1, count=5), *successes(number, 2)]
    shown(made, data)
    assert made.run(slot(6), ONLY_001).exit_status is ExitStatus.OK


def test_the_release_is_an_act_and_a_second_one_is_none(tmp_path: Path) -> None:
    made = held_at_the_fifth(tmp_path)
    with made.wiring().locked_ledger() as ledger:
        (issue,) = ledger.braked_issues()
        ledger.release([issue.issue_id], [])
        ledger.release([issue.issue_id], [])
        assert [act.subject for act in ledger.acts(kind="release")] == [f"ECOSMIG-001_{A}_5_20240308060000.csv"]
        assert ledger.braked_issues() == []


def test_the_ledger_refuses_that_a_held_file_was_published(tmp_path: Path) -> None:
    made = held_at_the_fifth(tmp_path)
    with made.wiring().locked_ledger() as ledger:
        (held,) = [file for file in ledger.waiting() if file.brake]
        with pytest.raises(LedgerError, match="before it is released"):
            ledger.record_all_published([PublishedEntry(held.file_id, "item", adopted=False, published_at=slot(5))])


def test_the_first_slot_after_a_long_stop_may_carry_as_much_more(tmp_path: Path) -> None:
    data = of_both(range(1, 5))
    made = with_history(tmp_path, data)
    # Ten days later: twenty rows of the fourth slot's day were recorded meanwhile, twice one row times ten days.
    late = successes(4, 3, count=20)
    for row in late:
        row["recorded_at"] = row["recorded_at"] + 5 * DAY
    data.migration_attempts += late
    shown(made, data)
    made.run(slot(14), ONLY_001)
    with made.wiring().ledger() as ledger:
        assert [file.rows for file in ledger.files(report=Report.ECOSMIG_001) if file.recipient == A][-1] == 20
        assert ledger.braked_issues() == []


def test_the_same_rows_without_a_stop_are_held(tmp_path: Path) -> None:
    data = of_both(range(1, 5))
    made = with_history(tmp_path, data)
    late = successes(4, 3, count=20)
    for row in late:
        row["recorded_at"] = row["recorded_at"] + DAY
    data.migration_attempts += late
    shown(made, data)
    made.run(slot(5), ONLY_001)
    with made.wiring().ledger() as ledger:
        assert [issue.rows for issue in ledger.braked_issues()] == [20]


def test_switched_off_everything_goes(tmp_path: Path) -> None:
    data = of_both(range(1, 5))
    data.migration_attempts += [*successes(5, 1, count=50), *successes(5, 2)]
    made = with_history(tmp_path, data)
    made.extra["BRAKE__ENABLED"] = "false"
    assert made.run(slot(5), ONLY_001).exit_status is ExitStatus.OK
