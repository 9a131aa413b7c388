"""To record what several workers placed: whoever comes while a record is being written shares the next one.

Each record is synced to disk before it counts; one for each file, in a row, would take longer than the uploads.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from ecosmig_publish.errors import EcosmigError, LedgerError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecosmig_publish.ledger import PublishedEntry


class RecordsPublished(Protocol):
    """What is needed of the ledger."""

    def record_all_published(self, entries: Sequence[PublishedEntry]) -> None:
        """Record all in one transaction, or none. Raises `LedgerError`."""
        ...


@dataclass(slots=True, eq=False)
class _Ticket:
    entry: PublishedEntry
    done: bool = False
    error: EcosmigError | None = None


class Recorder:
    """Records published files for any number of threads; `writing` is held by whoever writes to the ledger."""

    def __init__(self, ledger: RecordsPublished, writing: Lock) -> None:
        self._ledger = ledger
        self._writing = writing
        self._queueing = Lock()
        self._queue: list[_Ticket] = []

    def record(self, entry: PublishedEntry) -> None:
        """Return when the entry is durable. Raises `LedgerError` where this one can't be recorded."""
        ticket = _Ticket(entry)
        with self._queueing:
            self._queue.append(ticket)
        with self._writing:
            if not ticket.done:
                with self._queueing:
                    batch, self._queue = self._queue, []
                if batch:
                    self._write(batch)
        if ticket.error is not None:
            raise ticket.error
        if not ticket.done:
            raise LedgerError(
                "another worker failed while it recorded this file too",
                hint="Run again: the file is looked for in its folder before anything is put there.",
            )

    def _write(self, batch: Sequence[_Ticket]) -> None:
        try:
            self._ledger.record_all_published([ticket.entry for ticket in batch])
        except EcosmigError as error:
            if len(batch) == 1:
                batch[0].error = error
            else:
                # One of them is at fault; the others shall not suffer for it.
                for ticket in batch:
                    self._write([ticket])
        for ticket in batch:
            ticket.done = True
