"""What an administrator saw of a folder's readers, and where the following of a library's changes stands."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "access_proofs",
        sa.Column("signifier", sa.String(length=6), nullable=False),
        sa.Column("folder_id", sa.Text(), nullable=False),
        sa.Column("readers", sa.Text(), nullable=False),
        sa.Column("is_exact", sa.Boolean(), nullable=False),
        sa.Column("looked_at", sa.String(27), nullable=False),
        sa.CheckConstraint("folder_id <> ''", name=op.f("ck_access_proofs_folder_id")),
        sa.ForeignKeyConstraint(["signifier"], ["folders.signifier"], name=op.f("fk_access_proofs_signifier")),
        sa.PrimaryKeyConstraint("signifier", name=op.f("pk_access_proofs")),
    )
    op.create_table(
        "change_tokens",
        sa.Column("library", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.String(27), nullable=False),
        sa.CheckConstraint("token <> ''", name=op.f("ck_change_tokens_token")),
        sa.PrimaryKeyConstraint("library", name=op.f("pk_change_tokens")),
    )
    op.create_index("ix_publications_item_id", "publications", ["item_id"], unique=False)
