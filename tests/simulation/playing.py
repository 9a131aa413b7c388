"""Worlds one after the other, or beside each other in processes of their own, until enough issues were judged."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field, replace
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from queue import Empty
from random import Random
from typing import TYPE_CHECKING

from tests.simulation.tally import Tally
from tests.simulation.world import Scale, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.queues import Queue

    from tests.postgresql import Server

_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - a name of the kernel's, not of a file
_SHOW_EVERY_S = 30


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be played: worlds from `first` on, every `step`-th, each so many days long.

    Their ledgers are on `server`, where there is one.
    """

    first: int
    destination: str
    days: int
    server: Server | None = None
    step: int = 1


def scale_of(seed: int, destination: str, days: int) -> Scale:
    """Return how big the world of a seed is."""
    random = Random(seed)
    if destination == "both":
        destination = random.choice(["folder", "sharepoint"])
    return Scale(
        destination,
        recipients=random.randint(90, 150),
        attempts_a_day=random.choice([60, 150, 300]),
        days=days,
        empty_reports=random.random() < 0.85,
        rows_per_file=random.choice([999_999, 999_999, 999_999, 2]),
    )


def play(seed: int, destination: str, days: int, server: Server | None = None) -> Iterator[Tally]:
    """Play one world in a folder of its own, in memory where there is room: what is killed is a process, not a disk."""
    above = _SHARED_MEMORY if _SHARED_MEMORY.is_dir() else None
    home = Path(tempfile.mkdtemp(prefix="ecosmig-simulation-", dir=above))
    try:
        yield from World(seed, scale_of(seed, destination, days), home / "world", server).play()
    finally:
        shutil.rmtree(home, ignore_errors=True)


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


def play_worlds(asked: Asked, take: Callable[[int, Tally], bool]) -> None:
    """Play until `take`, which is given the seed and what an episode counted, returns False."""
    for seed in count(asked.first, asked.step):
        for tally in play(seed, asked.destination, asked.days, asked.server):
            if not take(seed, tally):
                return


def play_beside(workers: int, asked: Asked, total: Total) -> None:
    """Play worlds beside each other; one that ended wrong, or the number that was wanted, ends all."""
    context = get_context("spawn")
    telling: Queue[tuple[int, Tally]] = context.Queue()
    each = [replace(asked, first=asked.first + number, step=workers) for number in range(workers)]
    processes = [context.Process(target=_play_and_tell, args=(one, telling), daemon=True) for one in each]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
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


def _play_and_tell(asked: Asked, telling: Queue[tuple[int, Tally]]) -> None:
    def take(seed: int, tally: Tally) -> bool:
        telling.put((seed, tally))
        # Nobody listens any more once another process is its parent.
        return os.getppid() == parent

    parent = os.getppid()
    # Ended in this way, a world is still taken away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    play_worlds(asked, take)
