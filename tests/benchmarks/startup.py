"""What commands cost that have nothing to compute: `python -m tests.benchmarks.startup`.

CPU seconds of whole processes, the least of several runs, against their goals.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

RUNS = 7
ECOSMIG = [sys.executable, "-m", "ecosmig_publish"]
HELP_GOAL = 2.5
"""Times what `import typer, rich` costs."""
GOALS = {"plan": 0.6, "publish": 0.9}
"""CPU seconds with nothing due."""
DUE_AT = datetime(2024, 3, 4, 6, tzinfo=UTC)
"""A Monday: 001, 002, 004 and 005 fall due."""


def main() -> int:
    """Measure, print, and return 1 where a goal is missed."""
    with tempfile.TemporaryDirectory(prefix="ecosmig-startup-") as name:
        home = Path(name)
        as_of = ["--as-of", f"{DUE_AT:%Y-%m-%dT%H:%M:%SZ}"]
        _publish_once(home, as_of)
        imports = _cpu_seconds([sys.executable, "-c", "import typer, rich"], home)
        measured = [("--help", _cpu_seconds([*ECOSMIG, "--help"], home), HELP_GOAL * imports)]
        for command, arguments in (("plan", ["plan"]), ("publish", ["publish", "--all"])):
            measured.append((command, _cpu_seconds([*ECOSMIG, *arguments, *as_of], home), GOALS[command]))
    print(f"import typer, rich: {imports:.3f} s CPU, the least of {RUNS} runs")
    for command, seconds, goal in measured:
        verdict = "kept" if seconds <= goal else "MISSED"
        print(f"ecosmig {command}: {seconds:.3f} s CPU, {seconds / imports:.2f} times; goal {goal:.3f} s {verdict}")
    return int(any(seconds > goal for _, seconds, goal in measured))


def _publish_once(home: Path, as_of: list[str]) -> None:
    """Leave an installation in `home` with nothing due at `DUE_AT`."""
    from ecosmig_publish.migration_data.sample import write_sample  # noqa: PLC0415 - what is measured is other processes

    start = f"{DUE_AT - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    (home / "ecosmig.toml").write_text(f'start = {start}\n[source]\nurl = "parquet:data"\n', encoding="utf-8")
    write_sample(
        home / "data", devices=400, seed=7, parties=3, until=DUE_AT, history=timedelta(days=30), form="parquet"
    )
    for arguments in (["supplier", "onboard", "--all"], ["publish", "--all", *as_of]):
        subprocess.run([*ECOSMIG, *arguments], cwd=home, check=True, stdout=subprocess.DEVNULL, env=_environment())


def _cpu_seconds(command: list[str], home: Path) -> float:
    return min(_once(command, home) for _ in range(RUNS))


def _once(command: list[str], home: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=home, check=True, stdout=subprocess.DEVNULL, env=_environment())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("ECOSMIG_")}


if __name__ == "__main__":
    sys.exit(main())
