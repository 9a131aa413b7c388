"""What a recovery left: streams that stay stopped, and numbers of which nobody has the file any more."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Integer, String, Table, Text

from ecosmig_publish.ledger.columns import UtcInstant
from ecosmig_publish.ledger.tables.base import IS_REPORT, metadata

stopped_streams = Table(
    "stopped_streams",
    metadata,
    Column("report", String(11), primary_key=True),
    Column("recipient", String(6), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("stopped_at", UtcInstant, nullable=False),
    CheckConstraint(IS_REPORT, name="report"),
    CheckConstraint("length(recipient) = 6", name="recipient"),
    CheckConstraint("reason <> ''", name="reason"),
)
"""Streams that the latest recovery refused: nothing of them is published until one agrees."""

lost_numbers = Table(
    "lost_numbers",
    metadata,
    Column("report", String(11), primary_key=True),
    Column("recipient", String(6), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("noted_at", UtcInstant, nullable=False),
    CheckConstraint(IS_REPORT, name="report"),
    CheckConstraint("length(recipient) = 6", name="recipient"),
    CheckConstraint("sequence BETWEEN 1 AND 999999", name="sequence"),
)
"""Numbers that were used, by an operator's word, and of which this ledger knows no file."""
