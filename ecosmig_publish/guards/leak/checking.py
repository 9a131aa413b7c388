"""To read finished files again and say which of them must not leave the outbox."""

from __future__ import annotations

import hashlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

from ecosmig_publish.emrr.catalogue import CATALOGUE
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.emrr.validation import validate_file
from ecosmig_publish.guards.leak import belonging
from ecosmig_publish.guards.leak.columns import is_right
from ecosmig_publish.guards.leak.findings import BadFile, Fault, GuardedFile
from ecosmig_publish.guards.leak.gathering import ROWS_AT_ONCE, Gathering, gathered
from ecosmig_publish.guards.leak.reading import BrokenFileError, read_details
from ecosmig_publish.guards.leak.rules import OF_DEVICES, keeps_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ecosmig_publish.emrr.terms import Period
    from ecosmig_publish.guards.leak.columns import Details
    from ecosmig_publish.migration_data import MigrationData

_MOST_ROWS = 1_000
"""How many foreign rows are looked up to be named; one is enough to stop a slot."""
_MOST_BREACHES = 3
_CHUNK = 1 << 20
_Coming = deque[tuple[GuardedFile, Future["BadFile | Details"]]]
_AT_ONCE = 2
"""Files; the largest take some 300 MB each."""


def check_files(
    files: Iterable[GuardedFile],
    *,
    report: Report,
    period: Period,
    data: MigrationData | None,
    rows_at_once: int = ROWS_AT_ONCE,
) -> list[BadFile]:
    """Return what is wrong with finished files of one slot, or of one correction; empty: they may go.

    Without `data`, where the source can't be used, whose the rows are isn't looked up. Of more than `rows_at_once`
    rows the source's engine takes charge. Raises `SourceError`.
    """
    if data is None or report not in OF_DEVICES:
        return [found for file in files if isinstance(found := _look_into(file, report, period), BadFile)]
    bad: list[BadFile] = []
    with data.keeping() as keep:
        gathering = Gathering(report, data, keep, rows_at_once)
        for file, found in _looked_into(files, report, period):
            if isinstance(found, BadFile):
                bad.append(found)
            else:
                gathering.add(file, found)
        if gathering.rows:
            bad += _strangers(gathering, report, period, data, keep)
    return bad


def _looked_into(
    files: Iterable[GuardedFile], report: Report, period: Period
) -> Iterator[tuple[GuardedFile, BadFile | Details]]:
    """Yield each file with what `_look_into` says of it, in order; a few are read side by side, and no more held."""
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="guard") as pool:
        coming: _Coming = deque()
        for file in files:
            coming.append((file, pool.submit(_look_into, file, report, period)))
            if len(coming) > _AT_ONCE:
                yield _next(coming)
        while coming:
            yield _next(coming)


def _next(coming: _Coming) -> tuple[GuardedFile, BadFile | Details]:
    file, found = coming.popleft()
    return file, found.result()


def _look_into(file: GuardedFile, report: Report, period: Period) -> BadFile | Details:
    """Return what is gathered of a file's details, or what is wrong with it."""
    content = _content(file)
    if isinstance(content, BadFile):
        return content
    try:
        details = read_details(content, file, report, period)
    except BrokenFileError as error:
        return _broken(file, content, str(error))
    if report in OF_DEVICES:
        are_right = all(is_right(field, details) for field in CATALOGUE[report].fields)
        if not are_right or not keeps_rules(report, details, period):
            return _broken(file, content, "it breaks a rule of the EMRR")
        return details.narrowed(gathered(report))
    if _breaches(file, content):
        return _broken(file, content, "it breaks a rule of the EMRR")
    return details


def _content(file: GuardedFile) -> bytes | BadFile:
    """Return the file's bytes where they are those that the ledger knows."""
    try:
        if file.path.stat().st_size != file.size:
            return _changed(file, "its size is not the one that was issued")
        content = file.path.read_bytes()
    except OSError as error:
        return _changed(file, f"it can't be read: {error.strerror}")
    if hashlib.sha256(content).hexdigest() != file.sha256:
        return _changed(file, "its bytes are not those that were issued")
    return content


def _changed(file: GuardedFile, message: str) -> BadFile:
    return BadFile(file.name, file.recipient, Fault.CHANGED, message)


def _broken(file: GuardedFile, content: bytes, message: str) -> BadFile:
    """Say what is wrong, and which records break which rules, as `report validate` does."""
    words = "; ".join([message, *_breaches(file, content)])
    return BadFile(file.name, file.recipient, Fault.BROKEN, words)


def _breaches(file: GuardedFile, content: bytes) -> list[str]:
    chunks = (content[first : first + _CHUNK] for first in range(0, len(content), _CHUNK))
    found = validate_file(file.name, chunks, may_be_part=True)
    return [
        f"record {breach.record:,}, {breach.field or breach.rule}: {breach.message}"
        for breach in islice(found, _MOST_BREACHES)
    ]


def _strangers(
    gathering: Gathering, report: Report, period: Period, data: MigrationData, keep: Callable[[Any], Any]
) -> list[BadFile]:
    """Return the files that hold rows which the source doesn't have, or doesn't show to be the recipient's."""
    rows, tables = gathering.table(), data.tables
    unknown: list[int] = []
    if report is Report.ECOSMIG_003:
        spans = keep(belonging.spans_of(rows, tables, period))
        foreign = _places(belonging.not_gained(rows, spans, period), data)
    else:
        events = belonging.events(report, tables, gathering.between())
        unknown = _places(belonging.unknown(rows, events), data)
        doubts = keep(belonging.doubtful(rows, tables))
        # Nearly always nobody's second is divided, and there are no doubts.
        has_doubts = bool(_places(doubts, data, limit=1))
        foreign = _places(belonging.foreign(doubts, events, tables), data) if has_doubts else []
    found = [(*gathering.record(place), Fault.UNKNOWN) for place in unknown]
    found += [(*gathering.record(place), Fault.FOREIGN) for place in foreign if place not in set(unknown)]
    found.sort(key=lambda it: (it[0].name, it[2], it[1]))
    return [
        _of_rows(file, fault, [record for _, record, _ in them])
        for (file, fault), them in groupby(found, key=lambda it: (it[0], it[2]))
    ]


def _places(rows: Any, data: MigrationData, limit: int = _MOST_ROWS) -> list[int]:
    found = data.fetch(rows.select("place").order_by("place").limit(limit))
    return [int(place) for place in found["place"].to_pylist()]


def _of_rows(file: GuardedFile, fault: Fault, records: Sequence[int]) -> BadFile:
    count = len(records)
    many = f"{count:,} or more rows" if count >= _MOST_ROWS else f"{count:,} row{'s' if count > 1 else ''}"
    are = "are" if count > 1 else "is"
    message = (
        f"{many} {are} not {file.recipient}'s, by the source's responsibilities"
        if fault is Fault.FOREIGN
        else f"{many} {are} not in the source"
    )
    return BadFile(file.name, file.recipient, fault, message, tuple(records[:20]), count)
