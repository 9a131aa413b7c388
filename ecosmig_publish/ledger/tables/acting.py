"""Who acts, what was done and found."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Integer,
    String,
    Table,
    Text,
)

from ecosmig_publish.ledger.columns import UtcInstant
from ecosmig_publish.ledger.tables.base import metadata

acts = Table(
    "acts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcInstant, nullable=False),
    Column("identity", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("previous_hash", String(64), nullable=False, unique=True),
    Column("hash", String(64), nullable=False, unique=True),
    CheckConstraint("id >= 1", name="id"),
    CheckConstraint("length(previous_hash) = 64 AND length(hash) = 64", name="hash"),
)

anchors = Table(
    "anchors",
    metadata,
    Column("act_id", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False, unique=True),
    Column("anchored_at", UtcInstant, nullable=False),
    CheckConstraint("act_id >= 1", name="act_id"),
    CheckConstraint("name <> ''", name="name"),
)
"""Which acts were anchored outside the machine, and under which name."""

findings = Table(
    "findings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcInstant, nullable=False),
    Column("kind", Text, nullable=False),
    Column("detail", Text, nullable=False),
    CheckConstraint("kind <> ''", name="kind"),
)

lease = Table(
    "lease",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("fence", BigInteger, nullable=False),
    Column("holder", Text, nullable=False),
    Column("identity", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("process", Integer, nullable=False),
    Column("taken_at", UtcInstant, nullable=False),
    Column("renewed_at", UtcInstant, nullable=False),
    Column("expires_at", UtcInstant, nullable=False),
    Column("released", Boolean, nullable=False),
    CheckConstraint("id = 1", name="one"),
    CheckConstraint("fence >= 1", name="fence"),
    CheckConstraint("taken_at <= renewed_at AND renewed_at < expires_at", name="expires_at"),
)
"""Whose run may change the ledger: `fence` grows with each run, and only the newest may write."""

source_watermarks = Table(
    "source_watermarks",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("until", UtcInstant, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("checksum", Text, nullable=False),
    Column("taken_at", UtcInstant, nullable=False),
    CheckConstraint("subject <> ''", name="subject"),
)
"""What a part of the source that the owner may mend looked like up to an instant, when it was last looked at."""
