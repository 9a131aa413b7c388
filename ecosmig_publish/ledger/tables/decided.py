"""What a person decided of issues: corrections, withdrawals, resends, brakes, seeds."""

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
from ecosmig_publish.ledger.tables.base import IS_REPORT, metadata

corrections = Table(
    "corrections",
    metadata,
    Column("issue_id", Integer, ForeignKey("issues.id"), primary_key=True),
    Column("supersedes_id", Integer, ForeignKey("issues.id"), unique=True),
    Column("cut_off", UtcInstant, nullable=False),
    Column("generated_at", UtcInstant, nullable=False),
    Column("reason", Text, nullable=False),
    CheckConstraint("supersedes_id IS NULL OR supersedes_id < issue_id", name="supersedes"),
    CheckConstraint("cut_off <= generated_at", name="generated_at"),
    CheckConstraint("reason <> ''", name="reason"),
)
"""Issues that correct a slot for one recipient; `supersedes_id` is null where the slot had none for it."""

withdrawals = Table(
    "withdrawals",
    metadata,
    Column("issue_id", Integer, ForeignKey("issues.id"), primary_key=True),
    Column("withdrawn_at", UtcInstant, nullable=False),
    Column("reason", Text, nullable=False),
    # Whether its rows went on the held list, and whether its files were to be removed from the folder.
    Column("released", Boolean, nullable=False),
    Column("removed", Boolean, nullable=False),
    CheckConstraint("reason <> ''", name="reason"),
)

recalls = Table(
    "recalls",
    metadata,
    Column("hold_id", Integer, ForeignKey("holds.id"), primary_key=True),
    Column("issue_id", Integer, ForeignKey("issues.id"), nullable=False),
    Index("ix_recalls_issue_id", "issue_id"),
)
"""Holds of rows that an issue had carried until it was corrected or withdrawn; their slot did not hold them."""

resends = Table(
    "resends",
    metadata,
    Column("file_id", Integer, ForeignKey("files.id"), primary_key=True),
    Column("resent_at", UtcInstant, nullable=False),
    Column("reason", Text, nullable=False),
    CheckConstraint("reason <> ''", name="reason"),
)
"""Files that wait to be published once more; the acts keep who had them sent again, and when."""

brakes = Table(
    "brakes",
    metadata,
    Column("issue_id", Integer, ForeignKey("issues.id"), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("held_at", UtcInstant, nullable=False),
    Column("released_at", UtcInstant),
    CheckConstraint("reason <> ''", name="reason"),
    CheckConstraint("released_at IS NULL OR released_at >= held_at", name="released_at"),
)
"""Issues of a size far outside their stream's history: published only once they are released."""

slot_brakes = Table(
    "slot_brakes",
    metadata,
    Column("report", String(11), primary_key=True),
    Column("due_at", UtcInstant, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("held_at", UtcInstant, nullable=False),
    Column("released_at", UtcInstant),
    CheckConstraint(IS_REPORT, name="report"),
    CheckConstraint("reason <> ''", name="reason"),
    CheckConstraint("released_at IS NULL OR released_at >= held_at", name="released_at"),
)
"""Slots in which most recipients suddenly had nothing: issued only once they are released, or look as usual."""

seeds = Table(
    "seeds",
    metadata,
    Column("report", String(11), primary_key=True),
    Column("recipient", String(6), primary_key=True),
    Column("last_sequence", Integer, nullable=False),
    Column("seeded_at", UtcInstant, nullable=False),
    CheckConstraint(IS_REPORT, name="report"),
    CheckConstraint("length(recipient) = 6", name="recipient"),
    CheckConstraint("last_sequence BETWEEN 1 AND 999999", name="last_sequence"),
)
"""The last number of a stream that somebody else issued: this ledger knows no file up to it."""
