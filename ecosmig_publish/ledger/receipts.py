"""Who read what was published, as far as the destination says: what was once known stays known."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from ecosmig_publish.ledger.batches import batches
from ecosmig_publish.ledger.chain import Deed
from ecosmig_publish.ledger.columns import instant_text
from ecosmig_publish.ledger.publications import OF_ANY_REPORT
from ecosmig_publish.ledger.tables import files, publications, receipts, withdrawals
from ecosmig_publish.ledger.views import RecordedReceipt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger.entries import ReceiptEntry

YES, OPENED, NOT_YET = "yes", "opened", "not yet"
_RANK = {NOT_YET: 0, OPENED: 1, YES: 2}
_AT_ONCE = 500


def read_receipts(connection: Connection, recipient: Signifier | None = None) -> dict[int, RecordedReceipt]:
    """Return what is known, by file id; of a file that isn't among them nothing is."""
    wanted = select(receipts)
    if recipient is not None:
        of_recipient = select(files.c.id).where(OF_ANY_REPORT, files.c.recipient == recipient)
        wanted = wanted.where(receipts.c.file_id.in_(of_recipient))
    return {row.file_id: RecordedReceipt(**row._mapping) for row in connection.execute(wanted)}  # noqa: SLF001


def count_receipts(connection: Connection) -> tuple[dict[str, int], int, datetime | None]:
    """Return how many proved files are known as what, how many there are, and when was last asked.

    What was withdrawn isn't counted.
    """
    # All there are, less the few that don't count: whether each counts is not asked of a million.
    taken_back = select(files.c.id).where(files.c.issue_id.in_(select(withdrawals.c.issue_id)))
    others = taken_back.union(select(publications.c.file_id).where(publications.c.proved_at.is_(None)))
    known = select(receipts.c.seen, func.count()).group_by(receipts.c.seen)
    counts = Counter({seen: int(count) for seen, count in connection.execute(known)})
    for seen, count in connection.execute(known.where(receipts.c.file_id.in_(others))):
        counts[seen] -= int(count)
    total = connection.execute(select(func.count()).select_from(files)).scalar_one()
    total -= connection.execute(select(func.count()).select_from(others.subquery())).scalar_one()
    asked_at: datetime | None = connection.execute(select(func.max(receipts.c.asked_at))).scalar()
    return {seen: count for seen, count in counts.items() if count}, int(total), asked_at


def record_receipts(
    connection: Connection, recipient: Signifier, entries: Sequence[ReceiptEntry], asked_at: datetime
) -> Deed | None:
    """Record what was said of a recipient's files; the act tells what is news, without news there is none.

    What says less than is known changes nothing: counts are dropped by the service after a time.
    """
    standing = {row.id: row for row in _standing(connection, [entry.file_id for entry in entries])}
    news = [entry for entry in entries if _is_news(entry, standing[entry.file_id])]
    for some in batches([entry.file_id for entry in entries], _AT_ONCE):
        connection.execute(update(receipts).where(receipts.c.file_id.in_(some)).values(asked_at=asked_at))
    for some in batches([entry.file_id for entry in news], _AT_ONCE):
        connection.execute(delete(receipts).where(receipts.c.file_id.in_(some)))
    if not news:
        return None
    values = [{name: getattr(entry, name) for name in entry.__slots__} for entry in news]
    connection.execute(insert(receipts), [{**row, "found_at": asked_at, "asked_at": asked_at} for row in values])
    told = [{"name": standing[entry.file_id].name, **_facts(entry)} for entry in news]
    return Deed("see-receipts", recipient, {"found_at": instant_text(asked_at), "files": told})


def _is_news(entry: ReceiptEntry, known: Row[Any]) -> bool:
    if known.seen is None:
        return True
    before, now = (_RANK[known.seen], known.opened or 0), (_RANK[entry.seen], entry.opened or 0)
    return known.seen != YES and now > before


def _facts(entry: ReceiptEntry) -> dict[str, object]:
    return {
        "seen": entry.seen,
        "seen_at": instant_text(entry.seen_at) if entry.seen_at else None,
        "opened": entry.opened,
        "people": entry.people,
    }


def _standing(connection: Connection, file_ids: Sequence[int]) -> Iterator[Row[Any]]:
    """Yield id and name of files, with what is known of each, None where nothing is."""
    for some in batches(file_ids, _AT_ONCE):
        columns: Select[Any] = select(files.c.id, files.c.name, receipts.c.seen, receipts.c.opened)
        yield from connection.execute(columns.outerjoin_from(files, receipts).where(files.c.id.in_(some)))
