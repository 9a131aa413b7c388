"""All or nothing: failures at every statement, kills at any moment."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger import HeldEntry, Ledger, ProblemEntry, SlotBirth, check

from .made import A, B, Place, birth_of, content_of, slot_of

if TYPE_CHECKING:
    from collections.abc import Callable

HELD = [HeldEntry(f"attempt:{number}", ("no-device",), None) for number in (6, 7)]
ROOT = Path(__file__).parent.parent.parent


def full_birth() -> SlotBirth:
    """Return a slot that touches every table that a slot can touch; `attempt:5` is held already."""
    return birth_of(
        slot_of(2),
        {A: [2], B: [1, 2]},
        held=HELD,
        closed={"attempt:5": "reported"},
        problems=[ProblemEntry("no-supplier", "device:X", None)],
        reported_keys=[b"keys"],
    )


def first_birth() -> SlotBirth:
    return birth_of(slot_of(1), {A: [1]}, held=[HeldEntry("attempt:5", ("no-device",), None), HELD[0]])


def told_by(ledger: Ledger) -> tuple[object, ...]:
    """Return what a ledger says, but for the numbers that a server gave its rows: a killed writer has used some up."""
    return (
        ledger.slots(),
        ledger.streams(),
        [{**asdict(file), "file_id": 0, "issue_id": 0} for file in ledger.files()],
        ledger.open_holds(),
        ledger.problems(),
        list(ledger.reported_keys(Report.ECOSMIG_001)),
        list(ledger.acts()),
    )


class Breaker:
    """Counts statements and lets one of them fail."""

    def __init__(self, ledger: Ledger, fails_at: int | None = None) -> None:
        self.statements: list[str] = []
        self._fails_at = fails_at
        event.listen(ledger._engine, "before_cursor_execute", self._count)

    def _count(self, _connection: object, _cursor: object, statement: str, *_others: object) -> None:
        self.statements.append(statement)
        if len(self.statements) == self._fails_at:
            raise OperationalError(statement, {}, Exception("injected"))


def test_a_failure_at_any_statement_leaves_nothing_behind(place: Place, new_place: Callable[[], Place]) -> None:
    with place.opened() as ledger:
        ledger.record_slot(first_birth())
    with new_place().opened() as counted:
        counted.record_slot(first_birth())
        breaker = Breaker(counted)
        counted.record_slot(full_birth())
    assert breaker.statements[-1].startswith("INSERT INTO acts")
    for number in range(1, len(breaker.statements) + 1):
        with place.opened() as ledger:
            before = content_of(ledger)
            Breaker(ledger, fails_at=number)
            with pytest.raises(LedgerError, match="injected"):
                ledger.record_slot(full_birth())
        with place.opened() as ledger:
            assert content_of(ledger) == before
    with place.opened() as ledger:
        ledger.record_slot(full_birth())
        assert list(check(ledger.acts())) == []


_KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
from tests.ledger.made import Place
from tests.ledger.test_ledger_durability import full_birth

ledger = Place(Path(sys.argv[1]), sys.argv[2]).opened()
def killed(*_):
    os.kill(os.getpid(), signal.SIGKILL)
def counted(_connection, _cursor, statement, *_others):
    if statement.startswith(sys.argv[3]):
        killed()
if sys.argv[3] == "COMMIT":
    event.listen(ledger._engine, "commit", killed)
elif sys.argv[3] == "DONE":
    event.listen(ledger._engine, "checkin", killed)
else:
    event.listen(ledger._engine, "before_cursor_execute", counted)
ledger.record_slot(full_birth())
"""


@pytest.mark.parametrize(
    ("moment", "slots"),
    [("INSERT INTO files", 1), ("INSERT INTO holds", 1), ("COMMIT", 1), ("DONE", 2)],
)
def test_a_killed_writer_leaves_the_slot_whole_or_not_at_all(
    place: Place, new_place: Callable[[], Place], moment: str, slots: int
) -> None:
    with place.opened() as ledger:
        ledger.record_slot(first_birth())
    command = [sys.executable, "-c", _KILLED, str(place.base), place.url, moment]
    assert subprocess.run(command, check=False, cwd=ROOT).returncode == -signal.SIGKILL
    with place.opened() as ledger:
        # A record waits for the turn of one whose client has just died.
        ledger.record_change_token("library", "token")
        assert len(ledger.slots()) == slots
        if slots == 1:
            assert [file.sequence for file in ledger.files()] == [1]
            ledger.record_slot(full_birth())
        found = told_by(ledger)
    with new_place().opened() as undisturbed:
        undisturbed.record_slot(first_birth())
        undisturbed.record_change_token("library", "token")
        undisturbed.record_slot(full_birth())
        assert told_by(undisturbed) == found


_RACER = """
import sys
from pathlib import Path
from ecosmig_publish.errors import LedgerError
from tests.ledger.made import A, Place, birth_of, slot_of

with Place(Path(sys.argv[1]), sys.argv[2]).opened() as ledger:
    for day in range(1, 21):
        try:
            ledger.record_slot(birth_of(slot_of(day), {A: [day]}))
        except LedgerError:
            continue
"""


def test_writers_at_once_record_each_number_once(opened_place: Place) -> None:
    command = [sys.executable, "-c", _RACER, str(opened_place.base), opened_place.url]
    racers = [subprocess.Popen(command, cwd=ROOT) for _ in range(3)]
    assert [racer.wait(timeout=120) for racer in racers] == [0, 0, 0]
    with opened_place.opened() as ledger:
        sequences = [file.sequence for file in ledger.files()]
        assert sequences == list(range(1, 21))
        assert [act.id for act in ledger.acts()] == sequences
        assert list(check(ledger.acts())) == []
