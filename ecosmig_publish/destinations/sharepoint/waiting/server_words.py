"""What an answer's headers say about waiting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


LONGEST_RESET = 3600
"""Seconds. The service counts by the minute; nobody waits for days on the word of one answer."""
_MOST_DIGITS = 10


@dataclass(frozen=True, slots=True)
class ServerWords:
    """`wait_seconds`: how long nothing may be sent, None where nothing is said; the rest is the budget's state."""

    wait_seconds: float | None = None
    remaining: int | None = None
    reset_seconds: float | None = None


def read_headers(headers: Mapping[str, str], now: datetime) -> ServerWords:
    """Read `Retry-After` (seconds or an HTTP date) and `RateLimit-*`; `now` is what a date is compared with.

    Of `Retry-After` and `RateLimit-Reset` the longer one counts where the first is there. Nonsense counts as unsaid.
    """
    reset = _whole(headers.get("RateLimit-Reset"))
    if reset is not None and reset > LONGEST_RESET:
        reset = None
    retry_after = _retry_after(headers.get("Retry-After"), headers.get("Date"), now)
    wait = None if retry_after is None else max(retry_after, reset or 0)
    return ServerWords(wait, _whole(headers.get("RateLimit-Remaining")), reset)


def _retry_after(text: str | None, date: str | None, now: datetime) -> float | None:
    seconds = _whole(text)
    if seconds is not None or text is None:
        return seconds
    until = parse_date(text)
    if until is None:
        return None
    # The server's own clock, where it says what that shows: ours may be off.
    return max(0.0, (until - (parse_date(date or "") or now)).total_seconds())


def parse_date(text: str) -> datetime | None:
    """Return the instant of an HTTP date in UTC, None for what is none."""
    try:
        instant = parsedate_to_datetime(text)
        # Also of one whose zone is not known, which a date in UTC is said with.
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, IndexError, TypeError):
        # What the standard library raises for a date that is none is not all written down.
        return None


def _whole(text: str | None) -> int | None:
    stripped = (text or "").strip()
    return int(stripped) if stripped.isascii() and stripped.isdecimal() and len(stripped) <= _MOST_DIGITS else None
