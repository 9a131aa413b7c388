"""Rows that were held, problems of slots, keys that were reported."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from ecosmig_publish.ledger.tables.base import metadata, one_or_none

holds = Table(
    "holds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("report", String(11), nullable=False),
    Column("key", Text, nullable=False),
    Column("reasons", Text, nullable=False),
    Column("recipient", Text),
    Column("first_slot_id", Integer, nullable=False),
    Column("last_slot_id", Integer, nullable=False),
    Column("closed", Text),
    Column("closed_slot_id", Integer),
    ForeignKeyConstraint(["first_slot_id", "report"], ["slots.id", "slots.report"]),
    ForeignKeyConstraint(["last_slot_id", "report"], ["slots.id", "slots.report"]),
    ForeignKeyConstraint(["closed_slot_id", "report"], ["slots.id", "slots.report"]),
    CheckConstraint("key <> ''", name="key"),
    CheckConstraint("reasons <> ''", name="reasons"),
    CheckConstraint("closed IS NULL OR closed IN ('reported', 'not-of-this-report')", name="closed"),
    CheckConstraint(one_or_none("closed", "closed_slot_id"), name="closed_slot"),
)
Index(
    "ix_holds_open",
    holds.c.report,
    holds.c.key,
    unique=True,
    sqlite_where=holds.c.closed.is_(None),
    postgresql_where=holds.c.closed.is_(None),
)

problems = Table(
    "problems",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slot_id", Integer, ForeignKey("slots.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("key", Text),
    Column("recipient", Text),
    Column("count", Integer, nullable=False),
    CheckConstraint("reason <> ''", name="reason"),
    CheckConstraint("count >= 1", name="count"),
    Index("ix_problems_slot_id", "slot_id"),
)

reported_keys = Table(
    "reported_keys",
    metadata,
    Column("slot_id", Integer, ForeignKey("slots.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("keys", LargeBinary, nullable=False),
)
