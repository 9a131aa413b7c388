"""One run at a time."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.errors import ExitStatus, LedgerError, LockedError
from ecosmig_publish.ledger import run_lock
from ecosmig_publish.ledger.lock import LockFile

from .made import NOON

if TYPE_CHECKING:
    from pathlib import Path

_HOLDER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from ecosmig_publish.errors import LockedError
from ecosmig_publish.ledger import run_lock

try:
    with run_lock(Path(sys.argv[1]), now=lambda: datetime.now(UTC)):
        print("held", flush=True)
        sys.stdin.read()
except LockedError as error:
    print("locked", flush=True)
    sys.exit(error.exit_status)
"""


def holder(path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def ended(process: subprocess.Popen[str]) -> int:
    process.communicate(timeout=30)
    return process.returncode


def test_a_second_holder_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "state/run.lock"
    with (
        run_lock(path, now=lambda: NOON),
        pytest.raises(LockedError) as refused,
        run_lock(path, now=lambda: NOON),
    ):
        pass
    assert refused.value.exit_status == ExitStatus.LOCKED
    for part in (socket.gethostname(), str(os.getpid()), "2024-03-01T12:00:00Z"):
        assert part in str(refused.value)


def test_the_lock_is_free_again_after_its_context(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    for _ in range(2):
        with run_lock(path, now=lambda: NOON):
            pass
    assert path.read_text() == ""


def test_the_lock_is_free_again_after_an_error_in_its_context(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    with pytest.raises(RuntimeError), run_lock(path, now=lambda: NOON):
        raise RuntimeError
    with run_lock(path, now=lambda: NOON):
        pass


def test_of_two_processes_that_race_one_holds_the_lock(tmp_path: Path) -> None:
    racers = [holder(tmp_path / "run.lock") for _ in range(2)]
    assert sorted(said(racer) for racer in racers) == ["held", "locked"]
    assert sorted(ended(racer) for racer in racers) == [0, 11]


def test_a_killed_holder_holds_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    first = holder(path)
    assert said(first) == "held"
    with pytest.raises(LockedError, match=str(first.pid)), run_lock(path, now=lambda: NOON):
        pass
    first.send_signal(signal.SIGKILL)
    assert ended(first) == -signal.SIGKILL
    with run_lock(path, now=lambda: NOON):
        pass


def test_a_place_where_no_lock_can_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file, not a directory")
    with (
        pytest.raises(LedgerError, match=r"run\.lock can't be taken") as refused,
        run_lock(tmp_path / "state/run.lock", now=lambda: NOON),
    ):
        pass
    assert "ls -ld" in refused.value.hint


def test_a_lock_file_with_anything_in_it_can_be_taken(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    path.write_text("left by a crash")
    with run_lock(path, now=lambda: NOON):
        assert str(os.getpid()) in path.read_text()


def test_a_disk_that_fails_at_the_end_spoils_neither_the_run_nor_the_next_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_descriptor: int, _length: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    path = tmp_path / "run.lock"
    with run_lock(path, now=lambda: NOON):
        monkeypatch.setattr(os, "ftruncate", fail)
    monkeypatch.undo()
    with run_lock(path, now=lambda: NOON):
        assert str(os.getpid()) in path.read_text()


def test_a_full_disk_under_the_lock_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_descriptor: int, _data: bytes, _offset: int) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", fail)
    with (
        pytest.raises(LedgerError, match="No space left on device"),
        run_lock(tmp_path / "run.lock", now=lambda: NOON),
    ):
        pass


def test_a_run_of_the_same_ledger_that_lost_its_lease_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    with (
        run_lock(path, now=lambda: NOON, ledger="ledger-1", fence=1),
        run_lock(path, now=lambda: NOON, ledger="ledger-1", fence=2),
        # Neither comes the older one in again, nor anybody else.
        pytest.raises(LockedError),
        run_lock(path, now=lambda: NOON, ledger="ledger-1", fence=1),
    ):
        pass
    with run_lock(path, now=lambda: NOON, ledger="ledger-1", fence=3):
        assert '"fence": 3' in path.read_text()


@pytest.mark.parametrize(("ledger", "fence"), [("ledger-2", 9), ("ledger-1", 1), ("", 9)])
def test_a_run_of_another_ledger_or_without_a_newer_lease_is_passed_over_by_nobody(
    tmp_path: Path, ledger: str, fence: int
) -> None:
    path = tmp_path / "run.lock"
    with (
        run_lock(path, now=lambda: NOON, ledger="ledger-1", fence=1),
        pytest.raises(LockedError),
        run_lock(path, now=lambda: NOON, ledger=ledger, fence=fence),
    ):
        pass


def test_whoever_was_passed_over_takes_nothing_away_when_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    first, second = LockFile(path), LockFile(path)
    assert first.take()
    second.replace()
    second.leave({"holder": "second"})
    first.release()
    assert second.note() == {"holder": "second"}
    assert not first.take()
    second.release()
    assert sorted(tmp_path.iterdir()) == [path]
