"""What is known of who read a published file."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "receipts",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("seen", sa.String(length=7), nullable=False),
        sa.Column("seen_at", sa.String(27), nullable=True),
        sa.Column("opened", sa.Integer(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("found_at", sa.String(27), nullable=False),
        sa.Column("asked_at", sa.String(27), nullable=False),
        sa.CheckConstraint("seen IN ('yes', 'opened', 'not yet')", name=op.f("ck_receipts_seen")),
        sa.CheckConstraint("seen_at IS NULL OR seen = 'yes'", name=op.f("ck_receipts_seen_at")),
        sa.CheckConstraint("found_at <= asked_at", name=op.f("ck_receipts_asked_at")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_receipts_file_id")),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_receipts")),
    )
