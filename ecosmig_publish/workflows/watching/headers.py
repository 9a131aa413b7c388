"""Which slot a file is of: its name says only when it was made, its header the period that it reports on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.calendar import slot_reporting_on
from ecosmig_publish.emrr.filename import FileName
from ecosmig_publish.emrr.records import parse_header
from ecosmig_publish.errors import InvalidFileError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ecosmig_publish.destinations.watching import WatchedFolders
    from ecosmig_publish.emrr.terms import Slot
    from ecosmig_publish.workflows.watching.runs import Run
    from ecosmig_publish.workflows.watching.sightings import Sighting

MOST = 12
"""So many headers of a report are read at the most to find its latest slot; almost always it takes one."""
MOST_OF_A_RUN = 4
_CRLF = b"\r\n"


@dataclass(frozen=True, slots=True)
class Newest:
    """The file of a report's latest slot that stands in any folder."""

    sighting: Sighting
    slot: Slot


class Headers:
    """Reads files' headers, each once."""

    def __init__(self, watched: WatchedFolders) -> None:
        self._watched = watched
        self._known: dict[tuple[str, str], Slot | None] = {}

    @property
    def read(self) -> int:
        """How many were read."""
        return len(self._known)

    def slot_of(self, sighting: Sighting) -> Slot | None:
        """Return the slot that a file's header names; None where it names none, or the header isn't its name's."""
        key = (sighting.folder.id, sighting.text)
        if key not in self._known:
            self._known[key] = self._read(sighting)
        return self._known[key]

    def _read(self, sighting: Sighting) -> Slot | None:
        try:
            chunk = next(iter(self._watched.read(sighting.folder, sighting.text)), b"")
            line, ending, _ = chunk.partition(_CRLF)
            header = parse_header(line + ending)
        except (InvalidFileError, NotFoundError):
            # Somebody's own file under such a name, or one that was taken away meanwhile.
            return None
        says = FileName(header.report, header.recipient, header.sequence, header.created_at)
        return slot_reporting_on(header.report, header.period) if says == sighting.named else None


def newest_of(runs: Sequence[Run], slot_of: Callable[[Sighting], Slot | None]) -> Newest | None:
    """Return the file of the latest slot, by headers; None where there is no file. `runs` stand newest first.

    A correction is younger than its slot, and a run that catches up makes files of earlier slots, or ends among them.
    After `MOST` headers the newest file is taken to be of the latest slot that it can be of.
    """
    best: Newest | None = None
    read = 0
    for run in runs:
        if best is not None and run.reach <= best.slot:
            return best
        for sighting in run.latest[:MOST_OF_A_RUN]:
            if read == MOST:
                return Newest(runs[0].latest[0], runs[0].reach)
            read += 1
            slot = slot_of(sighting)
            if slot is not None and slot <= run.reach and (best is None or slot > best.slot):
                best = Newest(sighting, slot)
            if slot == run.reach:
                return best
    return best
