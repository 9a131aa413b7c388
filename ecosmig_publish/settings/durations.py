"""Durations as the configuration writes them: `90s`, `30m`, `24h`, `2d`."""

from __future__ import annotations

import re
from datetime import timedelta

RULE = "a whole number and its unit, such as 90s, 30m, 24h or 2d"

_DURATION = re.compile(r"([0-9]{1,9})(s|m|h|d)")
_LONGEST = timedelta(days=366)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_duration(value: object) -> timedelta:
    """Return a `timedelta` for a duration's text; one that has been parsed stays. Raises `ValueError`."""
    if isinstance(value, timedelta):
        return value
    match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"must be {RULE}")
    duration = timedelta(**{_UNITS[match[2]]: int(match[1])})
    if duration > _LONGEST:
        raise ValueError(f"longer than {_LONGEST.days} days")
    return duration
