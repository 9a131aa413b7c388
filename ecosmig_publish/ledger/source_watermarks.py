"""What a part of the source that its owner may mend looked like when it was last read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from ecosmig_publish.ledger.tables import source_watermarks
from ecosmig_publish.ledger.views import SourceWatermark

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


def read_source_watermark(connection: Connection, subject: str) -> SourceWatermark | None:
    """Return what was kept of a subject, None where nothing was."""
    table = source_watermarks
    wanted = select(table.c.until, table.c.count.label("rows"), table.c.checksum).where(table.c.subject == subject)
    row = connection.execute(wanted).first()
    return None if row is None else SourceWatermark(row.until, row.rows, row.checksum)


def keep_source_watermark(connection: Connection, subject: str, watermark: SourceWatermark, taken_at: datetime) -> None:
    """Keep what a subject looks like now, in place of what was kept of it; no act: nothing was issued by it."""
    connection.execute(delete(source_watermarks).where(source_watermarks.c.subject == subject))
    connection.execute(
        insert(source_watermarks),
        {
            "subject": subject,
            "until": watermark.until,
            "count": watermark.count,
            "checksum": watermark.checksum,
            "taken_at": taken_at,
        },
    )
