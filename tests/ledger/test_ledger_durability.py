"""All or nothing: failures at every statement, kills at any moment."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger import HeldEntry, Ledger, ProblemEntry, SlotBirth, check

from .made import A, B, birth_of, content_of, opened, slot_of

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


def test_a_failure_at_any_statement_leaves_nothing_behind(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        ledger.record_slot(first_birth())
    with opened(tmp_path / "counted") as counted:
        counted.record_slot(first_birth())
        breaker = Breaker(counted)
        counted.record_slot(full_birth())
    assert breaker.statements[-1].startswith("INSERT INTO acts")
    for number in range(1, len(breaker.statements) + 1):
        with opened(tmp_path) as ledger:
            before = content_of(ledger)
            Breaker(ledger, fails_at=number)
            with pytest.raises(LedgerError, match="injected"):
                ledger.record_slot(full_birth())
        with opened(tmp_path) as ledger:
            assert content_of(ledger) == before
    with opened(tmp_path) as ledger:
        ledger.record_slot(full_birth())
        assert list(check(ledger.acts())) == []


_KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
from tests.ledger.made import opened
from tests.ledger.test_ledger_durability import full_birth

ledger = opened(Path(sys.argv[1]))
def killed(*_):
    os.kill(os.getpid(), signal.SIGKILL)
def counted(_connection, _cursor, statement, *_others):
    if statement.startswith(sys.argv[2]):
        killed()
if sys.argv[2] == "COMMIT":
    event.listen(ledger._engine, "commit", killed)
elif sys.argv[2] == "DONE":
    event.listen(ledger._engine, "checkin", killed)
else:
    event.listen(ledger._engine, "before_cursor_execute", counted)
ledger.record_slot(full_birth())
"""


@pytest.mark.parametrize(
    ("moment", "slots"),
    [("INSERT INTO files", 1), ("INSERT INTO holds", 1), ("COMMIT", 1), ("DONE", 2)],
)
def test_a_killed_writer_leaves_the_slot_whole_or_not_at_all(tmp_path: Path, moment: str, slots: int) -> None:
    with opened(tmp_path) as ledger:
        ledger.record_slot(first_birth())
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path), moment], check=False, cwd=ROOT)
    assert killed.returncode == -signal.SIGKILL
    with opened(tmp_path) as ledger:
        assert len(ledger.slots()) == slots
        if slots == 1:
            assert [file.sequence for file in ledger.files()] == [1]
            ledger.record_slot(full_birth())
        found = content_of(ledger)
    with opened(tmp_path / "undisturbed") as undisturbed:
        undisturbed.record_slot(first_birth())
        undisturbed.record_slot(full_birth())
        assert content_of(undisturbed) == found


_RACER = """
import sys
from pathlib import Path
from ecosmig_publish.errors import LedgerError
from tests.ledger.made import A, birth_of, opened, slot_of

with opened(Path(sys.argv[1])) as ledger:
    for day in range(1, 21):
        try:
            ledger.record_slot(birth_of(slot_of(day), {A: [day]}))
        except LedgerError:
            continue
"""


def test_two_writers_at_once_record_each_number_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _RACER, str(tmp_path)]
    racers = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
    assert [racer.wait(timeout=60) for racer in racers] == [0, 0]
    with opened(tmp_path) as ledger:
        sequences = [file.sequence for file in ledger.files()]
        assert sequences == list(range(1, len(sequences) + 1))
        assert len(sequences) == 20
        assert list(check(ledger.acts())) == []
