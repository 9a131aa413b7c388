"""What `status` shows of issues that were corrected, superseded or withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecosmig_publish.ledger import RecordedIssue

_SHOWN = 5


def amended_document(issues: Sequence[RecordedIssue]) -> list[dict[str, object]]:
    """Return each with why it was corrected or withdrawn, None where it wasn't."""
    return [
        {
            "report": issue.slot.report,
            "recipient": issue.recipient,
            "slot": issue.slot.due_at,
            "name": issue.name,
            "corrected": issue.corrected_because,
            "superseded_by": issue.files[0].superseded_by,
            "withdrawn": issue.withdrawn.reason if issue.withdrawn else None,
            "withdrawn_at": issue.withdrawn.at if issue.withdrawn else None,
            "released": issue.withdrawn.released if issue.withdrawn else None,
            "removed": issue.withdrawn.removed if issue.withdrawn else None,
        }
        for issue in issues
    ]


def show_amended(amended: Sequence[Mapping[str, Any]]) -> None:
    """Print the latest of them."""
    from ecosmig_publish.cli.screen import show_line, show_table  # noqa: PLC0415 - rich is slow to import

    if not amended:
        return
    rows = [(row["name"], _became(row)) for row in amended[-_SHOWN:]]
    show_table("Corrected and withdrawn", ("file", "what became of it"), rows, whole=("file",))
    if len(amended) > _SHOWN:
        show_line(f"The latest {_SHOWN} of {len(amended):,}; all of them: ecosmig status --json")


def _became(row: Mapping[str, Any]) -> str:
    parts = []
    if row["corrected"]:
        parts.append(f"a correction: {row['corrected']}")
    if row["superseded_by"]:
        parts.append(f"superseded by {row['superseded_by']}")
    if row["withdrawn"]:
        parts.append(f"withdrawn{', its rows released' if row['released'] else ''}: {row['withdrawn']}")
    return "; ".join(parts)
