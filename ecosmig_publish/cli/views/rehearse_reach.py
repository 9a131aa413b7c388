"""Whether the source reaches over the month that is played."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from ecosmig_publish.migration_data.recorded import Recorded

_QUIET = timedelta(hours=48)
"""So long without a new row, and the source has probably ended."""


def outside(recorded: Recorded | None, month: datetime, until: datetime) -> str:
    """Say which part of a month, played until `until`, the source says nothing of; `""` where it reaches over it."""
    if recorded is None:
        return "no row has a recorded_at: every run sees the tables as they stand today"
    earliest, latest = f"{recorded.earliest:%Y-%m-%d %H:%MZ}", f"{recorded.latest:%Y-%m-%d %H:%MZ}"
    if recorded.earliest >= until:
        return f"all rows were recorded after the month, from {earliest} on: no run sees any"
    if recorded.latest < month:
        return f"all rows were recorded before the month, until {latest}: no run sees a new one after the first"
    says = []
    if recorded.earliest > month:
        says.append(f"no row was recorded before {earliest}")
    if recorded.latest < until - _QUIET:
        days = (until - recorded.latest).days
        says.append(f"no row was recorded after {latest}: the last {days:,} days have nothing new")
    return "; ".join(says)
