"""To take an issue back: its number is never used again, and it holds up no later one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, update

from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger.chain import Deed, digest
from ecosmig_publish.ledger.columns import instant_text
from ecosmig_publish.ledger.issues import issue_of_id
from ecosmig_publish.ledger.recalls import recall_rows
from ecosmig_publish.ledger.tables import resends, withdrawals

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ecosmig_publish.ledger.amendments import WithdrawalEntry


def record_withdrawal(connection: Connection, entry: WithdrawalEntry) -> Deed:
    """Record that an issue is taken back, and hold its rows where they are released.

    What was withdrawn may later have its files removed or its rows released as well, each once. Raises `LedgerError`
    where nothing is left to do, or where another issue carries the rows now.
    """
    issue = issue_of_id(connection, entry.issue_id)
    before = issue.withdrawn
    removes = entry.removed and not (before and before.removed)
    releases = entry.released is not None and not (before and before.released)
    if entry.released is not None and issue.superseded_by_id is not None:
        raise LedgerError(f"{issue.name} was superseded: its rows are no longer its own to release")
    if before is None:
        values = {
            "issue_id": entry.issue_id,
            "withdrawn_at": entry.withdrawn_at,
            "reason": entry.reason,
            "released": releases,
            "removed": entry.removed,
        }
        connection.execute(insert(withdrawals), values)
        # Whatever waited to be sent again holds up nobody any more.
        connection.execute(delete(resends).where(resends.c.file_id.in_([file.file_id for file in issue.files])))
    elif removes or releases:
        changed = {"removed": before.removed or entry.removed, "released": before.released or releases}
        connection.execute(update(withdrawals).where(withdrawals.c.issue_id == entry.issue_id).values(**changed))
    else:
        raise LedgerError(f"{issue.name} is withdrawn already; nothing was recorded again")
    released = tuple(entry.released or ()) if releases else ()
    recall_rows(connection, issue.slot.report, entry.issue_id, released)
    content = {
        "report": issue.slot.report.value,
        "due_at": instant_text(issue.slot.due_at),
        "recipient": issue.recipient,
        "files": [file.name for file in issue.files],
        "published": [file.name for file in issue.files if file.published_at is not None],
        "reason": entry.reason,
        "withdrawn_at": instant_text(entry.withdrawn_at),
        "removed": entry.removed,
        "released": releases,
        "held": digest([[it.key, it.reasons, it.recipient] for it in sorted(released, key=lambda it: it.key)]),
        "gone": entry.gone,
    }
    return Deed("withdraw", issue.name, content)
