"""Tables and progress for people; results on stdout, everything else on stderr."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

_WIDTH_WHEN_PIPED = 120


def stdout_console() -> Console:
    """Return where results go; piped, it is wide enough for every table and has no colours."""
    return Console(file=sys.stdout, width=None if sys.stdout.isatty() else _WIDTH_WHEN_PIPED, highlight=False)


def stderr_console() -> Console:
    """Return where everything else goes."""
    return Console(file=sys.stderr, highlight=False)


def show_table(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    numbers: Sequence[str] = (),
    empty: str = "",
) -> None:
    """Print a table; `numbers` names the columns that are set to the right, `empty` is said instead of no rows."""
    listed = [[_shown(cell) for cell in row] for row in rows]
    console = stdout_console()
    if not listed and empty:
        console.print(empty)
        return
    table = Table(title=title or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in numbers else "left", overflow="fold")
    for row in listed:
        table.add_row(*row)
    console.print(table)


def shown_instant(moment: datetime | None) -> str:
    """Return an instant as people read it here: `2026-03-02 06:00:00Z`."""
    return f"{moment:%Y-%m-%d %H:%M:%SZ}" if moment else "-"


def _shown(cell: object) -> str:
    if isinstance(cell, int) and not isinstance(cell, bool):
        return f"{cell:,}"
    return escape(str(cell))
