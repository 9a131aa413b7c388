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
    numbered = unreported(question, FAILURE, among=_numbered(question))
    return attempt_rows(Report.ECOSMIG_002, numbered, question)


def _numbered(question: Question) -> Any:
    """Return attempts with `number_of_attempts`: the ordinal among all the Device's visible ones, any outcome.

    They are numbered before the failures are picked, so that no failure has to be joined with its number again.
    """
    attempts = visible(question)
    attempts = attempts.filter(attempts.completed_at.notnull())
    if question.is_about_few:
        # Few Devices have a new failure: only their attempts are numbered.
        of_nobody = attempts.filter(attempts.device_id.isnull())
        attempts = attempts.semi_join(unreported(question, FAILURE), "device_id").union(of_nobody)
    ordinal = ibis.row_number().over(group_by=attempts.device_id, order_by=[attempts.completed_at, attempts.attempt_id])
    return attempts.mutate(number_of_attempts=ordinal + 1)
