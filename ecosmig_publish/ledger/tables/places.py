"""Recipients' folders: pinned, who can read them, what was seen in them."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
)

from ecosmig_publish.ledger.columns import UtcInstant
from ecosmig_publish.ledger.tables.base import IS_REPORT, metadata

folders = Table(
    "folders",
    metadata,
    Column("signifier", String(6), primary_key=True),
    Column("folder_id", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False, unique=True),
    Column("party_name", Text, nullable=False),
    Column("onboarded_at", UtcInstant, nullable=False),
    CheckConstraint("length(signifier) = 6", name="signifier"),
    CheckConstraint("folder_id <> ''", name="folder_id"),
)

access_proofs = Table(
    "access_proofs",
    metadata,
    Column("signifier", String(6), ForeignKey("folders.signifier"), primary_key=True),
    Column("folder_id", Text, nullable=False),
    Column("readers", Text, nullable=False),
    Column("is_exact", Boolean, nullable=False),
    Column("looked_at", UtcInstant, nullable=False),
    CheckConstraint("folder_id <> ''", name="folder_id"),
)

change_tokens = Table(
    "change_tokens",
    metadata,
    Column("library", Text, primary_key=True),
    Column("token", Text, nullable=False),
    Column("taken_at", UtcInstant, nullable=False),
    CheckConstraint("token <> ''", name="token"),
)


folder_heads = Table(
    "folder_heads",
    metadata,
    Column("report", String(11), primary_key=True),
    Column("recipient", String(6), primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("seen_at", UtcInstant, nullable=False),
    CheckConstraint(IS_REPORT, name="report"),
    CheckConstraint("sequence BETWEEN 1 AND 999999", name="sequence"),
)
"""The highest number that was seen in a recipient's folder for a report, whoever put it there."""
