"""`python -m tests.simulation --issues N [--seed S] [--destination folder|sharepoint|both] [--workers K]`.

Plays worlds with faults at random requests, runs killed at random points and people who meddle, until N issues were
judged. Ends with 1 at the first violation, and says the seed: `--issues 1 --seed S` plays that world alone again.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from tests.simulation.tally import Tally
from tests.simulation.world import Scale, World

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - a name of the kernel's, not of a file
_SHOW_EVERY_S = 30


def scale_of(seed: int, destination: str, days: int) -> Scale:
    """Return how big the world of a seed is."""
    random = Random(seed)
    if destination == "both":
        destination = random.choice(["folder", "sharepoint"])
    return Scale(
        destination,
        recipients=random.randint(60, 150),
        attempts_a_day=random.choice([60, 150, 300]),
        days=days,
        empty_reports=random.random() < 0.85,
        rows_per_file=random.choice([999_999, 999_999, 999_999, 2]),
    )


def play(seed: int, destination: str, days: int) -> Iterator[Tally]:
    """Play one world in a folder of its own, in memory where there is room: what is killed is a process, not a disk."""
    above = _SHARED_MEMORY if _SHARED_MEMORY.is_dir() else None
    home = Path(tempfile.mkdtemp(prefix="ecosmig-simulation-", dir=above))
    try:
        yield from World(seed, scale_of(seed, destination, days), home / "world").play()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--issues", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1, help="of the first world")
    parser.add_argument("--destination", choices=["folder", "sharepoint", "both"], default="both")
    parser.add_argument("--days", type=int, default=60, help="of each world")
    asked = parser.parse_args()
    total, seed, began, shown = Tally(), asked.seed, time.monotonic(), 0.0
    while total.issues < asked.issues and not total.wrong:
        for tally in play(seed, asked.destination, asked.days):
            total.add(tally)
            total.seconds = time.monotonic() - began
            if time.monotonic() - shown > _SHOW_EVERY_S:
                shown = time.monotonic()
                sys.stdout.write(f"seed {seed}: {total.line()}\n")
                sys.stdout.flush()
        seed += 1
    sys.stdout.write(total.table())
    for wrong in total.wrong[:50]:
        sys.stdout.write(f"WRONG {wrong}\n")
    return int(bool(total.wrong))


if __name__ == "__main__":
    sys.exit(main())
