"""What `publish` does and shows."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ecosmig_publish.cli.progress import watcher
from ecosmig_publish.cli.strangers import refuse_strangers
from ecosmig_publish.cli.telling import telling_of
from ecosmig_publish.cli.views.brake import brake_document, show_braked
from ecosmig_publish.cli.views.chain import chain_document, show_chain
from ecosmig_publish.cli.views.refused import refused_document, show_refused
from ecosmig_publish.cli.views.verify import discrepancy_fields
from ecosmig_publish.cli.wired import wired
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import EcosmigError, ExitStatus
from ecosmig_publish.operations.telling.summary import subject_line
from ecosmig_publish.operations.telling.watchers import Watchers
from ecosmig_publish.workflows.publishing import NO_FOLDER_YET
from ecosmig_publish.workflows.running import Narrowing, RunOutcome, run_everything

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger import OpenHold
    from ecosmig_publish.workflows.publishing import Stopped

_COLUMNS = ("report", "due", "issued", "rows", "published", "proved", "waiting", "held", "why")
_NUMBERS = _COLUMNS[1:-1]
_SHOWN = 20


def run_and_show(
    invocation: Invocation, as_of: datetime | None, reports: Sequence[Report], suppliers: Sequence[Signifier]
) -> int:
    """Do one run under the lock and show what it did; returns its exit status."""
    wiring = wired(invocation)
    telling = telling_of(wiring)
    try:
        with wiring.locked_ledger() as ledger, watcher(invocation) as watching:
            refuse_strangers(suppliers, ledger)
            outcome = run_everything(
                wiring.parts(ledger),
                as_of=as_of,
                narrowing=Narrowing(reports, suppliers),
                watcher=Watchers(watching, telling),
            )
            holds = ledger.open_holds()
    except EcosmigError as error:
        telling.failed(error)
        raise
    summary = telling.ended(outcome, holds)
    document = {
        "run": summary.run_id,
        "subject": subject_line(summary),
        "head": summary.head,
        "acts": summary.acts,
        "anchor": chain_document(outcome.chain),
        **_document(outcome, holds),
    }
    invocation.result(document, lambda: render_run(outcome, holds))
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
        "doubts": [discrepancy_fields(doubt) for doubt in outcome.doubts],
        "held": len(holds),
        "held_back": brake_document([], [held.brake for held in outcome.held_back])["slots"],
        "refused": refused_document(outcome.refused),
        "findings": outcome.findings,
        "notes": outcome.notes,
        "source_error": _error(outcome.source_error),
        "destination_error": _error(outcome.destination_error),
        "swept": outcome.swept,
    }


def render_run(outcome: RunOutcome, holds: Sequence[OpenHold]) -> None:
    """Print the closing table, which fits 80 characters, and whatever needs a person."""
    from ecosmig_publish.cli.screen import is_narrow, show_line, show_table, shown_instant  # noqa: PLC0415 - rich

    kept = [place for place, column in enumerate(_COLUMNS) if column != "rows" or not is_narrow()]
    columns = [_COLUMNS[place] for place in kept]
    rows = [[row[place] for place in kept] for row in _rows(outcome, holds)]
    title = f"Run of {shown_instant(outcome.run.at)}: slots due, files issued, published and proved"
    show_table(title, columns, rows, numbers=_NUMBERS, whole=("report",))
    show_refused(outcome.refused)
    _show_stopped(outcome.published.stopped)
    show_braked([], [held.brake for held in outcome.held_back])
    for doubt in outcome.doubts[:_SHOWN]:
        show_line(f"{doubt.recipient}, {doubt.name}: {doubt.kind}, {doubt.detail}")
    if len(outcome.doubts) > _SHOWN:
        show_line(f"… and {len(outcome.doubts) - _SHOWN:,} more files that are not proved: ecosmig verify")
    for note in outcome.notes:
        show_line(f"note: {note}")
    for finding in outcome.findings:
        show_line(f"finding: {finding}")
    if outcome.findings:
        show_line(
            "  next: ask the source's owner; 001 and 002 leave such rows out. It is said once, and kept: ecosmig status"
        )
    if outcome.swept:
        show_line(f"Cleared {len(outcome.swept)} unfinished slot(s) that an interrupted run left in the outbox.")
    for what, error in (("source", outcome.source_error), ("destination", outcome.destination_error)):
        if error is not None:
            show_line(f"{what}: {error}")
            show_line(f"  next: {error.hint}")
    if holds:
        held = "1 row is held until it" if len(holds) == 1 else f"{len(holds):,} rows are held until they"
        show_line(f"{held} can be reported: ecosmig held")
    show_chain(outcome.chain, said=outcome.destination_error)
    show_line(_summary(outcome))


def _show_stopped(stopped: Sequence[Stopped]) -> None:
    """Print why files wait: those without a folder in one line, the others one by one."""
    from ecosmig_publish.cli.screen import show_line  # noqa: PLC0415 - rich is slow to import

    homeless = [it for it in stopped if it.reason == NO_FOLDER_YET]
    if homeless:
        names = ", ".join(it.recipient for it in homeless[:_SHOWN])
        more = f" and {len(homeless) - _SHOWN:,} more" if len(homeless) > _SHOWN else ""
        show_line(f"{NO_FOLDER_YET}: {names}{more} ({sum(it.files for it in homeless):,} files wait)")
        show_line(f"  next: {homeless[0].hint if len(homeless) == 1 else 'ecosmig supplier onboard --all'}")
    # What the leak guard stopped is said of the slot, once.
    others = [it for it in stopped if it.reason != NO_FOLDER_YET and it.exit_status is not ExitStatus.FOREIGN_ROW]
    for it in others[:_SHOWN]:
        wait = f" ({it.files:,} files wait)" if it.files else ""
        show_line(f"{it.recipient}, {it.report or 'all reports'}: {it.reason}{wait}")
        if it.hint:
            show_line(f"  next: {it.hint}")
    if len(others) > _SHOWN:
        show_line(f"… and {len(others) - _SHOWN:,} more that were stopped: ecosmig status")


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
    is_refused = any(it.slot.report is report for it in outcome.refused)
    is_held_back = any(held.brake.slot.report is report for held in outcome.held_back)
    mine = [issued for issued in outcome.issued if issued.slot.report is report]
    idle = sum(not issued.files for issued in mine)
    if not due[report]:
        reasons.append("not due")
    elif len(mine) < due[report]:
        by = "leak guard" if is_refused else "brake" if is_held_back else "source"
        reasons.append(f"{by}: {due[report] - len(mine):,} not issued")
    if idle:
        reasons.append("no rows" if idle == len(mine) else f"no rows in {idle:,}")
    problems = sum(issued.problems for issued in mine)
    if problems:
        reasons.append(f"{problems:,} problems")
    if waiting[report]:
        stopped = {it.recipient: it for it in outcome.published.stopped if it.report in (report, None)}
        homeless = sum(it.reason == NO_FOLDER_YET for it in stopped.values())
        if homeless:
            reasons.append(f"{homeless:,} no folder")
        braked = sum(it.is_braked for it in stopped.values())
        if braked:
            reasons.append(f"{braked:,} held by the brake")
        if len(stopped) > homeless + braked:
            reasons.append(f"{len(stopped) - homeless - braked:,} stopped")
        if outcome.destination_error is not None:
            reasons.append("the destination failed")
    return "; ".join(reasons)


def _error(error: EcosmigError | None) -> dict[str, str] | None:
    return None if error is None else {"message": str(error), "hint": error.hint}


def _summary(outcome: RunOutcome) -> str:
    status = outcome.exit_status
    if status is ExitStatus.OK:
        if not outcome.due and not outcome.proved:
            return "Nothing was due and nothing waited."
        return f"Everything due is published and proved: {len(outcome.proved):,} files in this run."
    return f"Not everything is in order (exit status {int(status)}); running again goes on from here."
