"""How far the reading has come, and whether a pace is enough."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from ecosmig_publish.ledger import Ledger

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stand:
    """The files that stand published, and when they were read: `never`, or not within the wanted days (`overdue`).

    Those never read are overdue, too. `failed` were not as issued when they were last tried. `oldest_at` is when the
    least recently read one was read, None before the first.
    """

    files: int
    bytes: int
    never: int
    overdue: int
    failed: int
    oldest_at: datetime | None


def stand_of(ledger: Ledger, within_days: int, at: datetime) -> Stand:
    """Return how far the reading has come."""
    spans, last = ledger.readings(), ledger.last_file_number()
    files, size = ledger.weigh([(1, last)])
    never, _ = ledger.weigh(spans.gaps(last))
    old, _ = ledger.weigh((it.first, it.last) for it in spans.of if it.at < at - within_days * DAY)
    failed, _ = ledger.weigh((it.first, it.last) for it in spans.of if not it.agreed)
    oldest_at = min((it.at for it in spans.of), default=None)
    return Stand(files, size, never, never + old, failed, oldest_at)


@dataclass(frozen=True, slots=True)
class Pace:
    """What a run took: so many files and bytes in so many seconds."""

    files: int
    bytes: int
    seconds: float

    def seconds_for(self, stand: Stand) -> float | None:
        """Return how long it takes to read all at this pace, None where nothing was read.

        By files or by bytes, whichever is more: a run may have come to none but small ones.
        """
        if not self.files:
            return None
        return self.seconds * max(stand.files / self.files, stand.bytes / max(self.bytes, 1))

    def days_for(self, stand: Stand, budget: timedelta) -> int | None:
        """Return in how many days all is read by a run of `budget` a day."""
        seconds = self.seconds_for(stand)
        return None if seconds is None else max(1, math.ceil(seconds / budget.total_seconds()))
