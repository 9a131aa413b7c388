"""What isn't proved so long after it fell due: files that wait, and slots that nobody issued."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.workflows.planning import due_slots_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime, timedelta

    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger import WaitingFile

NOT_ISSUED, NOT_PROVED = "not issued", "not proved"
IN_NO_FOLDER, NOT_IN_ITS_FOLDER = "no file in any folder", "no file in its folder"


@dataclass(frozen=True, slots=True, order=True)
class Overdue:
    """A slot, or a recipient's files of it, that should be proved by now; `what` is one of this module's words.

    `count` is how many files, or slots from this one on.
    """

    due_at: datetime
    report: Report
    recipient: Signifier | None
    what: str
    count: int


@dataclass(frozen=True, slots=True)
class Watch:
    """When to look, and how long after its slot an issue may be proved; slots up to `start` are nobody's."""

    start: datetime
    now: datetime
    deadline: timedelta


def overdue_in_ledger(
    waiting: Iterable[WaitingFile], last_slots: Mapping[Report, datetime], watch: Watch
) -> list[Overdue]:
    """Return what is overdue by the ledger, oldest first."""
    counted: dict[tuple[datetime, Report, Signifier], int] = {}
    for file in waiting:
        if file.due_at + watch.deadline < watch.now:
            key = (file.due_at, file.report, file.recipient)
            counted[key] = counted.get(key, 0) + 1
    files = [Overdue(due_at, report, recipient, NOT_PROVED, n) for (due_at, report, recipient), n in counted.items()]
    return in_order([*files, *_slots(last_slots, watch)])


def in_order(overdue: Iterable[Overdue]) -> list[Overdue]:
    """Return them oldest first, what concerns all before single recipients."""
    return sorted(overdue, key=lambda it: (it.due_at, it.report, it.recipient or ""))


def _slots(last: Mapping[Report, datetime], watch: Watch) -> Iterator[Overdue]:
    """Yield the first slot of each report that is overdue; `count` counts it and those after it."""
    for report in Report:
        due = due_slots_of(start=watch.start, at=watch.now - watch.deadline, last_slots=last, reports=[report])
        # At the deadline itself it is not over yet.
        late = [slot for slot in due if slot.due_at + watch.deadline < watch.now]
        if late:
            yield Overdue(late[0].due_at, report, None, NOT_ISSUED, len(late))
