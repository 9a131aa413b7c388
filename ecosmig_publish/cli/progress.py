"""A run's progress on a terminal; nothing where stderr is none."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ecosmig_publish.workflows.running import Watcher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.progress import Progress, TaskID

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.emrr.terms import Slot
    from ecosmig_publish.ledger import WaitingFile


class _Bar(Watcher):
    """Shows slots while they are issued, then files while they are published."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._slots: TaskID | None = None
        self._files: TaskID | None = None
        self._rows = 0

    def slots_are_due(self, slots: Sequence[Slot]) -> None:
        """Begin the bar of slots."""
        self._slots = self._progress.add_task("issuing", total=len(slots), note="opening the source")

    def slot_begins(self, slot: Slot) -> None:
        """Name the slot that is being issued; the one before it is done."""
        if self._slots is not None:
            done = self._progress.tasks[self._slots].description != "issuing"
            text = f"issuing {slot.report} of {slot.due_at:%Y-%m-%d %H:%M}Z"
            self._progress.update(self._slots, description=text, advance=1 if done else 0, note="")
        self._rows = 0

    def rows_written(self, rows: int) -> None:
        """Count the rows of the present slot."""
        self._rows += rows
        if self._slots is not None:
            self._progress.update(self._slots, note=f"{self._rows:,} rows")

    def files_go_ahead(self, files: int, forecast: str) -> None:
        """Begin the bar of files below that of the slots, or let it reach further."""
        if forecast:
            self._progress.console.print(forecast, markup=False)
        if self._files is None:
            self._files = self._progress.add_task("publishing", total=0, note="files")
        self._progress.update(self._files, total=self._progress.tasks[self._files].completed + files)

    def files_wait(self, files: int, forecast: str) -> None:
        """Begin the bar of files; the slots are done."""
        if self._slots is not None:
            self._progress.update(self._slots, completed=self._progress.tasks[self._slots].total)
        self.files_go_ahead(files, forecast)

    def file_placed(self, file: WaitingFile) -> None:  # noqa: ARG002 - its number is enough
        """Count one file."""
        if self._files is not None:
            self._progress.advance(self._files)


class _Teller(Watcher):
    """Says beforehand what publishing will take: a log should tell why a run is long."""

    def files_go_ahead(self, files: int, forecast: str) -> None:
        """Say the forecast."""
        self.files_wait(files, forecast)

    def files_wait(self, files: int, forecast: str) -> None:  # noqa: ARG002 - the forecast names it
        """Say the forecast."""
        if forecast:
            sys.stderr.write(f"{forecast}\n")


@contextmanager
def watcher(invocation: Invocation) -> Iterator[Watcher]:
    """Yield what shows a run's progress: a bar on a terminal, one line at most elsewhere, silence where quiet."""
    if not _is_shown(invocation):
        yield Watcher() if invocation.quiet else _Teller()
        return
    with _progress() as progress:
        yield _Bar(progress)


@contextmanager
def counting(invocation: Invocation, what: str, total: int) -> Iterator[Callable[[], None]]:
    """Yield what is called for each of `total` things that are done."""
    if not _is_shown(invocation):
        yield lambda: None
        return
    with _progress() as progress:
        task = progress.add_task(what, total=total, note="")
        yield lambda: progress.advance(task)


@contextmanager
def pacing(invocation: Invocation, what: str, total: int) -> Iterator[Callable[[int, str], None]]:
    """Yield what is told how many of `total` are done and what is next; shows how long the rest will take."""
    if not _is_shown(invocation):
        yield lambda _done, _note: None
        return
    from rich.progress import MofNCompleteColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415 - rich is slow

    with _progress(MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("left")) as progress:
        task = progress.add_task(what, total=total, note="")
        yield lambda done, note: progress.update(task, completed=done, note=note)


@contextmanager
def sharing(invocation: Invocation, what: str) -> Iterator[Callable[[str, float], None]]:
    """Yield what is told the present step and the share of the work, 0 to 1, that is done before it."""
    if not _is_shown(invocation):
        yield lambda _step, _share: None
        return
    from rich.progress import TaskProgressColumn  # noqa: PLC0415 - rich is slow to import

    with _progress(TaskProgressColumn()) as progress:
        task = progress.add_task(what, total=1.0, note="")
        yield lambda step, share: progress.update(task, completed=share, note=step)


def _is_shown(invocation: Invocation) -> bool:
    return sys.stderr.isatty() and not invocation.quiet


def _progress(*share: object) -> Progress:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    from ecosmig_publish.cli.screen import stderr_console  # noqa: PLC0415 - rich is slow to import

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        *(share or (MofNCompleteColumn(),)),  # type: ignore[arg-type]
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
        console=stderr_console(),
        transient=True,
        expand=True,
    )
