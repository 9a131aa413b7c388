"""What an operator sees of the slots that the leak guard stopped: which, which files and records, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecosmig_publish.workflows.guarding import RefusedSlot


def refused_document(refused: Sequence[RefusedSlot]) -> list[dict[str, object]]:
    """Return the stopped slots for the JSON document."""
    return [
        {
            "report": it.slot.report,
            "due_at": it.slot.due_at,
            "message": str(it.error),
            "hint": it.error.hint,
        }
        for it in refused
    ]


def show_refused(refused: Sequence[RefusedSlot]) -> None:
    """Print each stopped slot once, however many recipients wait for it."""
    from ecosmig_publish.cli.screen import show_line  # noqa: PLC0415 - rich is slow to import

    for it in refused:
        show_line(f"leak guard: {it.error}")
        show_line(f"  next: {it.error.hint}")
