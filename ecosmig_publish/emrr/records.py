"""The records of a report file: each written and parsed, the one the other's inverse.

Writing takes values as they are; whether they are what the EMRR asks for (lengths, mandatory fields) is a matter of
`emrr.validation`. A parser takes one record's bytes, its CRLF included, and refuses whatever the writer doesn't write.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from ecosmig_publish.emrr.catalogue import (
    CATALOGUE,
    CLASSIFICATION,
    DETAIL_RECORD_TYPE,
    HEADER_FIELDS,
    TRAILER_FIELDS,
)
from ecosmig_publish.emrr.dialect import read_records, write_record
from ecosmig_publish.emrr.terms import Period, Report, Signifier, parse_signifier
from ecosmig_publish.emrr.values import Value, parsed, printed
from ecosmig_publish.errors import InvalidFileError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecosmig_publish.emrr.catalogue import Field

_SECOND = timedelta(seconds=1)
_HINT = "ecosmig report validate names every breach in a file."
_Kind = TypeVar("_Kind")


@dataclass(frozen=True, slots=True)
class Header:
    """What a header says; `period` is half-open, `created_at` has whole seconds."""

    report: Report
    recipient: Signifier
    sequence: int
    created_at: datetime
    period: Period


def header_line(report: Report, recipient: Signifier, sequence: int, created_at: datetime, period: Period) -> bytes:
    """Return the header record, nine fields; the period is shown as inclusive seconds."""
    title = CATALOGUE[report].title
    shown = (created_at, period.start, period.last_second)
    return _written(("00", report.value, recipient, sequence, title, *shown, CLASSIFICATION))


def parse_header(line: bytes) -> Header:
    """Return what a header record says. Raises `InvalidFileError`."""
    values = _values(line, "header", HEADER_FIELDS)
    try:
        report = Report(_of(str, values[1]))
    except ValueError as error:
        raise InvalidFileError("the header names none of the six reports", hint=_HINT) from error
    if values[4] != CATALOGUE[report].title or values[8] != CLASSIFICATION:
        raise InvalidFileError(f"the header has not the title and classification of {report}", hint=_HINT)
    try:
        period = Period(_of(datetime, values[6]), _of(datetime, values[7]) + _SECOND)
    except OverflowError as error:
        raise InvalidFileError("the header's period ends with the calendar", hint=_HINT) from error
    recipient = parse_signifier(_of(str, values[2]))
    return Header(report, recipient, _of(int, values[3]), _of(datetime, values[5]), period)


def detail_line(_report: Report, values: Sequence[Value]) -> bytes:
    """Return a detail record of the values after its record type."""
    return _written(("10", *values))


def parse_detail(report: Report, line: bytes) -> tuple[Value, ...]:
    """Return a detail record's values after its record type, None where a field is empty. Raises `InvalidFileError`."""
    return _values(line, "detail", (DETAIL_RECORD_TYPE, *CATALOGUE[report].fields))[1:]


def trailer_line(rows: int) -> bytes:
    """Return the trailer record; `rows` counts detail records only."""
    return _written(("99", rows, CLASSIFICATION))


def parse_trailer(line: bytes) -> int:
    """Return the rows that a trailer record counts. Raises `InvalidFileError`."""
    _, rows, classification = _values(line, "trailer", TRAILER_FIELDS)
    if classification != CLASSIFICATION:
        raise InvalidFileError("the trailer has not the EMRR's classification", hint=_HINT)
    return _of(int, rows)


def _written(values: Sequence[Value]) -> bytes:
    return write_record([printed(value) for value in values])


def _values(line: bytes, name: str, fields: Sequence[Field]) -> tuple[Value, ...]:
    found = list(read_records([line]))
    problems = [message for _, problems in found for _, message in problems]
    if len(found) != 1 or problems:
        raise InvalidFileError(f"the {name} is not one record: {'; '.join(problems) or len(found)}", hint=_HINT)
    texts = found[0][0]
    if len(texts) != len(fields) or texts[0] not in fields[0].allowed:
        kind = " or ".join(fields[0].allowed)
        raise InvalidFileError(f"the {name} has not the record type {kind} and {len(fields)} fields", hint=_HINT)
    try:
        return tuple(parsed(field.kind, text) for field, text in zip(fields, texts, strict=True))
    except ValueError as error:
        raise InvalidFileError(f"the {name} has a field of the wrong kind: {error}", hint=_HINT) from error


def _of(kind: type[_Kind], value: Value) -> _Kind:
    if not isinstance(value, kind):
        raise InvalidFileError("the record has an empty field that is mandatory", hint=_HINT)
    return value
