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
    if question.parts > 1 and not question.is_about_few:
        return attempt_rows(Report.ECOSMIG_002, _with_number(unreported(question, FAILURE), question), question)
    numbered = unreported(question, FAILURE, among=_numbered(question))
    return attempt_rows(Report.ECOSMIG_002, numbered, question)


def _with_number(failures: Any, question: Question) -> Any:
    """Add `number_of_attempts` to failures, each known by its attempt number: ordinals are found part by part.

    An engine has to hold all that it numbers at once, as wide as it is: so no more of it than must be, and of some
    Devices at a time. What is joined afterwards are two integers a failure.
    """
    first, *others = (question.keep(_ordinals(question, part)) for part in range(question.parts))
    numbers = first.union(*others) if others else first
    found = failures.inner_join(numbers, failures.attempt_id == numbers.numbered_id)
    return found.drop("numbered_id")


def _ordinals(question: Question, part: int) -> Any:
    """Return `numbered_id` and `number_of_attempts` of the failures of one part of the Devices."""
    attempts = _placed_in_time(question)
    attempts = attempts.filter((attempts.device_id.fill_null("").hash() % question.parts).abs() == part)
    is_failure = (attempts.outcome == FAILURE).fill_null(False) & attempts.attempt_id.notnull()
    attempts = attempts.select("device_id", "completed_at", "attempt_id", is_failure=is_failure)
    numbered = _with_ordinal(attempts)
    return numbered.filter(numbered.is_failure).select("number_of_attempts", numbered_id="attempt_id")


def _numbered(question: Question) -> Any:
    """Return attempts with `number_of_attempts`: the ordinal among all the Device's visible ones, any outcome.

    They are numbered before the failures are picked, so that no failure has to be joined with its number again.
    """
    attempts = _placed_in_time(question)
    if question.is_about_few:
        # Few Devices have a new failure: only their attempts are numbered.
        of_nobody = attempts.filter(attempts.device_id.isnull())
        attempts = attempts.semi_join(unreported(question, FAILURE), "device_id").union(of_nobody)
    return _with_ordinal(attempts)


def _placed_in_time(question: Question) -> Any:
    attempts = visible(question)
    return attempts.filter(attempts.completed_at.notnull())


def _with_ordinal(attempts: Any) -> Any:
    ordinal = ibis.row_number().over(group_by=attempts.device_id, order_by=[attempts.completed_at, attempts.attempt_id])
    return attempts.mutate(number_of_attempts=ordinal + 1)
