"""When published files were last read again; the latest slots and the counts of receipts found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table and the indexes."""
    op.create_table(
        "readings",
        sa.Column("first_file_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_file_id", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.String(27), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("first_file_id BETWEEN 1 AND last_file_id", name=op.f("ck_readings_last_file_id")),
        sa.PrimaryKeyConstraint("first_file_id", name=op.f("pk_readings")),
    )
    op.create_index("ix_slots_due_at", "slots", ["due_at", "report"])
    op.create_index("ix_slots_cut_off", "slots", ["cut_off"])
    op.create_index("ix_receipts_seen", "receipts", ["seen"])
    op.create_index("ix_receipts_asked_at", "receipts", ["asked_at"])
