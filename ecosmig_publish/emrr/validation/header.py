"""Rules of header and name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.calendar import due_slots, period_of
from ecosmig_publish.emrr.catalogue import CATALOGUE, HEADER_FIELDS
from ecosmig_publish.emrr.filename import parse_file_name
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.emrr.validation.fields import record_faults
from ecosmig_publish.emrr.values import parse_instant, parse_integer, printed
from ecosmig_publish.errors import InvalidFileError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from ecosmig_publish.emrr.validation.findings import Fault

_LONGEST_WAIT = timedelta(days=40)
"""Between a period's end and its slot; a report's next slot after any instant is nearer."""


@dataclass(frozen=True, slots=True)
class ReadHeader:
    """What a header says, as far as it can be read; each part None where it can't."""

    report: Report | None
    recipient: str
    sequence: int | None
    created_at: datetime | None
    period_start: datetime | None
    period_end: datetime | None


def read_header(fields: Sequence[str]) -> ReadHeader | None:
    """Return what a header's nine fields say; None where there are not nine, or the first is not `00`."""
    if len(fields) != len(HEADER_FIELDS) or fields[0] not in HEADER_FIELDS[0].allowed:
        return None
    report = Report(fields[1]) if fields[1] in HEADER_FIELDS[1].allowed else None
    created_at, start, end = (parse_instant(text) for text in fields[5:8])
    return ReadHeader(report, fields[2], parse_integer(fields[3]), created_at, start, end)


def header_faults(fields: Sequence[str]) -> Iterator[Fault]:
    """Yield what is wrong with the first record."""
    if fields[0] not in HEADER_FIELDS[0].allowed:
        yield "record_type", "no-header", "the first record is no header"
        return
    header = read_header(fields)
    if header is None:
        yield "", "field-count", f"the header has {len(fields)} fields, {len(HEADER_FIELDS)} are wanted"
        return
    found = list(record_faults(HEADER_FIELDS, fields))
    yield from found
    if header.report is None:
        return
    title = CATALOGUE[header.report].title
    if fields[4] != title and "title" not in {field for field, _, _ in found}:
        yield "title", "title", f"the title is not {title!r}"
    yield from _period_faults(header, header.report)


def name_faults(name: str, header: ReadHeader | None) -> Iterator[Fault]:
    """Yield where a file's name is none, or says something else than its header."""
    try:
        named = parse_file_name(name)
    except InvalidFileError as error:
        yield "", "name", str(error)
        return
    if header is None:
        return
    pairs = (
        ("report", named.report, header.report),
        ("recipient", named.recipient, header.recipient),
        ("sequence", named.sequence, header.sequence),
        ("created_at", named.created_at, header.created_at),
    )
    for field, says, is_ in pairs:
        if says != is_:
            yield field, "name-and-header", f"the file's name and its header give another {_WORDS[field]}"


_WORDS = {
    "report": "report",
    "recipient": "recipient",
    "sequence": "sequence number",
    "created_at": "instant of creation",
}


def _period_faults(header: ReadHeader, report: Report) -> Iterator[Fault]:
    if header.period_start is None or header.period_end is None:
        return
    try:
        # The slot that reports on a period is the report's next one after the period's end.
        slot = next(due_slots(report, after=header.period_end, until=header.period_end + _LONGEST_WAIT))
        period = period_of(slot)
    except OverflowError:
        yield "period_end", "period", "the period lies at an end of the calendar"
        return
    if period.last_second != header.period_end:
        yield "period_end", "period", f"no reporting period of {report} ends then"
    elif period.start != header.period_start:
        begins = printed(period.start)
        yield "period_start", "period", f"the reporting period of {report} with this end begins at {begins}"
    elif header.created_at is not None and header.created_at < slot.due_at:
        due = printed(slot.due_at)
        yield "created_at", "created-early", f"created before the report on this period fell due at {due}"
