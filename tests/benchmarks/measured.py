"""One side of the benchmark as a process of its own: how long, how much processor, how much memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

REPOSITORY = Path(__file__).parents[2]
_KIB = 1024


@dataclass(frozen=True, slots=True)
class Measurement:
    """`wall_seconds` and `cpu_seconds` of a process, and the most memory that it held (`ru_maxrss`)."""

    wall_seconds: float
    cpu_seconds: float
    peak_bytes: int


def measure(module: str, arguments: Sequence[str]) -> Measurement:
    """Run `python -m module arguments` to its end. Raises `SystemExit` where it fails."""
    began = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", module, *arguments], cwd=REPOSITORY)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{module} ended with status {process.returncode}")
    return Measurement(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _KIB)
