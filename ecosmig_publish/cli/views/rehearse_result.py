"""What a rehearsal came to, in numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.cli.views.rehearse_reach import outside
from ecosmig_publish.cli.views.rehearse_stand_in import UNITS_PER_MINUTE
from ecosmig_publish.destinations.sharepoint.waiting.forecast import forecast_wave
from ecosmig_publish.workflows.rehearsing.attending import Task, tasks_at_the_end, tasks_of_runs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from ecosmig_publish.cli.views.rehearse_asked import Asked
    from ecosmig_publish.emrr.terms import Report, Signifier, Slot
    from ecosmig_publish.errors import ExitStatus
    from ecosmig_publish.migration_data.recorded import Recorded
    from ecosmig_publish.workflows.rehearsing.judging import Ending
    from ecosmig_publish.workflows.rehearsing.playing import PlayedRun

_ONBOARD = "ecosmig supplier onboard --all"
_NAMED = 10


@dataclass(frozen=True, slots=True)
class Kept:
    """Where everything stays, its configuration, and what lets the stand-in answer again."""

    home: Path
    configuration: Path
    stand_in: str


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A month that was played until `until`, in which `due` fell due; `recorded` says how far the source reaches.

    `invented` are the parties without readers in the configuration.
    `unregistered` stand in the configuration and not in the register; `refused` says why a party couldn't be onboarded.
    """

    asked: Asked
    until: datetime
    due: Sequence[Slot]
    recorded: Recorded | None
    parties: tuple[Signifier, ...]
    invented: tuple[Signifier, ...]
    unregistered: tuple[Signifier, ...]
    refused: Mapping[Signifier, str]
    runs: Sequence[PlayedRun]
    ending: Ending
    status: ExitStatus
    kept: Kept | None

    @property
    def without_files(self) -> list[Signifier]:
        """The parties for which nothing was issued."""
        return sorted({*self.parties} - {file.recipient for file in self.ending.files})

    @property
    def ended(self) -> Counter[int]:
        """How many runs ended with each exit status."""
        return Counter(int(run.outcome.exit_status) for run in self.runs)

    @property
    def outside(self) -> str:
        """What part of the month the source says nothing of; `""` where it reaches over it."""
        return outside(self.recorded, self.asked.month, self.until)

    @property
    def tasks(self) -> list[Task]:
        """What would have needed a person: before the first run, in its course, at the end."""
        tasks = [Task(None, f"{signifier}: {reason}", _ONBOARD) for signifier, reason in self.refused.items()]
        if self.invented:
            what = f"no users or group in the configuration for {named(self.invented)}, so a reader was made up"
            tasks.append(Task(None, what, f"write them into the configuration, then: {_ONBOARD}"))
        if self.unregistered:
            what = f"in the configuration, and not in the party register: {named(self.unregistered)}"
            tasks.append(Task(None, what, "correct the signifier, or ask the source's owner"))
        return [*tasks, *tasks_of_runs(self.runs), *tasks_at_the_end(self.ending)]

    @property
    def findings(self) -> list[str]:
        """What the source showed that its contract rules out, once each."""
        return list(dict.fromkeys(finding for run in self.runs for finding in run.outcome.findings))

    def late(self, report: Report) -> int:
        """Return how many files of a report, and slots that nobody issued, were not proved by the deadline."""
        ending, deadline = self.ending, self.asked.deadline
        if deadline is None:
            return 0
        files = sum(file.report is report and ending.time_of(file) > deadline for file in ending.files)
        return files + sum(it.report is report and self.until - it.due_at > deadline for it in ending.not_issued)


@dataclass(frozen=True, slots=True)
class Wave:
    """What one run published, and what SharePoint would have been asked for it, undisturbed."""

    began_at: datetime
    files: int
    folders: int
    requests: int
    resource_units: int
    minutes: float
    """At the smallest tenant's resource units a minute."""


def largest_wave(runs: Sequence[PlayedRun]) -> Wave | None:
    """Return the run that published most files, the first of several; None where none published any."""
    run = max(runs, key=lambda run: run.outcome.published.placed, default=None)
    if run is None or not run.outcome.published.placed:
        return None
    folders = len({file.recipient for file in run.outcome.proved})
    files = run.outcome.published.placed
    forecast = forecast_wave(files, folders, units_per_minute=UNITS_PER_MINUTE)
    minutes = (forecast.seconds or 0.0) / 60
    return Wave(run.began_at, files, folders, forecast.requests, forecast.resource_units, minutes)


def named(signifiers: Sequence[str]) -> str:
    """Return the first few, and how many more there are."""
    more = f" and {len(signifiers) - _NAMED:,} more" if len(signifiers) > _NAMED else ""
    return ", ".join(signifiers[:_NAMED]) + more
