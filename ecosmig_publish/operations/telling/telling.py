"""Everything that is told of one run, in one place; what can't be told is said on the side and stops nothing."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.errors import EcosmigError, ExitStatus
from ecosmig_publish.operations.telling.hooks import Event, call_command, call_webhook, event_of
from ecosmig_publish.operations.telling.last_run import read_last_run, write_last_run
from ecosmig_publish.operations.telling.summary import summary_of, summary_of_error
from ecosmig_publish.workflows.running import Watcher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from ecosmig_publish.emrr.terms import Slot
    from ecosmig_publish.ledger import OpenHold, WaitingFile
    from ecosmig_publish.operations.telling.logs import RunLog
    from ecosmig_publish.operations.telling.summary import RunSummary
    from ecosmig_publish.operations.telling.traces import RunTrace
    from ecosmig_publish.workflows.running import RunOutcome


@dataclass(frozen=True, slots=True)
class Channels:
    """Where it is told; empty: not there."""

    log: Path | None = None
    metrics: Path | None = None
    traces: str = ""
    commands: tuple[tuple[Event, tuple[str, ...]], ...] = ()
    webhook: str = ""


class Telling(Watcher):
    """One run's telling: a watcher while it goes on, and `ended` or `failed` at its end.

    `state` is the folder that keeps what the next run should know. `complain` takes a line about what couldn't be
    told.
    """

    def __init__(
        self, channels: Channels, state: Path, now: Callable[[], datetime], complain: Callable[[str], None]
    ) -> None:
        self.run_id = uuid.uuid4().hex
        self._channels = channels
        self._state = state
        self._now = now
        self._complain = complain
        self._began_at = now()
        self._listeners: list[RunLog | RunTrace] = []
        with self._trying("log"):
            if channels.log is not None:
                from ecosmig_publish.operations.telling.logs import RunLog  # noqa: PLC0415 - where it is asked for

                self._listeners.append(RunLog(channels.log, self.run_id, now))
        with self._trying("traces"):
            if channels.traces:
                from ecosmig_publish.operations.telling.traces import RunTrace, otlp_exporter  # noqa: PLC0415

                self._listeners.append(RunTrace(self.run_id, otlp_exporter(channels.traces)))

    def slots_are_due(self, slots: Sequence[Slot]) -> None:
        """Pass it on."""
        self._each(lambda listener: listener.slots_are_due(slots))

    def slot_begins(self, slot: Slot) -> None:
        """Pass it on."""
        self._each(lambda listener: listener.slot_begins(slot))

    def files_go_ahead(self, files: int, forecast: str) -> None:
        """Pass it on."""
        self._each(lambda listener: listener.files_go_ahead(files, forecast))

    def files_wait(self, files: int, forecast: str) -> None:
        """Pass it on."""
        self._each(lambda listener: listener.files_wait(files, forecast))

    def file_placed(self, file: WaitingFile) -> None:
        """Pass it on."""
        self._each(lambda listener: listener.file_placed(file))

    def ended(self, outcome: RunOutcome, holds: Sequence[OpenHold]) -> RunSummary:
        """Tell what the run did."""
        summary = summary_of(
            outcome,
            holds,
            run_id=self.run_id,
            began_at=self._began_at,
            ended_at=self._now(),
        )
        self._tell(summary)
        return summary

    def failed(self, error: EcosmigError) -> RunSummary:
        """Tell of an error that ended the run before it had an outcome."""
        summary = summary_of_error(error, run_id=self.run_id, began_at=self._began_at, ended_at=self._now())
        self._tell(summary)
        return summary

    def _tell(self, summary: RunSummary) -> None:
        self._each(lambda listener: listener.run_ended(summary))
        last = read_last_run(self._state)
        event = event_of(summary, last)
        with self._trying("metrics"):
            if self._channels.metrics is not None:
                from ecosmig_publish.operations.telling.metrics import write_metrics  # noqa: PLC0415 - as above

                write_metrics(summary, self._channels.metrics)
        if event is not None:
            for wanted, command in self._channels.commands:
                if wanted is event and command:
                    self._complain_of("hook", call_command(command, event, summary))
            if self._channels.webhook:
                self._complain_of("webhook", call_webhook(self._channels.webhook, event, summary))
        # A run that found another at work says nothing of how things are.
        if summary.exit_status != ExitStatus.LOCKED:
            with self._trying("last run"):
                write_last_run(self._state, summary)

    def _each(self, tell: Callable[[RunLog | RunTrace], None]) -> None:
        for listener in self._listeners:
            with self._trying("log"):
                tell(listener)

    def _complain_of(self, what: str, fault: str) -> None:
        if fault:
            self._complain(f"{what}: {fault}")

    @contextmanager
    def _trying(self, what: str) -> Iterator[None]:
        try:
            yield
        except EcosmigError as error:
            self._complain(f"{what}: {error} ({error.hint})")
        except OSError as error:
            self._complain(f"{what}: {error.filename or ''}: {error.strerror or error}")
