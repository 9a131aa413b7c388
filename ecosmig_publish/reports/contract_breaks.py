"""Source rows that break the contract so that a report can't place them: held, or listed as problems, never dropped.

Each expression gives `key` (of the report's kind of key) and `reason`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.reports import ecosmig_003, ecosmig_004, ecosmig_006
from ecosmig_publish.reports.attempts import FAILURE, SUCCESS, under, unreported, visible
from ecosmig_publish.reports.question import instant
from ecosmig_publish.reports.responsible_supplier import overlapping

if TYPE_CHECKING:
    from datetime import datetime

    from ecosmig_publish.reports.question import Question

OUTCOMES = {Report.ECOSMIG_001: SUCCESS, Report.ECOSMIG_002: FAILURE}


def doubled_attempts(attempts: Any, cut_off: datetime) -> Any:
    """Return `key` of the attempt numbers that stand in `migration_attempts` more than once by the cut-off."""
    attempts = attempts.filter(attempts.recorded_at <= instant(cut_off))
    return attempts.group_by(key=attempts.attempt_id).having(attempts.count() > 1).agg()


def doubled_events(events: Any, cut_off: datetime) -> Any:
    """Return `key` (`event:<event_id>`) of the events that stand in `device_status_events` more than once.

    Those recorded after the cut-off don't count, those that nobody can tell the recording of do.
    """
    events = events.filter((events.recorded_at <= instant(cut_off)) | events.recorded_at.isnull())
    twice = events.group_by("event_id").having(events.count() > 1).agg()
    return twice.select(key=ibis.literal("event:") + twice.event_id.cast("string"))


def is_unplaceable(report: Report, attempts: Any, question: Question) -> Any:
    """Whether 001 or 002 can't place an attempt: no outcome of either kind, no number, no instant, no record of it.

    An attempt whose outcome is of neither kind is held in both reports; one without an instant counts as seen.
    """
    known_outcome = _has_known_outcome(attempts)
    is_seen = (
        ((attempts.completed_at < instant(question.bounds.end)) | attempts.completed_at.isnull())
        & ((attempts.recorded_at <= instant(question.bounds.cut_off)) | attempts.recorded_at.isnull())
        & ((attempts.outcome == OUTCOMES[report]) | ~known_outcome)
    )
    return is_seen & (
        ~known_outcome | attempts.completed_at.isnull() | attempts.recorded_at.isnull() | attempts.attempt_id.isnull()
    )


def unplaceable_attempts(report: Report, question: Question) -> Any:
    """Return the attempts that `is_unplaceable` speaks of."""
    attempts = question.tables.migration_attempts
    broken = attempts.filter(is_unplaceable(report, attempts, question))
    reason = ibis.cases(
        (broken.attempt_id.isnull(), "empty:attempt_id"),
        (~_has_known_outcome(broken), "invalid:outcome"),
        (broken.completed_at.isnull(), "empty:completed_at"),
        else_="empty:recorded_at",
    )
    return broken.select(key=broken.attempt_id, reason=reason)


def _has_known_outcome(attempts: Any) -> Any:
    return attempts.outcome.isin([SUCCESS, FAILURE]).fill_null(False)


def doubled_here(report: Report, doubled: Any, question: Question) -> Any:
    """Return `key`, `reason`, `was_reported` of doubled attempts that would be in this slot of 001 or 002.

    `was_reported` says that one of the two lay under the previous bounds: unless it was held, it has been reported.
    """
    attempts = visible(question)
    attempts = attempts.filter(
        attempts.outcome == OUTCOMES[report], attempts.completed_at < instant(question.bounds.end)
    )
    twice = attempts.semi_join(doubled, attempts.attempt_id == doubled.key)
    earlier = ibis.literal(False) if question.previous is None else under(twice, question.previous)
    twice = twice.mutate(earlier=earlier)
    keys = twice.group_by(key=twice.attempt_id).agg(was_reported=twice.earlier.any(), is_new=(~twice.earlier).any())
    return keys.mutate(reason=ibis.literal("duplicate-key"))


def doubled_devices(devices: Any) -> Any:
    """Return `key` of the Device IDs that stand in `devices` more than once."""
    return devices.group_by(key=devices.device_id).having(devices.count() > 1).agg()


def of_doubled_devices(report: Report, doubled: Any, question: Question) -> Any:
    """Return `key` of the rows of this slot whose Device stands in `devices` more than once; 005 needs no Device."""
    if report in OUTCOMES:
        rows = unreported(question, OUTCOMES[report]).rename(key="attempt_id")
    elif report is Report.ECOSMIG_006:
        rows = ecosmig_006.belonging(question)
    elif report is Report.ECOSMIG_003:
        rows = ecosmig_003.rows(question)
    else:
        rows = ecosmig_004.belonging(question).mutate(key=ibis._.device_id)
    return rows.semi_join(doubled, rows.device_id == doubled.key.name("doubled")).select("key").distinct()


def claimed_twice(report: Report, question: Question) -> Any:
    """Return `key` of the attempts of this slot of 001 or 002 whose instant lies in more than one span."""
    return overlapping(unreported(question, OUTCOMES[report]), "attempt_id", "completed_at", question)
