"""What years of history cost: everyday commands on a ledger of a million files, and on one of a hundredth.

`python -m tests.benchmarks.history DIR [--issues 1000000] [--recipients 100] [--no-stand-in] [--no-check]`

Both installations are made in DIR where they are missing, some minutes for a million; each measured run issues one more
day in both. Every command is a process of its own, imports included; of commands that change nothing the least of three
runs counts. Requests are counted by the stand-in, whose library holds as many files.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from sqlite3 import sqlite_version
from typing import TYPE_CHECKING

from ecosmig_publish.ledger import Ledger
from tests.benchmarks.figures import Figures, figures, write_figures
from tests.benchmarks.history_made import END, latest_slots, make, make_source, recipients
from tests.benchmarks.history_standing import StandIn
from tests.benchmarks.machine import load, memory_gib, versions
from tests.benchmarks.measured import Measurement, run
from tests.ledger.made import ACTOR, URL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecosmig_publish.emrr.terms import Signifier

_MIB = 1 << 20
_HUNDREDTH = 100
_TRIES = 3
IDLE = "publish, nothing due"
GOAL_S = 0.6
"""CPU seconds of a run with nothing due."""


@dataclass(frozen=True, slots=True)
class Side:
    """One installation: in folders on disk, and where wanted a copy that publishes into the stand-in."""

    home: Path
    stand_in: StandIn | None


@dataclass(frozen=True, slots=True)
class Line:
    """A command on both sides; with how many requests, where it may ask the stand-in."""

    name: str
    sides: Sequence[Measurement]
    requests: Sequence[int] = ()


def main() -> None:
    """Make what is missing, measure, print the table; ends with 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("--issues", type=int, default=1_000_000)
    parser.add_argument("--recipients", type=int, default=100)
    parser.add_argument("--no-stand-in", action="store_true", help="leave SharePoint's stand-in out")
    parser.add_argument("--no-check", action="store_true", help="leave audit check out, which takes minutes")
    parser.add_argument("--json", type=Path, help="keep the figures in this file")
    options = parser.parse_args()
    slots = options.issues // options.recipients
    parties = recipients(options.recipients)
    homes = [_made(options.home.resolve(), parties, count) for count in (slots // _HUNDREDTH, slots)]
    stands = [None if options.no_stand_in else StandIn(home, parties) for home in homes]
    _say_machine(options, slots)
    try:
        sides = [Side(home, stand) for home, stand in zip(homes, stands, strict=True)]
        lines = [line for line in _measured(sides, with_check=not options.no_check) if _say(line)]
    finally:
        for stand in filter(None, stands):
            stand.stop()
    files = [count * options.recipients for count in (slots // _HUNDREDTH, slots)]
    write_figures(options.json, [it for line in lines for it in _figures(line, files)])
    for line in lines:
        if missed := _missed(line):
            raise SystemExit(f"{line.name} {missed}")


def _figures(line: Line, files: Sequence[int]) -> Iterator[Figures]:
    """Yield a line's two sides: what a hundredth of the files took, and all of them; requests as a fold too."""
    for at, (count, took) in enumerate(zip(files, line.sides, strict=True)):
        it = replace(figures("history", line.name, count, "files", took), missed=_missed(line) if at else "")
        if at and line.requests and line.requests[0]:
            it = replace(it, ratios={"requests of a hundredth": line.requests[at] / line.requests[0]})
        yield it


def _missed(line: Line) -> str:
    """Return how a run with nothing due missed its goals, among all the files; other lines have none."""
    if line.name != IDLE or (line.sides[1].cpu_seconds <= GOAL_S and not any(line.requests)):
        return ""
    return f"missed its goal of {GOAL_S} s CPU and no request"


def _measured(sides: Sequence[Side], *, with_check: bool) -> Iterator[Line]:
    month = f"{END - timedelta(days=30):%Y-%m-%d}"
    for side in sides:
        # What an earlier benchmark left to anchor is anchored.
        _run(side.home, "publish", "--all", *_as_of(side.home))
    for name, command in (
        ("plan", ["plan", *_AS_OF]),
        (IDLE, ["publish", "--all", *_AS_OF]),
        ("status", ["status"]),
        ("held", ["held"]),
        ("audit list, a month of one", ["audit", "list", "--supplier", "P00007", "--from", month]),
    ):
        yield Line(name, [_least(side.home, command) for side in sides])
    yield Line("publish, a day, folders", [_a_day(side.home) for side in sides])
    yield Line("verify in turn, 20 s", [_run(side.home, "verify", "--deep", "--budget", "20s") for side in sides])
    if all(side.stand_in for side in sides):
        yield from _of_the_stand_in([side.stand_in for side in sides if side.stand_in])
    if with_check:
        yield Line("audit check", [_run(side.home, "audit", "check") for side in sides])


def _of_the_stand_in(stands: Sequence[StandIn]) -> Iterator[Line]:
    for stand in stands:
        _run(stand.home, "publish", "--all", *_as_of(stand.home))
    for name, command in (
        ("publish, nothing due, SharePoint", ["publish", "--all", *_AS_OF]),
        ("verify --changes", ["verify", "--changes"]),
    ):
        yield _counted(name, stands, command)
    yield _counted("publish, a day, SharePoint", stands, None)


def _counted(name: str, stands: Sequence[StandIn], command: Sequence[str] | None) -> Line:
    """Measure a command, or a run that issues a day, with the requests that it costs."""
    sides, requests = [], []
    for stand in stands:
        stand.asked()
        sides.append(_run(stand.home, *_filled(command, stand.home)) if command else _a_day(stand.home))
        requests.append(stand.asked())
    return Line(name, sides, requests)


def _made(base: Path, parties: dict[Signifier, str], slots: int) -> Path:
    home = base / str(slots * len(parties))
    if not (home / "made").exists():
        print(f"making {home}: {slots:,} slots, each with a file for {len(parties):,} recipients", flush=True)
        if not (base / "data").exists():
            make_source(base / "data", parties)
        make(home, parties, latest_slots(slots))
        (home / "made").touch()
    return home


_AS_OF = ["--as-of", "LAST"]


def _filled(command: Sequence[str], home: Path) -> list[str]:
    return [word if word != "LAST" else _last(home) for word in command]


def _as_of(home: Path) -> list[str]:
    return _filled(_AS_OF, home)


def _last(home: Path, later: timedelta = timedelta(0)) -> str:
    """Return an instant at which nothing is due, or one so much later."""
    with Ledger.open(URL, base=home, actor=ACTOR, now=lambda: END) as ledger:
        at = ledger.last_cut_off()
    return f"{max(at or END, END) + later:%Y-%m-%dT%H:%M:%SZ}"


def _a_day(home: Path) -> Measurement:
    return _run(home, "publish", "--all", "--as-of", _last(home, timedelta(days=1)))


def _least(home: Path, command: Sequence[str]) -> Measurement:
    return min((_run(home, *_filled(command, home)) for _ in range(_TRIES)), key=lambda it: it.cpu_seconds)


def _run(home: Path, *command: str) -> Measurement:
    """Run a command of the product in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    ran = run((sys.executable, "-m", "ecosmig_publish", *command, "--quiet"), cwd=home, environment=environment)
    if ran.status:
        raise SystemExit(f"{home}: ecosmig {' '.join(command)} {ran.ended}")
    return ran.took


def _say_machine(options: argparse.Namespace, slots: int) -> None:
    print(f"{slots * options.recipients:,} files in {options.recipients:,} folders, against a hundredth of them")
    print(f"{os.cpu_count()} processors, {memory_gib():.0f} GiB, load {load()}; SQLite {sqlite_version}")
    print(", ".join([f"Python {platform.python_version()}", *versions(["SQLAlchemy", "duckdb"])]))
    print(f"\n{'':33}{'a hundredth':>21}{'all':>21}{'ratio of':>17}{'requests':>12}")
    print(f"{'':33}" + f"{'cpu s':>7}{'wall':>7}{'MiB':>7}" * 2 + f"{'cpu':>7}{'MiB':>10}", flush=True)


def _say(line: Line) -> bool:
    short, long = line.sides
    figures = "".join(f"{it.cpu_seconds:7.2f}{it.wall_seconds:7.2f}{it.peak_bytes / _MIB:7.0f}" for it in line.sides)
    ratios = f"{long.cpu_seconds / short.cpu_seconds:7.2f}{long.peak_bytes / short.peak_bytes:10.2f}"
    requests = " and ".join(f"{it:,}" for it in line.requests)
    print(f"{line.name:33}{figures}{ratios}  {requests}", flush=True)
    return True


if __name__ == "__main__":
    main()
