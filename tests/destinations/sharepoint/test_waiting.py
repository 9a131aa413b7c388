"""Waiting: as the service says, for everybody at once; within a budget; within limits; said beforehand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import pytest
import responses

from ecosmig_publish.destinations.sharepoint.graph.calls import Call, Kind
from ecosmig_publish.destinations.sharepoint.waiting import Pace, Passing, Patience, Waiting, forecast_wave
from ecosmig_publish.destinations.sharepoint.waiting.server_words import ServerWords, read_headers
from ecosmig_publish.errors import DestinationBusyError
from tests.destinations.sharepoint.answering import BASE, error, graph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.destinations.sharepoint.driven import DrivenTime

NOW = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
READ = Call(Kind.GET, "/drives/d/items/i")


class HandClock:
    """Seconds that only a test and a sleep move."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def pace(hand: HandClock, units: int = 0) -> Pace:
    return Pace(units, clock=hand.clock, sleep=hand.sleep, jitter=lambda: 0.5)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": " 7 "}, 7),
        ({"Retry-After": "7", "RateLimit-Reset": "31"}, 31),
        ({"Retry-After": "31", "RateLimit-Reset": "7"}, 31),
        ({"Retry-After": format_datetime(NOW + timedelta(seconds=90), usegmt=True)}, 90),
        ({"Retry-After": format_datetime(NOW - timedelta(seconds=90), usegmt=True)}, 0),
        # The server's clock is an hour ahead of ours: its own date is what its other date goes by.
        (
            {
                "Date": format_datetime(NOW + timedelta(hours=1), usegmt=True),
                "Retry-After": format_datetime(NOW + timedelta(hours=1, seconds=5), usegmt=True),
            },
            5,
        ),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-3"}, None),
        ({"RateLimit-Reset": "7"}, None),
        ({}, None),
    ],
)
def test_how_long_to_wait_is_read_in_seconds_and_as_a_date(headers: dict[str, str], seconds: float | None) -> None:
    assert read_headers(headers, NOW).wait_seconds == seconds


def test_a_throttled_answer_holds_back_every_call_until_its_time_is_over() -> None:
    hand = HandClock()
    gate = pace(hand)
    gate.admit(2)
    gate.observe(ServerWords(wait_seconds=30), throttled=True)
    gate.admit(1)
    # Half of the jitter on top.
    assert hand.now == pytest.approx(1030.25)


def test_a_later_shorter_wait_does_not_open_the_gate_earlier() -> None:
    hand = HandClock()
    gate = pace(hand)
    gate.observe(ServerWords(wait_seconds=30), throttled=True)
    gate.observe(ServerWords(wait_seconds=1), throttled=True)
    assert gate.opens_in() == pytest.approx(30.25)


def test_what_is_left_of_the_services_minute_is_spread_over_it() -> None:
    hand = HandClock()
    gate = pace(hand)
    gate.observe(ServerWords(remaining=100, reset_seconds=20.0), throttled=False)
    for _ in range(40):
        gate.admit(2)
    # 80 of 100 units: four fifths of the 20 seconds, less the first call's share.
    assert hand.now == pytest.approx(1000 + 20 * 78 / 100, abs=0.5)


def test_an_empty_minute_of_the_service_is_waited_out() -> None:
    hand = HandClock()
    gate = pace(hand)
    gate.observe(ServerWords(remaining=0, reset_seconds=20.0), throttled=False)
    gate.admit(2)
    assert hand.now == pytest.approx(1020)


def test_no_minute_gets_more_than_the_budget() -> None:
    hand = HandClock()
    gate = pace(hand, units=1250)
    spent: list[tuple[float, int]] = []
    for number in range(1500):
        gate.admit(cost := 5 if number % 6 == 0 else 2)
        spent.append((hand.now, cost))
    for start, _ in spent:
        assert sum(cost for at, cost in spent if start <= at < start + 60) <= 1250


def test_a_call_dearer_than_the_burst_is_admitted_all_the_same() -> None:
    hand = HandClock()
    gate = pace(hand, units=60)
    for _ in range(3):
        gate.admit(5)
    assert hand.now > 1000


def wave(files: int, folders: int) -> Iterator[int]:
    """Yield the costs of a wave's calls: a check for each folder, then stage and move for each of its files."""
    yield from [1, 2, 1, 1, 2, 1, 2]
    for _ in range(folders):
        yield Kind.PERMISSIONS.cost
        for _ in range(files // folders):
            yield Kind.PUT.cost
            yield Kind.MOVE.cost


@pytest.mark.parametrize("units", [1250, 0], ids=["budget-set", "as-the-service-says"])
def test_the_worst_wave_in_the_smallest_tenant_is_hardly_throttled_and_hardly_slower_than_possible(units: int) -> None:
    # Four workers, 0.1 s a call; a service that counts by the minute, says what is left from 80 % on, refuses at 100 %.
    hand = HandClock()
    gate = pace(hand, units=units)
    costs = list(wave(750, 150))
    window, used, throttled, asked = hand.now, 0, 0, 0
    free_at = [(hand.now, worker) for worker in range(4)]
    while costs:
        hand.now, worker = heappop(free_at)
        gate.admit(costs[0])
        asked += 1
        if hand.now >= window + 60:
            window, used = hand.now, 0
        used += costs[0]
        reset = window + 60 - hand.now
        words = ServerWords(remaining=max(0, 1250 - used), reset_seconds=reset) if used >= 1000 else ServerWords()
        if used > 1250:
            throttled += 1
            gate.observe(ServerWords(reset, 0, reset), throttled=True)
        else:
            costs.pop(0)
            gate.observe(words, throttled=False)
        heappush(free_at, (hand.now + 0.1, worker))
    least = (sum(wave(750, 150)) / 1250 - 1) * 60
    assert throttled <= asked * 0.01
    assert hand.now - 1000 <= 1.3 * sum(wave(750, 150)) / 1250 * 60
    assert hand.now - 1000 >= least


def test_a_wave_is_forecast_with_its_requests_units_and_time() -> None:
    forecast = forecast_wave(750, 150, units_per_minute=1250)
    # Two requests and four units for each file, one request and five units for each folder, a dozen and 20 for the run.
    assert forecast.requests == 1662
    assert forecast.resource_units == 3770
    # 3.0 minutes at the full rate.
    assert forecast.seconds is not None
    assert 181 <= forecast.seconds <= 181 * 1.1


def test_without_a_budget_no_time_is_forecast() -> None:
    assert forecast_wave(10, 2, units_per_minute=0).seconds is None


def test_a_wave_of_nothing_costs_nothing() -> None:
    assert forecast_wave(0, 150, units_per_minute=1250).requests == 0


def failing(waiting: Waiting, times: int, passing: Passing) -> list[bool]:
    told: list[bool] = []

    def attempt(unclear: bool) -> None:  # noqa: FBT001 - `Waiting.run` says it so
        told.append(unclear)
        if len(told) <= times:
            raise passing

    waiting.run(attempt)
    return told


def waiting(hand: HandClock, patience: Patience | None = None) -> Waiting:
    return Waiting(pace(hand), patience=patience or Patience(), clock=hand.clock, sleep=hand.sleep)


def test_an_unclear_end_is_remembered_by_all_later_attempts() -> None:
    hand = HandClock()
    passing = Passing(DestinationBusyError("x"), unclear=True)
    assert failing(waiting(hand), 2, passing) == [False, True, True]


def test_pauses_of_our_own_grow_and_have_jitter() -> None:
    hand = HandClock()
    failing(waiting(hand), 6, Passing(DestinationBusyError("x"), unclear=False))
    assert len(hand.slept) == 6
    assert all(0 <= seconds <= min(30, 2**number) for number, seconds in enumerate(hand.slept))
    assert len(set(hand.slept)) == 6


def test_after_the_last_attempt_nobody_sleeps() -> None:
    hand = HandClock()
    with pytest.raises(DestinationBusyError):
        failing(waiting(hand, Patience(attempts=3)), 9, Passing(DestinationBusyError("x"), unclear=False))
    assert len(hand.slept) == 2


def test_time_has_a_limit_as_attempts_have() -> None:
    hand = HandClock()
    passing = Passing(DestinationBusyError("x"), unclear=False, wait_seconds=100)
    with pytest.raises(DestinationBusyError):
        failing(waiting(hand, Patience(attempts=99, seconds=250)), 99, passing)
    assert hand.now < 1000 + 250 + 131


@responses.activate
def test_a_service_that_wants_longer_quiet_than_a_run_waits_is_left_at_once(driven: DrivenTime) -> None:
    driven.begin_anew()
    responses.get(f"{BASE}{READ.path}", status=429, json=error("tooMany"), headers={"Retry-After": "7200"})
    client = graph(driven)
    for _ in range(2):
        with pytest.raises(DestinationBusyError):
            client.send(READ)
    assert len(responses.calls) == 1
    assert sum(driven.slept) == 0


@responses.activate
def test_after_one_call_gave_up_the_others_try_briefly_until_one_succeeds(driven: DrivenTime) -> None:
    driven.begin_anew()
    client = graph(driven, patience=Patience(attempts=6))
    responses.get(f"{BASE}{READ.path}", status=503, json=error("serviceNotAvailable"))

    def attempts() -> int:
        before = len(responses.calls)
        with pytest.raises(DestinationBusyError):
            client.send(READ)
        return len(responses.calls) - before

    assert [attempts(), attempts(), attempts()] == [6, 2, 2]
    responses.get(f"{BASE}/drives/d/items/ok", json={"id": "ok"})
    client.send(Call(Kind.GET, "/drives/d/items/ok"))
    assert attempts() == 6


@responses.activate
def test_a_locked_item_makes_nobody_else_impatient(driven: DrivenTime) -> None:
    driven.begin_anew()
    client = graph(driven, patience=Patience(attempts=4))
    responses.get(f"{BASE}{READ.path}", status=423, json=error("resourceLocked"))
    for _ in range(2):
        with pytest.raises(DestinationBusyError):
            client.send(READ)
    assert len(responses.calls) == 8
