"""When a run acts, and which slots are then due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.calendar import all_due_slots
from ecosmig_publish.emrr.terms import Report, Slot
from ecosmig_publish.errors import ClockError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


@dataclass(frozen=True, slots=True)
class RunInstant:
    """The instant that a run acts at, in whole seconds, and the cut-off that follows from it."""

    at: datetime
    cut_off: datetime


def run_instant(
    *, now: datetime, as_of: datetime | None, settle: timedelta, last_cut_off: datetime | None
) -> RunInstant:
    """Return the instant to act at; a fraction of a second is cut.

    Raises `ClockError` for one that is later than `now`, or whose cut-off is earlier than the last one used: what was
    reported is told by bounds that only grow.
    """
    at = (as_of or now).astimezone(UTC).replace(microsecond=0)
    if at > now:
        raise ClockError(
            f"--as-of {at:%Y-%m-%dT%H:%M:%SZ} is later than now ({now:%Y-%m-%dT%H:%M:%SZ})",
            hint="Give an instant that has passed, or leave --as-of out.",
        )
    cut_off = at - settle
    if last_cut_off is not None and cut_off < last_cut_off:
        raise ClockError(_set_back(at, as_of, settle, last_cut_off), hint=_way_on(as_of, settle, last_cut_off))
    return RunInstant(at, cut_off)


def due_slots_of(
    *, start: datetime, at: datetime, last_slots: Mapping[Report, datetime], reports: Collection[Report] = ()
) -> list[Slot]:
    """Return the slots due after `start` and after each report's last slot, until `at`, oldest first."""
    wanted = tuple(reports) or tuple(Report)
    after = {report: max(start, last_slots.get(report, start)) for report in wanted}
    return all_due_slots(after, at)


def _set_back(at: datetime, as_of: datetime | None, settle: timedelta, last_cut_off: datetime) -> str:
    what = "--as-of" if as_of else "the clock's"
    less = f" less the settle time of {settle}" if settle else ""
    return (
        f"{what} {at:%Y-%m-%dT%H:%M:%SZ}{less} is earlier than the last cut-off used, "
        f"{last_cut_off:%Y-%m-%dT%H:%M:%SZ}: nothing was issued"
    )


def _way_on(as_of: datetime | None, settle: timedelta, last_cut_off: datetime) -> str:
    earliest = f"{last_cut_off + settle:%Y-%m-%dT%H:%M:%SZ}"
    if as_of:
        return f"Give an instant of {earliest} or later, or leave --as-of out."
    return f"Set this machine's clock right (timedatectl), or wait until {earliest}."
