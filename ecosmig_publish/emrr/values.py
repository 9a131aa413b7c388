"""Values as text and text as values, each the other's inverse for every kind of field (EMRR 3.2.5 and Appendix A).

Integers are plain digits with a minus sign where negative, DateTimes `YYYYMMDDThhmmss` and dates `YYYYMMDD`, both UTC.
An empty field is None; so an empty text is written, and read, as None.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.catalogue import FieldKind

if TYPE_CHECKING:
    from collections.abc import Callable

Value = str | int | datetime | date | None

_INTEGER = re.compile(r"0|-?[1-9][0-9]*")
_LONGEST_INTEGER = 18
"""Far beyond any field's length, and below what Python refuses to convert."""

_DATETIME = re.compile(r"[0-9]{8}T[0-9]{6}")
_DATE = re.compile(r"[0-9]{8}")


def printed(value: Value) -> str:
    """Return a value's text; a DateTime in any zone is printed in UTC, its fraction of a second cut off."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        moment = value.astimezone(UTC)
        return f"{moment.year:04d}{moment:%m%dT%H%M%S}"
    if isinstance(value, date):
        return f"{value.year:04d}{value:%m%d}"
    return str(value)


def parsed(kind: FieldKind, text: str) -> Value:
    """Return the value of a field's text. Raises `ValueError`, which doesn't quote the text."""
    if not text:
        return None
    value = _PARSERS[kind](text)
    if value is None:
        raise ValueError(f"the text is no {kind}")
    return value


def parse_integer(text: str) -> int | None:
    """Return the integer that `text` is, None where it is none: `007`, `+5`, `-0`, other digits than 0 to 9."""
    return int(text) if len(text.removeprefix("-")) <= _LONGEST_INTEGER and _INTEGER.fullmatch(text) else None


def parse_instant(text: str) -> datetime | None:
    """Return the instant in UTC that `YYYYMMDDThhmmss` names, or None."""
    if not _DATETIME.fullmatch(text):
        return None
    try:
        return datetime(
            int(text[:4]),
            int(text[4:6]),
            int(text[6:8]),
            int(text[9:11]),
            int(text[11:13]),
            int(text[13:]),
            tzinfo=UTC,
        )
    except ValueError:
        return None


def parse_day(text: str) -> date | None:
    """Return the day that `YYYYMMDD` names, or None."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


_PARSERS: dict[FieldKind, Callable[[str], Value]] = {
    FieldKind.TEXT: str,
    FieldKind.INTEGER: parse_integer,
    FieldKind.DATETIME: parse_instant,
    FieldKind.DATE: parse_day,
}
