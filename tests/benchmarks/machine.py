"""What was measured on: the machine, the versions, the state of the code."""

from __future__ import annotations

import os
import platform
import shlex
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from sqlite3 import sqlite_version
from typing import TYPE_CHECKING

from tests.benchmarks.measured import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_GIB = 1 << 30
PACKAGES = ("duckdb", "ibis-framework", "pyarrow", "polars", "pandas", "numpy", "SQLAlchemy")


def facts(at: datetime, command: Sequence[str], rclone: Path | None) -> dict[str, str]:
    """Return what stands above the table; `at` is when the run began."""
    return {
        "when": f"{at:%Y-%m-%d %H:%M}Z",
        "command": f"`{shlex.join(command)}`",
        "commit": commit(),
        "machine": f"{os.cpu_count()} processors ({_model()}), {memory_gib():.0f} GiB, {platform.system()} "
        f"{platform.release()}",
        "load before": load(),
        "versions": ", ".join([f"Python {platform.python_version()}", *versions(PACKAGES), f"SQLite {sqlite_version}"]),
        "rclone": _rclone(rclone) if rclone else "not there",
    }


def versions(packages: Sequence[str]) -> list[str]:
    """Return each package with its version."""
    return [f"{name} {_version(name)}" for name in packages]


def memory_gib() -> float:
    """Return the machine's memory in GiB."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIB


def load() -> str:
    """Return the load of the last minute, five and fifteen."""
    return " ".join(f"{it:.1f}" for it in os.getloadavg())


def commit() -> str:
    """Return the commit that is checked out, and whether anything differs from it."""
    head = _git("rev-parse", "--short=12", "HEAD")
    if not head:
        return "unknown"
    return f"{head}, with changes" if _git("status", "--porcelain", "--untracked-files=no") else head


def _git(*arguments: str) -> str:
    try:
        return subprocess.run(
            ["git", *arguments], cwd=REPOSITORY, check=False, capture_output=True, text=True
        ).stdout.strip()
    except OSError:
        return ""


def _model() -> str:
    """Return what the processor calls itself, where the system says it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not there"


def _rclone(program: Path) -> str:
    said = subprocess.run([program, "version"], check=True, capture_output=True, text=True).stdout
    return said.splitlines()[0].removeprefix("rclone ")
