"""To compare issued files with the source, slot by slot: reads ledger, outbox and source, and changes nothing."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.terms import Report, Signifier
from ecosmig_publish.reports.contract_breaks import OUTCOMES
from ecosmig_publish.workflows.comparing_source.comparison import Comparison, question_of
from ecosmig_publish.workflows.comparing_source.found import ChangedFile, Compared, Kind, TurnedUp
from ecosmig_publish.workflows.comparing_source.judging import Judgement
from ecosmig_publish.workflows.comparing_source.late import late_attempts
from ecosmig_publish.workflows.comparing_source.printed import Printed, read_printed
from ecosmig_publish.workflows.comparing_source.standing import at_places, standing_rows
from ecosmig_publish.workflows.issuing.register import known_parties, party_register

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from datetime import datetime

    from ecosmig_publish.ledger import Ledger, RecordedFile, RecordedSlot
    from ecosmig_publish.migration_data import MigrationData
    from ecosmig_publish.outbox import Outbox

COMPARED = (Report.ECOSMIG_001, Report.ECOSMIG_002, Report.ECOSMIG_003, Report.ECOSMIG_006)
"""The reports whose rows are about one Device each; 004 and 005 count."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to compare; empty and None mean all. `since` and `until` bound the instants at which slots fell due."""

    reports: Collection[Report] = ()
    suppliers: Collection[Signifier] = ()
    since: datetime | None = None
    until: datetime | None = None

    def covers(self, slot: RecordedSlot) -> bool:
        """Whether a slot is to be compared."""
        due_at = slot.slot.due_at
        return (
            slot.slot.report in (self.reports or COMPARED)
            and (self.since is None or due_at >= self.since)
            and (self.until is None or due_at <= self.until)
        )


def compare_with_source(
    wanted: Wanted,
    *,
    ledger: Ledger,
    outbox: Outbox,
    data: MigrationData,
    on_file: Callable[[], None] = lambda: None,
) -> Compared:
    """Return what the source no longer says of what was issued, and what it says beyond it.

    What was superseded or withdrawn isn't compared. Raises `SourceError` or `OutboxError`.
    """
    comparison = Comparison(
        ledger=ledger,
        outbox=outbox,
        data=data,
        parties=data.memory_table(known_parties(party_register(data))),
        suppliers=wanted.suppliers,
        corrected_at={it.issue_id: it.cut_off for it in ledger.amended_issues() if it.is_correction},
        on_file=on_file,
    )
    slots = sorted((slot for slot in ledger.slots() if wanted.covers(slot)), key=lambda slot: slot.slot)
    files = _files_by_slot(ledger, {slot.slot.report for slot in slots})
    changed: list[ChangedFile] = []
    beyond: list[TurnedUp] = []
    counted = rows = 0
    for slot in slots:
        of_slot = files.get((slot.slot.report, slot.slot.due_at), [])
        for file in _current(of_slot, comparison):
            counted, rows = counted + 1, rows + file.rows
        changed += _changed(slot, of_slot, comparison, beyond)
    if not wanted.suppliers:
        # Whose an attempt is that stands in no file, only the next slot that carries it will say.
        for report in OUTCOMES:
            beyond += late_attempts([slot for slot in slots if slot.slot.report is report], files, comparison)
    return Compared(len(slots), counted, rows, tuple(changed), tuple(beyond))


def _files_by_slot(ledger: Ledger, reports: Collection[Report]) -> dict[tuple[Report, datetime], list[RecordedFile]]:
    found: dict[tuple[Report, datetime], list[RecordedFile]] = {}
    for report in reports:
        for file in ledger.files(report=report):
            found.setdefault((report, file.due_at), []).append(file)
    return found


def _current(files: Sequence[RecordedFile], comparison: Comparison) -> list[RecordedFile]:
    return [
        file
        for file in files
        if file.superseded_by is None
        and file.withdrawn_at is None
        and (not comparison.suppliers or file.recipient in comparison.suppliers)
    ]


def _changed(
    slot: RecordedSlot, files: Sequence[RecordedFile], comparison: Comparison, beyond: list[TurnedUp]
) -> Iterator[ChangedFile]:
    """Yield the changed files of a slot; what a recipient of 003 lacks is added to `beyond`.

    A correction was computed at a cut-off of its own, and is compared at that.
    """

    def cut_off(file: RecordedFile) -> datetime:
        return comparison.corrected_at.get(file.issue_id, slot.cut_off)

    current = sorted(_current(files, comparison), key=lambda file: (cut_off(file), file.recipient, file.sequence))
    recipients = {file.recipient for file in current}
    groups = [(at, list(group)) for at, group in groupby(current, key=cut_off)]
    report = slot.slot.report
    if report is Report.ECOSMIG_003 and slot.cut_off not in dict(groups):
        # Whoever has no file at all may lack one.
        groups.append((slot.cut_off, []))
    for at, group in groups:
        printed = read_printed(group, report, slot.period, comparison.outbox)
        with (
            comparison.data.keeping() as keep,
            closing(Judgement(by_second=report is not Report.ECOSMIG_003)) as judged,
        ):
            question = question_of(slot, at, comparison, keep)
            here = at_places(report, question, printed.places, comparison.data)
            judged.take(printed.rows, standing_rows(report, here.rows, comparison.data), here.others)
            yield from _told(slot, printed, judged)
            if report is Report.ECOSMIG_003:
                mine = {file.recipient for file in group}
                beyond += [
                    TurnedUp(slot.slot, count, recipient=Signifier(recipient))
                    for recipient, count in judged.missing()
                    # One whose file is of another cut-off is compared with that one.
                    if (recipient in mine or (recipient not in recipients and at == slot.cut_off))
                    and (not comparison.suppliers or recipient in comparison.suppliers)
                ]
        for _file in group:
            comparison.on_file()


def _told(slot: RecordedSlot, printed: Printed, judged: Judgement) -> Iterator[ChangedFile]:
    for place, found in groupby(judged.changed(), key=lambda it: it[0]):
        kinds = list(found)
        file = printed.files[place]
        counts: dict[Kind, int] = {kind: count for _, kind, count, _ in kinds}
        records = {kind: named for _, kind, _, named in kinds}
        yield ChangedFile(file.name, file.report, file.recipient, slot.slot, file.rows, counts, records)
