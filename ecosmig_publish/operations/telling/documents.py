"""A run's summary as JSON: one form for the log, the hooks and the next run."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from ecosmig_publish.operations.telling.summary import subject_line

if TYPE_CHECKING:
    from datetime import datetime

    from ecosmig_publish.operations.telling.summary import RunSummary


def summary_document(summary: RunSummary) -> dict[str, object]:
    """Return what JSON has for a summary; instants in ISO 8601 with a Z."""
    return {
        "run": summary.run_id,
        "began_at": told_instant(summary.began_at),
        "ended_at": told_instant(summary.ended_at),
        "exit_status": summary.exit_status,
        "subject": subject_line(summary),
        "reports": {
            report.value: {
                name: told_instant(value) if name == "oldest_waiting" else value
                for name, value in asdict(counts).items()
            }
            for report, counts in summary.reports.items()
        },
        "waiting_recipients": list(summary.waiting_recipients),
        "troubles": [asdict(trouble) for trouble in summary.troubles],
        "findings": list(summary.findings),
        "head": summary.head,
        "acts": summary.acts,
        "anchored_in": summary.anchored_in,
    }


def told_instant(moment: datetime | None) -> str | None:
    """Return an instant as JSON has it."""
    return None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"
