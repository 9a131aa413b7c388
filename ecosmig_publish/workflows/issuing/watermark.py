"""Rows that turn up, vanish or change behind a cut-off already used: detected, said, not absorbed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.ledger import Watermark
from ecosmig_publish.reports import watermarks
from ecosmig_publish.reports.contract_breaks import OUTCOMES

if TYPE_CHECKING:
    from ecosmig_publish.migration_data import MigrationData
    from ecosmig_publish.reports.question import Bounds


def watermark(report: Report, bounds: Bounds, data: MigrationData) -> Watermark | None:
    """Return count and checksum of what lies under `bounds`; None for reports that carry nothing over."""
    if report in OUTCOMES:
        expression = watermarks.of_attempts(data.tables.migration_attempts, OUTCOMES[report], bounds)
    elif report is Report.ECOSMIG_006:
        expression = watermarks.of_events(data.tables.device_status_events, bounds)
    else:
        return None
    row = data.fetch(expression).to_pylist()[0]
    return Watermark(count=row["count"], checksum=row["checksum"])
