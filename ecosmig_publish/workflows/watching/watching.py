"""What is late by what stands in the recipients' folders: the alarm for a publisher that is dead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.calendar import due_slots, last_due_slot
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.workflows.deadlines import IN_NO_FOLDER, Overdue, in_order
from ecosmig_publish.workflows.watching.headers import Headers, newest_of
from ecosmig_publish.workflows.watching.lacking import lacking
from ecosmig_publish.workflows.watching.rhythm import breaks_the_rhythm, history_of, is_unheard_of, slots_in_a_week
from ecosmig_publish.workflows.watching.runs import runs_of
from ecosmig_publish.workflows.watching.sightings import look_into_all

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from ecosmig_publish.destinations.watching import WatchedFolders
    from ecosmig_publish.emrr.terms import Signifier, Slot
    from ecosmig_publish.workflows.deadlines import Watch
    from ecosmig_publish.workflows.recovery.seeding_from_folders import Oddity
    from ecosmig_publish.workflows.watching.headers import Newest
    from ecosmig_publish.workflows.watching.runs import Run

NOT_DUE, UP_TO_DATE, QUIET, LATE = "not due yet", "up to date", "quiet", "late"
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class ReportSeen:
    """One report: the latest slot that any folder has a file of, against the last one whose deadline is over.

    `silent` counts the slots between them, and `says` is one of this module's words: quiet is a silence that is
    nothing out of the ordinary.
    """

    report: Report
    newest: Newest | None
    last_due: Slot | None
    silent: int
    says: str


@dataclass(frozen=True, slots=True)
class Watched:
    """What the folders say. `empty` have a folder without a report of theirs, `without_folder` have none."""

    folders: int
    files: int
    headers: int
    overdue: tuple[Overdue, ...]
    reports: tuple[ReportSeen, ...]
    oddities: tuple[Oddity, ...]
    empty: tuple[Signifier, ...]
    without_folder: tuple[Signifier, ...]


def watch_folders(
    watched: WatchedFolders, watch: Watch, *, issues_empty: bool, suppliers: Collection[Signifier] = ()
) -> Watched:
    """Look into all folders, and return what is late. Changes nothing. Raises as `WatchedFolders` does.

    `issues_empty`: every party gets a file for every slot, so that one which isn't there is late. Else a slot may have
    had nothing to say, and only a silence out of the ordinary is late (see `rhythm`). `suppliers` are those who are
    configured: where there are any, nobody else is expected to have files.
    """
    seen = look_into_all(watched, watch.now)
    headers = Headers(watched)
    runs = {report: runs_of(report, seen.of(report)) for report in Report}
    newest = {report: newest_of(runs[report], headers.slot_of) for report in Report}
    overdue: list[Overdue] = []
    reports = []
    for report in Report:
        others = [it.slot.due_at for it in newest.values() if it is not None and it.slot.report is not report]
        judged, late = _judged(report, runs[report], newest[report], others, watch, issues_empty=issues_empty)
        reports.append(judged)
        overdue.extend(late)
    everybody, first_seen = frozenset(folder.signifier for folder in seen.folders), seen.first_of_each()
    expected = everybody & frozenset(suppliers) if suppliers else everybody
    for judged in reports if issues_empty else ():
        if judged.newest is not None and judged.last_due is not None:
            overdue += lacking(
                min(judged.newest.slot, judged.last_due),
                runs[judged.report],
                start=watch.start,
                expected=expected,
                first_seen=first_seen,
                slot_of=headers.slot_of,
            )
    return Watched(
        folders=len(seen.folders),
        files=seen.files,
        headers=headers.read,
        overdue=tuple(in_order(overdue)),
        reports=tuple(reports),
        oddities=seen.oddities,
        empty=tuple(sorted(everybody - first_seen.keys())),
        without_folder=tuple(sorted(frozenset(suppliers) - everybody)),
    )


def _judged(
    report: Report,
    runs: Sequence[Run],
    newest: Newest | None,
    others: Sequence[datetime],
    watch: Watch,
    *,
    issues_empty: bool,
) -> tuple[ReportSeen, list[Overdue]]:
    """Return what is to be said of a report; `others` are the latest slots of other reports that have files."""
    # At the deadline itself it is not over yet.
    last = last_due_slot(report, watch.now - watch.deadline - _INSTANT)
    if last.due_at <= watch.start:
        return ReportSeen(report, newest, None, 0, NOT_DUE), []
    since = watch.start if newest is None else max(watch.start, newest.slot.due_at)
    silent = list(due_slots(report, after=since, until=last.due_at))
    if not silent:
        return ReportSeen(report, newest, last, 0, UP_TO_DATE), []
    if not (issues_empty or _is_unusual(report, runs, newest, others, silent)):
        return ReportSeen(report, newest, last, len(silent), QUIET), []
    late = Overdue(silent[0].due_at, report, None, IN_NO_FOLDER, len(silent))
    return ReportSeen(report, newest, last, len(silent), LATE), [late]


def _is_unusual(
    report: Report, runs: Sequence[Run], newest: Newest | None, others: Sequence[datetime], silent: Sequence[Slot]
) -> bool:
    if newest is None:
        # Of a report alone that may be; the first run of a publisher has all of history to report.
        return not others
    history = history_of(report, runs, newest.slot)
    # A run that made another report's file made this one's too, where it had anything to say.
    unseen = sum(1 for slot in silent if slot.due_at > max(others, default=newest.slot.due_at))
    step = slots_in_a_week(report)
    return is_unheard_of(history, len(silent), unseen, step) or breaks_the_rhythm(history, len(silent), unseen, step)
