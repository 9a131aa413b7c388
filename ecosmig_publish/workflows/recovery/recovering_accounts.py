"""The files of a report's slots in doubt, read row by row, against the source as it stands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.reading import file_chunks
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import NotFoundError, OutboxError
from ecosmig_publish.ledger import IssueName
from ecosmig_publish.reports.question import Bounds, Question
from ecosmig_publish.workflows.issuing.watermark import coverage
from ecosmig_publish.workflows.pinned_folders import folder_of
from ecosmig_publish.workflows.recovery.recovering_rows import (
    Accounted,
    Holds,
    account_for_attempts,
    account_for_installations,
    printed_in,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    import pyarrow as pa

    from ecosmig_publish.emrr.terms import Slot
    from ecosmig_publish.ledger import RecordedFile, RecordedIssue, RecoveredSlot
    from ecosmig_publish.migration_data import MigrationData
    from ecosmig_publish.workflows.recovery.recovering import RecoveryParts
    from ecosmig_publish.workflows.recovery.recovering_slots import Doubted


def account_for(
    it: Doubted, parts: RecoveryParts, data: MigrationData, now: datetime
) -> tuple[Accounted, tuple[RecoveredSlot, ...]]:
    """Return what becomes of the rows, and the slots with their keys (006) and the last one's watermark."""
    ledger, report = parts.ledger, it.report
    first = it.slots[0].entry.slot.due_at
    holds = Holds(
        frozenset(hold.key for hold in ledger.open_holds(report)), frozenset(ledger.reported_holds(report, first))
    )
    printed: dict[Slot, list[pa.Table]] = {slot.entry.slot: [] for slot in it.slots}
    for slot, table in _printed(it, parts):
        printed[slot].append(table)
    if report is Report.ECOSMIG_006:
        earlier = ledger.reported_keys_before(report, first)
        accounted = account_for_installations(it, printed, earlier, holds, data, now)
    else:
        tables = (table for of_slot in printed.values() for table in of_slot)
        accounted = account_for_attempts(it, tables, holds, data)
    slots = [replace(slot, reported_keys=accounted.keys.get(slot.entry.slot, ())) for slot in it.slots]
    bounds = Bounds(it.last.period.end, it.last.cut_off)
    covered = coverage(report, Question(data.tables, it.last.period, bounds, None, None), data)
    slots[-1] = replace(slots[-1], entry=replace(slots[-1].entry, watermark=covered.watermark))
    return accounted, tuple(slots)


def _printed(it: Doubted, parts: RecoveryParts) -> Iterator[tuple[Slot, pa.Table]]:
    """Yield the rows of every file that counts: of an issue that was corrected, those of its correction alone."""
    kept = _counting(it, parts)
    for slot in it.slots:
        found = slot.issues
        for place, issue in enumerate(found):
            if any(later.recipient == issue.recipient for later in found[place + 1 :]):
                continue
            for entry in issue.files:
                yield slot.entry.slot, printed_in(it.report, file_chunks(parts.outbox.file(entry.outbox_path)))
        recovered = {issue.recipient for issue in found}
        for known in kept:
            if known.slot == slot.entry.slot and known.recipient not in recovered:
                for file in known.files:
                    yield slot.entry.slot, printed_in(it.report, _bytes_of(file, parts))


def _counting(it: Doubted, parts: RecoveryParts) -> list[RecordedIssue]:
    """Return the ledger's issues that stay, but those that were corrected, or withdrawn with their rows released."""
    ids = {file.issue_id for file in it.kept}
    named = {file.due_at for file in it.kept}
    issues = [
        issue for due_at in sorted(named) for issue in parts.ledger.issues(IssueName(report=it.report, due_at=due_at))
    ]
    return [
        issue
        for issue in issues
        if issue.issue_id in ids
        and (issue.superseded_by_id is None or issue.superseded_by_id not in ids)
        and not (issue.withdrawn is not None and issue.withdrawn.released)
    ]


def _bytes_of(file: RecordedFile, parts: RecoveryParts) -> Iterator[bytes]:
    """Yield an issued file's bytes from the outbox, else from its folder."""
    try:
        yield from file_chunks(parts.outbox.file(file.outbox_path))
    except OutboxError:
        entry = parts.ledger.folders().get(file.recipient)
        if entry is None:
            raise
        try:
            yield from parts.destination.read(folder_of(entry), file.name)
        except NotFoundError as error:
            raise OutboxError(
                f"{file.name} is neither in the outbox nor in its folder, and its rows have to be told",
                hint="Restore it from a backup of the outbox, or into its folder, and recover again.",
            ) from error
