"""What the big-change brake holds, as `plan`, `status`, `publish` and `issue release` show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.guards.brake import release_of_slot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecosmig_publish.ledger import BrakedIssue, BrakedSlot

_SHOWN = 20


def brake_document(issues: Sequence[BrakedIssue], slots: Sequence[BrakedSlot]) -> dict[str, object]:
    """Return what is held, for `--json`; each with the command that lets it go."""
    return {
        "issues": [
            {
                "report": issue.slot.report,
                "due_at": issue.slot.due_at,
                "recipient": issue.recipient,
                "names": issue.names,
                "rows": issue.rows,
                "reason": issue.reason,
                "held_at": issue.held_at,
                "release": release_of_issue(issue),
            }
            for issue in issues
        ],
        "slots": [
            {
                "report": slot.slot.report,
                "due_at": slot.slot.due_at,
                "reason": slot.reason,
                "held_at": slot.held_at,
                "release": release_of_slot(slot.slot.report, slot.slot.due_at),
            }
            for slot in slots
        ],
    }


def show_braked(issues: Sequence[BrakedIssue], slots: Sequence[BrakedSlot]) -> None:
    """Print what is held: since when, why, and the command to copy; nothing where nothing is."""
    from ecosmig_publish.cli.screen import show_line, shown_instant  # noqa: PLC0415 - rich is slow to import

    for slot in slots:
        at = f"{slot.slot.report}, slot {shown_instant(slot.slot.due_at)}"
        show_line(f"{at}: the brake holds it back since {shown_instant(slot.held_at)}: {slot.reason}")
        release = release_of_slot(slot.slot.report, slot.slot.due_at)
        show_line(f"  next: look at the source; it goes on by itself once the rows are back, or: {release}")
    for issue in issues[:_SHOWN]:
        since = shown_instant(issue.held_at)
        show_line(f"{issue.recipient}, {issue.names[0]}: the brake holds it since {since}: {issue.reason}")
        show_line(f"  next: look at its file in the outbox, then: {release_of_issue(issue)}")
    if len(issues) > _SHOWN:
        show_line(f"… and {len(issues) - _SHOWN:,} more issues that the brake holds: ecosmig issue release --json")


def release_of_issue(issue: BrakedIssue) -> str:
    """Return the command that lets an issue go."""
    return f"ecosmig issue release {issue.names[0]}"
