"""When each report falls due, and which period a slot reports on (EMRR 3.1 and Appendix A; all UTC)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.terms import Period, Report, Slot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)
_QUARTER = timedelta(hours=6)
_MONDAY_AT_SIX = datetime(2001, 1, 1, 6, tzinfo=UTC)
_DAY_AT_SIX = datetime(2001, 1, 1, 6, tzinfo=UTC)
_MIDNIGHT = datetime(2001, 1, 1, tzinfo=UTC)
_BEFORE_THE_SLOT = timedelta(hours=1)
"""002 reports on the six hours that end one hour before its slot."""
_LONGEST_WAIT = timedelta(days=40)
"""Between a period's end and its slot; a report's next slot after any instant is nearer."""

_REGULAR = {
    Report.ECOSMIG_001: (_DAY_AT_SIX, _DAY),
    Report.ECOSMIG_002: (_MIDNIGHT, _QUARTER),
    Report.ECOSMIG_004: (_MONDAY_AT_SIX, _WEEK),
    Report.ECOSMIG_005: (_MONDAY_AT_SIX, _WEEK),
}
_MONTHLY = {Report.ECOSMIG_003: (2, 8), Report.ECOSMIG_006: (1, 6)}
"""Day of the month and hour."""


def due_slots(report: Report, *, after: datetime, until: datetime) -> Iterator[Slot]:
    """Yield the report's slots with `after < due_at <= until`, oldest first; both in any zone, slots in UTC."""
    instants = _regular(report, after) if report in _REGULAR else _monthly(report, after)
    for due_at in instants:
        if due_at > until:
            return
        yield Slot(due_at, report)


def all_due_slots(after: Mapping[Report, datetime], until: datetime) -> list[Slot]:
    """Return the slots of each report in `after` up to `until`, oldest first, then by report."""
    return sorted(slot for report, since in after.items() for slot in due_slots(report, after=since, until=until))


def last_due_slot(report: Report, until: datetime) -> Slot:
    """Return the report's latest slot at or before an instant, which may stand in any zone; the slot in UTC."""
    if report in _REGULAR:
        anchor, step = _REGULAR[report]
        return Slot(anchor + (until - anchor) // step * step, report)
    return max(due_slots(report, after=until - _LONGEST_WAIT, until=until))


def period_of(slot: Slot) -> Period:
    """Return the period, in UTC, that a slot reports on.

    Raises `ValueError` for an instant that is no slot of the report.
    """
    # The found slot stands in UTC, whatever zone the given one is written in.
    found = next(due_slots(slot.report, after=slot.due_at - timedelta(microseconds=1), until=slot.due_at), None)
    if found is None:
        raise ValueError(f"{slot.report} has no slot at {slot.due_at.isoformat()}")
    slot = found
    midnight = slot.due_at.replace(hour=0, minute=0, second=0, microsecond=0)
    if slot.report is Report.ECOSMIG_001:
        return Period(midnight - _DAY, midnight)
    if slot.report is Report.ECOSMIG_002:
        end = slot.due_at - _BEFORE_THE_SLOT
        return Period(end - _QUARTER, end)
    if slot.report in _MONTHLY:
        end = midnight.replace(day=1)
        return Period((end - _DAY).replace(day=1), end)
    return Period(midnight - _WEEK, midnight)


def slot_reporting_on(report: Report, period: Period) -> Slot | None:
    """Return the slot that reports on a period, in UTC; None where the report has no such period."""
    last = period.last_second
    try:
        # It is the report's next one after the period's end.
        slot = next(due_slots(report, after=last, until=last + _LONGEST_WAIT), None)
        return slot if slot is not None and period_of(slot) == period else None
    except OverflowError:
        return None


def _regular(report: Report, after: datetime) -> Iterator[datetime]:
    anchor, step = _REGULAR[report]
    due_at = anchor + ((after - anchor) // step + 1) * step
    while True:
        yield due_at
        due_at += step


def _monthly(report: Report, after: datetime) -> Iterator[datetime]:
    day, hour = _MONTHLY[report]
    due_at = after.astimezone(UTC).replace(day=day, hour=hour, minute=0, second=0, microsecond=0)
    while True:
        if due_at > after:
            yield due_at
        due_at = (due_at.replace(day=28) + timedelta(days=4)).replace(day=day)
