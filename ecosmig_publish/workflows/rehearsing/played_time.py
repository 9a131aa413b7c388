"""Time that is played: it starts wherever it is set, runs as the machine's does, and who sleeps moves it on."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from threading import Lock


class PlayedTime:
    """Nobody waits: two who sleep at once sleep through the same seconds. Safe in threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._ahead = 0.0
        self._set_to = datetime.now(UTC)
        self._set_at = self.clock()
        self._ahead_then = 0.0

    def set(self, moment: datetime) -> None:
        """Let it be `moment` now. The clock of `clock` only goes on."""
        with self._lock:
            self._set_to, self._set_at, self._ahead_then = moment, self.clock(), self._ahead

    def clock(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic() + self._ahead

    def now(self) -> datetime:
        """Return the instant, UTC."""
        return self._set_to + timedelta(seconds=self.clock() - self._set_at)

    def sleep(self, seconds: float) -> None:
        """Let so many seconds pass, and return at once."""
        wakes_at = self.clock() + seconds
        with self._lock:
            self._ahead += max(0.0, wakes_at - self.clock())

    @property
    def slept(self) -> float:
        """The seconds that were slept since `set`."""
        return self._ahead - self._ahead_then
