"""The stand-in's clock: the machine's, moved on or held still on request."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def machine_now() -> datetime:
    """Return the machine's instant, UTC."""
    return datetime.now(UTC)


class Clock:
    """Every instant that the stand-in uses comes from here.

    A test that drives client and server by one clock hands its own `now` in. Tokens, assertions, upload sessions and
    the throttle go by this clock, so a client that signs with another clock is refused once the two are far apart.
    """

    def __init__(self, now: Callable[[], datetime] = machine_now) -> None:
        self._now = now
        self._ahead = timedelta(0)
        self._held: datetime | None = None

    def now(self) -> datetime:
        """Return the instant, with its time zone (UTC)."""
        if self._held is not None:
            return self._held
        return self._now() + self._ahead

    def advance(self, seconds: float) -> None:
        """Move the clock on."""
        if self._held is not None:
            self._held += timedelta(seconds=seconds)
        else:
            self._ahead += timedelta(seconds=seconds)

    def hold(self, instant: datetime) -> None:
        """Stop the clock at `instant`, until `advance`, `hold` or `release`."""
        self._held = instant.astimezone(UTC)

    def release(self) -> None:
        """Let the clock run with the machine's again."""
        self._held = None
        self._ahead = timedelta(0)


def stamp(instant: datetime) -> str:
    """Return an instant as the state keeps it: sortable, microseconds."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def shown(text: str) -> str:
    """Return a kept instant as Graph shows it: whole seconds, `Z`."""
    return f"{text[:19]}Z"
