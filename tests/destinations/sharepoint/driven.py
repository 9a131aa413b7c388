"""Time that a test drives: who sleeps moves it on, for client and stand-in alike, and nobody waits."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.sharepoint.opening import Timing
from ecosmig_publish.destinations.sharepoint.waiting import Patience

if TYPE_CHECKING:
    from collections.abc import Callable


class DrivenTime:
    """The machine's time and what was slept; two who sleep at once sleep through the same seconds."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._ahead = 0.0
        self.slept: list[float] = []
        self.meanwhile: Callable[[], None] | None = None
        """What somebody else does while one sleeps."""

    def begin_anew(self) -> None:
        """Be the machine's time again: tokens are asked for by that, and Entra refuses a clock that is far off."""
        self._ahead = 0.0
        self.slept.clear()
        self.meanwhile = None

    def clock(self) -> float:
        return time.monotonic() + self._ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._ahead)

    def sleep(self, seconds: float) -> None:
        wakes_at = self.clock() + seconds
        with self._lock:
            self.slept.append(seconds)
            self._ahead += max(0.0, wakes_at - self.clock())
        if self.meanwhile is not None:
            self.meanwhile()

    def timing(self, *, timeout: float = 5.0, patience: Patience | None = None) -> Timing:
        return Timing(self.clock, self.sleep, self.now, patience or Patience(), (timeout, timeout))
