"""ECOSMIG-003: the history of every Device that the recipient gained in the month and still has at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from ecosmig_publish.emrr.catalogue import CATALOGUE
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.reports.attempts import FAILURE, SUCCESS, under
from ecosmig_publish.reports.change_of_supplier import gained
from ecosmig_publish.reports.holding import Reason, field_reasons, hold
from ecosmig_publish.reports.installations import latest_installations
from ecosmig_publish.reports.meter_points import with_device
from ecosmig_publish.reports.responsible_supplier import overlap_reason, supplier_reasons, with_recipient

if TYPE_CHECKING:
    from ecosmig_publish.reports.question import Question


def belonging(question: Question) -> Any:
    """Return `device_id`, `supplier`, `claims` of the gained Devices."""
    devices = gained(question)
    if question.excluded_keys is not None:
        devices = devices.anti_join(question.excluded_keys, devices.device_id == question.excluded_keys.key)
    return devices


def rows(question: Question) -> Any:
    """Return the slot's rows, problems first, then by recipient, DateTime as printed, Device ID."""
    fields = CATALOGUE[Report.ECOSMIG_003].fields
    devices = question.keep(belonging(question))
    found = with_device(with_recipient(devices, question), question, of=devices)
    found = _with_history(found, devices, question)
    found = _with_status(found)
    lacks_device = found.known_device_id.isnull()
    is_failure = found.ecos_status == "Failure"
    first: list[Reason] = [overlap_reason(found), (lacks_device, "no-device"), *supplier_reasons(found)]
    then: list[Reason] = [
        *field_reasons(found, fields),
        (
            (found.ecos_status == "Installed") & found.installed_with_ecos.isnull(),
            "empty:installed_with_ecos",
        ),
        (is_failure & found.error_code.isnull(), "empty:error_code"),
        (is_failure & found.error_sub_code.isnull(), "empty:error_sub_code"),
    ]
    found = found.mutate(hold=hold(first, unless=lacks_device, then=then))
    held_first = found.hold.isnull().ifelse(1, 0)
    return found.order_by(held_first, found.recipient, found.migrated_at.truncate("s"), found.device_id).select(
        "hold", "recipient", key="device_id", **{field.name: field.name for field in fields}
    )


def _with_history(found: Any, devices: Any, question: Question) -> Any:
    """Add each Device's latest success, latest failure, number of attempts and installation before the end."""
    attempts = question.tables.migration_attempts
    history = attempts.filter(under(attempts, question.bounds)).semi_join(devices, "device_id")
    latest_first = [history.completed_at.desc(), history.attempt_id.desc()]
    placed = history.mutate(
        place=ibis.row_number().over(group_by=[history.device_id, history.outcome], order_by=latest_first)
    )
    latest = placed.filter(placed.place == 0)
    success = latest.filter(latest.outcome == SUCCESS).select(
        success_device_id="device_id", success_at="completed_at", success_firmware="firmware_version"
    )
    failure = latest.filter(latest.outcome == FAILURE).select(
        failure_device_id="device_id",
        failure_at="completed_at",
        failure_firmware="firmware_version",
        failure_code="error_code",
        failure_sub_code="error_sub_code",
    )
    counts = history.group_by(counted_device_id=history.device_id).agg(attempts=history.count())
    installed = latest_installations(question, devices)
    found = found.left_join(success, found.device_id == success.success_device_id)
    found = found.left_join(failure, found.device_id == failure.failure_device_id)
    found = found.left_join(counts, found.device_id == counts.counted_device_id)
    return found.left_join(installed, found.device_id == installed.installed_device_id)


def _with_status(found: Any) -> Any:
    """Add the record's fields; drop a Device with neither attempt nor ECoS installation.

    Success goes before Failure before Installed. Where nobody knows the Device, either installation may be its own.
    """
    is_success = found.success_at.notnull()
    is_failure = ~is_success & found.failure_at.notnull()
    unknown_at = ibis.coalesce(found.by_status_at, found.notified_at)
    known_at = (found.device_type == "GPF").ifelse(found.notified_at, found.by_status_at)
    installed_at = found.known_device_id.isnull().ifelse(unknown_at, known_at)
    may_be_ecos = found.installed_with_ecos | found.installed_with_ecos.isnull()
    is_installed = ~is_success & ~is_failure & installed_at.notnull() & may_be_ecos
    found = found.mutate(
        ecos_status=ibis.cases(
            (is_success, "Success"),
            (is_failure, "Failure"),
            (is_installed, "Installed"),
            else_=ibis.null("string"),
        ),
        migrated_at=ibis.cases((is_success, found.success_at), (is_failure, found.failure_at), else_=installed_at),
        error_code=is_failure.ifelse(found.failure_code, ibis.null("string")),
        error_sub_code=is_failure.ifelse(found.failure_sub_code, ibis.null("int64")),
        number_of_attempts=(is_success | is_failure).ifelse(found.attempts, 0),
        firmware_version=ibis.cases(
            (is_success, ibis.coalesce(found.success_firmware, found.device_firmware)),
            (is_failure, ibis.coalesce(found.failure_firmware, found.device_firmware)),
            else_=found.device_firmware,
        ),
    )
    return found.filter(found.ecos_status.notnull())
