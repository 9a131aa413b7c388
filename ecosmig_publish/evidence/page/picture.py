"""The ledger as the page sees it: a letter for each recipient and slot, and few numbers for each issue."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.catalogue import CATALOGUE
from ecosmig_publish.evidence.page.states import State, worst

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

    from ecosmig_publish.emrr.terms import Report, Signifier, Slot
    from ecosmig_publish.ledger import FolderEntry, RecordedFile, RecordedReceipt, RecordedSlot


SEEN = (None, "not yet", "opened", "yes")
"""Whether the recipient has read an issue: what the ledger calls it, None where that is unknown."""


@dataclass(frozen=True, slots=True)
class Column:
    """A slot: when it fell due, `issued` or why it wasn't."""

    due_at: datetime
    outcome: str
    held: int


@dataclass(slots=True)
class Issue:
    """What is known of a recipient's newest issue of a slot; instants None while not yet.

    `seen` is a place in `SEEN`, the lowest of its files'.
    """

    column: int
    state: State
    first: int
    files: int
    rows: int
    published_at: datetime | None
    proved_at: datetime | None
    seen: int


@dataclass(slots=True)
class ReportGrid:
    """One report: its slots oldest first, and each recipient's issues by slot."""

    report: Report
    columns: list[Column]
    issues: dict[Signifier, dict[int, Issue]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that the page shows, as of `made_at`; `deadline` is how long after its slot an issue may be proved."""

    made_at: datetime
    deadline: timedelta
    recipients: Mapping[Signifier, str]
    grids: tuple[ReportGrid, ...]

    def state(self, grid: ReportGrid, recipient: Signifier, column: int) -> State:
        """Return what a recipient's issue of a slot is."""
        issue = grid.issues.get(recipient, {}).get(column)
        if issue is not None:
            return issue.state
        return State.NOT_ISSUED if grid.columns[column].outcome == "due" else State.NOTHING


def picture_of(
    *,
    slots: Iterable[RecordedSlot],
    files: Iterable[RecordedFile],
    folders: Mapping[Signifier, FolderEntry],
    due: Sequence[Slot],
    made_at: datetime,
    deadline: timedelta,
    receipts: Mapping[int, RecordedReceipt] = MappingProxyType({}),
) -> Picture:
    """Return the picture of a ledger's slots and files; `due` are slots that nobody issued."""
    grids = {report: ReportGrid(report, []) for report in CATALOGUE}
    for slot in sorted(slots, key=lambda it: it.slot):
        outcome = slot.outcome if slot.reason is None else slot.reason
        grids[slot.slot.report].columns.append(Column(slot.slot.due_at, outcome, slot.held))
    for late in due:
        grids[late.report].columns.append(Column(late.due_at, "due", 0))
    places = {
        report: {column.due_at: place for place, column in enumerate(grid.columns)} for report, grid in grids.items()
    }
    whom = set(folders)
    for file in files:
        whom.add(file.recipient)
        has_folder = file.recipient in folders
        state = _state(file, made_at, deadline, has_folder=has_folder)
        receipt = receipts.get(file.file_id)
        seen = SEEN.index(receipt.seen) if receipt is not None else 0
        _add(grids[file.report], places[file.report][file.due_at], file, state, seen)
    names = {signifier: folders[signifier].party_name if signifier in folders else "" for signifier in sorted(whom)}
    return Picture(made_at, deadline, names, tuple(grids.values()))


def _state(file: RecordedFile, made_at: datetime, deadline: timedelta, *, has_folder: bool) -> State:
    if file.withdrawn_at is not None:
        return State.WITHDRAWN
    if file.proved_at is not None:
        return State.LATE if file.proved_at > file.due_at + deadline else State.PROVED
    if file.conflict is not None:
        return State.CONFLICT
    if not has_folder:
        return State.NO_FOLDER
    if file.brake is not None:
        return State.BRAKED
    return State.OVERDUE if made_at > file.due_at + deadline else State.WAITING


def _add(grid: ReportGrid, column: int, file: RecordedFile, state: State, seen: int) -> None:
    """Add a file to its issue; a later issue of the same slot, which corrects it, takes its place."""
    of_recipient = grid.issues.setdefault(file.recipient, {})
    issue = of_recipient.get(column)
    if issue is None or file.part == 1:
        of_recipient[column] = Issue(
            column, state, file.sequence, 1, file.rows, file.published_at, file.proved_at, seen
        )
        return
    issue.state = worst(issue.state, state)
    issue.files += 1
    issue.rows += file.rows
    issue.published_at = _later(issue.published_at, file.published_at)
    issue.proved_at = _later(issue.proved_at, file.proved_at)
    issue.seen = min(issue.seen, seen)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    """Return when both were, None while one of them wasn't."""
    return None if one is None or other is None else max(one, other)
