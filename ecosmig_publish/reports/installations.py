"""When Devices became installed (reports.md, 006 and Finer points)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from ecosmig_publish.reports.question import instant

if TYPE_CHECKING:
    from ecosmig_publish.reports.question import Question

BEFORE_INSTALLATION = ("PENDING", "WHITELISTED", "INSTALLED_NOT_COMMISSIONED")
"""The statuses from which a change to COMMISSIONED is an installation."""

OF_GPF = "gpf:"
"""What the keys of installations by notification begin with; those by status change have the event's number."""


def commissionings(question: Question) -> Any:
    """Return every visible installation by status change, of Devices of any type; not bounded by the period.

    Columns: `key` (`event:<event_id>`), `device_id`, `occurred_at`, `tie` (the event's number). An instant or a record
    of it that is missing counts as visible, so that the row can be held.
    """
    events = question.tables.device_status_events
    visible = events.filter(
        events.to_status == "COMMISSIONED",
        events.from_status.isin(BEFORE_INSTALLATION),
        # What has no number can't be told from another: `contract_breaks` speaks of it.
        events.event_id.notnull(),
        (events.recorded_at <= instant(question.bounds.cut_off)) | events.recorded_at.isnull(),
    )
    return visible.select(
        key=ibis.literal("event:") + visible.event_id.cast("string"),
        device_id=visible.device_id,
        occurred_at=visible.occurred_at,
        tie=visible.event_id,
        is_recorded=visible.recorded_at.notnull(),
    )


def notifications(question: Question) -> Any:
    """Return each Device's first visible notification: it alone counts as the installation of a GPF.

    Columns as `commissionings`; the key is `gpf:<device_id>`.
    """
    table = question.tables.network_notifications
    visible = table.filter(
        (table.recorded_at <= instant(question.bounds.cut_off)) | table.recorded_at.isnull(),
    )
    order = ibis.row_number().over(
        group_by=visible.device_id,
        order_by=[visible.occurred_at.isnull().ifelse(1, 0), visible.occurred_at, visible.notification_id],
    )
    first = visible.mutate(place=order)
    first = first.filter(first.place == 0)
    return first.select(
        key=ibis.literal(OF_GPF) + first.device_id,
        device_id=first.device_id,
        occurred_at=first.occurred_at,
        tie=first.notification_id,
        is_recorded=first.recorded_at.notnull(),
    )


def latest_installations(question: Question, devices: Any) -> Any:
    """Return `installed_device_id`, `by_status_at`, `notified_at`: the latest installation before the end of `devices`.

    Which of the two instants counts depends on the Device's type, which only `devices` knows.
    """
    end = instant(question.bounds.end)
    changes = commissionings(question)
    changes = changes.filter(changes.occurred_at < end, changes.is_recorded)
    notified = notifications(question)
    notified = notified.filter(notified.occurred_at < end, notified.is_recorded)
    no_instant = ibis.null("timestamp(6)")
    changes, notified = changes.semi_join(devices, "device_id"), notified.semi_join(devices, "device_id")
    both = changes.select("device_id", by_status_at=changes.occurred_at, notified_at=no_instant).union(
        notified.select("device_id", by_status_at=no_instant, notified_at=notified.occurred_at)
    )
    return both.group_by(installed_device_id=both.device_id).agg(
        by_status_at=both.by_status_at.max(), notified_at=both.notified_at.max()
    )
