"""Tables and lines for people, on stdout."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ecosmig_publish.cli.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

_WIDTH_WHEN_PIPED = 200
_READABLE = 10
"""No column gets fewer characters than this, if what stands in it has as many."""
NARROW = 110
"""Below this many characters tables leave out what `--json` has too."""


class _Screen(Console):
    """A console whose reader may go away without ending the command."""

    def on_broken_pipe(self) -> None:
        """Pass it on to whoever gives the command's result."""
        raise BrokenPipeError


def stdout_console() -> Console:
    """Return where results go; piped, it is wide enough for every table and has no colours."""
    is_wide = not sys.stdout.isatty() and "COLUMNS" not in os.environ
    return _Screen(file=sys.stdout, width=_WIDTH_WHEN_PIPED if is_wide else None, highlight=False)


def stderr_console() -> Console:
    """Return where everything else goes."""
    return Console(file=sys.stderr, highlight=False)


def is_narrow() -> bool:
    """Whether results go to where wide tables don't fit."""
    return stdout_console().width < NARROW


def show_table(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    numbers: Sequence[str] = (),
    whole: Sequence[str] = (),
    optional: Sequence[str] = (),
    empty: str = "",
) -> None:
    """Print a table; `numbers` names the columns that are set to the right, `empty` is said instead of no rows.

    Columns named in `whole`, and numbers, are never broken: what stands there can be copied. Those in `optional` are
    left out where the terminal is narrow.
    """
    console = stdout_console()
    kept = [place for place, column in enumerate(columns) if console.width >= NARROW or column not in optional]
    listed = [[_shown(row[place]) for place in kept] for row in rows]
    if not listed and empty:
        console.print(empty, markup=False)
        return
    table = Table(title=escape(title) or None, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    table.pad_edge = False
    for place, column in enumerate(columns[place] for place in kept):
        longest = max((cell_len(row[place]) for row in listed), default=0)
        is_whole = column in whole or column in numbers
        table.add_column(
            column,
            justify="right" if column in numbers else "left",
            overflow="fold",
            no_wrap=is_whole,
            # Where nothing else gives way, Rich cuts what must not be broken, unless that is its least.
            min_width=max(longest, len(column)) if is_whole else min(longest, _READABLE),
        )
    for row in listed:
        table.add_row(*row)
    # What can't be broken may need more than the terminal has: the terminal wraps it, nothing is cut off.
    console.print(table, crop=False)


def show_line(text: str) -> None:
    """Print a line as it is: a terminal wraps it, so that a path or a command in it can be copied whole."""
    stdout_console().print(printable(text), markup=False, soft_wrap=True)


def show_text(text: str) -> None:
    """Print prose, broken between words."""
    stdout_console().print(printable(text), markup=False)


def shown_instant(moment: datetime | None) -> str:
    """Return an instant as people read it here: `2026-03-02 06:00Z`, with its seconds where it has any."""
    if moment is None:
        return "-"
    return f"{moment:%Y-%m-%d %H:%M:%SZ}" if moment.second else f"{moment:%Y-%m-%d %H:%MZ}"


def _shown(cell: object) -> str:
    if isinstance(cell, int) and not isinstance(cell, bool):
        return f"{cell:,}"
    return escape(printable(str(cell)))
