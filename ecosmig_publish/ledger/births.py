"""The birth of a slot: its numbers, files, holds and problems in one transaction, or none of them."""

from __future__ import annotations

import hashlib
from dataclasses import astuple
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select

from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger import tables
from ecosmig_publish.ledger.brakes import hold_issues
from ecosmig_publish.ledger.chain import Deed, digest
from ecosmig_publish.ledger.columns import instant_text
from ecosmig_publish.ledger.holds import settle_holds
from ecosmig_publish.ledger.slots import insert_slot
from ecosmig_publish.ledger.source_watermarks import keep_source_watermark
from ecosmig_publish.ledger.streams import advance_streams

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ecosmig_publish.ledger.entries import IssueEntry, SlotBirth, SlotEntry

NO_ACTIVITY = "no-activity"
"""Why a slot without any issue was skipped."""


def record_slot(connection: Connection, birth: SlotBirth) -> Deed:
    """Record a slot and all that is born with it; where it raises, the caller's transaction must end."""
    report = birth.entry.slot.report
    _refuse_out_of_order(connection, birth.entry)
    slot_id = insert_slot(connection, birth.entry, None if birth.issues else NO_ACTIVITY, held=len(birth.held))
    advance_streams(connection, report, birth.issues, birth.expected_last)
    issue_ids = insert_issues(connection, slot_id, report.value, birth.issues)
    of_recipients = {issue.recipient: issue_id for issue, issue_id in zip(birth.issues, issue_ids, strict=True)}
    hold_issues(connection, birth.brakes, of_recipients, birth.entry.generated_at)
    for subject, watermark in birth.source_watermarks.items():
        keep_source_watermark(connection, subject, watermark, birth.entry.generated_at)
    directories = {file.outbox_path.partition("/")[0] for issue in birth.issues for file in issue.files}
    _insert_all(connection, tables.outbox_directories, [{"name": name, "slot_id": slot_id} for name in directories])
    settle_holds(connection, slot_id, report, birth.held, birth.closed)
    _insert_all(
        connection,
        tables.problems,
        [
            {
                "slot_id": slot_id,
                "reason": it.reason,
                "key": it.key,
                "recipient": it.recipient,
                "count": it.count,
            }
            for it in birth.problems
        ],
    )
    _insert_all(
        connection,
        tables.reported_keys,
        [{"slot_id": slot_id, "ordinal": ordinal, "keys": blob} for ordinal, blob in enumerate(birth.reported_keys)],
    )
    return _deed(birth)


def _refuse_out_of_order(connection: Connection, entry: SlotEntry) -> None:
    report, due_at = entry.slot.report, entry.slot.due_at
    slots = tables.slots
    last = connection.execute(
        select(slots.c.due_at, slots.c.cut_off).where(slots.c.report == report).order_by(slots.c.due_at.desc()).limit(1)
    ).first()
    if last is None:
        return
    named = f"{report}: the slot of {_short(due_at)}"
    hint = "Run again: what is due is planned anew from what the ledger says."
    known = select(func.count()).where(slots.c.report == report, slots.c.due_at == due_at)
    if connection.execute(known).scalar():
        raise LedgerError(f"{named} is recorded already; nothing was recorded again", hint=hint)
    if due_at < last.due_at:
        raise LedgerError(f"{named} is older than the last, {_short(last.due_at)}; nothing was recorded", hint=hint)
    if entry.cut_off < last.cut_off:
        raise LedgerError(
            f"{named} has the cut-off {_short(entry.cut_off)}, before {_short(last.cut_off)}, "
            "which its last slot used; nothing was recorded",
            hint="A cut-off only grows: act at a later instant.",
        )


def insert_issues(connection: Connection, slot_id: int, report: str, issues: Sequence[IssueEntry]) -> list[int]:
    """Insert issues with their files, which wait from then on; return the id that each issue was given."""
    issue_ids = _insert_returning_ids(
        connection,
        tables.issues,
        [{"slot_id": slot_id, "report": report, "recipient": issue.recipient} for issue in issues],
    )
    file_ids = _insert_returning_ids(
        connection,
        tables.files,
        [
            {
                "issue_id": issue_id,
                "report": report,
                "recipient": issue.recipient,
                "sequence": file.sequence,
                "part": file.part,
                "name": file.name,
                "outbox_path": file.outbox_path,
                "rows": file.rows,
                "size": file.size,
                "sha256": file.sha256,
                "quick_xor_hash": file.quick_xor_hash,
            }
            for issue_id, issue in zip(issue_ids, issues, strict=True)
            for file in issue.files
        ],
    )
    _insert_all(connection, tables.publications, [{"file_id": file_id} for file_id in file_ids])
    return issue_ids


def file_facts(issues: Sequence[IssueEntry]) -> list[dict[str, object]]:
    """Return what an act says of each file that it issued."""
    return [
        {
            "recipient": issue.recipient,
            "sequence": file.sequence,
            "part": file.part,
            "name": file.name,
            "rows": file.rows,
            "size": file.size,
            "sha256": file.sha256,
            "quick_xor_hash": file.quick_xor_hash,
        }
        for issue in issues
        for file in issue.files
    ]


def _insert_returning_ids(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> list[int]:
    """Insert all rows in a few statements; return the id that each was given, in their order."""
    if not rows:
        return []
    inserting = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return [int(number) for number in connection.execute(inserting, rows).scalars()]


def _insert_all(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _deed(birth: SlotBirth) -> Deed:
    entry = birth.entry
    report = entry.slot.report.value
    return Deed(
        kind="issue-slot" if birth.issues else "skip-slot",
        subject=f"{report} {_short(entry.slot.due_at)}",
        content={
            "report": report,
            "due_at": instant_text(entry.slot.due_at),
            "period": [instant_text(entry.period.start), instant_text(entry.period.end)],
            "cut_off": instant_text(entry.cut_off),
            "generated_at": instant_text(entry.generated_at),
            "watermark": astuple(entry.watermark) if entry.watermark else None,
            "files": file_facts(birth.issues),
            # Keys may hold a Device ID: an act, which is shown and exported, binds them by their digest.
            "held": digest([[it.key, it.reasons, it.recipient] for it in sorted(birth.held, key=lambda it: it.key)]),
            "closed": digest(sorted(birth.closed.items())),
            "problems": digest([[it.reason, it.key, it.recipient, it.count] for it in birth.problems]),
            "reported_keys": digest([hashlib.sha256(blob).hexdigest() for blob in birth.reported_keys]),
            **({"brakes": dict(sorted(birth.brakes.items()))} if birth.brakes else {}),
        },
    )


def _short(instant: object) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"
