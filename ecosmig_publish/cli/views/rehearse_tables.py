"""What a rehearsal came to by day, by report and by reason, in numbers."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.workflows.rehearsing.playing import Left

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ecosmig_publish.cli.views.rehearse_result import Rehearsed
    from ecosmig_publish.workflows.rehearsing.judging import Ending
    from ecosmig_publish.workflows.rehearsing.playing import PlayedRun

DAY_COLUMNS = (
    "day",
    "runs",
    "due",
    "issued",
    "empty",
    "files",
    "rows",
    "proved",
    "waiting",
    "held",
    "braked",
    "requests",
    "units",
    "faults",
    "worst",
)
"""`due` and `issued` are slots, `empty` those in which nobody had a row; `waiting`, `held` and `braked` are as the last
run left them, of this day or before; `worst` is the largest exit status, None without a run."""


def days(rehearsed: Rehearsed) -> list[tuple[object, ...]]:
    """Return for each day on which anything fell due or ran what its runs did, as `DAY_COLUMNS`."""
    due = Counter(_day(slot.due_at) for slot in rehearsed.due)
    played: defaultdict[str, list[PlayedRun]] = defaultdict(list)
    for run in rehearsed.runs:
        played[_day(run.began_at)].append(run)
    rows: list[tuple[object, ...]] = []
    last: PlayedRun | None = None
    for day in sorted({*due, *played}):
        runs = played[day]
        last = runs[-1] if runs else last
        rows.append((day, *_of_day(due[day], runs, last)))
    return rows


def _of_day(due: int, runs: Sequence[PlayedRun], last: PlayedRun | None) -> tuple[object, ...]:
    issued = [slot for run in runs for slot in run.outcome.issued]
    left = last.left if last else Left(0, 0)
    return (
        len(runs),
        due,
        len(issued),
        sum(slot.files == 0 for slot in issued),
        sum(slot.files for slot in issued),
        sum(slot.rows for slot in issued),
        sum(len(run.outcome.proved) for run in runs),
        len(last.outcome.waiting) if last else 0,
        left.held,
        left.braked,
        sum(run.traffic.requests for run in runs),
        sum(run.traffic.resource_units for run in runs),
        sum(sum(run.traffic.faults.values()) for run in runs),
        max((int(run.outcome.exit_status) for run in runs), default=None),
    )


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


REPORT_COLUMNS = (
    "report",
    "due",
    "issued",
    "empty",
    "files",
    "rows",
    "proved",
    "late",
    "slowest",
    "held",
    "braked",
    "problems",
)
"""`slowest` is the longest time from a slot to a file's proof, None without files."""


def reports(rehearsed: Rehearsed) -> list[tuple[object, ...]]:
    """Return for each report what stands at the end, as `REPORT_COLUMNS`."""
    ending = rehearsed.ending
    due = Counter(slot.report for slot in rehearsed.due)
    braked = Counter(issue.slot.report for issue in ending.braked_issues)
    braked.update(slot.slot.report for slot in ending.braked_slots)
    rows: list[tuple[object, ...]] = []
    for report in Report:
        files = [file for file in ending.files if file.report is report]
        slots = [slot for slot in ending.slots if slot.slot.report is report]
        rows.append(
            (
                report,
                due[report],
                len(slots),
                sum(slot.files == 0 for slot in slots),
                len(files),
                sum(file.rows for file in files),
                sum(file.proved_at is not None for file in files),
                rehearsed.late(report),
                max((ending.time_of(file) for file in files), default=None),
                sum(hold.report is report for hold in ending.holds),
                braked[report],
                sum(slot.problems for slot in slots),
            )
        )
    return rows


def held(ending: Ending) -> list[tuple[Report, str, int]]:
    """Return how many rows of each report are held for each reason; a row may have several."""
    counted = Counter((hold.report, reason) for hold in ending.holds for reason in hold.reasons)
    return [(report, reason, count) for (report, reason), count in sorted(counted.items())]
