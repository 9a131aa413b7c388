"""When the runs of a rehearsal start, what is tried again, and what counts as there exactly once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.terms import Report, Signifier, Slot
from ecosmig_publish.errors import DestinationBusyError, ExitStatus, ForeignRowError, SourceError
from ecosmig_publish.ledger import BrakedSlot, RecordedFile
from ecosmig_publish.workflows.guarding import RefusedSlot
from ecosmig_publish.workflows.issuing.braking import HeldBack
from ecosmig_publish.workflows.planning import RunInstant
from ecosmig_publish.workflows.publishing import NO_FOLDER_YET, Published, Stopped
from ecosmig_publish.workflows.rehearsing.attending import Task, tasks_of_runs
from ecosmig_publish.workflows.rehearsing.judging import astray
from ecosmig_publish.workflows.rehearsing.played_time import PlayedTime
from ecosmig_publish.workflows.rehearsing.playing import Left, PlayedRun, Traffic, leaves_work, play
from ecosmig_publish.workflows.rehearsing.timetable import Outage, Timetable
from ecosmig_publish.workflows.running import RunOutcome
from tests.installation import at
from tests.workflows.made import A, B

if TYPE_CHECKING:
    from datetime import datetime

MIDNIGHT, SIX, NOON = (at(f"2024-03-02T{hour:02}:00:30") for hour in (0, 6, 12))
UNTIL = at("2024-03-03T00:00:00")
MINUTE = timedelta(minutes=1)


def timetable(*outages: Outage) -> Timetable:
    return Timetable((MIDNIGHT, SIX, NOON), UNTIL, 20, outages)


def following(
    began_at: datetime, *outages: Outage, lasts: timedelta = MINUTE, is_left: bool = False
) -> datetime | None:
    return timetable(*outages).following(began_at=began_at, ended_at=began_at + lasts, is_left=is_left)


def test_runs_start_for_each_slot_and_after_the_last_one_no_more() -> None:
    assert [timetable().first(), following(MIDNIGHT), following(SIX), following(NOON)] == [MIDNIGHT, SIX, NOON, None]


def test_what_is_left_is_tried_again_in_the_retry_minute_of_the_same_hour_or_the_next() -> None:
    assert following(MIDNIGHT, is_left=True) == at("2024-03-02T00:20:00")
    assert following(MIDNIGHT, lasts=20 * MINUTE, is_left=True) == at("2024-03-02T01:20:00")
    # A slot that falls due before it goes first.
    assert following(SIX - 30 * MINUTE, is_left=True) == SIX
    assert following(at("2024-03-02T23:30:00"), is_left=True) is None


def test_a_slot_that_fell_due_while_a_run_was_at_work_is_made_up_for_in_the_retry_minute() -> None:
    assert following(MIDNIGHT, lasts=timedelta(hours=6, minutes=5)) == at("2024-03-02T06:20:00")


def test_what_falls_into_an_outage_starts_at_its_end() -> None:
    back_at = at("2024-03-02T09:00:00")
    outage = Outage(at("2024-03-01T23:00:00"), back_at)
    assert timetable(outage).first() == back_at
    assert following(back_at, outage) == NOON


def test_what_falls_into_an_outage_that_outlasts_the_month_never_starts() -> None:
    assert following(MIDNIGHT, Outage(SIX - MINUTE, UNTIL)) is None


def test_who_sleeps_moves_the_played_time_on_and_waits_for_nothing() -> None:
    time = PlayedTime()
    time.set(SIX)
    before = time.clock()
    time.sleep(3600)
    assert timedelta(hours=1) <= time.now() - SIX < timedelta(hours=1, minutes=1)
    assert 3600 <= time.clock() - before < 3660
    assert time.slept == pytest.approx(3600, abs=1)


def test_set_anew_the_played_time_is_there_and_its_clock_never_goes_back() -> None:
    time = PlayedTime()
    time.sleep(3600)
    before = time.clock()
    time.set(MIDNIGHT)
    assert MIDNIGHT <= time.now() < MIDNIGHT + MINUTE
    assert time.clock() >= before
    assert time.slept == 0


def outcome(*stopped: Stopped, error: bool = False) -> RunOutcome:
    made = RunOutcome(RunInstant(SIX, SIX), (), published=Published(0, 0, stopped))
    made.destination_error = DestinationBusyError("busy") if error else None
    return made


def stopped(reason: str, status: ExitStatus = ExitStatus.UNPROVED, *, is_braked: bool = False) -> Stopped:
    return Stopped(Signifier(A), Report.ECOSMIG_001, reason, "", status, 1, is_braked)


def test_what_waits_for_a_service_is_tried_again_and_what_waits_for_a_person_is_not() -> None:
    assert leaves_work(outcome(error=True))
    assert leaves_work(outcome(stopped("the service gives no answer")))
    assert not leaves_work(outcome())
    assert not leaves_work(outcome(stopped(NO_FOLDER_YET)))
    assert not leaves_work(outcome(stopped("far larger than ever", is_braked=True)))
    assert not leaves_work(outcome(stopped("other bytes", ExitStatus.STREAM_CONFLICT)))


def test_a_run_that_left_something_is_played_again_until_it_leaves_nothing() -> None:
    time, done = PlayedTime(), []
    before: list[datetime] = []

    def run(start: datetime) -> RunOutcome:
        done.append(start)
        time.sleep(30)
        return outcome(error=start < at("2024-03-02T02:00:00"))

    traffic = Traffic(3, 5, 0, 0, {})
    left = Left(held=2, braked=1)
    runs = play(timetable(), time=time, run=run, traffic=lambda: traffic, left=lambda: left, before=before.append)
    assert done == [
        MIDNIGHT,
        at("2024-03-02T00:20:00"),
        at("2024-03-02T01:20:00"),
        at("2024-03-02T02:20:00"),
        SIX,
        NOON,
    ]
    assert before == done
    assert [run.began_at for run in runs] == done
    assert [run.left for run in runs] == [left] * 6
    assert [run.waited_s for run in runs] == pytest.approx([30.0] * 6, abs=1)


def file(name: str, sha256: str, *, proved: bool = True) -> RecordedFile:
    return RecordedFile(
        file_id=1,
        report=Report.ECOSMIG_001,
        due_at=SIX,
        recipient=Signifier(A),
        sequence=1,
        part=1,
        name=name,
        outbox_path=name,
        rows=0,
        size=0,
        sha256=sha256,
        quick_xor_hash="",
        generated_at=SIX,
        published_at=SIX,
        item_id="1",
        adopted=False,
        proved_at=SIX if proved else None,
        conflict=None,
        issue_id=1,
        resent_at=None,
        superseded_by=None,
        withdrawn_at=None,
        removed=None,
    )


def test_what_was_there_once_as_issued_is_not_astray_nor_is_what_still_waits() -> None:
    files = [file("1.csv", "aa"), file("2.csv", "bb", proved=False)]
    assert astray(files, {Signifier(A): {"1.csv": ["aa"]}, Signifier(B): {}}) == []


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        ({A: {"1.csv": ["aa", "aa"]}}, "2 times"),
        ({A: {"1.csv": ["cc"]}}, "other bytes"),
        ({A: {}}, "never there"),
        ({A: {"1.csv": ["aa"], "2.csv": ["bb"]}}, "2.csv: was there, and was never issued"),
        ({A: {"1.csv": ["aa"]}, B: {"1.csv": ["aa"]}}, f"{B}, 1.csv: was there, and was never issued"),
    ],
)
def test_what_was_there_twice_otherwise_never_or_with_somebody_else_is_astray(
    seen: dict[Signifier, dict[str, list[str]]], said: str
) -> None:
    (found,) = astray([file("1.csv", "aa")], seen)
    assert said in found


def run_of(outcome: RunOutcome, began_at: datetime = SIX) -> PlayedRun:
    return PlayedRun(began_at, began_at + MINUTE, outcome, Traffic(0, 0, 0, 0, {}), 0.0, Left(0, 0))


def test_what_waits_for_a_person_is_named_once_with_its_next_step_and_the_run_that_met_it_first() -> None:
    onboard = f"ecosmig supplier onboard {A}"
    homeless = Stopped(Signifier(A), None, NO_FOLDER_YET, onboard, ExitStatus.UNPROVED, 1)
    tasks = tasks_of_runs([run_of(outcome(homeless)), run_of(outcome(homeless), NOON)])
    assert tasks == [Task(SIX, f"{A}, all reports: {NO_FOLDER_YET}", onboard)]


def test_a_conflict_a_brake_and_a_source_need_a_person() -> None:
    broken = outcome()
    broken.source_error = SourceError("parties: no such table", hint="ecosmig data check")
    runs = [
        run_of(broken),
        run_of(outcome(stopped("other bytes", ExitStatus.STREAM_CONFLICT))),
        run_of(outcome(stopped("far larger than ever", is_braked=True))),
    ]
    assert [(it.what, it.next_step) for it in tasks_of_runs(runs)] == [
        ("parties: no such table", "ecosmig data check"),
        (f"{A}, ECOSMIG-001: other bytes", ""),
        (f"{A}, ECOSMIG-001: far larger than ever", ""),
    ]


def test_a_slot_that_is_held_back_comes_with_the_command_that_lets_it_go() -> None:
    braked = outcome()
    braked.held_back.append(HeldBack(BrakedSlot(Slot(SIX, Report.ECOSMIG_001), "9 of 9 have none now", SIX), ()))
    (task,) = tasks_of_runs([run_of(braked)])
    assert task.what == "ECOSMIG-001, slot 2024-03-02 06:00Z: the brake holds it back: 9 of 9 have none now"
    assert "ecosmig issue release" in task.next_step


def test_a_slot_with_a_foreign_row_needs_a_person_once_and_not_again_for_each_stream() -> None:
    leaking = outcome(stopped("the leak guard stopped the slot", ExitStatus.FOREIGN_ROW))
    leaking.refused.append(RefusedSlot(Slot(SIX, Report.ECOSMIG_001), ForeignRowError("row 1", hint="ask")))
    assert [it.what for it in tasks_of_runs([run_of(leaking)])] == ["ECOSMIG-001, slot 2024-03-02 06:00Z: row 1"]


def test_what_passes_by_itself_needs_nobody() -> None:
    assert tasks_of_runs([run_of(outcome(stopped("the service gives no answer"), error=True))]) == []
