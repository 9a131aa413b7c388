"""Recipients without a file that everybody gets, where recipients without rows get empty reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.emrr.calendar import due_slots, last_due_slot
from ecosmig_publish.workflows.deadlines import NOT_IN_ITS_FOLDER, Overdue

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from ecosmig_publish.emrr.terms import Signifier, Slot
    from ecosmig_publish.workflows.watching.runs import Run
    from ecosmig_publish.workflows.watching.sightings import Sighting

MOST_DOUBTED = 40
"""So many recipients' newest files of a report are read at the most, where a run caught up with several slots."""


def lacking(
    last: Slot,
    runs: Sequence[Run],
    *,
    start: datetime,
    expected: Collection[Signifier],
    first_seen: Mapping[Signifier, datetime],
    slot_of: Callable[[Sighting], Slot | None],
) -> Iterator[Overdue]:
    """Yield each expected recipient that has no file of some slot up to `last`, which others have.

    A recipient is expected to have the files of slots that fell due after its first file of any report was made:
    before that it may not have been in the register.
    """
    newest = {it.named.recipient: (run, it) for run in reversed(runs) for it in run.latest}
    doubted = 0
    for recipient in sorted(expected & first_seen.keys()):
        since = max(start, first_seen[recipient])
        if recipient in newest:
            run, sighting = newest[recipient]
            reached: Slot | None = run.reach
            if run.counts[recipient] < run.depth and doubted < MOST_DOUBTED:
                doubted += 1
                reached = slot_of(sighting)
            reached = reached or last_due_slot(last.report, start)
            since = max(since, reached.due_at)
        slots = list(due_slots(last.report, after=since, until=last.due_at))
        if slots:
            yield Overdue(slots[0].due_at, last.report, recipient, NOT_IN_ITS_FOLDER, len(slots))
