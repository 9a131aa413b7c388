"""The records of a report file: one written, one read, each the other's inverse.

Dialect: RFC 4180, UTF-8 without BOM, CRLF after every record; a value is quoted only when it holds a comma, a quote,
CR or LF; integers plain; an empty optional field is nothing between its commas.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.catalogue import CATALOGUE, CLASSIFICATION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecosmig_publish.emrr.terms import Period, Report, Signifier

Value = str | int | datetime | date | None

_NEEDS_QUOTES = re.compile(r'[,"\r\n]')


def header_line(report: Report, recipient: Signifier, sequence: int, created_at: datetime, period: Period) -> bytes:
    """Return the header record, nine fields; the period is shown as inclusive seconds."""
    title = CATALOGUE[report].title
    return _line(
        (
            "00",
            report.value,
            recipient,
            sequence,
            title,
            created_at,
            period.start,
            period.last_second,
            CLASSIFICATION,
        )
    )


def detail_line(_report: Report, values: Sequence[Value]) -> bytes:
    """Return a detail record of the values after its record type."""
    return _line(("10", *values))


def trailer_line(rows: int) -> bytes:
    """Return the trailer record; `rows` counts detail records only."""
    return _line(("99", rows, CLASSIFICATION))


def _line(values: Sequence[Value]) -> bytes:
    return (",".join(_printed(value) for value in values) + "\r\n").encode()


def _printed(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        moment = value.astimezone(UTC)
        return f"{moment.year:04d}{moment:%m%dT%H%M%S}"
    if isinstance(value, date):
        return f"{value.year:04d}{value:%m%d}"
    text = str(value)
    if _NEEDS_QUOTES.search(text):
        return '"' + text.replace('"', '""') + '"'
    return text
