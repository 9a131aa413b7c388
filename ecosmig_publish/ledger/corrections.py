"""To correct: a new issue for the same slot and recipient, which supersedes the earlier one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select

from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger.births import file_facts, insert_issues
from ecosmig_publish.ledger.chain import Deed, digest
from ecosmig_publish.ledger.columns import instant_text
from ecosmig_publish.ledger.findings import record_finding
from ecosmig_publish.ledger.issues import issue_of_id
from ecosmig_publish.ledger.recalls import recall_rows
from ecosmig_publish.ledger.streams import advance_streams
from ecosmig_publish.ledger.tables import corrections, issues, outbox_directories, slots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from sqlalchemy import Connection

    from ecosmig_publish.ledger.amendments import CorrectionBirth
    from ecosmig_publish.ledger.views import RecordedIssue


def changes(birth: CorrectionBirth, now: datetime) -> Iterator[Callable[[Connection], Deed]]:
    """Yield what records a correction, and what of the source a person should look at, for one transaction."""
    yield lambda connection: record_correction(connection, birth)
    name = birth.issue.files[0].name
    if birth.gone:
        detail = {"corrected": name, "rows": birth.gone}
        yield lambda connection: record_finding(connection, "row-gone", detail, now)
    if birth.problems:
        detail_of_problems = {"corrected": name, "rows": birth.problems}
        yield lambda connection: record_finding(connection, "row-left-out", detail_of_problems, now)


def record_correction(connection: Connection, birth: CorrectionBirth) -> Deed:
    """Record a correction with its numbers, files and held rows; where it raises, the transaction must end.

    Raises `LedgerError` where the issue is not the newest of its slot and recipient, its rows were released, or the
    stream has moved on since the files were written.
    """
    report, recipient = birth.slot.report, birth.issue.recipient
    slot_id = _slot_id(connection, birth)
    superseded = None if birth.supersedes_id is None else issue_of_id(connection, birth.supersedes_id)
    _refuse_superseded(connection, birth, slot_id, superseded)
    advance_streams(connection, report, (birth.issue,), {recipient: birth.expected_last})
    (issue_id,) = insert_issues(connection, slot_id, report.value, (birth.issue,))
    directories = sorted({file.outbox_path.partition("/")[0] for file in birth.issue.files})
    connection.execute(insert(outbox_directories), [{"name": name, "slot_id": slot_id} for name in directories])
    connection.execute(
        insert(corrections),
        {
            "issue_id": issue_id,
            "supersedes_id": birth.supersedes_id,
            "cut_off": birth.cut_off,
            "generated_at": birth.generated_at,
            "reason": birth.reason,
        },
    )
    if superseded is not None:
        recall_rows(connection, report, superseded.issue_id, birth.held)
    return Deed(
        "correct",
        birth.issue.files[0].name,
        {
            "report": report.value,
            "due_at": instant_text(birth.slot.due_at),
            "recipient": recipient,
            "supersedes": [file.name for file in superseded.files] if superseded else None,
            "cut_off": instant_text(birth.cut_off),
            "generated_at": instant_text(birth.generated_at),
            "reason": birth.reason,
            "files": file_facts((birth.issue,)),
            # As in the act of a slot: keys may hold a Device ID.
            "held": digest([[it.key, it.reasons, it.recipient] for it in sorted(birth.held, key=lambda it: it.key)]),
            "gone": birth.gone,
            "problems": birth.problems,
        },
    )


def _slot_id(connection: Connection, birth: CorrectionBirth) -> int:
    wanted = select(slots.c.id).where(slots.c.report == birth.slot.report, slots.c.due_at == birth.slot.due_at)
    slot_id = connection.execute(wanted).scalar()
    if slot_id is None:
        raise LedgerError(f"{birth.slot.report}: the slot of {_short(birth.slot.due_at)} is not recorded")
    return int(slot_id)


def _refuse_superseded(
    connection: Connection, birth: CorrectionBirth, slot_id: int, superseded: RecordedIssue | None
) -> None:
    recipient = birth.issue.recipient
    if superseded is None:
        known = select(func.count()).where(issues.c.slot_id == slot_id, issues.c.recipient == recipient)
        if connection.execute(known).scalar():
            raise LedgerError(
                f"{birth.slot.report}: the slot of {_short(birth.slot.due_at)} has an issue for {recipient}, which a "
                "correction must name; nothing was recorded"
            )
        if birth.held:
            raise LedgerError(f"{birth.slot.report}: rows are held that no issue carried; nothing was recorded")
        return
    if (superseded.slot, superseded.recipient) != (birth.slot, recipient):
        raise LedgerError(f"{superseded.name} is of another slot or recipient; nothing was recorded")
    if superseded.superseded_by_id is not None:
        raise LedgerError(f"{superseded.name} is superseded already; nothing was recorded")
    if superseded.withdrawn is not None and superseded.withdrawn.released:
        raise LedgerError(f"{superseded.name} was withdrawn and its rows released; nothing was recorded")


def _short(instant: object) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"
