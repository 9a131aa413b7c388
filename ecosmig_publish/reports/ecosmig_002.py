"""ECOSMIG-002: every failed attempt before the period's end that no earlier issue of 002 has reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.reports.attempts import FAILURE, attempt_rows, unreported, visible

if TYPE_CHECKING:
    from ecosmig_publish.reports.question import Question


def rows(question: Question) -> Any:
    """Return the slot's rows, held ones first, then by recipient, DateTime as printed, Device ID, attempt."""
    failures = unreported(question, FAILURE)
    return attempt_rows(Report.ECOSMIG_002, _numbered(failures, question), question)


def _numbered(failures: Any, question: Question) -> Any:
    """Add `number_of_attempts`: the attempt's ordinal among all the Device's visible ones, any outcome."""
    attempts = visible(question)
    attempts = attempts.filter(attempts.completed_at.notnull()).semi_join(failures, "device_id")
    ordinals = attempts.select(
        ordinal_key=attempts.attempt_id,
        number_of_attempts=ibis.row_number().over(
            group_by=attempts.device_id, order_by=[attempts.completed_at, attempts.attempt_id]
        )
        + 1,
    )
    return failures.left_join(ordinals, failures.attempt_id == ordinals.ordinal_key).drop("ordinal_key")
