"""ECOSMIG-001: every successful attempt before the period's end that no earlier issue of 001 has reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.reports.attempts import SUCCESS, attempt_rows, unreported

if TYPE_CHECKING:
    from ecosmig_publish.reports.question import Question


def rows(question: Question) -> Any:
    """Return the slot's rows, held ones first, then by recipient, DateTime as printed, Device ID, attempt."""
    return attempt_rows(Report.ECOSMIG_001, unreported(question, SUCCESS), question)
