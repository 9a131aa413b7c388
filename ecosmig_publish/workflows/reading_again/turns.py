"""Whose turn it is to be read: what never was, then what was read longest ago, by file numbers."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from ecosmig_publish.ledger import Ledger, RecordedFile
    from ecosmig_publish.ledger.spans import Spans

BATCH = 1000
"""So many files are recorded at once; what a kill loses is read again."""
RETRIED = 100
"""So many files that were not as issued are tried again at each run."""


def turns(
    ledger: Ledger, before: datetime, *, at_once: int = BATCH, retried: int = RETRIED
) -> Iterator[list[RecordedFile]]:
    """Yield each file that was last read before an instant, or never, some `at_once`; none of them twice.

    A file that was not as issued takes its turn like any other, so that it holds up none; and so many of them as are
    to be `retried`, tried longest ago, have an extra one behind the first files of the line.
    """
    spans = ledger.readings()
    line = _files(ledger, _in_line(spans, ledger.last_file_number(), before))
    failed = sorted((it for it in spans.of if not it.agreed), key=lambda it: it.at)
    again = islice(_files(ledger, ((it.first, it.last) for it in failed)), retried)
    extra = {file.file_id: file for file in again}
    first = list(islice(line, at_once))
    for file in first:
        extra.pop(file.file_id, None)
    if first:
        yield first
    if extra:
        yield list(extra.values())
    while batch := list(islice((file for file in line if file.file_id not in extra), at_once)):
        yield batch


def _in_line(spans: Spans[datetime], last: int, before: datetime) -> Iterator[tuple[int, int]]:
    yield from spans.gaps(last)
    yield from ((it.first, it.last) for it in sorted(spans.of, key=lambda it: it.at) if it.at < before)


def _files(ledger: Ledger, ranges: Iterable[tuple[int, int]]) -> Iterator[RecordedFile]:
    for first, last in ranges:
        begin = first
        while begin <= last and (page := ledger.standing_files(begin, last, BATCH)):
            yield from page
            begin = page[-1].file_id + 1
