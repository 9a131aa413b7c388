"""What needs attention first: said in words, the gravest and oldest on top, with the command that helps."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.evidence.page.states import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from ecosmig_publish.emrr.terms import Report, Signifier
    from ecosmig_publish.evidence.page.picture import Issue, Picture, ReportGrid
    from ecosmig_publish.ledger import Finding, OpenHold

_RECENT = timedelta(days=7)
"""Findings older than this are history."""

GRAVE, MILD = "grave", "mild"


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing: how grave, for whom (None: for all), of which report, what, since when, and a command to copy."""

    weight: str
    recipient: Signifier | None
    report: Report | None
    what: str
    since: datetime
    command: str


_SAID = {
    State.CONFLICT: (
        "something else stands in its place; its stream is stopped",
        GRAVE,
        "ecosmig verify --supplier {}",
    ),
    State.OVERDUE: ("is not proved in its folder", GRAVE, "ecosmig publish --all"),
    State.NO_FOLDER: ("waits: the recipient has no folder yet", GRAVE, "ecosmig supplier onboard {}"),
    State.BRAKED: ("is held by the big-change brake", MILD, "ecosmig issue release"),
    State.WAITING: ("waits, within the deadline", MILD, "ecosmig publish --all"),
}


def concerns_of(picture: Picture, holds: Iterable[OpenHold], findings: Iterable[Finding]) -> list[Concern]:
    """Return everything that a person should look at."""
    found = [
        *_slots_not_issued(picture),
        *_issues(picture),
        *_holds(holds),
        *_findings(findings, picture.made_at),
    ]
    return sorted(found, key=lambda it: (it.weight != GRAVE, it.since, it.recipient or "", it.what))


def _slots_not_issued(picture: Picture) -> Iterator[Concern]:
    for grid in picture.grids:
        due = [column for column in grid.columns if column.outcome == "due"]
        if not due:
            continue
        is_late = picture.made_at > due[0].due_at + picture.deadline
        slots = "a slot is due and not issued" if len(due) == 1 else f"{len(due):,} slots are due and not issued"
        weight, since = GRAVE if is_late else MILD, due[0].due_at
        yield Concern(weight, None, grid.report, f"{grid.report}: {slots}", since, "ecosmig publish --all")


def _issues(picture: Picture) -> Iterator[Concern]:
    for grid in picture.grids:
        for recipient, issues in grid.issues.items():
            by_state: dict[State, list[Issue]] = {}
            for issue in issues.values():
                if issue.state in _SAID:
                    by_state.setdefault(issue.state, []).append(issue)
            for state, some in by_state.items():
                yield _concern(grid, recipient, state, some)


def _concern(grid: ReportGrid, recipient: Signifier, state: State, issues: list[Issue]) -> Concern:
    oldest = min(issues, key=lambda it: it.column)
    said, weight, command = _SAID[state]
    more = f", and {len(issues) - 1:,} more," if len(issues) > 1 else ""
    what = f"{grid.report} number {oldest.first}{more} {said}"
    return Concern(weight, recipient, grid.report, what, grid.columns[oldest.column].due_at, command.format(recipient))


def _holds(holds: Iterable[OpenHold]) -> Iterator[Concern]:
    grouped: dict[tuple[Report, str], list[OpenHold]] = {}
    for hold in holds:
        grouped.setdefault((hold.report, hold.reasons[0]), []).append(hold)
    for (report, reason), some in grouped.items():
        rows = "1 row is" if len(some) == 1 else f"{len(some):,} rows are"
        since = min(hold.held_since for hold in some)
        yield Concern(MILD, None, report, f"{report}: {rows} held, {reason}", since, f"ecosmig held --report {report}")


def _findings(findings: Iterable[Finding], made_at: datetime) -> Iterator[Concern]:
    recent = [finding for finding in findings if finding.at > made_at - _RECENT]
    for kind, count in Counter(finding.kind for finding in recent).items():
        latest = max(finding.at for finding in recent if finding.kind == kind)
        said = f"finding: {kind}" if count == 1 else f"{count:,} findings: {kind}"
        yield Concern(MILD, None, None, said, latest, "ecosmig status")
