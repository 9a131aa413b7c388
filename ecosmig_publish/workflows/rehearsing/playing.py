"""To play runs as a scheduler would start them, each where the one before it left off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.workflows.publishing import NO_FOLDER_YET

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from ecosmig_publish.workflows.publishing import Stopped
    from ecosmig_publish.workflows.rehearsing.played_time import PlayedTime
    from ecosmig_publish.workflows.rehearsing.timetable import Timetable
    from ecosmig_publish.workflows.running import RunOutcome


BEFOREHAND = timedelta(minutes=10)
"""So long before a run others do their part, unless the run before it still lasts."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a destination was asked: `faults` counts by kind the requests that met one, `throttled` those told to wait.

    `too_early` came back before the time that they had been told to wait was over.
    """

    requests: int
    resource_units: int
    throttled: int
    too_early: int
    faults: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Left:
    """What a run left: rows held until they can be reported, issues and slots that the brake holds."""

    held: int
    braked: int


@dataclass(frozen=True, slots=True)
class PlayedRun:
    """One run; `waited_s` are the seconds that it waited for the service."""

    began_at: datetime
    ended_at: datetime
    outcome: RunOutcome
    traffic: Traffic
    waited_s: float
    left: Left


def play(
    timetable: Timetable,
    *,
    time: PlayedTime,
    run: Callable[[datetime], RunOutcome],
    traffic: Callable[[], Traffic],
    left: Callable[[], Left],
    before: Callable[[datetime], None] = lambda _start: None,
    on_run: Callable[[PlayedRun], None] = lambda _run: None,
) -> list[PlayedRun]:
    """Do the runs of a timetable, `run` each, and return them in order.

    `traffic` says what the last one asked, `left` what it left.

    `before` is what others do shortly before the run that starts then.
    """
    played: list[PlayedRun] = []
    start = timetable.first()
    while start is not None:
        time.set(max(start - BEFOREHAND, played[-1].ended_at) if played else start - BEFOREHAND)
        before(start)
        time.set(max(start, time.now()))
        outcome = run(start)
        played.append(PlayedRun(start, time.now(), outcome, traffic(), time.slept, left()))
        on_run(played[-1])
        start = timetable.following(began_at=start, ended_at=played[-1].ended_at, is_left=leaves_work(outcome))
    return played


def leaves_work(outcome: RunOutcome) -> bool:
    """Whether running again soon may bring something further; what waits for a person doesn't."""
    return (
        outcome.destination_error is not None
        or bool(outcome.doubts)
        or any(passes(it) for it in outcome.published.stopped)
    )


def passes(stopped: Stopped) -> bool:
    """Whether what stopped a stream may have passed by the next run, without anybody doing anything."""
    waits_for_a_person = stopped.is_braked or stopped.reason == NO_FOLDER_YET
    return stopped.exit_status is ExitStatus.UNPROVED and not waits_for_a_person
