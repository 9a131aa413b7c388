"""What a slot's bounds cover: what is new, and whether anything changed behind a cut-off already used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.ledger import Watermark
from ecosmig_publish.reports import watermarks
from ecosmig_publish.reports.contract_breaks import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecosmig_publish.migration_data import MigrationData
    from ecosmig_publish.reports.question import Question


@dataclass(frozen=True, slots=True)
class Coverage:
    """What lies under the slot's bounds, what lies under the previous ones now, and what is new.

    None where a report carries nothing over; `fresh` is None where it isn't told by bounds.
    """

    watermark: Watermark | None
    earlier: Watermark | None
    fresh: int | None
    unplaceable: int


def coverage(report: Report, question: Question, data: MigrationData) -> Coverage:
    """Count what a slot is about."""
    if report in OUTCOMES:
        row = data.fetch(watermarks.of_attempts(report, question)).to_pylist()[0]
        return _coverage(row, question, fresh=row["fresh"])
    if report is Report.ECOSMIG_006:
        row = data.fetch(watermarks.of_installations(question)).to_pylist()[0]
        return _coverage(row, question, fresh=None)
    return Coverage(None, None, None, 0)


def _coverage(row: Mapping[str, int], question: Question, *, fresh: int | None) -> Coverage:
    earlier = Watermark(row["earlier_count"], row["earlier_checksum"]) if question.previous else None
    return Coverage(Watermark(row["count"], row["checksum"]), earlier, fresh, row["unplaceable"])
