"""Whose Devices the rows are, by the source: Ibis expressions of the guard's own, not those of the reports.

`rows` has `place` (a number for each row), `device_id`, `recipient` and `second`, the printed instant.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import ibis

from ecosmig_publish.emrr.terms import Report

if TYPE_CHECKING:
    from ecosmig_publish.emrr.terms import Period
    from ecosmig_publish.migration_data import Tables

_OUTCOMES = {Report.ECOSMIG_001: "SUCCESS", Report.ECOSMIG_002: "FAILURE"}
_SECOND = timedelta(seconds=1)
_FOR_EVER = ibis.timestamp("9999-12-31 23:59:59.999999")
"""Stands for the end of a span that has none: a comparison with null would make the join a nested loop."""

Between = tuple[datetime, datetime]
"""The first and the last printed second among the rows, UTC."""


def events(report: Report, tables: Tables, between: Between) -> Any:
    """Return `event_device` and `instant` of what the details of 001, 002 and 006 can be about, between two seconds.

    Left out is what lies outside of all rows, so that an engine needn't read it.
    """
    if report in _OUTCOMES:
        attempts = tables.migration_attempts
        attempts = attempts.filter(attempts.outcome == _OUTCOMES[report])
        return _within(attempts.select(event_device=attempts.device_id, instant=attempts.completed_at), between)
    changes, notified = tables.device_status_events, tables.network_notifications
    changes = changes.filter(changes.to_status == "COMMISSIONED")
    changes = changes.select(event_device=changes.device_id, instant=changes.occurred_at)
    notified = notified.select(event_device=notified.device_id, instant=notified.occurred_at)
    return _within(changes, between).union(_within(notified, between))


def unknown(rows: Any, of_source: Any) -> Any:
    """Return the rows that stand for none of the `events`."""
    return rows.anti_join(of_source, _is_of(rows, of_source))


def doubtful(rows: Any, tables: Tables) -> Any:
    """Return the rows whose recipient was not responsible for the whole of the printed second."""
    spans = _spans(tables)
    lasting = spans.until - ibis.interval(seconds=1)
    return rows.anti_join(spans, [*_is_holder(rows, spans), spans.since <= rows.second, lasting >= rows.second])


def foreign(doubts: Any, of_source: Any, tables: Tables) -> Any:
    """Return the doubtful rows of whose `events` none, by its exact instant, lies in a span of the recipient.

    Two events of a Device in one second are printed alike: the row may stand for either.
    """
    known = doubts.inner_join(of_source, _is_of(doubts, of_source))
    spans = _spans(tables)
    own = known.semi_join(spans, [*_is_holder(known, spans), spans.since <= known.instant, spans.until > known.instant])
    return doubts.anti_join(own, "place")


def spans_of(rows: Any, tables: Tables, period: Period) -> Any:
    """Return the spans of the rows' Devices that began before the period's end, for `not_gained`."""
    spans = _spans(tables)
    return spans.filter(spans.since < _literal(period.end)).semi_join(rows, spans.of_device == rows.device_id)


def not_gained(rows: Any, spans: Any, period: Period) -> Any:
    """Return the rows of 003 whose recipient doesn't hold the Device just before the end, or didn't come to it before.

    To come to it is to begin a span, in the period, where the span that began last before it, or with it, is
    another's.
    """
    holding = spans.filter(spans.until >= _literal(period.end))
    begun = spans.filter(spans.since >= _literal(period.start))
    begun = begun.select("of_device", begun_by="holder", begun_at="since").distinct()
    earlier = begun.inner_join(spans, "of_device")
    earlier = earlier.filter(earlier.since < earlier.begun_at)
    latest = earlier.group_by(late_device="of_device", late_begun_at="begun_at").agg(latest_since=earlier.since.max())
    begun = begun.inner_join(latest, [begun.of_device == latest.late_device, begun.begun_at == latest.late_begun_at])
    others = spans.select(other_device="of_device", other="holder", other_since="since")
    came = begun.inner_join(others, begun.of_device == others.other_device)
    came = came.filter(came.other != came.begun_by)
    came = came.filter((came.other_since == came.latest_since) | (came.other_since == came.begun_at))
    came = came.select(of_device="of_device", holder="begun_by").distinct()
    held = rows.semi_join(holding, _is_holder(rows, holding))
    own = held.semi_join(came, _is_holder(held, came))
    return rows.anti_join(own, "place")


def _is_of(rows: Any, of_source: Any) -> list[Any]:
    return [rows.device_id == of_source.event_device, rows.second == of_source.instant.truncate("s")]


def _is_holder(rows: Any, spans: Any) -> list[Any]:
    return [rows.device_id == spans.of_device, rows.recipient == spans.holder]


def _within(found: Any, between: Between) -> Any:
    first, last = between
    found = found.filter(found.instant >= _literal(first))
    has_later = last < datetime.max.replace(tzinfo=UTC) - _SECOND
    return found.filter(found.instant < _literal(last + _SECOND)) if has_later else found


def _spans(tables: Tables) -> Any:
    """Return `of_device`, `holder`, `since`, `until` of the spans that make somebody responsible for an instant."""
    table = tables.responsibilities
    spans = table.select(
        of_device=table.device_id,
        holder=table.sec_party_id,
        since=table.effective_from,
        until=table.effective_to.fill_null(_FOR_EVER),
    )
    return spans.filter(spans.holder.notnull(), spans.since < spans.until)


def _literal(moment: datetime) -> Any:
    return ibis.literal(moment.astimezone(UTC).replace(tzinfo=None), type="timestamp(6)")
