"""To send an issue again: the same number, name and bytes; its files wait once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, update

from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger.chain import Deed
from ecosmig_publish.ledger.columns import instant_text
from ecosmig_publish.ledger.issues import issue_of_id
from ecosmig_publish.ledger.tables import conflicts, publications, resends

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ecosmig_publish.ledger.amendments import ResendEntry


def record_resend(connection: Connection, entry: ResendEntry) -> Deed:
    """Let an issue's published files wait again; the act keeps where they stood and since when.

    Raises `LedgerError` for an issue that was withdrawn, or of which nothing was published.
    """
    issue = issue_of_id(connection, entry.issue_id)
    published = [file for file in issue.files if file.published_at is not None]
    if issue.withdrawn is not None:
        raise LedgerError(f"{issue.name} was withdrawn; it is not sent again")
    if not published:
        raise LedgerError(f"{issue.name} was not published yet, so it waits anyway")
    ids = [file.file_id for file in published]
    connection.execute(
        update(publications)
        .where(publications.c.file_id.in_(ids))
        .values(item_id=None, adopted=None, published_at=None, proved_at=None)
    )
    connection.execute(delete(conflicts).where(conflicts.c.file_id.in_(ids)))
    connection.execute(
        insert(resends), [{"file_id": each, "resent_at": entry.resent_at, "reason": entry.reason} for each in ids]
    )
    was = [
        {
            "name": file.name,
            "item_id": file.item_id,
            "published_at": instant_text(file.published_at) if file.published_at else None,
            "proved_at": instant_text(file.proved_at) if file.proved_at else None,
            "adopted": file.adopted,
        }
        for file in published
    ]
    return Deed(
        "resend", issue.name, {"reason": entry.reason, "resent_at": instant_text(entry.resent_at), "files": was}
    )
