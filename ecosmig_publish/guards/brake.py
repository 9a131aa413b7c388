"""The big-change brake: what is far outside its stream's history waits for an operator's word.

Pure: sizes and names come in, a reason comes out, or None where there is nothing to stop. The limits are generous:
an ordinary month end, a first issue that carries all history, or a run after a long stop is none of its business. An
issue that is merely small is never held: a quiet day looks the same. What a broken source looks like is that most
recipients have nothing at once, and that is what the second rule is about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime, timedelta

LEAST_HISTORY = 4
"""With fewer earlier issues a stream has no history to be outside of."""

STEADY_SLOTS = 4
"""A recipient that had rows in each of so many slots is expected to have some in the next."""


@dataclass(frozen=True, slots=True)
class BrakeLimits:
    """How far is too far.

    Too large: more than `size_factor` times the largest of a stream's last `history` issues, and more than
    `size_floor_rows` above it. Too empty: at least `vanished_share` of the recipients that always had rows have none,
    where these are at least `vanished_recipients`.
    """

    enabled: bool = True
    size_factor: int = 20
    size_floor_rows: int = 10_000
    history: int = 8
    vanished_share: float = 0.8
    vanished_recipients: int = 10


def may_be_too_large(rows: int, limits: BrakeLimits) -> bool:
    """Whether an issue can be too large at all: a small one isn't, whatever its stream's history."""
    return limits.enabled and rows > limits.size_floor_rows


def too_large(rows: int, earlier: Sequence[int], limits: BrakeLimits, *, periods: float = 1) -> str | None:
    """Return why an issue of `rows` is too large after `earlier` ones, or None where it isn't.

    `periods` is how many times the usual span it carries: after a long stop it may be as many times larger.
    """
    if not limits.enabled or len(earlier) < LEAST_HISTORY:
        return None
    largest = max(earlier)
    usual = largest * max(1.0, periods)
    if rows <= limits.size_factor * usual or rows <= usual + limits.size_floor_rows:
        return None
    carries = f", and it carries {periods:,.0f} times the usual span" if periods > 1 else ""
    return f"{rows:,} rows, where the largest of its stream's last {len(earlier)} issues has {largest:,}{carries}"


def release_of_slot(report: str, due_at: datetime) -> str:
    """Return the command that lets a slot go that is held back."""
    return f"ecosmig issue release --report {report} --slot {due_at:%Y-%m-%dT%H:%M:%SZ}"


def periods_carried(since_cut_off: timedelta, period: timedelta) -> float:
    """Return how many periods' worth of records came since the last cut-off; never less than one."""
    return max(1.0, since_cut_off / period)


def mostly_vanished(
    steady: Collection[str],
    present: Collection[str],
    limits: BrakeLimits,
    *,
    week_before: Collection[str] | None = None,
) -> str | None:
    """Return why a slot is too empty, or None where it isn't.

    `steady` had rows in each of the last `STEADY_SLOTS` slots, `present` have some now. `week_before` had some in the
    slot of the same hour a week earlier, None where there was none: where most of them paused then too, as at a
    weekend, it is nothing sudden.
    """
    if not limits.enabled or len(steady) < limits.vanished_recipients:
        return None
    gone = _gone(steady, present)
    if gone < limits.vanished_share * len(steady):
        return None
    if week_before is not None and _gone(steady, week_before) >= limits.vanished_share * len(steady):
        return None
    always = f"recipients that had rows in each of the last {STEADY_SLOTS} slots"
    return f"{gone:,} of {len(steady):,} {always} have none now"


def _gone(steady: Collection[str], present: Collection[str]) -> int:
    return len(set(steady).difference(present))
