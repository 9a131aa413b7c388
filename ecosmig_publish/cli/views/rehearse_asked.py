"""What a rehearsal is asked for: which month, which runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.calendar import all_due_slots
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import UsageError
from ecosmig_publish.operations.schedules.job import RETRY_MINUTE
from ecosmig_publish.workflows.rehearsing.timetable import Outage, Timetable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ecosmig_publish.emrr.terms import Slot

_LATEST_START = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be played; `month` is its first instant, `faults` how many of a thousand requests meet one.

    Runs start `after` each slot, but for the spans in `missed`. Without a `deadline` nothing is late.
    """

    month: datetime
    faults: int
    seed: int
    missed: tuple[tuple[datetime, datetime], ...]
    deadline: timedelta | None
    after: timedelta

    @property
    def ends_at(self) -> datetime:
        """The first instant of the next month."""
        return (self.month + timedelta(days=31)).replace(day=1)

    def until(self, now: datetime) -> datetime:
        """Return where the rehearsal ends: with the month, or now where that is earlier.

        Raises `UsageError` for a month that is still to come, and for what doesn't go with it.
        """
        if self.month + self.after >= now:
            latest = min(self.month - timedelta(days=1), now)
            raise UsageError(
                f"--month {self.month:%Y-%m}: is still to come, and so is its data",
                hint=f"ecosmig rehearse --month {latest:%Y-%m}",
            )
        if self.after >= _LATEST_START:
            raise UsageError("--after: an hour or more", hint="A scheduler that was off is said with --missed FROM/TO.")
        for begins_at, back_at in self.missed:
            if begins_at >= self.ends_at or back_at <= self.month:
                raise UsageError(
                    f"--missed {begins_at:%Y-%m-%dT%H:%MZ}/{back_at:%Y-%m-%dT%H:%MZ}: not in {self.month:%Y-%m}",
                    hint="Name a span of the month that is played.",
                )
        return min(self.ends_at, now)

    def slots(self, until: datetime) -> list[Slot]:
        """Return the slots of the month that a scheduler has started runs for by `until`, oldest first."""
        just_before = self.month - timedelta(microseconds=1)
        slots = all_due_slots(dict.fromkeys(Report, just_before), until)
        return [slot for slot in slots if slot.due_at + self.after < until]

    def timetable(self, slots: Sequence[Slot], until: datetime) -> Timetable:
        """Return when runs start."""
        starts = sorted({slot.due_at + self.after for slot in slots})
        outages = tuple(Outage(begins_at, back_at) for begins_at, back_at in self.missed)
        return Timetable(tuple(starts), until, RETRY_MINUTE, outages)
