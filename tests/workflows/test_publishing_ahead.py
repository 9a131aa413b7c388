"""What a long run issued is published while it issues the rest; what is at all in doubt waits for the end."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from ecosmig_publish.emrr.terms import Report, Slot, parse_signifier
from ecosmig_publish.errors import DestinationError, ExitStatus, LeaseLostError
from ecosmig_publish.workflows.issuing.slot import IssuedSlot
from ecosmig_publish.workflows.publishing_ahead import Ahead, Waves, may_go_ahead, publishing_ahead
from ecosmig_publish.workflows.running import Narrowing, Watcher
from tests.installation import at
from tests.workflows.made import HOUR, MONDAY, A, B, attempt, failed, installed, source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ecosmig_publish.ledger import WaitingFile
    from tests.plain.data import Data

TUESDAY = at("2024-03-05T06:00:00")
WEDNESDAY = at("2024-03-06T06:00:00")
AT_ONCE = Ahead(rows=1, files=1)
PATIENCE_S = 60


@pytest.fixture
def busy() -> Data:
    """Successes and failures of both parties, of which Tuesday morning sees the half."""
    data = source()
    for day in (0, 30):
        first = MONDAY + day * HOUR
        data.migration_attempts += [attempt(day + number, number, first + HOUR) for number in range(1, 5)]
        data.migration_attempts += [failed(100 + day + number, number, first + 2 * HOUR) for number in range(1, 5)]
    return data


class Watching(Watcher):
    """Lets the last slot begin once a file was placed."""

    def __init__(self, last: Slot) -> None:
        self.last = last
        self.placed = Event()
        self.was_placed = False
        self.went_ahead: list[int] = []
        self.names: list[str] = []

    def slot_begins(self, slot: Slot) -> None:
        if slot == self.last:
            self.was_placed = self.placed.wait(PATIENCE_S)

    def files_go_ahead(self, files: int, forecast: str) -> None:  # noqa: ARG002 - none in a folder
        self.went_ahead.append(files)

    def file_placed(self, file: WaitingFile) -> None:
        self.names.append(file.name)
        self.placed.set()


def test_what_a_long_run_issued_stands_in_the_folders_before_its_last_slot_begins(busy: Data, tmp_path: Path) -> None:
    plain = installed(tmp_path / "plain", busy)
    at_the_end = plain.run(TUESDAY)
    made, watching = installed(tmp_path / "ahead", busy), Watching(at_the_end.due[-1])
    outcome = made.run(TUESDAY, ahead=AT_ONCE, watcher=watching)
    assert watching.was_placed
    assert (outcome.exit_status, outcome.waiting) == (ExitStatus.OK, [])
    assert made.published() == plain.published()
    assert sorted(watching.names) == sorted(file.name for file in outcome.proved)
    assert outcome.published == at_the_end.published
    assert sorted(outcome.placed_reports) == sorted(at_the_end.placed_reports)


def test_an_everyday_run_publishes_once_at_its_end(busy: Data, tmp_path: Path) -> None:
    made = installed(tmp_path, busy)
    watching = Watching(Slot(TUESDAY, Report.ECOSMIG_006))
    made.run(TUESDAY, watcher=watching)
    assert (watching.went_ahead, len(watching.names)) == ([], 4)


def test_streams_of_which_something_waits_since_an_earlier_run_wait_for_the_end(busy: Data, tmp_path: Path) -> None:
    made = installed(tmp_path, busy)
    made.run(TUESDAY, Narrowing(suppliers=[parse_signifier(A)]))
    with made.wiring().ledger() as ledger:
        earlier = {(file.recipient, file.report) for file in ledger.waiting()}
    assert earlier == {(B, Report.ECOSMIG_001), (B, Report.ECOSMIG_002)}
    outcome = made.run(WEDNESDAY, ahead=AT_ONCE)
    assert outcome.exit_status is ExitStatus.OK
    assert made.published() == made.issued()


def test_only_what_was_issued_in_this_run_and_has_nothing_before_it_may_go_ahead(busy: Data, tmp_path: Path) -> None:
    made = installed(tmp_path, busy)
    made.run(TUESDAY, Narrowing(suppliers=[parse_signifier(A)]))
    made.run(WEDNESDAY, Narrowing(suppliers=[parse_signifier("PXX009")]))
    with made.wiring().ledger() as ledger:
        waiting = ledger.waiting()
    of_today = {Slot(file.due_at, file.report) for file in waiting if file.due_at > TUESDAY}
    free = may_go_ahead(waiting, of_today)
    # B's first file of each report waits since Tuesday, and is read again before anything of its stream goes.
    assert {(file.recipient, file.report) for file in free} == {(A, Report.ECOSMIG_001), (A, Report.ECOSMIG_002)}
    assert may_go_ahead(waiting, {Slot(file.due_at, file.report) for file in waiting}) == waiting


class AtOnce(Executor):
    """Does what it is given before it returns."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


def issued(hour: int, rows: int = 5, files: int = 1) -> IssuedSlot:
    slot = Slot(at(f"2024-03-04T{hour:02d}:00:00"), Report.ECOSMIG_002)
    return IssuedSlot(slot, recipients=1, files=files, rows=rows, held=0, problems=0)


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        (Ahead(rows=10, files=99), [{0, 6}, {0, 6, 12, 18}]),
        (Ahead(rows=99, files=3), [{0, 6, 12}]),
        (Ahead(rows=99, files=99), []),
    ],
)
def test_a_wave_begins_once_so_many_rows_or_files_were_issued_since_the_last_one(
    ahead: Ahead, expected: list[set[int]]
) -> None:
    begun: list[set[int]] = []
    waves = Waves(lambda slots, _: begun.append({slot.due_at.hour for slot in slots}), ahead, AtOnce())
    for hour in (0, 6, 12, 18):
        waves.issued(issued(hour))
    assert begun == expected


def test_after_a_wave_that_failed_there_is_no_other_and_the_end_of_the_run_tells_of_it() -> None:
    tried: list[frozenset[Slot]] = []
    failed_once = Event()

    def place(slots: frozenset[Slot], _stopping: Event) -> None:
        tried.append(slots)
        failed_once.set()
        raise DestinationError("nobody answers", hint="")

    with publishing_ahead(place, AT_ONCE) as tell:
        tell(issued(0))
        assert failed_once.wait(PATIENCE_S)
        for hour in (6, 12, 18):
            tell(issued(hour))
    assert len(tried) == 1


def test_a_lease_that_was_lost_in_a_wave_ends_the_run() -> None:
    def place(_slots: frozenset[Slot], _stopping: Event) -> None:
        raise LeaseLostError("another run took over", hint="")

    with pytest.raises(LeaseLostError), publishing_ahead(place, AT_ONCE) as tell:
        tell(issued(0))


def test_an_interrupted_run_lets_the_wave_end_after_the_files_it_is_at() -> None:
    began, was_told = Event(), []

    def place(_slots: frozenset[Slot], stopping: Event) -> None:
        began.set()
        was_told.append(stopping.wait(PATIENCE_S))

    def run() -> None:
        with publishing_ahead(place, AT_ONCE) as tell:
            tell(issued(0))
            assert began.wait(PATIENCE_S)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run()
    assert was_told == [True]
