"""What the runs of a rehearsal came to: what is missing, what waits, what was ever to be seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.errors import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from ecosmig_publish.emrr.terms import Signifier, Slot
    from ecosmig_publish.ledger import BrakedIssue, BrakedSlot, Ledger, OpenHold, RecordedFile, RecordedSlot
    from ecosmig_publish.workflows.recovery.checking import CheckedLedger
    from ecosmig_publish.workflows.rehearsing.playing import PlayedRun
    from ecosmig_publish.workflows.verifying import Verified


@dataclass(frozen=True, slots=True)
class Ending:
    """What stands at the end; `anchors` is how many of the chain agree with it.

    `astray` says what was ever to be seen otherwise than once, as it was issued.
    """

    until: datetime
    slots: Sequence[RecordedSlot]
    not_issued: Sequence[Slot]
    files: Sequence[RecordedFile]
    holds: Sequence[OpenHold]
    braked_issues: Sequence[BrakedIssue]
    braked_slots: Sequence[BrakedSlot]
    verified: Verified
    checked: CheckedLedger
    anchors: int
    astray: Sequence[str]

    @property
    def waiting(self) -> list[RecordedFile]:
        """The files that are not proved."""
        return [file for file in self.files if file.proved_at is None]

    @property
    def is_whole(self) -> bool:
        """Whether everything that fell due was published and proved, each file exactly once."""
        return not (self.not_issued or self.waiting or self.verified.discrepancies or self.checked.total or self.astray)

    def time_of(self, file: RecordedFile) -> timedelta:
        """Return how long after its slot a file was proved; up to the end where it wasn't."""
        return (file.proved_at or self.until) - file.due_at


def astray(files: Sequence[RecordedFile], seen: Mapping[Signifier, Mapping[str, Sequence[str]]]) -> list[str]:
    """Return what was ever to be seen in a recipient's folder otherwise than once, with the bytes that were issued.

    `seen` has for each recipient the SHA-256 of all that was ever visible under each name, in its order.
    """
    issued = {(file.recipient, file.name): file for file in files}
    found = []
    for recipient, names in seen.items():
        for name, versions in names.items():
            file = issued.pop((recipient, name), None)
            if file is None:
                found.append(f"{recipient}, {name}: was there, and was never issued for this recipient")
            elif list(versions) != [file.sha256]:
                found.append(f"{recipient}, {name}: was put there {len(versions)} times, or with other bytes")
    found += [f"{file.recipient}, {file.name}: proved, and never there" for file in issued.values() if file.proved_at]
    return found


def not_issued(due: Sequence[Slot], ledger: Ledger) -> list[Slot]:
    """Return the slots that fell due and that no run issued."""
    recorded = {recorded.slot for recorded in ledger.slots()}
    return [slot for slot in due if slot not in recorded]


def exit_status(runs: Sequence[PlayedRun], ending: Ending, verification: ExitStatus) -> ExitStatus:
    """Return the largest status of 20 to 30 that a run or a check at the end came to, else 10 where anything is left.

    What a run had to leave and a later one published counts as published.
    """
    statuses = [run.outcome.exit_status for run in runs if run.outcome.exit_status > ExitStatus.UNPROVED]
    statuses.append(verification)
    if ending.checked.total or ending.astray:
        statuses.append(ExitStatus.FINDING)
    if ending.not_issued or ending.waiting:
        statuses.append(ExitStatus.UNPROVED)
    return max(statuses, default=ExitStatus.OK)
