"""Whether a silence is out of the ordinary, where recipients without rows get no file; pure.

A slot without a file in any folder may have had nothing to say. What came before tells how likely that is. A history is
a report's slots in order, oldest first, each with whether any folder had a file of it.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.calendar import due_slots, last_due_slot
from ecosmig_publish.emrr.terms import Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from ecosmig_publish.emrr.terms import Slot
    from ecosmig_publish.workflows.watching.runs import Run

LIKES = 3
"""A slot is expected to have a file where its likes of so many weeks (monthly: months) before had one."""
LEAST_KNOWN = 8
"""Slots that must be known before a first silence can be out of the ordinary; a week of them where that is more."""
_IN_A_WEEK = {Report.ECOSMIG_001: 7, Report.ECOSMIG_002: 28}
_LEAST_REMEMBERED = 24


def slots_in_a_week(report: Report) -> int:
    """Return after how many slots the likes of one come again; of weekly and monthly reports each is the next's."""
    return _IN_A_WEEK.get(report, 1)


def history_of(report: Report, runs: Iterable[Run], newest: Slot) -> list[bool]:
    """Return the report's history up to its newest slot that had a file, as far back as it is of use.

    A run that made several files for one recipient caught up: they count for the last slots before it.
    """
    remembered = max(2 * LIKES * slots_in_a_week(report), _LEAST_REMEMBERED)
    served = {slot for run in runs for slot in _slots_of(run, remembered) if slot <= newest} | {newest}
    slots = list(due_slots(report, after=_before(min(served)), until=newest.due_at))
    return [slot in served for slot in slots[-remembered:]]


def is_unheard_of(history: Sequence[bool], silent: int, unseen: int, step: int) -> bool:
    """Whether a silence is far longer than any before; `step` is how many slots make a week.

    After the last `unseen` of the silent slots no other report had a file either: those are too many where they are
    more than twice as many as ever were silent in a row. A report that is silent for a week more than that while others
    go on stands still; after another week it is taken to have come to its end, as 004 does when every Device can be
    migrated.
    """
    if len(history) + silent <= max(LEAST_KNOWN, step):
        return False
    longest = max((len(list(run)) for had, run in groupby(history) if not had), default=0)
    stands_still = 2 * longest + step < silent <= 2 * (longest + step)
    return unseen > 2 * max(longest, silent - unseen) or stands_still


def breaks_the_rhythm(history: Sequence[bool], silent: int, unseen: int, step: int) -> bool:
    """Whether one of the last `unseen` of the silent slots was expected to have a file.

    What is expected is trusted only where, in the weeks just before, it never failed to come.
    """
    slots = [*history, *[False] * silent]

    def expected(place: int) -> bool:
        return place >= LIKES * step and all(slots[place - week * step] for week in range(1, LIKES + 1))

    tried = [slots[place] for place in range(len(history) - LIKES * step, len(history)) if expected(place)]
    if len(tried) < LIKES or not all(tried):
        return False
    return any(expected(place) for place in range(len(slots) - unseen, len(slots)))


def _slots_of(run: Run, most: int) -> list[Slot]:
    """Return the last slots before a run, as many as it made files for."""
    found = [run.reach]
    while len(found) < min(run.depth, most):
        found.append(last_due_slot(run.report, _before(found[-1])))
    return found


def _before(slot: Slot) -> datetime:
    return slot.due_at - timedelta(microseconds=1)
