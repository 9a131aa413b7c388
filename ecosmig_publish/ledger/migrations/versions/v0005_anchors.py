"""Which acts were anchored outside the machine."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "anchors",
        sa.Column("act_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("anchored_at", sa.String(27), nullable=False),
        sa.CheckConstraint("act_id >= 1", name=op.f("ck_anchors_act_id")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_anchors_name")),
        sa.PrimaryKeyConstraint("act_id", name=op.f("pk_anchors")),
        sa.UniqueConstraint("name", name=op.f("uq_anchors_name")),
    )
