"""Instants as the configuration writes them: a date, a time and a zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime

RULE = "an instant with its zone, such as 2026-01-01T00:00:00Z"

_SHAPE = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*", re.DOTALL)


def parse_instant(value: object) -> datetime:
    """Return the instant in UTC; a bare date and a bare number are none. Raises `ValueError`."""
    moment = value if isinstance(value, datetime) else _read(value)
    if moment.tzinfo is None:
        raise ValueError("has no zone; end it with Z for UTC, such as 2026-01-01T00:00:00Z")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"must be {RULE}") from error


def _read(value: object) -> datetime:
    if not isinstance(value, str) or not _SHAPE.fullmatch(value.strip()):
        raise ValueError(f"must be {RULE}")
    try:
        return datetime.fromisoformat(value.strip())
    except ValueError as error:
        raise ValueError(f"must be {RULE}") from error
