"""One side of a benchmark as a process of its own: how long, how much processor, how much memory, how it ended."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

REPOSITORY = Path(__file__).parents[2]
_KIB = 1024
_TRACEBACK = "Traceback (most recent call last):\n"
_LAUNCHER = """
import os, sys, time
began = time.monotonic()
nowhere = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
_, status, used = os.wait4(os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=nowhere), 0)
wall, cpu = time.monotonic() - began, used.ru_utime + used.ru_stime
print(os.waitstatus_to_exitcode(status), wall, cpu, used.ru_maxrss)
"""
"""A process counts as its own the memory that the one held which began it: this one is begun by a small one."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """`wall_seconds` and `cpu_seconds` of a process, and the most memory that it held (`ru_maxrss`)."""

    wall_seconds: float
    cpu_seconds: float
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class Ran:
    """A process that ended: what it took, its exit status, minus the signal's number where one killed it."""

    took: Measurement
    status: int
    stderr: str

    @property
    def ended(self) -> str:
        """Say how it ended, where that was with an error: the status, and what it said."""
        if not self.status:
            return ""
        how = f"status {self.status}" if self.status > 0 else signal.Signals(-self.status).name
        said = _error_in(self.stderr)
        return f"ended with {how}: {said}" if said else f"ended with {how}"


def _error_in(stderr: str) -> str:
    """Return the line of the last traceback that says what was raised; else the last line."""
    _, traceback, after = stderr.rpartition(_TRACEBACK)
    lines = [line for line in after.splitlines() if line.strip()]
    if not traceback:
        return lines[-1].strip() if lines else ""
    return next((line for line in lines if not line.startswith(" ")), "")


def run(command: Sequence[str], *, cwd: Path = REPOSITORY, environment: Mapping[str, str] | None = None) -> Ran:
    """Run a command to its end, however it ends; its stdout goes nowhere."""
    launched = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _LAUNCHER, *command],
        cwd=cwd,
        env=environment,
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    status, wall, cpu, peak = launched.stdout.split()
    return Ran(Measurement(float(wall), float(cpu), int(peak) * _KIB), int(status), launched.stderr)


def run_module(module: str, arguments: Sequence[str], *, cwd: Path = REPOSITORY) -> Ran:
    """Run `python -m module arguments` to its end, however it ends; what it says on stderr is said here too."""
    ran = run([sys.executable, "-m", module, *arguments], cwd=cwd)
    sys.stderr.write(ran.stderr)
    return ran


def measure(module: str, arguments: Sequence[str]) -> Measurement:
    """Run `python -m module arguments` to its end. Raises `SystemExit` where it fails."""
    ran = run_module(module, arguments)
    if ran.status:
        raise SystemExit(f"{module} {ran.ended}")
    return ran.took
