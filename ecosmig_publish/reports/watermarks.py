"""What lies under a slot's bounds, as a count and a checksum: a row that turns up behind a used cut-off shows.

The checksum is a sum of products of remainders, so that no engine's integers overflow below a hundred million rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecosmig_publish.reports.attempts import under
from ecosmig_publish.reports.question import is_under

if TYPE_CHECKING:
    from ecosmig_publish.reports.question import Bounds

_FIRST, _SECOND = 65_521, 65_519


def of_attempts(attempts: Any, outcome: str, bounds: Bounds) -> Any:
    """Return `count` and `checksum` of the attempts of `outcome` under `bounds`."""
    rows = attempts.filter(attempts.outcome == outcome, under(attempts, bounds))
    return _summed(rows, rows.attempt_id, rows.completed_at)


def of_events(events: Any, bounds: Bounds) -> Any:
    """Return `count` and `checksum` of the commissionings under `bounds`."""
    rows = events.filter(events.to_status == "COMMISSIONED", is_under(events.occurred_at, events.recorded_at, bounds))
    return _summed(rows, rows.event_id, rows.occurred_at)


def _summed(rows: Any, key: Any, moment: Any) -> Any:
    mixed = (key % _FIRST) * (moment.epoch_seconds().cast("int64") % _SECOND + 1)
    return rows.aggregate(count=rows.count(), checksum=mixed.sum().fill_null(0).cast("int64"))
