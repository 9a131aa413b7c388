"""When a scheduler starts the job: for each slot, and once more in every hour while something is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Outage:
    """A span in which nothing is started; the scheduler is back at its end."""

    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Timetable:
    """`starts` are the instants at which the job is started for slots, in order; nothing is started from `until` on.

    `retry_minute` is the minute of each hour in which what was left is tried again.
    """

    starts: tuple[datetime, ...]
    until: datetime
    retry_minute: int
    outages: tuple[Outage, ...] = ()

    def first(self) -> datetime | None:
        """Return when the first run starts, None where there is none."""
        return self._once_it_is_back(self.starts[0]) if self.starts else None

    def following(self, *, began_at: datetime, ended_at: datetime, is_left: bool) -> datetime | None:
        """Return when the run after this one starts, None where it was the last.

        What the scheduler started meanwhile found this run at work and ended at once: that is made up for in the next
        retry minute, as is what `is_left`.
        """
        coming = [start for start in self.starts if start > ended_at][:1]
        if is_left or any(began_at < start <= ended_at for start in self.starts):
            coming.append(self._next_retry(ended_at))
        return self._once_it_is_back(min(coming)) if coming else None

    def done_by(self, moment: datetime) -> int:
        """Return how many of `starts` lie no later than a moment."""
        return sum(start <= moment for start in self.starts)

    def _next_retry(self, after: datetime) -> datetime:
        at = after.replace(minute=self.retry_minute, second=0, microsecond=0)
        return at if at > after else at + timedelta(hours=1)

    def _once_it_is_back(self, start: datetime) -> datetime | None:
        for outage in sorted(self.outages, key=lambda outage: outage.begins_at):
            if outage.begins_at <= start < outage.ends_at:
                start = outage.ends_at
        return start if start < self.until else None
