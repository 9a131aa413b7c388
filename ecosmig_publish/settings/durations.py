"""Durations as the configuration writes them: `90s`, `30m`, `24h`, `2d`."""

from __future__ import annotations

import re
from datetime import timedelta

_DURATION = re.compile(r"([0-9]+)(s|m|h|d)")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_duration(value: object) -> object:
    """Return a `timedelta` for a duration's text; anything else is left to the model. Raises `ValueError`."""
    if not isinstance(value, str):
        return value
    match = _DURATION.fullmatch(value.strip())
    if match is None:
        raise ValueError("a duration is a whole number and a unit: 90s, 30m, 24h, 2d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})
