"""One gate for all workers: closed while the service wants quiet, opened as the budget in resource units allows."""

from __future__ import annotations

import random
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecosmig_publish.destinations.sharepoint.waiting.server_words import ServerWords

BURST_SECONDS = 3.0
"""So much of the budget may be spent at once; the rest comes evenly, so that no minute gets more than its own."""
JITTER_SECONDS = 0.5
NEARLY_NOW = 1e-3
"""Seconds: what a clock's rounding leaves is not slept."""
NEARLY_EMPTY = 8
"""Resource units: below that many left, the service's own count is waited out."""


class Pace:
    """Admits calls, from any thread. `clock` is monotonic, in seconds.

    `units_per_minute` 0 means: as the service says. Then its `RateLimit-Remaining` is spread over its
    `RateLimit-Reset`, once it says them (from 80 % of its limit on).
    """

    def __init__(
        self,
        units_per_minute: int,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter
        self._lock = Lock()
        self._opens_at = 0.0
        self._rate = rate_of(units_per_minute)
        self._burst = self._rate * BURST_SECONDS
        self._credit = self._burst
        self._counted_at = clock()
        self._left = 0.0
        self._left_until = 0.0
        self._next_at = 0.0

    def opens_in(self) -> float:
        """Return for how many seconds the service wants nothing from us."""
        with self._lock:
            return max(0.0, self._opens_at - self._clock())

    def admit(self, cost: int) -> None:
        """Return when a call of `cost` resource units may be sent."""
        while True:
            with self._lock:
                delay = self._delay(cost)
                if delay < NEARLY_NOW:
                    self._spend(cost)
                    return
            self._sleep(delay)

    def observe(self, words: ServerWords, *, throttled: bool) -> None:
        """Take in what an answer said. A throttled one closes the gate for everybody, for as long as it says."""
        with self._lock:
            now = self._clock()
            if throttled and words.wait_seconds is not None:
                self._opens_at = max(self._opens_at, now + words.wait_seconds + JITTER_SECONDS * self._jitter())
            if words.remaining is not None and words.reset_seconds:
                until = now + words.reset_seconds
                # Answers overtake each other: within one of the service's minutes the lowest count holds.
                same_minute = abs(until - self._left_until) < 2.0  # noqa: PLR2004 - two seconds, whole ones are said
                self._left = min(self._left, words.remaining) if same_minute else float(words.remaining)
                self._left_until = until

    def _delay(self, cost: int) -> float:
        now = self._clock()
        delay = self._opens_at - now
        if self._rate:
            self._credit = min(self._burst, self._credit + (now - self._counted_at) * self._rate)
            self._counted_at = now
            # A call dearer than the whole burst goes when the burst is full, and leaves a debt.
            delay = max(delay, (min(cost, self._burst) - self._credit) / self._rate)
        if now < self._left_until:
            delay = max(delay, (self._left_until if self._left < NEARLY_EMPTY else self._next_at) - now)
        return delay

    def _spend(self, cost: int) -> None:
        self._credit -= cost
        now = self._clock()
        if now < self._left_until and self._left > 0:
            self._next_at = now + (self._left_until - now) * cost / self._left
            self._left -= cost


def rate_of(units_per_minute: int) -> float:
    """Return resource units a second that, with the burst on top, give no minute more than its budget."""
    return units_per_minute / (60.0 + BURST_SECONDS)
