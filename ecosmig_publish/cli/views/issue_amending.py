"""What `issue resend`, `correct` and `withdraw` share: what is shown before, the question, what became of the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.cli.asking import confirm, is_at_terminal
from ecosmig_publish.cli.counted import counted
from ecosmig_publish.cli.ending import CHANGED_NOTHING
from ecosmig_publish.cli.views.refused import refused_document, show_refused
from ecosmig_publish.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.ledger import RecordedIssue
    from ecosmig_publish.workflows.running import RunOutcome

_OF_OUTCOME = ("published", "adopted", "proved", "waiting", "stopped", "refused", "doubts", "error")


def refuse_unasked(act: str, name: str, *, yes: bool) -> None:
    """Raise `UsageError` where nobody is here to be asked and nobody said --yes."""
    if not yes and not is_at_terminal():
        raise UsageError(
            f"{act} {name}? Nobody is there to be asked; {CHANGED_NOTHING}",
            hint=f"ecosmig issue {act} {name} --dry-run shows what would be done; then add --yes.",
        )


def ask(invocation: Invocation, lines: Sequence[str], question: str, *, yes: bool) -> None:
    """Show what will be done and ask, unless --yes was given. Raises `UsageError` where the answer is no."""
    if yes:
        return
    for line in lines:
        invocation.say(line)
    confirm(question, otherwise=CHANGED_NOTHING)


def issue_document(issue: RecordedIssue) -> dict[str, object]:
    """Return an issue as it stood before it was amended."""
    return {
        "report": issue.slot.report,
        "recipient": issue.recipient,
        "slot": issue.slot.due_at,
        "files": [
            {
                "name": file.name,
                "sequence": file.sequence,
                "rows": file.rows,
                "size": file.size,
                "sha256": file.sha256,
                "published_at": file.published_at,
            }
            for file in issue.files
        ],
    }


def outcome_document(outcome: RunOutcome | None) -> dict[str, object]:
    """Return what became of the files that were published; None under the same keys where none were to be."""
    if outcome is None:
        return dict.fromkeys(_OF_OUTCOME)
    return {
        "published": outcome.published.placed + outcome.published.adopted,
        "adopted": outcome.published.adopted,
        "proved": [file.name for file in outcome.proved],
        "waiting": [file.name for file in outcome.waiting],
        "stopped": [
            {"recipient": it.recipient, "report": it.report, "reason": it.reason, "hint": it.hint}
            for it in outcome.published.stopped
        ],
        "refused": refused_document(outcome.refused),
        "doubts": [
            {"kind": it.kind, "recipient": it.recipient, "name": it.name, "detail": it.detail} for it in outcome.doubts
        ],
        "error": str(outcome.destination_error) if outcome.destination_error else None,
    }


def show_lines(lines: Sequence[str]) -> None:
    """Print what an amendment says of itself."""
    from ecosmig_publish.cli.screen import show_line  # noqa: PLC0415 - rich is slow to import

    for line in lines:
        show_line(line)


def show_outcome(outcome: RunOutcome | None) -> None:
    """Print what became of the files that were published."""
    from ecosmig_publish.cli.screen import show_line  # noqa: PLC0415 - rich is slow to import

    if outcome is None:
        show_line("Nothing was published; the next run does that: ecosmig publish --all")
        return
    show_refused(outcome.refused)
    for stopped in outcome.published.stopped:
        show_line(f"{stopped.recipient}, {stopped.report or 'all reports'}: {stopped.reason}")
        if stopped.hint:
            show_line(f"  next: {stopped.hint}")
    for doubt in outcome.doubts:
        show_line(f"{doubt.recipient}, {doubt.name}: {doubt.kind}, {doubt.detail}")
    for what, error in (("destination", outcome.destination_error), ("source", outcome.source_error)):
        if error is not None:
            show_line(f"{what}: {error}")
            show_line(f"  next: {error.hint}")
    adopted = outcome.published.adopted
    stood = f"; {counted(adopted, 'file')} stood there unchanged" if adopted else ""
    show_line(f"{counted(len(outcome.proved), 'file')} published and proved{stood}.")
    if outcome.waiting:
        show_line(f"{counted(len(outcome.waiting), 'file')} wait: ecosmig publish --all")
