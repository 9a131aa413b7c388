"""What became of each file, and what stood in its place."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from ecosmig_publish.ledger.columns import UtcInstant
from ecosmig_publish.ledger.tables.base import metadata, one_or_none

publications = Table(
    "publications",
    metadata,
    Column("file_id", Integer, ForeignKey("files.id"), primary_key=True),
    Column("item_id", Text),
    Column("adopted", Boolean),
    Column("published_at", UtcInstant),
    Column("proved_at", UtcInstant),
    CheckConstraint(one_or_none("published_at", "item_id", "adopted"), name="published"),
    CheckConstraint("proved_at IS NULL OR published_at IS NOT NULL", name="proved"),
)
# What waits is found without looking at all that was ever published.
Index(
    "ix_publications_waiting",
    publications.c.file_id,
    sqlite_where=publications.c.proved_at.is_(None),
    postgresql_where=publications.c.proved_at.is_(None),
)

# What changed in a library is looked up by what the library calls it.
Index("ix_publications_item_id", publications.c.item_id)

conflicts = Table(
    "conflicts",
    metadata,
    Column("file_id", Integer, ForeignKey("files.id"), primary_key=True),
    Column("detail", Text, nullable=False),
    Column("found_at", UtcInstant, nullable=False),
)

receipts = Table(
    "receipts",
    metadata,
    Column("file_id", Integer, ForeignKey("files.id"), primary_key=True),
    Column("seen", String(7), nullable=False),
    Column("seen_at", UtcInstant),
    Column("opened", Integer),
    Column("people", Integer),
    Column("found_at", UtcInstant, nullable=False),
    Column("asked_at", UtcInstant, nullable=False),
    CheckConstraint("seen IN ('yes', 'opened', 'not yet')", name="seen"),
    CheckConstraint("seen_at IS NULL OR seen = 'yes'", name="seen_at"),
    CheckConstraint("found_at <= asked_at", name="asked_at"),
)
"""What the destination said of a file's readers: since `found_at` this is known, at `asked_at` it was asked last."""
# How many there are of each, without looking at all of them.
Index("ix_receipts_seen", receipts.c.seen)
Index("ix_receipts_asked_at", receipts.c.asked_at)

readings = Table(
    "readings",
    metadata,
    Column("first_file_id", Integer, primary_key=True, autoincrement=False),
    Column("last_file_id", Integer, nullable=False),
    Column("read_at", UtcInstant, nullable=False),
    Column("agreed", Boolean, nullable=False),
    CheckConstraint("first_file_id BETWEEN 1 AND last_file_id", name="last_file_id"),
)
"""When published files were last read again: each file from the first to the last; `agreed` where it was as issued."""
