"""Migration attempts that no earlier issue has reported (reports 001 and 002)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from ecosmig_publish.emrr.catalogue import CATALOGUE
from ecosmig_publish.reports.holding import Reason, field_reasons, hold
from ecosmig_publish.reports.meter_points import with_device
from ecosmig_publish.reports.question import instant, is_under
from ecosmig_publish.reports.responsible_supplier import supplier_reasons, with_recipient, with_supplier_at

if TYPE_CHECKING:
    from ecosmig_publish.emrr.terms import Report
    from ecosmig_publish.reports.question import Bounds, Question

SUCCESS = "SUCCESS"
FAILURE = "FAILURE"


def under(attempts: Any, bounds: Bounds) -> Any:
    """Whether an attempt lies under `bounds`."""
    return is_under(attempts.completed_at, attempts.recorded_at, bounds)


def unreported(question: Question, outcome: str, *, among: Any = None) -> Any:
    """Return the attempts of `outcome` that belong in this slot: new under the bounds, or held until now.

    Both bounds only grow and the contract freezes what decides where an attempt belongs, so what earlier slots saw is
    what lies under the last one's bounds. `among` stands for the attempts, where they were given more columns.
    """
    attempts = question.tables.migration_attempts if among is None else among
    # What has no number can't be told from another: `contract_breaks` speaks of it.
    belongs = attempts.filter(
        attempts.outcome == outcome, under(attempts, question.bounds), attempts.attempt_id.notnull()
    )
    if question.only_keys is not None:
        belongs = belongs.semi_join(question.only_keys, belongs.attempt_id == question.only_keys.key)
    elif question.previous is not None:
        is_new = ~under(belongs, question.previous)
        if question.held_keys is not None:
            is_new = is_new | belongs.attempt_id.isin(question.held_keys.key)
        belongs = belongs.filter(is_new)
    if question.excluded_keys is not None:
        belongs = belongs.anti_join(question.excluded_keys, belongs.attempt_id == question.excluded_keys.key)
    return belongs


def with_printed_firmware(attempts: Any, tables: Any) -> Any:
    """Add `printed_firmware`: an attempt's own firmware version, else what its Device has now."""
    devices = tables.devices
    known = devices.group_by(firmware_device_id=devices.device_id).agg(device_firmware=devices.firmware_version.min())
    found = attempts.left_join(known, attempts.device_id == known.firmware_device_id)
    found = found.mutate(printed_firmware=ibis.coalesce(found.firmware_version, found.device_firmware))
    return found.drop("firmware_device_id", "device_firmware")


def visible(question: Question) -> Any:
    """Return the attempts of any outcome that were recorded by the cut-off."""
    attempts = question.tables.migration_attempts
    return attempts.filter(attempts.recorded_at <= instant(question.bounds.cut_off))


def attempt_rows(report: Report, attempts: Any, question: Question) -> Any:
    """Turn unreported attempts into the rows of 001 or 002: `hold`, `recipient`, `key`, then the record's fields."""
    fields = CATALOGUE[report].fields
    few = None
    if question.is_about_few:
        few = attempts = question.keep(attempts)
    rows = with_recipient(with_supplier_at(attempts, "completed_at", question), question)
    rows = with_device(rows.rename(attempt_firmware="firmware_version"), question, of=few)
    rows = rows.mutate(firmware_version=ibis.coalesce(rows.attempt_firmware, rows.device_firmware))
    lacks_device = rows.known_device_id.isnull()
    first: list[Reason] = [(lacks_device, "no-device"), *supplier_reasons(rows)]
    rows = rows.mutate(hold=hold(first, unless=lacks_device, then=field_reasons(rows, fields)))
    held_first = rows.hold.isnull().ifelse(1, 0)
    return rows.order_by(
        held_first,
        rows.recipient,
        rows.completed_at.truncate("s"),
        rows.device_id,
        rows.completed_at,
        rows.attempt_id,
    ).select("hold", "recipient", key="attempt_id", **{field.name: field.name for field in fields})
