"""What lies under a slot's bounds, as counts and checksums: a row that turns up behind a used cut-off shows.

A checksum is a sum of products of remainders, so that no engine's integers overflow below a hundred million rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from ecosmig_publish.reports.attempts import under
from ecosmig_publish.reports.contract_breaks import OUTCOMES, is_unplaceable
from ecosmig_publish.reports.question import is_under

if TYPE_CHECKING:
    from ecosmig_publish.emrr.terms import Report
    from ecosmig_publish.reports.question import Bounds, Question

_FIRST, _SECOND = 65_521, 65_519


def of_attempts(report: Report, question: Question) -> Any:
    """Return one row about 001's or 002's attempts, in one scan.

    `count` and `checksum` of what lies under the bounds, `earlier_count` and `earlier_checksum` of what lies under the
    previous ones now (0 without), `fresh` of what lies between, `unplaceable` of what breaks the contract.
    """
    attempts = question.tables.migration_attempts
    is_mine = attempts.outcome == OUTCOMES[report]
    now = (is_mine & under(attempts, question.bounds)).fill_null(False)
    was_under = ibis.literal(False) if question.previous is None else under(attempts, question.previous)
    earlier = (is_mine & was_under).fill_null(False)
    mixed = _mixed(attempts.attempt_id, attempts.completed_at)
    return attempts.aggregate(
        count=now.sum().fill_null(0),
        checksum=_total(now, mixed),
        earlier_count=earlier.sum().fill_null(0),
        earlier_checksum=_total(earlier, mixed),
        fresh=(now & ~earlier).sum().fill_null(0),
        unplaceable=is_unplaceable(report, attempts, question).fill_null(False).sum().fill_null(0),
    )


def of_commissionings(events: Any, bounds: Bounds) -> Any:
    """Return `count` and `checksum` of the changes to COMMISSIONED under `bounds`."""
    found = (events.to_status == "COMMISSIONED") & is_under(events.occurred_at, events.recorded_at, bounds)
    found = found.fill_null(False)
    return events.aggregate(
        count=found.sum().fill_null(0), checksum=_total(found, _mixed(events.event_id, events.occurred_at))
    )


def _mixed(key: Any, moment: Any) -> Any:
    return (key % _FIRST) * (moment.epoch_seconds().cast("int64") % _SECOND + 1)


def _total(found: Any, mixed: Any) -> Any:
    return found.ifelse(mixed, 0).sum().fill_null(0).cast("int64")
