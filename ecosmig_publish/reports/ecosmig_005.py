"""ECOSMIG-005: each recipient's successful and failed attempts by day of the week."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import ibis

from ecosmig_publish.reports.attempts import FAILURE, SUCCESS, visible
from ecosmig_publish.reports.question import instant
from ecosmig_publish.reports.responsible_supplier import (
    overlap_reason,
    supplier_reasons,
    with_claims,
    with_recipient,
    with_supplier_at,
)

if TYPE_CHECKING:
    from ecosmig_publish.reports.question import Question


def rows(question: Question) -> Any:
    """Return seven rows for each recipient with activity in the week, Monday to Sunday, zeros included.

    Before them stand the attempts that count for nobody, as held rows: problems of this slot, not tried again.
    """
    found = _located(question)
    known = found.filter(found.hold.isnull())
    activity = known.group_by(active=known.recipient, activity_on=known.completed_at.date()).agg(
        successes=(known.outcome == SUCCESS).sum(), failures=(known.outcome == FAILURE).sum()
    )
    recipients = activity.select(recipient=activity.active).distinct()
    days = ibis.memtable(
        {"day": [question.period.start.date() + timedelta(days=day) for day in range(7)]},
        schema={"day": "date"},
    )
    grid = recipients.cross_join(days)
    counted = grid.left_join(activity, [grid.recipient == activity.active, grid.day == activity.activity_on])
    counted = counted.select(
        hold=ibis.null("string"),
        recipient=counted.recipient,
        key=ibis.literal(""),
        activity_on=counted.day,
        successes=counted.successes.fill_null(0).cast("int64"),
        failures=counted.failures.fill_null(0).cast("int64"),
    )
    # An attempt that two suppliers claim stands here twice, and is one problem.
    lost = found.filter(found.hold.notnull()).select("place", "hold", "attempt_id", "completed_at").distinct()
    nobodys = lost.select(
        hold=lost.hold,
        recipient=ibis.null("string"),
        key=ibis.literal("attempt:") + lost.attempt_id.cast("string").fill_null(""),
        activity_on=lost.completed_at.date(),
        successes=ibis.literal(0, type="int64"),
        failures=ibis.literal(0, type="int64"),
    )
    both = counted.union(nobodys)
    return both.order_by(both.hold.isnull().ifelse(1, 0), both.recipient, both.activity_on, both.key)


def _located(question: Question) -> Any:
    """Return the week's attempts with their recipient, or with `hold` where it can't be known."""
    attempts = visible(question)
    week = attempts.filter(
        attempts.completed_at >= instant(question.period.start),
        attempts.completed_at < instant(question.period.end),
        attempts.outcome.isin([SUCCESS, FAILURE]),
    )
    # A number may stand in several rows, or in none: each row counts, and is known by its place.
    week = week.select("attempt_id", "device_id", "completed_at", "outcome", place=ibis.row_number())
    found = with_claims(with_supplier_at(week, "completed_at", question), "place")
    found = with_recipient(found, question)
    reasons = [overlap_reason(found), *supplier_reasons(found)]
    hold = ibis.cases(*reasons, else_=ibis.null("string"))
    return found.mutate(hold=hold)
