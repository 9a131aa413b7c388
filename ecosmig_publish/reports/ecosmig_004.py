"""ECOSMIG-004: how many Devices of each Non-Migratable model the recipient has at the end of the week."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from ecosmig_publish.emrr.catalogue import CATALOGUE
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.reports.attempts import SUCCESS, under
from ecosmig_publish.reports.holding import field_reasons, hold
from ecosmig_publish.reports.question import instant, is_under
from ecosmig_publish.reports.responsible_supplier import (
    overlap_reason,
    supplier_reasons,
    suppliers_just_before,
    with_claims,
    with_recipient,
)

if TYPE_CHECKING:
    from ecosmig_publish.reports.question import Question

MODEL = ["device_type", "manufacturer", "model", "firmware_version"]
INSTALLED = ("COMMISSIONED", "SUSPENDED", "RECOVERY", "RECOVERED")
GONE = ("DECOMMISSIONED", "WITHDRAWN")


def belonging(question: Question) -> Any:
    """Return the Devices that count for whoever is their supplier, with `non_migratable_at` and the ECoS flag."""
    devices = question.tables.devices
    candidates = devices.filter(~devices.installed_with_ecos | devices.installed_with_ecos.isnull())
    candidates = candidates.inner_join(_in_force(question), MODEL)
    candidates = candidates.select("device_id", *MODEL, "non_migratable_at", "installed_with_ecos")
    attempts = question.tables.migration_attempts
    migrated = attempts.filter(attempts.outcome == SUCCESS, under(attempts, question.bounds))
    candidates = candidates.anti_join(migrated, "device_id")
    if question.excluded_keys is not None:
        candidates = candidates.anti_join(question.excluded_keys, candidates.device_id == question.excluded_keys.key)
    return candidates.semi_join(_installed(candidates, question), "device_id")


def rows(question: Question) -> Any:
    """Return the slot's rows by recipient and the model's four fields; before them the Devices that can't count."""
    fields = CATALOGUE[Report.ECOSMIG_004].fields
    devices = belonging(question)
    holding = suppliers_just_before(question.bounds.end, question).drop("since")
    found = with_claims(devices.left_join(holding, devices.device_id == holding.span_device_id), "device_id")
    found = with_recipient(found, question)
    found = found.mutate(devices_count=ibis.literal(1, type="int64"))
    flag = (found.installed_with_ecos.isnull(), "empty:installed_with_ecos")
    found = found.mutate(
        hold=hold([overlap_reason(found), *supplier_reasons(found), flag, *field_reasons(found, fields)])
    )
    lost = found.filter(found.hold.notnull()).select(
        "hold", "recipient", key="device_id", **{field.name: field.name for field in fields}
    )
    kept = found.filter(found.hold.isnull())
    counted = kept.group_by("recipient", *MODEL, "non_migratable_at").agg(devices_count=kept.device_id.nunique())
    counted = counted.mutate(hold=ibis.null("string"), key=ibis.literal(""))
    counted = counted.select("hold", "recipient", "key", **{field.name: field.name for field in fields})
    both = counted.union(lost)
    return both.order_by(both.hold.isnull().ifelse(1, 0), both.recipient, *(both[name] for name in MODEL), both.key)


def _in_force(question: Question) -> Any:
    """Return the combinations in force just before the end; of two rows for one, the earlier date.

    One whose only date is missing counts as in force, without a date: its Devices become problems, and aren't dropped.
    """
    end = instant(question.bounds.end)
    models = question.tables.non_migratable_models
    began = models.non_migratable_at.isnull() | (models.non_migratable_at < end)
    models = models.filter(began, models.withdrawn_at.isnull() | (models.withdrawn_at >= end))
    return models.group_by(MODEL).agg(non_migratable_at=models.non_migratable_at.min())


def _installed(candidates: Any, question: Question) -> Any:
    """Return `device_id` of the candidates that are installed just before the end."""
    events = question.tables.device_status_events
    events = events.filter(is_under(events.occurred_at, events.recorded_at, question.bounds))
    events = events.semi_join(candidates, "device_id")
    latest_first = [events.occurred_at.desc(), events.event_id.desc()]
    placed = events.mutate(place=ibis.row_number().over(group_by=events.device_id, order_by=latest_first))
    by_status = placed.filter(placed.place == 0, placed.to_status.isin(INSTALLED)).select("device_id")
    others = candidates.filter(candidates.device_type != "GPF").semi_join(by_status, "device_id").select("device_id")

    gpfs = candidates.filter(candidates.device_type == "GPF")
    notified = question.tables.network_notifications
    # The first visible notification counts, also where it was given for an instant after the end.
    notified = notified.filter(notified.recorded_at <= instant(question.bounds.cut_off))
    notified = notified.semi_join(gpfs, "device_id")
    first = notified.group_by(gpf_device_id=notified.device_id).agg(first_at=notified.occurred_at.min())
    first = first.filter(first.first_at < instant(question.bounds.end))
    gone = events.filter(events.to_status.isin(GONE)).select(gone_device_id="device_id", gone_at="occurred_at")
    left = first.anti_join(gone, [first.gpf_device_id == gone.gone_device_id, first.first_at < gone.gone_at])
    return others.union(left.select(device_id="gpf_device_id"))
