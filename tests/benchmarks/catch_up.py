"""What catching up costs: `python -m tests.benchmarks.catch_up --devices 300000 --days 90 [--work DIR]`.

An installation is issued and published up to a day, then two copies of it go on: one with the next day alone, one with
all the days that were missed, in one run. Both end with files in recipients' folders, proved. Whole processes, imports
included; what is to be looked at is the second as a multiple of the first, beside the number of days.
"""

from __future__ import annotations

import argparse
import shutil
from datetime import timedelta
from pathlib import Path

from tests.benchmarks.days import HISTORY, MONDAY_THE_FIRST
from tests.benchmarks.figures import against, figures, write_figures
from tests.benchmarks.heaviest_days import sample, say_machine
from tests.benchmarks.measured import Measurement, measure

_GIB = 1 << 30


def main() -> None:
    """Make the data and the installation where they are missing, run both, say what they took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--devices", type=int, default=300_000)
    parser.add_argument("--parties", type=int, default=150)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--work", type=Path, default=Path("/tmp/ecosmig-benchmark"))  # noqa: S108 - large, and kept
    parser.add_argument("--json", type=Path, help="keep the figures in this file")
    options = parser.parse_args()
    data = sample(options.work, options.devices, options.parties, clean=True)
    begun = MONDAY_THE_FIRST - timedelta(days=options.days)
    homes = {name: options.work / "catch-up" / name for name in ("begun", "one day", f"{options.days} days")}
    shutil.rmtree(options.work / "catch-up", ignore_errors=True)
    home, one, all_days = homes.values()
    home.mkdir(parents=True)
    (home / "ecosmig.toml").write_text(
        f'start = {begun - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}\n[source]\nurl = "parquet:{data}"\n'
        "[brake]\nenabled = false\n",
        encoding="utf-8",
    )
    _ecosmig(home, "supplier", "onboard", "--all")
    _ecosmig(home, "publish", "--all", "--as-of", f"{begun:%Y-%m-%dT%H:%M:%SZ}")
    for copy in (one, all_days):
        shutil.copytree(home, copy)
    ends = {one: begun + timedelta(days=1), all_days: MONDAY_THE_FIRST}
    measured = {
        copy.name: _ecosmig(copy, "publish", "--all", "--as-of", f"{end:%Y-%m-%dT%H:%M:%SZ}")
        for copy, end in ends.items()
    }
    first, *others = [figures("catch_up", name, options.devices, "Devices", it) for name, it in measured.items()]
    write_figures(options.json, [first, *(against(first, it) for it in others)])
    say_machine(options.devices, options.parties)
    _say(measured, options.days)


def _ecosmig(home: Path, *arguments: str) -> Measurement:
    return measure("ecosmig_publish", [*arguments, "--config", str(home / "ecosmig.toml"), "--quiet"])


def _say(measured: dict[str, Measurement], days: int) -> None:
    first, *_ = measured.values()
    print(f"\nHistory reaches {HISTORY.days} days back.")
    print(f"{'':10}{'wall s':>9}{'cpu s':>9}{'peak GiB':>10}{'of a day: wall':>16}{'cpu':>7}")
    for name, it in measured.items():
        print(
            f"{name:10}{it.wall_seconds:9.1f}{it.cpu_seconds:9.1f}{it.peak_bytes / _GIB:10.2f}"
            f"{it.wall_seconds / first.wall_seconds:15.1f}x{it.cpu_seconds / first.cpu_seconds:6.1f}x"
        )
    print(f"({days} times the first would be one run a day.)")


if __name__ == "__main__":
    main()
