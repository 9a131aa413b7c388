"""What lies under the bounds of an older system's last slot, read from the source."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.ledger.seeds import SlotSeed
from ecosmig_publish.reports import ecosmig_006
from ecosmig_publish.reports.question import Bounds, Question
from ecosmig_publish.workflows.issuing.keys import packed
from ecosmig_publish.workflows.issuing.register import known_parties, party_register
from ecosmig_publish.workflows.issuing.watermark import coverage

if TYPE_CHECKING:
    from ecosmig_publish.ledger import SlotEntry
    from ecosmig_publish.migration_data import MigrationData


def seed_from_source(entry: SlotEntry, data: MigrationData) -> SlotSeed:
    """Return the slot with what the source holds under its bounds; of 006 with every key that counts as reported.

    Those are the installations that 006 would take up under the bounds, be it as rows or as held rows: a Device whose
    ECoS flag is mended later still brings its installation into the next slot. Raises `SourceError`.
    """
    question = Question(
        tables=data.tables,
        period=entry.period,
        bounds=Bounds(entry.period.end, entry.cut_off),
        previous=None,
        known_parties=data.memory_table(known_parties(party_register(data))),
    )
    report = entry.slot.report
    entry = replace(entry, watermark=coverage(report, question, data).watermark)
    if report is not Report.ECOSMIG_006:
        return SlotSeed(entry)
    found = ecosmig_006.belonging(question)
    under = found.filter(found.occurred_at.notnull(), found.is_recorded).select("key").distinct().order_by("key")
    return SlotSeed(entry, tuple(packed([batch.column("key") for batch in data.stream(under)])))
