"""Whether a field's text is what its definition asks for."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.catalogue import Field, FieldKind

if TYPE_CHECKING:
    from collections.abc import Iterator

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)", re.ASCII)
_DATETIME = re.compile(r"[0-9]{8}T[0-9]{6}", re.ASCII)
_DATE = re.compile(r"[0-9]{8}", re.ASCII)


def field_faults(field: Field, text: str) -> Iterator[tuple[str, str]]:
    """Yield a rule and a message for each way in which `text` is no value of `field`."""
    if not text:
        if not field.optional:
            yield "empty", f"{field.title} is mandatory and empty"
        return
    if len(text) > field.max_length:
        yield "too-long", f"{field.title} has {len(text)} characters, at most {field.max_length} are allowed"
    if field.kind is FieldKind.INTEGER and not _INTEGER.fullmatch(text):
        yield "not-an-integer", f"{field.title} is no integer in plain digits"
    if field.kind is FieldKind.DATETIME and parse_instant(text) is None:
        yield "not-a-datetime", f"{field.title} is no DateTime of the form YYYYMMDDThhmmss"
    if field.kind is FieldKind.DATE and parse_day(text) is None:
        yield "not-a-date", f"{field.title} is no date of the form YYYYMMDD"


def parse_instant(text: str) -> datetime | None:
    """Return the instant that `YYYYMMDDThhmmss` names, or None."""
    if not _DATETIME.fullmatch(text):
        return None
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def parse_day(text: str) -> datetime | None:
    """Return the midnight that `YYYYMMDD` names, or None."""
    return parse_instant(f"{text}T000000") if _DATE.fullmatch(text) else None
