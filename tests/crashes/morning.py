"""The heaviest morning as a process of its own, watched from outside: by its outbox, its ledger and its folders."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.outbox.directory import ISSUED
from tests.benchmarks.days import MONDAY_THE_FIRST

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

AT = f"{MONDAY_THE_FIRST:%Y-%m-%dT%H:%M:%SZ}"
REPORTS = 5
"""So many are due."""
PUBLISHING = "publishing"
"""The stage after the last slot: what isn't in its folder yet is placed, and all of it proved."""
_PATIENCE_S = 120
"""How long an interrupted run may take to end."""
_LOOK_S = 0.01


@dataclass(frozen=True, slots=True)
class Timeline:
    """When an undisturbed run began with each report's slot, and with publishing, and ended: seconds from its start."""

    begins: Mapping[str, float]
    end: float

    def left(self, seen: Seen) -> float:
        """Return how long a run will take that finds what is `seen`."""
        opening = min(self.begins.values())
        ahead = [at for stage, at in self.begins.items() if stage not in seen.recorded]
        return self.end - min(ahead) + opening


@dataclass(frozen=True, slots=True)
class Seen:
    """What a run that was ended has left: the reports of recorded slots, an attempt of its own at another, files."""

    recorded: tuple[str, ...]
    under_way: str | None
    written: int
    """Files in the attempt's directory."""
    files: int
    """Files that were recorded; of these so many were placed and proved."""
    placed: int
    proved: int

    @property
    def stage(self) -> str:
        """Say how far the run was; a long one places files while it issues the rest."""
        if self.under_way is not None:
            its = "files written" if self.written else "rows computed"
            return f"{self.under_way}: {its}" + (", others placed" if self.placed else "")
        if len(self.recorded) < REPORTS:
            return f"{len(self.recorded)} of {REPORTS} slots recorded" + (", files placed" if self.placed else "")
        if self.placed < self.files:
            return "all slots recorded, " + ("some files placed" if self.placed else "nothing placed")
        return "all files placed, " + ("all proved" if self.proved == self.files else "some not proved")


def prepare(home: Path, data: Path) -> None:
    """Make an installation whose first slots are those of that morning, its recipients onboarded."""
    home.mkdir(parents=True)
    (home / "ecosmig.toml").write_text(
        f"start = {MONDAY_THE_FIRST - timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}\n"
        f'[source]\nurl = "parquet:{data.resolve()}"\n'
        '[ledger]\nurl = "sqlite:state/ecosmig.db"\n[outbox]\npath = "state/outbox"\n'
        '[destination]\nkind = "folder"\n[destination.folder]\npath = "published"\n',
        encoding="utf-8",
    )
    onboard = _ecosmig("supplier", "onboard", "--all", "--quiet")
    subprocess.run(onboard, cwd=home, check=True, stdout=subprocess.DEVNULL)


def begin(home: Path) -> subprocess.Popen[bytes]:
    """Begin the morning's run, in a group of processes of its own."""
    with (home / "said").open("ab") as said:
        command = _ecosmig("publish", "--all", "--as-of", AT, "--quiet")
        return subprocess.Popen(command, cwd=home, stdout=said, stderr=said, start_new_session=True)


def undisturbed(home: Path) -> Timeline:
    """Let a run go on to its end and note when it began what. Raises `SystemExit` where it fails."""
    began, process = time.monotonic(), begin(home)
    begins: dict[str, float] = {}
    while process.poll() is None:
        for stage in stages(home):
            begins.setdefault(stage, time.monotonic() - began)
        time.sleep(_LOOK_S)
    if process.returncode:
        raise SystemExit(f"{home}: the undisturbed run ended with {process.returncode}: {(home / 'said').read_text()}")
    if len(begins) <= REPORTS:
        raise SystemExit(f"{home}: only {', '.join(begins)} were seen; it takes more Devices")
    return Timeline(begins, time.monotonic() - began)


def stages(home: Path) -> list[str]:
    """Return what has begun: reports that have a directory in the outbox, and publishing, once all are issued."""
    outbox = home / "state/outbox"
    reports = sorted({name[:11] for name in attempts(home)})
    has_issued_all = len(list(outbox.glob(f"ECOSMIG-*/{ISSUED}"))) == REPORTS
    return [*reports, PUBLISHING] if has_issued_all else reports


def wait_until(process: subprocess.Popen[bytes], begun: Callable[[], bool]) -> bool:
    """Return whether that came to be before the process ended."""
    while process.poll() is None:
        if begun():
            return True
        time.sleep(_LOOK_S)
    return False


def end(process: subprocess.Popen[bytes], number: signal.Signals, after: float) -> bool:
    """Send a signal to the run's group after so many seconds; return whether it ended by itself before.

    Raises `SystemExit` where it doesn't end then.
    """
    with suppress(subprocess.TimeoutExpired):
        process.wait(after)
        return True
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
    try:
        process.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise SystemExit(f"{_PATIENCE_S} s after {number.name} it went on") from None
    return False


def attempts(home: Path) -> set[str]:
    """Return the names of the outbox's directories."""
    return {path.name for path in (home / "state/outbox").glob("ECOSMIG-*")}


def seen(home: Path, *, older: Collection[str] = ()) -> Seen:
    """Look at what is left, but for `older` directories of the outbox, which no run has swept yet.

    At a copy of the ledger, so that the next run finds its journal as this one left it.
    """
    with tempfile.TemporaryDirectory(prefix="ecosmig-seen-") as directory:
        for name in ("ecosmig.db", "ecosmig.db-wal"):
            if (home / "state" / name).exists():
                shutil.copy(home / "state" / name, directory)
        with closing(sqlite3.connect(f"{directory}/ecosmig.db")) as ledger:
            recorded = [row[0] for row in ledger.execute("SELECT report FROM slots ORDER BY id")]
            known = {row[0] for row in ledger.execute("SELECT name FROM outbox_directories")}
            files = ledger.execute("SELECT count(*) FROM files").fetchone()[0]
            placed, proved = ledger.execute("SELECT count(published_at), count(proved_at) FROM publications").fetchone()
    own = sorted(attempts(home) - known - {*older})
    return Seen(
        tuple(recorded),
        own[0][:11] if own else None,
        sum(1 for name in own for _ in (home / "state/outbox" / name).iterdir()),
        files,
        placed,
        proved,
    )


def check(home: Path, *command: str) -> list[str]:
    """Run a command of the product that is to find nothing; return what was wrong."""
    ended = subprocess.run(_ecosmig(*command), cwd=home, check=False, capture_output=True, text=True)
    return (
        [f"{' '.join(command)} ended with {ended.returncode}: {ended.stdout}{ended.stderr}"] if ended.returncode else []
    )


def _ecosmig(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "ecosmig_publish", *arguments]
