"""Several watchers as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.workflows.running import Watcher

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecosmig_publish.emrr.terms import Slot
    from ecosmig_publish.ledger import WaitingFile


class Watchers(Watcher):
    """Passes everything on to each, in their order."""

    def __init__(self, *watchers: Watcher) -> None:
        self._watchers = watchers

    def slots_are_due(self, slots: Sequence[Slot]) -> None:
        """Pass it on."""
        for watcher in self._watchers:
            watcher.slots_are_due(slots)

    def slot_begins(self, slot: Slot) -> None:
        """Pass it on."""
        for watcher in self._watchers:
            watcher.slot_begins(slot)

    def rows_written(self, rows: int) -> None:
        """Pass it on."""
        for watcher in self._watchers:
            watcher.rows_written(rows)

    def files_go_ahead(self, files: int, forecast: str) -> None:
        """Pass it on."""
        for watcher in self._watchers:
            watcher.files_go_ahead(files, forecast)

    def files_wait(self, files: int, forecast: str) -> None:
        """Pass it on."""
        for watcher in self._watchers:
            watcher.files_wait(files, forecast)

    def file_placed(self, file: WaitingFile) -> None:
        """Pass it on."""
        for watcher in self._watchers:
            watcher.file_placed(file)
