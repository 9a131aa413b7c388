"""`python -m tests.simulation --issues N [--seed S] [--destination folder|sharepoint|both] [--workers K]`.

Plays worlds with faults at random requests, runs killed at random points and people who meddle, until N issues were
judged. Ends with 1 at the first violation, and says the seed: `--issues 1 --seed S` plays that world alone again.
`--stories N` tells so many stories of the stateful model instead, each of `--steps`, and shortens one that goes wrong.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from queue import Empty
from random import Random
from typing import TYPE_CHECKING

from hypothesis.stateful import run_state_machine_as_test

from tests.simulation.model import FolderModel, Model, SharePointModel
from tests.simulation.tally import Tally
from tests.simulation.telling import told
from tests.simulation.world import Scale, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.queues import Queue

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
    """Play or tell; return 1 where anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--issues", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1, help="of the first world")
    parser.add_argument("--destination", choices=["folder", "sharepoint", "both"], default="both")
    parser.add_argument("--days", type=int, default=60, help="of each world")
    parser.add_argument("--workers", type=int, default=1, help="processes, each with worlds of its own")
    parser.add_argument("--stories", type=int, default=0, help="tell stories of the model instead")
    parser.add_argument("--steps", type=int, default=30, help="of each story")
    asked = parser.parse_args()
    if asked.stories:
        tell(asked.destination, asked.stories, asked.steps)
        return 0
    total = Total(asked.issues)
    if asked.workers == 1:
        _play_worlds(asked.seed, 1, asked.destination, asked.days, total.take)
    else:
        _play_in_processes(asked.workers, asked.seed, asked.destination, asked.days, total)
    sys.stdout.write(total.tally.table())
    for wrong in total.tally.wrong[:50]:
        sys.stdout.write(f"WRONG {wrong}\n")
    return int(bool(total.tally.wrong))


@dataclass(slots=True)
class Total:
    """What all worlds came to, shown now and then."""

    wanted: int
    tally: Tally = field(default_factory=Tally)
    began: float = field(default_factory=time.monotonic)
    shown: float = 0

    def take(self, seed: int, tally: Tally) -> bool:
        """Add what an episode counted; return whether there is to be another one."""
        self.tally.add(tally)
        self.tally.seconds = time.monotonic() - self.began
        if time.monotonic() - self.shown > _SHOW_EVERY_S:
            self.shown = time.monotonic()
            sys.stdout.write(f"seed {seed}: {self.tally.line()}\n")
            sys.stdout.flush()
        return self.tally.issues < self.wanted and not self.tally.wrong


def _play_worlds(first: int, step: int, destination: str, days: int, take: Callable[[int, Tally], bool]) -> None:
    for seed in count(first, step):
        for tally in play(seed, destination, days):
            if not take(seed, tally):
                return


def _play_in_processes(workers: int, first: int, destination: str, days: int, total: Total) -> None:
    """Play worlds beside each other; one that ended wrong, or the number that was wanted, ends all."""
    context = get_context("spawn")
    telling: Queue[tuple[int, Tally]] = context.Queue()
    processes = [
        context.Process(target=_play_and_tell, args=(first + number, workers, destination, days, telling), daemon=True)
        for number in range(workers)
    ]
    for process in processes:
        process.start()
    try:
        while all(process.is_alive() for process in processes):
            try:
                seed, tally = telling.get(timeout=_SHOW_EVERY_S)
            except Empty:
                continue
            if not total.take(seed, tally):
                return
        total.tally.wrong.append("a process of the simulation itself ended")
    finally:
        for process in processes:
            process.terminate()
            process.join()


def _play_and_tell(first: int, step: int, destination: str, days: int, telling: Queue[tuple[int, Tally]]) -> None:
    def take(seed: int, tally: Tally) -> bool:
        telling.put((seed, tally))
        return True

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    _play_worlds(first, step, destination, days, take)


def tell(destination: str, stories: int, steps: int) -> None:
    """Let hypothesis look for a story that goes wrong; what it finds is raised, as short as it can be told."""
    of: dict[str, list[type[Model]]] = {"folder": [FolderModel], "sharepoint": [SharePointModel]}
    models = of.get(destination, [FolderModel, SharePointModel])
    for model in models:
        began = time.monotonic()
        run_state_machine_as_test(model, settings=told(stories=stories, steps=steps, anew=True))
        sys.stdout.write(f"{model.__name__}: {stories} stories, {time.monotonic() - began:,.0f} s\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
