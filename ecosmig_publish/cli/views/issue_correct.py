"""What `issue correct` does and shows."""

from __future__ import annotations

from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass
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
from ecosmig_publish.workflows.amending.choosing import chosen_targets
from ecosmig_publish.workflows.amending.publishing import publish_made
from ecosmig_publish.workflows.recovery.behind import refuse_unknown_issues

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.wiring import Wiring
    from ecosmig_publish.workflows.amending.choosing import Meant
    from ecosmig_publish.workflows.amending.correcting import Correction
    from ecosmig_publish.workflows.amending.target import Target
    from ecosmig_publish.workflows.running import RunOutcome


@dataclass(frozen=True, slots=True)
class _Shown:
    """A correction with the names that its files have, or would have."""

    correction: Correction
    names: tuple[str, ...]


def correct_and_show(
    invocation: Invocation,
    meant: Meant,
    as_of: datetime | None,
    reason: str,
    *,
    yes: bool,
    dry_run: bool,
    publishes: bool,
) -> int:
    """Correct, after a person has seen what that is and said yes; returns what publishing it ended with."""
    wiring = wired(invocation)
    plans: list[_Shown] | None = None
    with wiring.existing_ledger() or nullcontext() as known:
        targets = chosen_targets(meant, known)
        if not dry_run:
            refuse_unasked("correct", _named(targets[0]), yes=yes)
        if known is not None and (dry_run or not yes):
            from ecosmig_publish.workflows.amending.running import (  # noqa: PLC0415 - needs the engine
                open_correcting,
                planned_corrections,
            )

            with open_correcting(wiring.parts(known), targets, as_of) as issuing:
                planned = planned_corrections(targets, issuing)
                plans = [_Shown(plan, tuple(plan.file_names(issuing))) for plan in planned]
                # What is asked about is what is done, to the second in its names.
                as_of = issuing.run.at
    if dry_run:
        shown = plans or []
        document = _document(shown, None, dry_run=True)
        invocation.result(document, lambda: show_lines([*_lines(shown, would=True), "Nothing was changed."]))
        return ExitStatus.OK
    ask(invocation, _lines(plans or [], would=True), f"Correct {counted(len(targets), 'issue')}?", yes=yes)
    done, outcome = _correct(invocation, wiring, meant, as_of, reason, plans, publishes=publishes)

    def render() -> None:
        show_lines(_lines(done, would=False))
        show_outcome(outcome)

    invocation.result(_document(done, outcome, dry_run=False), render)
    return outcome.exit_status if outcome else ExitStatus.OK


def _correct(
    invocation: Invocation,
    wiring: Wiring,
    meant: Meant,
    as_of: datetime | None,
    reason: str,
    plans: Sequence[_Shown] | None,
    *,
    publishes: bool,
) -> tuple[list[_Shown], RunOutcome | None]:
    from ecosmig_publish.workflows.amending.running import correct_all, open_correcting  # noqa: PLC0415 - the engine

    with wiring.locked_ledger() as ledger, watcher(invocation) as watching:
        parts = wiring.parts(ledger)
        refuse_unknown_issues(ledger, parts.outbox)
        targets = chosen_targets(meant, ledger)
        expected = None if plans is None else [plan.correction for plan in plans]
        with open_correcting(parts, targets, as_of) as issuing:
            done = [
                _Shown(made, tuple(made.file_names(issuing)))
                for made in correct_all(targets, issuing, reason=reason, expected=expected)
            ]
        names = [name for shown in done for name in shown.names]
        return done, publish_made(names, parts, watching) if publishes else None


def _named(target: Target) -> str:
    if target.issue is not None:
        return target.issue.name
    return f"--report {target.report} --supplier {target.recipient} --slot {target.slot.slot.due_at:%Y-%m-%dT%H:%M:%SZ}"


def _lines(shown: Sequence[_Shown], *, would: bool) -> list[str]:
    lines = []
    for it in shown:
        made, issue = it.correction, it.correction.target.issue
        was = f"supersedes {issue.name} ({counted(issue.rows, 'row')})" if issue else "the slot had no issue for it"
        lines.append(f"{', '.join(it.names)}: {counted(made.rows, 'row')}; {was}")
        reasons = Counter(reason for entry in made.held.values() for reason in entry.reasons)
        lines += [
            f"  {'would be held' if would else 'held'}: {counted(number, 'row')}, {reason}"
            for reason, number in sorted(reasons.items())
        ]
        if made.gone:
            lines.append(f"  {counted(made.gone, 'row')} of the superseded issue: gone from the source, in no file")
        if made.problems:
            lines.append(f"  {counted(made.problems, 'row')} of the recipient can't be reported: ecosmig data check")
    return lines


def _document(shown: Sequence[_Shown], outcome: RunOutcome | None, *, dry_run: bool) -> dict[str, object]:
    return {
        "act": "correct",
        "dry_run": dry_run,
        "exit_status": int(outcome.exit_status) if outcome else 0,
        "issues": [
            {
                "report": it.correction.target.report,
                "recipient": it.correction.target.recipient,
                "slot": it.correction.target.slot.slot.due_at,
                "files": [
                    {"name": name, "sequence": number}
                    for name, number in zip(it.names, it.correction.numbers, strict=True)
                ],
                "rows": it.correction.rows,
                "supersedes": issue_document(it.correction.target.issue) if it.correction.target.issue else None,
                "held": dict(Counter(reason for entry in it.correction.held.values() for reason in entry.reasons)),
                "held_rows": len(it.correction.held),
                "gone": it.correction.gone,
                "problems": it.correction.problems,
            }
            for it in shown
        ],
        **outcome_document(outcome),
    }
