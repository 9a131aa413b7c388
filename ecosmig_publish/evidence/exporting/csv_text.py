"""CSV as RFC 4180 has it: CRLF, quotes where they are needed, and every value as it is.

A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula. One in 64 quickXorHashes begins with a
plus, and a reason that a person typed may begin with anything. What is evidence is not altered for that: such cells are
counted, and whoever exports says so; an apostrophe stands before them only where it was asked for.
"""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TextIO

_COMMANDS = ("=", "+", "-", "@", "\t", "\r")


def cell(value: Any) -> str:
    """Return the text of a value: nothing for None, a text as it is, all else as JSON has it."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def commands(text: str) -> bool:
    """Whether a spreadsheet would take a cell for more than its text."""
    return text.startswith(_COMMANDS)


class CsvWriter:
    """Writes rows under a line of column names; `obeyed` counts the cells that a spreadsheet would obey.

    With `guarded` an apostrophe stands before each of those.
    """

    def __init__(self, out: TextIO, columns: Sequence[str], *, guarded: bool = False) -> None:
        self._writer = csv.writer(out, lineterminator="\r\n")
        self._columns = columns
        self._guarded = guarded
        self.obeyed = 0
        self._writer.writerow(columns)

    def write(self, row: Mapping[str, Any]) -> None:
        """Write one row; what isn't named among the columns is left out."""
        cells = [cell(row[name]) for name in self._columns]
        obeyed = [place for place, text in enumerate(cells) if commands(text)]
        if obeyed:
            self.obeyed += len(obeyed)
            if self._guarded:
                for place in obeyed:
                    cells[place] = f"'{cells[place]}"
        self._writer.writerow(cells)
