"""What is to be corrected: a recipient's issue of a slot, or the issue that the slot lacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ecosmig_publish.emrr.terms import Report, Signifier
    from ecosmig_publish.ledger import RecordedIssue, SlotEntry


@dataclass(frozen=True, slots=True)
class Target:
    """One recipient's part in one slot; `issue` is the newest there, None where the slot has none for it."""

    slot: SlotEntry
    recipient: Signifier
    issue: RecordedIssue | None

    @property
    def report(self) -> Report:
        """The report that is corrected."""
        return self.slot.slot.report

    @property
    def reason_to_hold(self) -> str:
        """Why a row that the issue carried is held from now on, where nothing is wrong with the row itself."""
        return f"corrected:{self.issue.name}" if self.issue else "corrected"
