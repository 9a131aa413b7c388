"""What was issued: streams, slots, issues and their files."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from ecosmig_publish.ledger.columns import UtcInstant
from ecosmig_publish.ledger.tables.base import IS_REPORT, metadata, one_or_none

streams = Table(
    "streams",
    metadata,
    Column("report", String(11), primary_key=True),
    Column("recipient", String(6), primary_key=True),
    Column("last_sequence", Integer, nullable=False),
    CheckConstraint(IS_REPORT, name="report"),
    CheckConstraint("length(recipient) = 6", name="recipient"),
    CheckConstraint("last_sequence BETWEEN 1 AND 999999", name="last_sequence"),
)

slots = Table(
    "slots",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("report", String(11), nullable=False),
    Column("due_at", UtcInstant, nullable=False),
    Column("period_start", UtcInstant, nullable=False),
    Column("period_end", UtcInstant, nullable=False),
    Column("cut_off", UtcInstant, nullable=False),
    Column("generated_at", UtcInstant, nullable=False),
    # A checksum may be wider than any integer type: text.
    Column("watermark_count", BigInteger),
    Column("watermark_checksum", Text),
    Column("outcome", String(7), nullable=False),
    Column("reason", Text),
    # How many rows the slot held: holds themselves know their first and latest slot only.
    Column("held", Integer, nullable=False),
    UniqueConstraint("report", "due_at"),
    UniqueConstraint("id", "report"),
    CheckConstraint(IS_REPORT, name="report"),
    CheckConstraint("period_start < period_end AND period_end <= due_at", name="period"),
    CheckConstraint("due_at <= generated_at AND cut_off <= generated_at", name="generated_at"),
    CheckConstraint(one_or_none("watermark_count", "watermark_checksum"), name="watermark"),
    CheckConstraint(
        "(outcome = 'issued' AND reason IS NULL) OR (outcome = 'skipped' AND reason IS NOT NULL)",
        name="outcome",
    ),
    CheckConstraint("held >= 0", name="held"),
    # The latest ones, and the latest cut-off, are found without looking at all of them.
    Index("ix_slots_due_at", "due_at", "report"),
    Index("ix_slots_cut_off", "cut_off"),
)

outbox_directories = Table(
    "outbox_directories",
    metadata,
    Column("name", Text, primary_key=True),
    Column("slot_id", Integer, ForeignKey("slots.id"), nullable=False),
)

issues = Table(
    "issues",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slot_id", Integer, nullable=False),
    Column("report", String(11), nullable=False),
    Column("recipient", String(6), nullable=False),
    UniqueConstraint("id", "report", "recipient"),
    ForeignKeyConstraint(["slot_id", "report"], ["slots.id", "slots.report"]),
    ForeignKeyConstraint(["report", "recipient"], ["streams.report", "streams.recipient"]),
    Index("ix_issues_slot_id_recipient", "slot_id", "recipient"),
)

files = Table(
    "files",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("issue_id", Integer, nullable=False),
    Column("report", String(11), nullable=False),
    Column("recipient", String(6), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("part", Integer, nullable=False),
    Column("name", Text, nullable=False, unique=True),
    Column("outbox_path", Text, nullable=False, unique=True),
    Column("rows", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("quick_xor_hash", String(28), nullable=False),
    UniqueConstraint("report", "recipient", "sequence"),
    UniqueConstraint("issue_id", "part"),
    ForeignKeyConstraint(["issue_id", "report", "recipient"], ["issues.id", "issues.report", "issues.recipient"]),
    CheckConstraint("sequence BETWEEN 1 AND 999999", name="sequence"),
    CheckConstraint("part >= 1", name="part"),
    CheckConstraint("name LIKE report || '_' || recipient || '_' || CAST(sequence AS TEXT) || '_%.csv'", name="name"),
    CheckConstraint("outbox_path NOT LIKE '/%'", name="outbox_path"),
    CheckConstraint("rows BETWEEN 0 AND 999999", name="rows"),
    CheckConstraint("size > 0", name="size"),
    CheckConstraint("length(sha256) = 64", name="sha256"),
    CheckConstraint("length(quick_xor_hash) = 28", name="quick_xor_hash"),
)
