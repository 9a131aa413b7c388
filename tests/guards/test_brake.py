"""The big-change brake's limits: just below goes, just above is held."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ecosmig_publish.guards.brake import BrakeLimits, may_be_too_large, mostly_vanished, periods_carried, too_large

LIMITS = BrakeLimits()
TEN = [f"P0000{number}" for number in range(10)]


def test_an_issue_of_exactly_the_factor_goes_and_one_row_more_is_held() -> None:
    earlier = [1_000, 900, 1_000, 800]
    assert too_large(20_000, earlier, LIMITS) is None
    reason = too_large(20_001, earlier, LIMITS)
    assert reason == "20,001 rows, where the largest of its stream's last 4 issues has 1,000"


def test_below_the_floor_no_factor_matters() -> None:
    earlier = [1, 1, 1, 1]
    assert too_large(10_001, earlier, LIMITS) is None
    assert too_large(10_002, earlier, LIMITS) is not None
    assert not may_be_too_large(10_000, LIMITS)


def test_a_stream_with_three_issues_has_no_history() -> None:
    assert too_large(900_000, [1, 1, 1], LIMITS) is None
    assert too_large(900_000, [1, 1, 1, 1], LIMITS) is not None


def test_a_first_issue_with_all_history_is_among_what_the_next_are_compared_with() -> None:
    assert too_large(900_000, [5, 5, 5, 50_000], LIMITS) is None


def test_ten_missed_days_may_carry_ten_times_as_much() -> None:
    earlier = [1_000] * 8
    assert too_large(200_000, earlier, LIMITS, periods=10) is None
    reason = too_large(200_001, earlier, LIMITS, periods=10)
    assert reason is not None
    assert reason.endswith("and it carries 10 times the usual span")


def test_a_slot_of_the_same_run_as_the_one_before_carries_its_own_period_only() -> None:
    day = timedelta(days=1)
    assert periods_carried(timedelta(0), day) == 1
    assert periods_carried(10 * day, day) == 10


def test_seven_of_ten_recipients_may_fall_silent_and_eight_may_not() -> None:
    assert mostly_vanished(TEN, TEN[7:], LIMITS) is None
    reason = mostly_vanished(TEN, TEN[8:], LIMITS)
    assert reason == "8 of 10 recipients that had rows in each of the last 4 slots have none now"


def test_nine_steady_recipients_are_too_few_to_tell_a_broken_source() -> None:
    assert mostly_vanished(TEN[:9], [], LIMITS) is None
    assert mostly_vanished(TEN, [], LIMITS) is not None


def test_newcomers_make_up_for_nobody() -> None:
    assert mostly_vanished(TEN, [f"NEW00{number}" for number in range(10)], LIMITS) is not None


def test_a_pause_that_comes_every_week_is_nothing_sudden() -> None:
    assert mostly_vanished(TEN, [], LIMITS, week_before=[]) is None
    assert mostly_vanished(TEN, [], LIMITS, week_before=TEN) is not None


@pytest.mark.parametrize("rows", [20_001, 999_999])
def test_switched_off_it_holds_nothing(rows: int) -> None:
    off = BrakeLimits(enabled=False)
    assert too_large(rows, [1, 1, 1, 1], off) is None
    assert not may_be_too_large(rows, off)
    assert mostly_vanished(TEN, [], off) is None
