"""To ask who read what was published: on request only, since each file costs a request."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.receipts import GivesReceipts, Receipt, Seen
from ecosmig_publish.ledger import ReceiptEntry
from ecosmig_publish.workflows.pinned_folders import folder_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from ecosmig_publish.destinations import PublishingDestination
    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger import Ledger, RecordedFile

REFUSALS = 3
"""After so many refusals, without any answer before, nothing more is asked: it would be refused alike."""
NOT_ASKED = "not asked: the service refused before"
_KEEPS_NONE = Receipt(Seen.UNKNOWN, why="a folder on a disk keeps no record of who read it")


@dataclass(frozen=True, slots=True)
class Asked:
    """A file and what was said of its readers; `was_asked` is False where it was known beforehand what would be."""

    file: RecordedFile
    receipt: Receipt
    was_asked: bool


def files_to_ask_about(ledger: Ledger, recipients: Collection[Signifier], since: datetime) -> list[RecordedFile]:
    """Return the proved files, published `since` an instant, that aren't known to be read by their recipient.

    By recipient, the newest first; what was withdrawn and removed is left out, and who has no pinned folder.
    """
    known, folders = ledger.receipts(), ledger.folders()
    found = [
        file
        for signifier in (recipients or (None,))
        for file in ledger.files(recipient=signifier)
        if file.proved_at is not None
        and file.published_at is not None
        and file.published_at >= since
        and not file.removed
        and file.recipient in folders
        and (file.file_id not in known or known[file.file_id].seen != Seen.YES)
    ]
    found.sort(key=lambda it: it.published_at or since, reverse=True)
    return sorted(found, key=lambda it: it.recipient)


def ask_receipts(
    files: Sequence[RecordedFile],
    *,
    ledger: Ledger,
    destination: PublishingDestination,
    now: Callable[[], datetime],
) -> Iterator[Asked]:
    """Ask about each file, in their order, and record what is said, recipient by recipient.

    Raises `DestinationError` where the service can't be asked; what was said until then is recorded.
    """
    if not isinstance(destination, GivesReceipts):
        yield from (Asked(file, _KEEPS_NONE, was_asked=False) for file in files)
        return
    folders = ledger.folders()
    refused, answered = 0, False
    for recipient, of_recipient in groupby(files, key=lambda it: it.recipient):
        said: list[Asked] = []
        try:
            for file in of_recipient:
                if refused >= REFUSALS and not answered:
                    one = Asked(file, Receipt(Seen.UNKNOWN, why=NOT_ASKED), was_asked=False)
                else:
                    folder = folder_of(folders[recipient])
                    receipt = destination.receipt(folder, file.name, file.item_id or "")
                    refused, answered = refused + receipt.refused, answered or not receipt.refused
                    one = Asked(file, receipt, was_asked=True)
                said.append(one)
                yield one
        finally:
            _record(ledger, recipient, said, now())


def _record(ledger: Ledger, recipient: Signifier, said: Iterable[Asked], at: datetime) -> None:
    """Record what is known; what is unknown leaves what was known before."""
    entries = [
        ReceiptEntry(it.file.file_id, it.receipt.seen, it.receipt.seen_at, it.receipt.opened, it.receipt.people)
        for it in said
        if it.receipt.seen is not Seen.UNKNOWN
    ]
    if entries:
        ledger.record_receipts(recipient, entries, at)
