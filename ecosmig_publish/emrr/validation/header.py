"""Rules of header and name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.calendar import due_slots, period_of
from ecosmig_publish.emrr.catalogue import CATALOGUE, CLASSIFICATION, HEADER_FIELDS
from ecosmig_publish.emrr.filename import parse_file_name
from ecosmig_publish.emrr.terms import Period, Report, parse_signifier
from ecosmig_publish.emrr.validation.fields import field_faults, parse_instant
from ecosmig_publish.errors import InvalidFileError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

Fault = tuple[str, str, str]
_LONGEST_WAIT = timedelta(days=40)


@dataclass(frozen=True, slots=True)
class Header:
    """What a header says, as far as it can be read; each part None where it can't."""

    report: Report | None
    recipient: str
    sequence: int | None
    created_at: datetime | None
    period_start: datetime | None
    period_end: datetime | None


def read_header(fields: list[str]) -> Header | None:
    """Return what a header's nine fields say; None where there are not nine."""
    if len(fields) != len(HEADER_FIELDS):
        return None
    report = Report(fields[1]) if fields[1] in {report.value for report in Report} else None
    sequence = int(fields[3]) if fields[3].isascii() and fields[3].isdigit() else None
    created_at, start, end = (parse_instant(text) for text in fields[5:8])
    return Header(report, fields[2], sequence, created_at, start, end)


def header_faults(fields: list[str], header: Header | None) -> Iterator[Fault]:
    """Yield what is wrong with the first record."""
    if header is None:
        yield "", "field-count", f"the header has {len(fields)} fields, {len(HEADER_FIELDS)} are wanted"
        return
    for field, text in zip(HEADER_FIELDS, fields, strict=True):
        for rule, message in field_faults(field, text):
            yield field.name, rule, message
    try:
        parse_signifier(header.recipient)
    except InvalidFileError:
        yield "recipient", "signifier", "the recipient is no SEC Party Signifier (six of A-Z and 0-9)"
    if header.sequence is not None and header.sequence < 1:
        yield "sequence", "sequence", "a sequence number is 1 or more"
    if fields[8] != CLASSIFICATION:
        yield "classification", "classification", f"the classification is not {CLASSIFICATION!r}"
    if header.report is None:
        yield "report", "report", "the report identifier is none of ECOSMIG-001 to ECOSMIG-006"
        return
    if fields[4] != CATALOGUE[header.report].title:
        yield "title", "title", f"the title is not {CATALOGUE[header.report].title!r}"
    yield from _period_faults(header, header.report)


def name_faults(name: str, header: Header) -> Iterator[Fault]:
    """Yield where a file's name and its header disagree."""
    try:
        named = parse_file_name(name)
    except InvalidFileError as error:
        yield "", "name", str(error)
        return
    pairs = (
        ("report", named.report, header.report),
        ("recipient", named.recipient, header.recipient),
        ("sequence", named.sequence, header.sequence),
        ("created_at", named.created_at, header.created_at),
    )
    for field, says, is_ in pairs:
        if says != is_:
            yield field, "name-and-header", f"the file's name and its header give another {field.replace('_', ' ')}"


def _period_faults(header: Header, report: Report) -> Iterator[Fault]:
    if header.period_start is None or header.period_end is None:
        return
    # The slot that reports on a period falls due within the month and a bit after its end.
    for slot in due_slots(report, after=header.period_end, until=header.period_end + _LONGEST_WAIT):
        period: Period = period_of(slot)
        if (period.start, period.last_second) != (header.period_start, header.period_end):
            yield "period_start", "period", f"start and end are no reporting period of {report}"
        elif header.created_at is not None and header.created_at < slot.due_at:
            yield "created_at", "created-early", f"created before the slot fell due at {slot.due_at:%Y%m%dT%H%M%S}"
        return
