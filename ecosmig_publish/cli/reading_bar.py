"""A bar while large files are read; nothing where stderr is no terminal."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ecosmig_publish.cli.invocation import Invocation

_A_SECONDS_WORTH = 8 << 20
"""Bytes of report files that are looked at in about a second."""


@contextmanager
def reading_bar(invocation: Invocation, *, total: int) -> Iterator[Callable[[int], None]]:
    """Show how much of `total` bytes is read; what comes out takes the bytes of each step."""
    if invocation.quiet or total < _A_SECONDS_WORTH or not sys.stderr.isatty():
        yield lambda _step: None
        return
    from rich.console import Console  # noqa: PLC0415 - rich is slow to import
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (TextColumn("reading"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as progress:
        task = progress.add_task("reading", total=total)
        yield lambda step: progress.advance(task, step)
