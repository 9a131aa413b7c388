"""The ledger's tables. What must never be recorded, the database itself refuses.

The migrations bring a database to this; a test holds the two equal. No table holds an MPxN; a `key` may hold
a Device ID.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.ledger.columns import UtcInstant

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

_REPORTS = ", ".join(f"'{report.value}'" for report in Report)


def _one_or_none(*columns: str) -> str:
    """Return the SQL of: all of these columns are null, or none is."""
    first, *others = columns
    return " AND ".join(f"({first} IS NULL) = ({other} IS NULL)" for other in others)


streams = Table(
    "streams",
    metadata,
    Column("report", String(11), primary_key=True),
    Column("recipient", String(6), primary_key=True),
    Column("last_sequence", Integer, nullable=False),
    CheckConstraint(f"report IN ({_REPORTS})", name="report"),
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
    CheckConstraint(f"report IN ({_REPORTS})", name="report"),
    CheckConstraint("period_start < period_end AND period_end <= due_at", name="period"),
    CheckConstraint("due_at <= generated_at AND cut_off <= generated_at", name="generated_at"),
    CheckConstraint(_one_or_none("watermark_count", "watermark_checksum"), name="watermark"),
    CheckConstraint(
        "(outcome = 'issued' AND reason IS NULL) OR (outcome = 'skipped' AND reason IS NOT NULL)",
        name="outcome",
    ),
    CheckConstraint("held >= 0", name="held"),
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
    Index("ix_issues_slot_id_recipient", "slot_id", "recipient", unique=True),
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

publications = Table(
    "publications",
    metadata,
    Column("file_id", Integer, ForeignKey("files.id"), primary_key=True),
    Column("item_id", Text),
    Column("adopted", Boolean),
    Column("published_at", UtcInstant),
    Column("proved_at", UtcInstant),
    CheckConstraint(_one_or_none("published_at", "item_id", "adopted"), name="published"),
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
    CheckConstraint(_one_or_none("closed", "closed_slot_id"), name="closed_slot"),
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

findings = Table(
    "findings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcInstant, nullable=False),
    Column("kind", Text, nullable=False),
    Column("detail", Text, nullable=False),
    CheckConstraint("kind <> ''", name="kind"),
)
