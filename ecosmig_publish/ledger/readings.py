"""When published files were last read again, every byte: kept in spans, recorded in batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, insert, select

from ecosmig_publish.ledger.batches import batches
from ecosmig_publish.ledger.chain import Deed
from ecosmig_publish.ledger.columns import instant_text
from ecosmig_publish.ledger.publications import STANDS
from ecosmig_publish.ledger.spans import Span, Spans, runs
from ecosmig_publish.ledger.tables import files, publications, readings, withdrawals

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from sqlalchemy import Connection

Range = tuple[int, int]
"""The first and the last number of some files."""

READ = "read-files"
"""The kind of the act."""
_AT_ONCE = 500
_WITHIN = files.c.id.between(bindparam("first"), bindparam("last"))
_WEIGHED = (
    select(func.count(), func.coalesce(func.sum(files.c.size), 0))
    .select_from(files.join(publications, publications.c.file_id == files.c.id))
    .outerjoin(withdrawals, withdrawals.c.issue_id == files.c.issue_id)
    .where(_WITHIN, STANDS)
)


def read_spans(connection: Connection) -> Spans[datetime]:
    """Return when files were last tried; of those in none of the spans nobody has read a byte yet."""
    rows = connection.execute(select(readings).order_by(readings.c.first_file_id))
    return Spans([Span(first, last, at, agreed) for first, last, at, agreed in rows])


def count_readings(connection: Connection) -> tuple[int, int, datetime | None]:
    """Return how many files were read again, how many of them were not as issued, and when the first of them was."""
    count = func.coalesce(func.sum(readings.c.last_file_id - readings.c.first_file_id + 1), 0)
    every = select(count, func.min(readings.c.read_at, type_=readings.c.read_at.type))
    files_read, oldest_at = connection.execute(every).one()
    failed = connection.execute(select(count).where(readings.c.agreed.is_(False))).scalar_one()
    return int(files_read), int(failed), oldest_at


def last_number(connection: Connection) -> int:
    """Return the number of the newest file, 0 before the first."""
    return int(connection.execute(select(func.max(files.c.id))).scalar() or 0)


def weigh(connection: Connection, ranges: Iterable[Range]) -> tuple[int, int]:
    """Return how many such files there are in these ranges, and how many bytes they have."""
    count = size = 0
    for first, last in ranges:
        more = connection.execute(_WEIGHED, {"first": first, "last": last}).one()
        count, size = count + int(more[0]), size + int(more[1])
    return count, size


def record_readings(
    connection: Connection, agreed: Collection[int], failed: Collection[int], read_at: datetime
) -> Deed | None:
    """Record which files were read and found as issued, and which were not; the act names them by their numbers."""
    if not agreed and not failed:
        return None
    spans = read_spans(connection)
    before = set(spans.of)
    told = {"agreed": runs(agreed), "failed": runs(failed)}
    for name, ranges in told.items():
        for first, last in ranges:
            spans.put(Span(first, last, read_at, name == "agreed"))
    after = set(spans.of)
    for some in batches([span.first for span in before - after], _AT_ONCE):
        connection.execute(delete(readings).where(readings.c.first_file_id.in_(some)))
    connection.execute(insert(readings), [_row(span) for span in after - before])
    content = {"read_at": instant_text(read_at), **told}
    return Deed(READ, f"{len(agreed) + len(failed)} files", content)


def _row(span: Span[Any]) -> dict[str, object]:
    return {
        "first_file_id": span.first,
        "last_file_id": span.last,
        "read_at": span.at,
        "agreed": span.agreed,
    }
