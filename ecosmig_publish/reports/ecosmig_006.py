"""ECOSMIG-006: every installation of a Device with ECoS credentials that no earlier issue of 006 has reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecosmig_publish.emrr.catalogue import CATALOGUE
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.reports.holding import Reason, field_reasons, hold
from ecosmig_publish.reports.installations import commissionings, notifications
from ecosmig_publish.reports.meter_points import with_device
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


def belonging(question: Question) -> Any:
    """Return the unreported installations before the end with their Devices; a Device that is unknown may be any.

    By key and not by bounds: a Device whose ECoS flag is mended later brings its installation into the next slot.
    """
    devices = question.tables.devices
    flags = devices.select(
        flagged_device_id=devices.device_id,
        flagged_type=devices.device_type,
        flag=devices.installed_with_ecos,
    )
    end = instant(question.bounds.end)
    changes = commissionings(question)
    changes = changes.left_join(flags, changes.device_id == flags.flagged_device_id)
    changes = changes.filter((changes.flagged_type != "GPF") | changes.flagged_type.isnull())
    notified = notifications(question)
    notified = notified.left_join(flags, notified.device_id == flags.flagged_device_id)
    notified = notified.filter((notified.flagged_type == "GPF") | notified.flagged_type.isnull())
    found = changes.union(notified)
    found = found.filter((found.occurred_at < end) | found.occurred_at.isnull(), found.flag | found.flag.isnull()).drop(
        "flagged_device_id", "flagged_type", "flag"
    )
    if question.reported_keys is not None:
        found = found.anti_join(question.reported_keys, "key")
    if question.excluded_keys is not None:
        found = found.anti_join(question.excluded_keys, "key")
    return found


def rows(question: Question) -> Any:
    """Return the slot's rows, held ones first, then by recipient, DateTime as printed, Device ID, event."""
    fields = CATALOGUE[Report.ECOSMIG_006].fields
    found = with_claims(with_supplier_at(belonging(question), "occurred_at", question), "key")
    found = with_recipient(found, question)
    found = with_device(found, question.tables.devices)
    lacks_device = found.known_device_id.isnull()
    lacks_instant = found.occurred_at.isnull()
    is_claimed_twice, claimed_twice = overlap_reason(found)
    of_supplier = [(~lacks_instant & condition, reason) for condition, reason in supplier_reasons(found)]
    of_row: list[Reason] = [
        (lacks_device, "no-device"),
        *of_supplier,
        (lacks_instant, "empty:occurred_at"),
        (~found.is_recorded, "empty:recorded_at"),
    ]
    # Claimed by two, a row stands here twice: only that is said of it, as of an attempt.
    first: list[Reason] = [
        (is_claimed_twice, claimed_twice),
        *((~is_claimed_twice & condition, reason) for condition, reason in of_row),
    ]
    of_device: list[Reason] = [
        (found.installed_with_ecos.isnull(), "empty:installed_with_ecos"),
        (found.device_type.isnull() & found.key.startswith("gpf:"), "empty:device_type"),
        *field_reasons(found, [field for field in fields if field.name != "occurred_at"]),
    ]
    found = found.mutate(hold=hold(first, unless=lacks_device | is_claimed_twice, then=of_device))
    held_first = found.hold.isnull().ifelse(1, 0)
    return found.order_by(
        held_first,
        found.recipient,
        found.occurred_at.truncate("s"),
        found.device_id,
        found.occurred_at,
        found.tie,
    ).select("hold", "recipient", "key", **{field.name: field.name for field in fields})
