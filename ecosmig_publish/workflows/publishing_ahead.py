"""To publish what a long run has issued already while it issues the rest."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from threading import Event
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.terms import Slot
from ecosmig_publish.errors import EcosmigError, LeaseLostError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from concurrent.futures import Executor

    from ecosmig_publish.ledger import WaitingFile
    from ecosmig_publish.workflows.issuing.slot import IssuedSlot

Place = Callable[[frozenset[Slot], Event], None]
"""Publishes what slots of this run issued, until the event is set: then it ends after the files it is at."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """How much has to be issued before it is worth a wave of its own: so many rows, or so many files.

    A wave asks about each recipient's folder once more, so an everyday run has one, at its end.
    """

    rows: int = 1_000_000
    files: int = 2_000


@contextmanager
def publishing_ahead(place: Place, ahead: Ahead) -> Iterator[Callable[[IssuedSlot], None]]:
    """Yield what is told of each slot as it is issued; `place` publishes what was, in one other thread.

    Waves come one after the other; the context ends when the last one has. Where one fails there is no other: what is
    published at the end of the run meets the same, and tells of it. Raises `LeaseLostError` where another run took
    over.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead") as pool:
        waves = Waves(place, ahead, pool)
        try:
            yield waves.issued
            waves.end()
        except BaseException:
            waves.stopping.set()
            raise


@dataclass(slots=True)
class Waves:
    """One wave at a time of what was issued, each in `pool`; `place` publishes what the slots of a wave issued."""

    place: Place
    ahead: Ahead
    pool: Executor
    stopping: Event = field(default_factory=Event)
    slots: set[Slot] = field(default_factory=set)
    rows: int = 0
    files: int = 0
    last: Future[bool] | None = None
    """The latest wave; whether it went well."""

    def issued(self, slot: IssuedSlot) -> None:
        """Take note of a slot, and let a wave begin where it is worth it and none is on its way."""
        self.slots.add(slot.slot)
        self.rows += slot.rows
        self.files += slot.files
        is_worth_it = self.rows >= self.ahead.rows or self.files >= self.ahead.files
        if not is_worth_it or not self._is_free():
            return
        self.rows = self.files = 0
        self.last = self.pool.submit(self._placed, frozenset(self.slots))

    def end(self) -> None:
        """Return when the last wave has ended."""
        if self.last is not None:
            self.last.result()

    def _is_free(self) -> bool:
        """Whether the next wave may begin: the last one has ended, and well. Raises what that ended with."""
        return self.last is None or (self.last.done() and self.last.result())

    def _placed(self, slots: frozenset[Slot]) -> bool:
        try:
            self.place(slots, self.stopping)
        except LeaseLostError:
            # No stream's fault: nothing is to be issued any more either.
            raise
        except EcosmigError:
            return False
        return True


def may_go_ahead(waiting: Iterable[WaitingFile], slots: Collection[Slot]) -> list[WaitingFile]:
    """Return the files of streams of which nothing waits but what these slots issued.

    Those have passed the leak guard in this run. What waits since an earlier one has to pass it anew, and goes first.
    """
    free: list[WaitingFile] = []
    unplaced = (file for file in waiting if file.published_at is None)
    for _, files in groupby(unplaced, key=lambda file: (file.recipient, file.report)):
        stream = list(files)
        if all(Slot(file.due_at, file.report) in slots for file in stream):
            free += stream
    return free
