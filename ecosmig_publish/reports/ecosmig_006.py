"""ECOSMIG-006: every installation of a Device with ECoS credentials that no earlier issue of 006 has reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecosmig_publish.emrr.catalogue import CATALOGUE
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.reports.holding import Reason, field_reasons, hold
from ecosmig_publish.reports.installations import OF_GPF, commissionings, notifications
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
    may_be_ecos = devices.filter(devices.installed_with_ecos | devices.installed_with_ecos.isnull())
    may_be_ecos = may_be_ecos.select(known_device_id="device_id", known_type="device_type")
    changes, notified = (_before_end(found, question) for found in (commissionings(question), notifications(question)))
    of_others = changes.inner_join(may_be_ecos, changes.device_id == may_be_ecos.known_device_id)
    of_others = of_others.filter((of_others.known_type != "GPF") | of_others.known_type.isnull())
    of_gpfs = notified.inner_join(may_be_ecos, notified.device_id == may_be_ecos.known_device_id)
    of_gpfs = of_gpfs.filter((of_gpfs.known_type == "GPF") | of_gpfs.known_type.isnull())
    of_strangers = changes.union(notified).anti_join(devices, "device_id")
    found = of_others.union(of_gpfs).drop("known_device_id", "known_type").union(of_strangers)
    if question.only_keys is not None:
        found = found.semi_join(question.only_keys, "key")
    elif question.reported_keys is not None:
        reported = question.reported_keys
        # What was taken back is held, and goes out once more.
        found = found.anti_join(
            reported if question.held_keys is None else reported.anti_join(question.held_keys, "key"), "key"
        )
    if question.excluded_keys is not None:
        found = found.anti_join(question.excluded_keys, "key")
    return found


def _before_end(found: Any, question: Question) -> Any:
    """Return the installations before the end; one without its instant may be among them."""
    return found.filter((found.occurred_at < instant(question.bounds.end)) | found.occurred_at.isnull())


def rows(question: Question) -> Any:
    """Return the slot's rows, held ones first, then by recipient, DateTime as printed, Device ID, event."""
    fields = CATALOGUE[Report.ECOSMIG_006].fields
    unreported = question.keep(belonging(question))
    found = with_claims(with_supplier_at(unreported, "occurred_at", question), "key")
    found = with_recipient(found, question)
    found = with_device(found, question, of=unreported)
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
        (found.device_type.isnull() & found.key.startswith(OF_GPF), "empty:device_type"),
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
