"""Which source rows an issue carried: its slot's rows, told by its own files.

A file prints no attempt's number. What its slot reported is known by the slot's bounds and its held rows, or by its
keys (006); which of that went into these files is told by Device ID and printed second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ecosmig_publish.errors import LedgerError
from ecosmig_publish.reports.attempts import unreported, with_printed_firmware
from ecosmig_publish.reports.contract_breaks import OUTCOMES
from ecosmig_publish.reports.installations import commissionings, notifications
from ecosmig_publish.reports.question import Bounds, Question, instant
from ecosmig_publish.reports.responsible_supplier import with_supplier_at
from ecosmig_publish.workflows.amending.matching import matched
from ecosmig_publish.workflows.amending.printed import printed_rows
from ecosmig_publish.workflows.issuing.keys import source_keys, unpacked

if TYPE_CHECKING:
    from ecosmig_publish.emrr.terms import Report
    from ecosmig_publish.ledger import Ledger, RecordedIssue, SlotKeys
    from ecosmig_publish.migration_data import MigrationData
    from ecosmig_publish.outbox import Outbox

_NO_KEYS = pa.table({"key": pa.array([], pa.string())})


@dataclass(frozen=True, slots=True)
class Carried:
    """`keys` (one column, `key`, as the report knows them) of the rows that an issue carried and the source still has.

    `gone` counts the rows of its files that no source row answers to any more.
    """

    keys: pa.Table
    gone: int


def carried_rows(issue: RecordedIssue, *, ledger: Ledger, outbox: Outbox, data: MigrationData) -> Carried:
    """Find the rows of an issue of 001, 002 or 006. Raises `OutboxError` where its files are not as they were."""
    printed = printed_rows(issue, outbox)
    keys = ledger.keys_of(issue)
    question = _question(issue, keys, ledger, data)
    if issue.slot.report in OUTCOMES:
        candidates = _attempts(issue.slot.report, question)
    else:
        candidates = _installations(question, keys, data)
    if not printed.num_rows:
        return Carried(source_keys(issue.slot.report, ()), 0)
    wanted = data.memory_table(printed.select(["device_id"]).group_by("device_id").aggregate([]))
    candidates = with_supplier_at(candidates.semi_join(wanted, "device_id"), "happened_at", question)
    found = data.fetch(candidates.drop("happened_at"))
    kept, gone = matched(printed, found, issue.recipient)
    kind = pa.int64() if issue.slot.report in OUTCOMES else pa.string()
    return Carried(pa.table({"key": pa.array(kept, kind)}), gone)


def _question(issue: RecordedIssue, keys: SlotKeys, ledger: Ledger, data: MigrationData) -> Question:
    """Return what the slot was asked when it was issued, as far as it says which rows were new."""
    slot, before = ledger.slot_entry(issue.slot), ledger.slot_before(issue.slot)
    if slot is None:
        raise LedgerError(f"{issue.name}: its slot is not recorded")
    report = issue.slot.report
    return Question(
        tables=data.tables,
        period=slot.period,
        bounds=Bounds(slot.period.end, slot.cut_off),
        previous=Bounds(before.period.end, before.cut_off) if before else None,
        known_parties=None,
        held_keys=data.memory_table(source_keys(report, keys.from_holds)),
        excluded_keys=data.memory_table(source_keys(report, keys.held | keys.recalled)),
    )


def _attempts(report: Report, question: Question) -> Any:
    """Return the attempts that the slot reported to anybody, with what a file prints of each."""
    attempts = with_printed_firmware(unreported(question, OUTCOMES[report]), question.tables)
    return attempts.select(
        key=attempts.attempt_id,
        device_id=attempts.device_id,
        at=attempts.completed_at.truncate("s"),
        happened_at=attempts.completed_at,
        firmware_version=attempts.printed_firmware,
        error_code=attempts.error_code,
        error_sub_code=attempts.error_sub_code.cast("int64"),
    )


def _installations(question: Question, keys: SlotKeys, data: MigrationData) -> Any:
    """Return the installations that the slot reported to anybody."""
    reported = data.memory_table(unpacked(keys.reported) or _NO_KEYS)
    both = commissionings(question).union(notifications(question))
    both = both.filter(both.occurred_at < instant(question.bounds.end))
    both = both.semi_join(reported, "key").anti_join(question.excluded_keys, "key")
    return both.select("key", "device_id", at=both.occurred_at.truncate("s"), happened_at=both.occurred_at)
