"""What `publish` does and shows."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ecosmig_publish.cli.progress import watcher
from ecosmig_publish.cli.wired import wired
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.workflows.running import Narrowing, RunOutcome, run_everything

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger import OpenHold

_COLUMNS = ("report", "due", "issued", "rows", "published", "proved", "waiting", "held", "why")
_NUMBERS = _COLUMNS[1:-1]


def run_and_show(
    invocation: Invocation, as_of: datetime | None, reports: Sequence[Report], suppliers: Sequence[Signifier]
) -> int:
    """Do one run under the lock and show what it did; returns its exit status."""
    wiring = wired(invocation)
    with wiring.locked_ledger() as ledger, watcher(invocation) as watching:
        outcome = run_everything(
            wiring.parts(ledger), as_of=as_of, narrowing=Narrowing(reports, suppliers), watcher=watching
        )
        holds = ledger.open_holds()
    invocation.result(_document(outcome, holds), lambda: render_run(outcome, holds))
    return outcome.exit_status


def _document(outcome: RunOutcome, holds: Sequence[OpenHold]) -> dict[str, object]:
    return {
        "as_of": outcome.run.at,
        "cut_off": outcome.run.cut_off,
        "exit_status": int(outcome.exit_status),
        "reports": [dict(zip(_COLUMNS, row, strict=True)) for row in _rows(outcome, holds)],
        "slots": [
            {
                "report": issued.slot.report,
                "due_at": issued.slot.due_at,
                "recipients": issued.recipients,
                "files": issued.files,
                "rows": issued.rows,
                "held": issued.held,
                "problems": issued.problems,
            }
            for issued in outcome.issued
        ],
        "published": outcome.published.placed + outcome.published.adopted,
        "adopted": outcome.published.adopted,
        "proved": len(outcome.proved),
        "waiting": [
            {"report": file.report, "recipient": file.recipient, "sequence": file.sequence, "name": file.name}
            for file in outcome.waiting
        ],
        "stopped": [
            {
                "recipient": stopped.recipient,
                "report": stopped.report,
                "reason": stopped.reason,
                "hint": stopped.hint,
                "exit_status": int(stopped.exit_status),
                "files": stopped.files,
            }
            for stopped in outcome.published.stopped
        ],
        "doubts": [
            {"kind": doubt.kind, "recipient": doubt.recipient, "name": doubt.name, "detail": doubt.detail}
            for doubt in outcome.doubts
        ],
        "held": len(holds),
        "findings": outcome.findings,
        "source_error": _source_error(outcome),
        "swept": outcome.swept,
    }


def render_run(outcome: RunOutcome, holds: Sequence[OpenHold]) -> None:
    """Print the closing table and whatever needs a person."""
    from ecosmig_publish.cli.screen import show_table, shown_instant, stdout_console  # noqa: PLC0415 - rich is slow

    console = stdout_console()
    show_table(f"Run of {shown_instant(outcome.run.at)}", _COLUMNS, _rows(outcome, holds), numbers=_NUMBERS)
    for stopped in outcome.published.stopped:
        stream = stopped.report or "all reports"
        console.print(f"{stopped.recipient}, {stream}: {stopped.reason} ({stopped.files:,} files wait)", markup=False)
        if stopped.hint:
            console.print(f"  next: {stopped.hint}", markup=False)
    for doubt in outcome.doubts:
        console.print(f"{doubt.recipient}, {doubt.name}: {doubt.kind}, {doubt.detail}", markup=False)
    for finding in outcome.findings:
        console.print(f"finding: {finding}", markup=False)
    if outcome.swept:
        console.print(f"Cleared {len(outcome.swept)} unfinished slot(s) that an interrupted run left in the outbox.")
    if outcome.source_error is not None:
        console.print(f"source: {outcome.source_error}", markup=False)
        console.print(f"  next: {outcome.source_error.hint}", markup=False)
    if holds:
        console.print(f"{len(holds):,} rows are held until they can be reported: ecosmig held")
    console.print(_summary(outcome))


def _rows(outcome: RunOutcome, holds: Sequence[OpenHold]) -> list[tuple[object, ...]]:
    due = Counter(slot.report for slot in outcome.due)
    issued = _sums(outcome, "files")
    rows = _sums(outcome, "rows")
    placed = Counter(outcome.placed_reports)
    proved = Counter(file.report for file in outcome.proved)
    waiting = Counter(file.report for file in outcome.waiting)
    held = Counter(hold.report for hold in holds)
    return [
        (
            report.value,
            due[report],
            issued[report],
            rows[report],
            placed[report],
            proved[report],
            waiting[report],
            held[report],
            _why(report, outcome, due, waiting),
        )
        for report in Report
    ]


def _sums(outcome: RunOutcome, attribute: str) -> Counter[Report]:
    sums: Counter[Report] = Counter()
    for issued in outcome.issued:
        sums[issued.slot.report] += getattr(issued, attribute)
    return sums


def _why(report: Report, outcome: RunOutcome, due: Mapping[Report, int], waiting: Mapping[Report, int]) -> str:
    """Return why a report's line is as it is: what was skipped, what stands in the way."""
    reasons = []
    mine = [issued for issued in outcome.issued if issued.slot.report is report]
    idle = sum(not issued.files for issued in mine)
    if not due[report]:
        reasons.append("not due")
    elif len(mine) < due[report]:
        reasons.append(f"{due[report] - len(mine)} slots not issued: the source can't be used")
    if idle:
        reasons.append("no activity" if idle == len(mine) else f"no activity in {idle} slots")
    problems = sum(issued.problems for issued in mine)
    if problems:
        reasons.append(f"{problems:,} problems")
    if waiting[report]:
        for stopped in outcome.published.stopped:
            if stopped.report in (report, None):
                reasons.append(f"{stopped.recipient}: {stopped.reason}")
                break
    return "; ".join(reasons)


def _source_error(outcome: RunOutcome) -> dict[str, str] | None:
    error = outcome.source_error
    return None if error is None else {"message": str(error), "hint": error.hint}


def _summary(outcome: RunOutcome) -> str:
    status = outcome.exit_status
    if status is ExitStatus.OK:
        if not outcome.due and not outcome.proved:
            return "Nothing was due and nothing waited."
        return f"Everything due is published and proved: {len(outcome.proved):,} files in this run."
    return f"Not everything is in order (exit status {int(status)}); running again goes on from here."
