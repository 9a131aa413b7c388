"""What a person would have had to do in a rehearsal: what no run comes over by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.guards.brake import release_of_slot
from ecosmig_publish.workflows.rehearsing.playing import passes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from ecosmig_publish.workflows.rehearsing.judging import Ending
    from ecosmig_publish.workflows.rehearsing.playing import PlayedRun
    from ecosmig_publish.workflows.running import RunOutcome


@dataclass(frozen=True, slots=True)
class Task:
    """What is wrong, and the next step; `since` is the start of the run that met it first, None before the first."""

    since: datetime | None
    what: str
    next_step: str


def tasks_of_runs(runs: Sequence[PlayedRun]) -> list[Task]:
    """Return what runs met that running again doesn't mend, each once, as the first run met it."""
    first: dict[tuple[str, str], Task] = {}
    for run in runs:
        for what, next_step in _met(run.outcome):
            first.setdefault((what, next_step), Task(run.began_at, what, next_step))
    return list(first.values())


def tasks_at_the_end(ending: Ending) -> list[Task]:
    """Return what a person has to do about what is left: held rows, slots that no run issued."""
    tasks = []
    if ending.holds:
        count = len(ending.holds)
        held = "1 row is held until it" if count == 1 else f"{count:,} rows are held until they"
        tasks.append(Task(None, f"{held} can be reported", "ask the source's owner; ecosmig held names them"))
    if ending.not_issued:
        oldest = min(ending.not_issued)
        slots = "1 slot is" if len(ending.not_issued) == 1 else f"{len(ending.not_issued):,} slots are"
        what = f"{slots} not issued at the end, {oldest.report} of {oldest.due_at:%Y-%m-%d %H:%MZ} the oldest"
        tasks.append(Task(None, what, "let the scheduler run, or: ecosmig publish --all"))
    return tasks


def _met(outcome: RunOutcome) -> Iterator[tuple[str, str]]:
    for error in (outcome.source_error, outcome.destination_error):
        if error is not None and not error.transient:
            yield str(error), error.hint
    for refused in outcome.refused:
        at = f"{refused.slot.report}, slot {refused.slot.due_at:%Y-%m-%d %H:%MZ}"
        yield f"{at}: {refused.error}", refused.error.hint
    for held_back in outcome.held_back:
        brake = held_back.brake
        at = f"{brake.slot.report}, slot {brake.slot.due_at:%Y-%m-%d %H:%MZ}"
        release = release_of_slot(brake.slot.report, brake.slot.due_at)
        yield (
            f"{at}: the brake holds it back: {brake.reason}",
            f"look at the source; it goes on by itself once the rows are back, or: {release}",
        )
    for stopped in outcome.published.stopped:
        # A row in a wrong file is said of its slot.
        if not passes(stopped) and stopped.exit_status is not ExitStatus.FOREIGN_ROW:
            yield f"{stopped.recipient}, {stopped.report or 'all reports'}: {stopped.reason}", stopped.hint
    for finding in outcome.findings:
        yield finding, "ask the source's owner"
