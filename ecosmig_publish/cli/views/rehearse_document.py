"""What a rehearsal came to, for programs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.cli.views.brake import brake_document
from ecosmig_publish.cli.views.ledger_check import faults_document
from ecosmig_publish.cli.views.rehearse_result import largest_wave
from ecosmig_publish.cli.views.rehearse_tables import DAY_COLUMNS, REPORT_COLUMNS, days, held, reports
from ecosmig_publish.cli.views.verify import discrepancy_fields

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecosmig_publish.cli.views.rehearse_result import Rehearsed
    from ecosmig_publish.ledger import RecordedFile
    from ecosmig_publish.workflows.rehearsing.playing import PlayedRun


def rehearsed_document(rehearsed: Rehearsed) -> dict[str, object]:
    """Return it all, for `--json`."""
    ending, kept = rehearsed.ending, rehearsed.kept
    wave = largest_wave(rehearsed.runs)
    return {
        "month": f"{rehearsed.asked.month:%Y-%m}",
        "until": rehearsed.until,
        "exit_status": int(rehearsed.status),
        "is_whole": ending.is_whole,
        "source": {
            "recorded_from": rehearsed.recorded.earliest if rehearsed.recorded else None,
            "recorded_until": rehearsed.recorded.latest if rehearsed.recorded else None,
            "says": rehearsed.outside,
        },
        "faults_of_1000": rehearsed.asked.faults,
        "seed": rehearsed.asked.seed,
        "recipients": len(rehearsed.parties),
        "without_readers": rehearsed.invented,
        "unregistered": rehearsed.unregistered,
        "not_onboarded": rehearsed.refused,
        "without_files": rehearsed.without_files,
        "runs": [_run(run) for run in rehearsed.runs],
        "days": [_day(row) for row in days(rehearsed)],
        "reports": [_report(row) for row in reports(rehearsed)],
        "files": len(ending.files),
        "rows": sum(file.rows for file in ending.files),
        "proved": len(ending.files) - len(ending.waiting),
        "waiting": [_file(file) for file in ending.waiting],
        "not_issued": [{"report": slot.report, "due_at": slot.due_at} for slot in ending.not_issued],
        "held": [{"report": report, "reason": reason, "rows": count} for report, reason, count in held(ending)],
        "brake": brake_document(ending.braked_issues, ending.braked_slots),
        "findings": rehearsed.findings,
        "tasks": [{"since": it.since, "what": it.what, "next": it.next_step} for it in rehearsed.tasks],
        "largest_run": None
        if wave is None
        else {
            "began_at": wave.began_at,
            "files": wave.files,
            "folders": wave.folders,
            "requests": wave.requests,
            "resource_units": wave.resource_units,
            "minutes": round(wave.minutes, 2),
        },
        "discrepancies": [discrepancy_fields(found) for found in ending.verified.discrepancies],
        "faults": faults_document(ending.checked),
        "anchors": ending.anchors,
        "astray": ending.astray,
        "head": ending.checked.newest.hash if ending.checked.newest else None,
        "directory": kept.home if kept else None,
        "configuration": kept.configuration if kept else None,
    }


def _run(run: PlayedRun) -> dict[str, object]:
    outcome, traffic = run.outcome, run.traffic
    error = outcome.source_error or outcome.destination_error
    return {
        "began_at": run.began_at,
        "ended_at": run.ended_at,
        "exit_status": int(outcome.exit_status),
        "due": len(outcome.due),
        "issued": len(outcome.issued),
        "files": sum(issued.files for issued in outcome.issued),
        "rows": sum(issued.rows for issued in outcome.issued),
        "published": outcome.published.placed + outcome.published.adopted,
        "adopted": outcome.published.adopted,
        "proved": len(outcome.proved),
        "waiting": len(outcome.waiting),
        "held": run.left.held,
        "braked": run.left.braked,
        "held_back": len(outcome.held_back),
        "refused": len(outcome.refused),
        "error": None if error is None else str(error),
        "requests": traffic.requests,
        "resource_units": traffic.resource_units,
        "throttled": traffic.throttled,
        "too_early": traffic.too_early,
        "disturbed": dict(traffic.faults),
        "waited_s": round(run.waited_s, 1),
    }


def _day(row: Sequence[object]) -> dict[str, object]:
    document = dict(zip(DAY_COLUMNS, row, strict=True))
    units, disturbed, worst = document.pop("units"), document.pop("faults"), document.pop("worst")
    return {**document, "resource_units": units, "disturbed": disturbed, "exit_status": worst}


def _report(row: Sequence[object]) -> dict[str, object]:
    document = dict(zip(REPORT_COLUMNS, row, strict=True))
    slowest = document.pop("slowest")
    return {**document, "slowest_s": slowest.total_seconds() if isinstance(slowest, timedelta) else None}


def _file(file: RecordedFile) -> dict[str, object]:
    return {"report": file.report, "recipient": file.recipient, "name": file.name, "due_at": file.due_at}
