"""Which expression answers which report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.reports import (
    ecosmig_001,
    ecosmig_002,
    ecosmig_003,
    ecosmig_004,
    ecosmig_005,
    ecosmig_006,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ecosmig_publish.reports.question import Question

ROWS: Mapping[Report, Callable[[Question], Any]] = {
    Report.ECOSMIG_001: ecosmig_001.rows,
    Report.ECOSMIG_002: ecosmig_002.rows,
    Report.ECOSMIG_003: ecosmig_003.rows,
    Report.ECOSMIG_004: ecosmig_004.rows,
    Report.ECOSMIG_005: ecosmig_005.rows,
    Report.ECOSMIG_006: ecosmig_006.rows,
}
"""Each gives `hold` (null, or the reasons joined by blanks), `recipient`, `key`, then the record's fields.

Held rows stand first, the others by recipient in the order of the report's details.
"""
