"""Recipients' folders in memory, and a publisher that fills them by slots."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.destinations import Folder, Listed
from ecosmig_publish.emrr.calendar import due_slots, period_of
from ecosmig_publish.emrr.filename import FileName, format_file_name
from ecosmig_publish.emrr.records import header_line
from ecosmig_publish.emrr.terms import Report, Signifier, Slot
from ecosmig_publish.workflows.deadlines import Watch
from ecosmig_publish.workflows.watching import Watched, watch_folders
from tests.installation import at

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime

A, B, C = Signifier("PXX001"), Signifier("PXX002"), Signifier("PXX003")
ONE, TWO, FOUR = Report.ECOSMIG_001, Report.ECOSMIG_002, Report.ECOSMIG_004
START = at("2026-01-01T00:00:00")
MINUTES_31 = "2026-03-12T06:31:00"
"""A Thursday, when the deadline of half an hour is over for 001 and 002."""


@dataclass
class Folders:
    """`WatchedFolders` that count how many files were opened."""

    files: dict[Signifier, dict[str, bytes]] = field(default_factory=dict)
    opened: int = 0
    _last: Counter[tuple[Report, Signifier]] = field(default_factory=Counter)

    def standing(self) -> list[Folder]:
        return [Folder(signifier, f"id {signifier}", f"{signifier} Party") for signifier in sorted(self.files)]

    def listing(self, folder: Folder) -> Iterator[Listed]:
        for name, data in self.files[folder.signifier].items():
            yield Listed(name, name, len(data), None, lambda: None)

    def read(self, folder: Folder, name: str) -> Iterator[bytes]:
        self.opened += 1
        yield self.files[folder.signifier][name]

    def put(self, slot: Slot, recipient: Signifier, created_at: datetime | None = None) -> str:
        """Put the file of a slot into a folder, made as the slot fell due where nothing else is said."""
        made_at = created_at or slot.due_at
        self._last[slot.report, recipient] += 1
        number = self._last[slot.report, recipient]
        name = format_file_name(FileName(slot.report, recipient, number, made_at))
        header = header_line(slot.report, recipient, number, made_at, period_of(slot))
        self.files.setdefault(recipient, {})[name] = header + b"99,0,DCC Controlled\r\n"
        return name

    def publish(
        self,
        report: Report,
        after: str,
        until: str,
        recipients: Iterable[Signifier] = (A, B),
        *,
        but: Collection[datetime] = (),
    ) -> None:
        """Put each slot's file into each recipient's folder, none for the slots in `but`."""
        for slot in due_slots(report, after=at(after), until=at(until)):
            for recipient in recipients if slot.due_at not in but else ():
                self.put(slot, recipient)

    def watch(
        self, now: str, *, issues_empty: bool = False, suppliers: Collection[Signifier] = (), start: datetime = START
    ) -> Watched:
        """Watch them at an instant, with a deadline of half an hour."""
        watch = Watch(start, at(now), timedelta(minutes=30))
        return watch_folders(self, watch, issues_empty=issues_empty, suppliers=suppliers)


def late(watched: Watched) -> dict[tuple[Report, Signifier | None], tuple[datetime, int]]:
    """What is late: the first slot and how many, by report and recipient."""
    return {(it.report, it.recipient): (it.due_at, it.count) for it in watched.overdue}


def says(watched: Watched) -> dict[Report, str]:
    """What is said of each report that is due."""
    return {it.report: it.says for it in watched.reports}
