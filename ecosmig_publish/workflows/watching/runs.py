"""The publisher's runs as the folders show them: files of one report that were made at one instant."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.calendar import last_due_slot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from ecosmig_publish.emrr.terms import Report, Signifier, Slot
    from ecosmig_publish.workflows.watching.sightings import Sighting


@dataclass(frozen=True, slots=True)
class Run:
    """What one run, or one correction, made of a report.

    `latest` is each recipient's last file of it, those with the most files first; `counts` says how many each got.
    """

    report: Report
    created_at: datetime
    latest: tuple[Sighting, ...]
    counts: Mapping[Signifier, int]

    @property
    def depth(self) -> int:
        """How many of its slots got files, as far as one recipient's show it; the parts of a split issue count too."""
        return max(self.counts.values())

    @property
    def reach(self) -> Slot:
        """The latest slot that its files can be of: none is made before it falls due."""
        return last_due_slot(self.report, self.created_at)


def runs_of(report: Report, sightings: Iterable[Sighting]) -> list[Run]:
    """Return a report's runs, newest first."""
    made: dict[datetime, dict[Signifier, list[Sighting]]] = defaultdict(lambda: defaultdict(list))
    for sighting in sightings:
        made[sighting.named.created_at][sighting.named.recipient].append(sighting)
    return [_run(report, created_at, made[created_at]) for created_at in sorted(made, reverse=True)]


def _run(report: Report, created_at: datetime, made: Mapping[Signifier, list[Sighting]]) -> Run:
    counts = {recipient: len(files) for recipient, files in made.items()}
    latest = [max(files, key=lambda it: it.named.sequence) for files in made.values()]
    latest.sort(key=lambda it: (-counts[it.named.recipient], it.named.recipient))
    return Run(report, created_at, tuple(latest), counts)
