"""What a recovery leaves: streams that stay stopped, numbers whose files nobody has."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_IS_REPORT = "report IN ('ECOSMIG-001', 'ECOSMIG-002', 'ECOSMIG-003', 'ECOSMIG-004', 'ECOSMIG-005', 'ECOSMIG-006')"


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "stopped_streams",
        sa.Column("report", sa.String(length=11), nullable=False),
        sa.Column("recipient", sa.String(length=6), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("stopped_at", sa.String(27), nullable=False),
        sa.CheckConstraint(_IS_REPORT, name=op.f("ck_stopped_streams_report")),
        sa.CheckConstraint("length(recipient) = 6", name=op.f("ck_stopped_streams_recipient")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_stopped_streams_reason")),
        sa.PrimaryKeyConstraint("report", "recipient", name=op.f("pk_stopped_streams")),
    )
    op.create_table(
        "lost_numbers",
        sa.Column("report", sa.String(length=11), nullable=False),
        sa.Column("recipient", sa.String(length=6), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("noted_at", sa.String(27), nullable=False),
        sa.CheckConstraint(_IS_REPORT, name=op.f("ck_lost_numbers_report")),
        sa.CheckConstraint("length(recipient) = 6", name=op.f("ck_lost_numbers_recipient")),
        sa.CheckConstraint("sequence BETWEEN 1 AND 999999", name=op.f("ck_lost_numbers_sequence")),
        sa.PrimaryKeyConstraint("report", "recipient", "sequence", name=op.f("pk_lost_numbers")),
    )
