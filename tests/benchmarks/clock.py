"""Where the product's time goes: its parts wrapped in clocks, one reading for each slot."""

from __future__ import annotations

import time
from collections import defaultdict
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ecosmig_publish.workflows import guarding
from ecosmig_publish.workflows.issuing import slot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ecosmig_publish.ledger import Ledger
    from ecosmig_publish.migration_data import MigrationData

OPENING = "opening"
"""The reading for what stands before the first slot."""
PHASES = ("questions", "kept", "first rows", "rows", "guard", "ledger")
"""Scans beside the report's own rows; what is computed once for several; the engine until the first batch; engine and
writer side by side; the files read again by the leak guard; the record."""


class Clocks:
    """Seconds by slot and phase; `seconds[report]["all"]` is the whole slot."""

    def __init__(self) -> None:
        self.seconds: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        self.placed: list[float] = []
        """After how many seconds each file stood in its folder."""
        self._report = OPENING
        self._began = time.monotonic()
        self._is_timing = False

    def begin(self, report: str) -> None:
        """Close the present slot's reading and begin the next one's."""
        now = time.monotonic()
        self.seconds[self._report]["all"] += now - self._began
        self._report, self._began = report, now

    def timed(self, phase: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return `function`, its time added to `phase`, that of other timed functions inside of it too."""

        def call(*arguments: Any, **named: Any) -> Any:
            if self._is_timing:
                return function(*arguments, **named)
            began, self._is_timing = time.monotonic(), True
            try:
                return function(*arguments, **named)
            finally:
                self._is_timing = False
                self.seconds[self._report][phase] += time.monotonic() - began

        return call

    def watch_data(self, data: MigrationData) -> MigrationData:
        """Put the source's two ways of running an expression on the clock."""
        stream = data.stream

        def timed_stream(*arguments: Any, **named: Any) -> Iterator[Any]:
            began, phase = time.monotonic(), "first rows"
            for batch in stream(*arguments, **named):
                now = time.monotonic()
                self.seconds[self._report][phase] += now - began
                yield batch
                if phase == "first rows":
                    # From here on engine and writer work side by side: what counts is until the last row.
                    began, phase = now, "rows"
                else:
                    began = now
            self.seconds[self._report][phase] += time.monotonic() - began

        keeping = data.keeping

        @contextmanager
        def timed_keeping() -> Iterator[Callable[[Any], Any]]:
            with keeping() as keep:
                yield self.timed("kept", keep)

        data.keeping = timed_keeping  # type: ignore[method-assign]
        data.never_repeats = self.timed("questions", data.never_repeats)  # type: ignore[method-assign]
        data.fetch = self.timed("questions", data.fetch)  # type: ignore[method-assign]
        data.stream = timed_stream  # type: ignore[method-assign]
        return data

    def watch_guard(self) -> None:
        """Put the leak guard on the clock, for the rest of the process."""
        slot.guard_finished = self.timed("guard", guarding.guard_finished)  # type: ignore[attr-defined]

    def leave_out_guard(self) -> None:
        """Let nobody read the finished files again, for the rest of the process: to measure what that costs."""
        slot.guard_finished = lambda *_, **__: None  # type: ignore[attr-defined]

    def watch_ledger(self, ledger: Ledger) -> Ledger:
        """Put the record of a slot on the clock."""
        ledger.record_slot = self.timed("ledger", ledger.record_slot)  # type: ignore[method-assign]
        return ledger
