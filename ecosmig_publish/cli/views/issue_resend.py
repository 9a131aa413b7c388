"""What `issue resend` does and shows."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from ecosmig_publish.cli.counted import counted
from ecosmig_publish.cli.progress import watcher
from ecosmig_publish.cli.views.issue_amending import (
    ask,
    issue_document,
    outcome_document,
    refuse_unasked,
    show_lines,
    show_outcome,
)
from ecosmig_publish.cli.wired import wired
from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.workflows.amending.choosing import chosen_issues
from ecosmig_publish.workflows.amending.publishing import publish_made
from ecosmig_publish.workflows.amending.resending import refuse_resending, resend
from ecosmig_publish.workflows.recovery.behind import refuse_unknown_issues

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.ledger import RecordedIssue
    from ecosmig_publish.workflows.amending.choosing import Meant
    from ecosmig_publish.workflows.running import RunOutcome


def resend_and_show(
    invocation: Invocation, meant: Meant, reason: str, *, yes: bool, dry_run: bool, publishes: bool
) -> int:
    """Send issues again, after a person has said yes; returns what publishing them ended with."""
    wiring = wired(invocation)
    with wiring.existing_ledger() or nullcontext() as known:
        issues = chosen_issues(meant, known)
        for issue in issues:
            refuse_resending(issue, wiring.outbox())
    if dry_run:
        document = _document(issues, None, dry_run=True)
        invocation.result(document, lambda: show_lines([*_lines(issues), "Nothing was changed."]))
        return ExitStatus.OK
    refuse_unasked("resend", issues[0].name, yes=yes)
    ask(invocation, _lines(issues), f"Send {counted(len(issues), 'issue')} again?", yes=yes)
    outcome = None
    with wiring.locked_ledger() as ledger, watcher(invocation) as watching:
        parts = wiring.parts(ledger)
        refuse_unknown_issues(ledger, parts.outbox)
        issues = chosen_issues(meant, ledger)
        for issue in issues:
            resend(issue, ledger=ledger, outbox=parts.outbox, reason=reason, now=wiring.now)
        if publishes:
            names = [file.name for issue in issues for file in issue.files]
            outcome = publish_made(names, parts, watching)

    def render() -> None:
        show_lines([f"{issue.name}: sent again, with the same number and bytes" for issue in issues])
        show_outcome(outcome)

    invocation.result(_document(issues, outcome, dry_run=False), render)
    return outcome.exit_status if outcome else ExitStatus.OK


def _lines(issues: Sequence[RecordedIssue]) -> list[str]:
    lines = []
    for issue in issues:
        superseded = issue.files[0].superseded_by
        note = f" (superseded by {superseded})" if superseded else ""
        lines += [f"{file.name}: {counted(file.rows, 'row')}, {file.size:,} bytes{note}" for file in issue.files]
    return [*lines, "Each is published again as it is: adopted where it stands unchanged, put there where it is gone."]


def _document(issues: Sequence[RecordedIssue], outcome: RunOutcome | None, *, dry_run: bool) -> dict[str, object]:
    return {
        "act": "resend",
        "dry_run": dry_run,
        "exit_status": int(outcome.exit_status) if outcome else 0,
        "issues": [issue_document(issue) for issue in issues],
        **outcome_document(outcome),
    }
