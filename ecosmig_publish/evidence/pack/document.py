"""A member of the pack that holds rows: valid JSON of one row a line, never held as a whole.

Each row has its number in its section and ends with `row_sha256`, the SHA-256 of its own text without that: whoever
edits a row, leaves one out or puts one in shows by it which. A CSV table repeats each section.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ecosmig_publish.evidence.exporting import CsvWriter
from ecosmig_publish.ledger.chain import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import TextIO

_COUNTED_BY = ("outcome", "timeliness", "kind")


class Section:
    """Takes the rows of one section, in their order."""

    def __init__(self, name: str, out: TextIO, table: CsvWriter, counts: Counter[str]) -> None:
        self._name = name
        self._out = out
        self._table = table
        self._counts = counts
        self._rows = 0

    def add(self, row: Mapping[str, Any]) -> None:
        """Write a row, numbered and sealed."""
        self._rows += 1
        text = canonical({**row, "row": self._rows})
        seal = hashlib.sha256(text.encode()).hexdigest()
        self._out.write(",\n" if self._rows > 1 else "\n")
        self._out.write(f'{text[:-1]},"row_sha256":"{seal}"}}')
        self._table.write({**row, "row": self._rows, "row_sha256": seal})
        self._counts[self._name] += 1
        for key in _COUNTED_BY:
            if key in row:
                self._counts[f"{self._name} {row[key]}"] += 1


class Document:
    """Writes `about`, then sections, then `totals`: how many rows there were, and of which sort."""

    def __init__(self, path: Path, out: TextIO, about: Mapping[str, Any]) -> None:
        self._directory = path.parent
        self._out = out
        self.counts: Counter[str] = Counter()
        out.write(f'{{"about":{canonical(about)},')

    @contextmanager
    def section(self, name: str, columns: Sequence[str]) -> Iterator[Section]:
        """Yield what takes the rows of a section, and repeats them in `<name>.csv`."""
        self._out.write(f'\n"{name}":[')
        with (self._directory / f"{name}.csv").open("x", encoding="utf-8", newline="") as file:
            table = CsvWriter(file, ("row", *columns, "row_sha256"))
            yield Section(name, self._out, table, self.counts)
        self._out.write("\n],")

    def finish(self) -> dict[str, int]:
        """Write the totals and return them."""
        totals = dict(sorted(self.counts.items()))
        self._out.write(f'\n"totals":{canonical(totals)}}}\n')
        return totals


@contextmanager
def document(path: Path, about: Mapping[str, Any]) -> Iterator[Document]:
    """Yield a new document at `path`; whoever wrote all its sections finishes it."""
    with path.open("x", encoding="utf-8", newline="\n") as out:
        yield Document(path, out, about)
