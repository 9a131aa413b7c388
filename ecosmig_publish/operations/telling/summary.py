"""A run in few numbers, without an MPxN or a Device ID: what goes to logs, metrics, hooks, and to the next run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.guards.brake import release_of_slot

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from ecosmig_publish.errors import EcosmigError
    from ecosmig_publish.ledger import OpenHold
    from ecosmig_publish.workflows.running import RunOutcome

_SUBJECT_LENGTH = 78
"""What a mail's subject may have in one line (RFC 5322)."""

_NAMED = 3


@dataclass(frozen=True, slots=True)
class ReportCounts:
    """One report in a run; `oldest_waiting` is the slot of its oldest file that is not proved."""

    due: int = 0
    issued_files: int = 0
    issued_rows: int = 0
    placed: int = 0
    proved: int = 0
    waiting: int = 0
    held: int = 0
    oldest_waiting: datetime | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """What stands in the way: of whom and of which report (None: of all), why, what helps."""

    recipient: str | None
    report: str | None
    reason: str
    hint: str


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run that ended.

    `head` is the newest hash of the chain of acts, `""` where it isn't known, and `acts` its number; `anchored_in` says
    where an anchor of it is kept, `""` where none is.
    """

    run_id: str
    began_at: datetime
    ended_at: datetime
    exit_status: int
    reports: Mapping[Report, ReportCounts] = field(default_factory=dict)
    waiting_recipients: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    findings: tuple[str, ...] = ()
    head: str = ""
    acts: int = 0
    anchored_in: str = ""

    def total(self, name: str) -> int:
        """Return a count summed over the reports."""
        return sum(getattr(counts, name) for counts in self.reports.values())


def summary_of(
    outcome: RunOutcome,
    holds: Sequence[OpenHold],
    *,
    run_id: str,
    began_at: datetime,
    ended_at: datetime,
) -> RunSummary:
    """Return what there is to tell of a run's outcome."""
    errors = [error for error in (outcome.source_error, outcome.destination_error) if error is not None]
    stopped = [Trouble(it.recipient, it.report, it.reason, it.hint) for it in outcome.published.stopped]
    held_back = [
        Trouble(
            None,
            it.brake.slot.report,
            f"slot {it.brake.slot.due_at:%Y-%m-%dT%H:%M:%SZ} is held back: {it.brake.reason}",
            release_of_slot(it.brake.slot.report, it.brake.slot.due_at),
        )
        for it in outcome.held_back
    ]
    doubts = [Trouble(it.recipient, None, f"{it.name}: {it.kind}, {it.detail}", "") for it in outcome.doubts]
    chain = outcome.chain
    if chain is not None and chain.error is not None and chain.error is not outcome.destination_error:
        errors.append(chain.error)
    return RunSummary(
        run_id=run_id,
        began_at=began_at,
        ended_at=ended_at,
        exit_status=int(outcome.exit_status),
        reports={report: _counts(report, outcome, holds) for report in Report},
        waiting_recipients=tuple(sorted({file.recipient for file in outcome.waiting})),
        troubles=(*(Trouble(None, None, str(error), error.hint) for error in errors), *held_back, *stopped, *doubts),
        findings=tuple(outcome.findings),
        head=chain.hash if chain else "",
        acts=chain.act if chain else 0,
        anchored_in=chain.where if chain and chain.is_anchored else "",
    )


def summary_of_error(error: EcosmigError, *, run_id: str, began_at: datetime, ended_at: datetime) -> RunSummary:
    """Return what there is to tell of a run that an error ended before it had an outcome."""
    trouble = Trouble(None, None, str(error), error.hint)
    return RunSummary(run_id, began_at, ended_at, int(error.exit_status), troubles=(trouble,))


def _counts(report: Report, outcome: RunOutcome, holds: Sequence[OpenHold]) -> ReportCounts:
    issued = [slot for slot in outcome.issued if slot.slot.report is report]
    waiting = [file for file in outcome.waiting if file.report is report]
    return ReportCounts(
        due=sum(slot.report is report for slot in outcome.due),
        issued_files=sum(slot.files for slot in issued),
        issued_rows=sum(slot.rows for slot in issued),
        placed=Counter(outcome.placed_reports)[report],
        proved=sum(file.report is report for file in outcome.proved),
        waiting=len(waiting),
        held=sum(hold.report is report for hold in holds),
        oldest_waiting=min((file.due_at for file in waiting), default=None),
    )


def subject_line(summary: RunSummary) -> str:
    """Return the run in one line that fits a mail's subject."""
    status = summary.exit_status
    if status == ExitStatus.OK:
        proved, held = summary.total("proved"), summary.total("held")
        done = f"{proved:,} files published and proved" if proved else "nothing was due"
        return f"ecosmig: {done}" + (f", {held:,} rows held" if held else "")
    waiting, names = summary.total("waiting"), summary.waiting_recipients
    parts = [f"ecosmig: exit {status}"]
    if waiting:
        named = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else "")
        parts.append(f"{waiting:,} files wait for {named}")
    elif summary.troubles:
        parts.append(summary.troubles[0].reason.splitlines()[0])
    elif summary.findings:
        parts.append(summary.findings[0])
    text = ", ".join(parts)
    return text if len(text) <= _SUBJECT_LENGTH else text[: _SUBJECT_LENGTH - 1] + "…"
