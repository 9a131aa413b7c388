"""What lies under a slot's bounds, as counts and checksums: a row that turns up behind a used cut-off shows.

A checksum is a sum of products of remainders, so that no engine's integers overflow below a hundred million rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from ecosmig_publish.reports.attempts import under
from ecosmig_publish.reports.contract_breaks import OUTCOMES, is_unplaceable
from ecosmig_publish.reports.installations import BEFORE_INSTALLATION
from ecosmig_publish.reports.question import FAR_FUTURE, instant, is_under

if TYPE_CHECKING:
    from datetime import datetime

    from ecosmig_publish.emrr.terms import Report
    from ecosmig_publish.reports.question import Question, SourceTables

_FIRST, _SECOND = 65_521, 65_519
_LARGE = 2_147_483_647


def of_attempts(report: Report, question: Question) -> Any:
    """Return one row about 001's or 002's attempts, in one scan.

    `count` and `checksum` of what lies under the bounds, `earlier_count` and `earlier_checksum` of what lies under the
    previous ones now (0 without), `fresh` of what lies between, `unplaceable` of what breaks the contract.
    """
    attempts = question.tables.migration_attempts
    is_mine, now = _mine(report, attempts, question)
    was_under = ibis.literal(False) if question.previous is None else under(attempts, question.previous)
    earlier = (is_mine & was_under).fill_null(False)
    return attempts.aggregate(
        **_of_now(report, attempts, now, question),
        earlier_count=earlier.sum().fill_null(0),
        earlier_checksum=_total(earlier, _mixed(attempts.attempt_id, attempts.completed_at)),
        fresh=(now & ~earlier).sum().fill_null(0),
    )


def of_attempts_by_hour(report: Report, question: Question, since: datetime) -> Any:
    """Return a row for each `hour` from `since` to the question's end in which an attempt was completed.

    `count`, `checksum` and `unplaceable` as `of_attempts` has them, of that hour's attempts; in one scan.
    """
    attempts = question.tables.migration_attempts
    attempts = attempts.filter(
        attempts.completed_at >= instant(since), attempts.completed_at < instant(question.bounds.end)
    )
    _, now = _mine(report, attempts, question)
    by_hour = attempts.group_by(hour=attempts.completed_at.truncate("h"))
    return by_hour.agg(**_of_now(report, attempts, now, question))


def of_installations(question: Question) -> Any:
    """Return one row about 006's changes to COMMISSIONED and notifications, as `of_attempts` does for attempts.

    `unplaceable` counts the installations without a number.
    """
    events = question.tables.device_status_events
    events = events.filter(events.to_status == "COMMISSIONED")
    notified = question.tables.network_notifications
    # Numbers of the two tables are told apart by being even or odd.
    both = events.select(
        key=events.event_id * 2,
        at=events.occurred_at,
        recorded_at=events.recorded_at,
        is_numberless=events.event_id.isnull() & events.from_status.isin(BEFORE_INSTALLATION).fill_null(False),
    ).union(
        notified.select(
            key=notified.notification_id * 2 + 1,
            at=notified.occurred_at,
            recorded_at=notified.recorded_at,
            is_numberless=ibis.literal(False),
        )
    )
    was_under = (
        ibis.literal(False) if question.previous is None else is_under(both["at"], both.recorded_at, question.previous)
    )
    both = both.mutate(earlier=was_under)
    now, earlier = (
        is_under(both["at"], both.recorded_at, question.bounds).fill_null(False),
        both.earlier.fill_null(False),
    )
    mixed = _mixed(both.key, both["at"])
    return both.aggregate(
        count=now.sum().fill_null(0),
        checksum=_total(now, mixed),
        earlier_count=earlier.sum().fill_null(0),
        earlier_checksum=_total(earlier, mixed),
        unplaceable=(both.is_numberless & now).sum().fill_null(0),
    )


def of_responsibilities(tables: SourceTables, until: datetime, earlier: datetime) -> Any:
    """Return one row about the spans that began before `until`, as far as they lie before it, in one scan.

    `count` and `checksum`; `earlier_count` and `earlier_checksum` of what lies before `earlier`, which is no later.
    """
    spans = tables.responsibilities.filter(tables.responsibilities.effective_from < instant(until))
    before = spans.effective_from < instant(earlier)
    whose = (spans.device_id.fill_null("") + "|" + spans.sec_party_id.fill_null("")).hash() % _LARGE
    since = spans.effective_from.epoch_seconds().cast("int64") * 31
    # A span that goes on beyond counts as ending there: that it is closed later on changes nothing.
    ends = spans.effective_to.fill_null(FAR_FUTURE)
    now = since + ibis.least(ends, instant(until)).epoch_seconds().cast("int64")
    then = since + ibis.least(ends, instant(earlier)).epoch_seconds().cast("int64")
    return spans.aggregate(
        count=spans.count(),
        checksum=(whose * (now % _FIRST + 1) % _LARGE).sum().fill_null(0).cast("int64"),
        earlier_count=before.sum().fill_null(0),
        earlier_checksum=_total(before, whose * (then % _FIRST + 1) % _LARGE),
    )


def _mine(report: Report, attempts: Any, question: Question) -> tuple[Any, Any]:
    """Return whether an attempt is of the report's kind and numbered, and whether it lies under the bounds besides."""
    is_mine = (attempts.outcome == OUTCOMES[report]) & attempts.attempt_id.notnull()
    return is_mine, (is_mine & under(attempts, question.bounds)).fill_null(False)


def _of_now(report: Report, attempts: Any, now: Any, question: Question) -> dict[str, Any]:
    return {
        "count": now.sum().fill_null(0),
        "checksum": _total(now, _mixed(attempts.attempt_id, attempts.completed_at)),
        "unplaceable": is_unplaceable(report, attempts, question).fill_null(False).sum().fill_null(0),
    }


def _mixed(key: Any, moment: Any) -> Any:
    return (key.fill_null(0) % _FIRST) * (moment.epoch_seconds().cast("int64") % _SECOND + 1)


def _total(found: Any, mixed: Any) -> Any:
    return found.ifelse(mixed, 0).sum().fill_null(0).cast("int64")
