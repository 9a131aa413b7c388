"""What commands cost that have nothing to compute: `python -m tests.benchmarks.startup`.

CPU seconds of whole processes, the least of several runs, against their goals. `--json FILE` keeps the figures.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.figures import Figures, against, figures, write_figures
from tests.benchmarks.measured import Measurement, run

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="keep the figures in this file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ecosmig-startup-") as name:
        home = Path(name)
        as_of = ["--as-of", f"{DUE_AT:%Y-%m-%dT%H:%M:%SZ}"]
        _publish_once(home, as_of)
        least = _least([sys.executable, "-c", "import typer, rich"], home)
        imports = least.cpu_seconds
        measured = [("--help", _least([*ECOSMIG, "--help"], home), HELP_GOAL * imports)]
        for command, arguments in (("plan", ["plan"]), ("publish", ["publish", "--all"])):
            measured.append((command, _least([*ECOSMIG, *arguments, *as_of], home), GOALS[command]))
    write_figures(options.json, _figures(least, measured))
    print(f"import typer, rich: {imports:.3f} s CPU, the least of {RUNS} runs")
    for command, it, goal in measured:
        seconds = it.cpu_seconds
        verdict = "kept" if seconds <= goal else "MISSED"
        print(f"ecosmig {command}: {seconds:.3f} s CPU, {seconds / imports:.2f} times; goal {goal:.3f} s {verdict}")
    return int(any(it.cpu_seconds > goal for _, it, goal in measured))


def _figures(imports: Measurement, measured: Sequence[tuple[str, Measurement, float]]) -> list[Figures]:
    base = figures("startup", "import typer, rich", 0, "", imports)
    found = [base]
    for command, took, goal in measured:
        it = against(base, figures("startup", f"ecosmig {command}", 0, "", took))
        found.append(replace(it, missed=f"missed its goal of {goal:.2f} s CPU") if took.cpu_seconds > goal else it)
    return found


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


def _least(command: list[str], home: Path) -> Measurement:
    return min((_once(command, home) for _ in range(RUNS)), key=lambda it: it.cpu_seconds)


def _once(command: list[str], home: Path) -> Measurement:
    ran = run(command, cwd=home, environment=_environment())
    if ran.status:
        raise SystemExit(f"{' '.join(command)} {ran.ended}")
    return ran.took


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("ECOSMIG_")}


if __name__ == "__main__":
    sys.exit(main())
