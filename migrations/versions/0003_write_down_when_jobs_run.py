"""Write down when each background job ran, and find the letters that failed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FAILED = sa.text("state = 'failed'")


def upgrade() -> None:
    op.create_table(
        "tick",
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_tick_failures_counted")),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_tick")),
    )
    op.create_index(
        "ix_message_failed",
        "message",
        ["organisation_id"],
        sqlite_where=FAILED,
        postgresql_where=FAILED,
    )


def downgrade() -> None:
    op.drop_index("ix_message_failed", "message")
    op.drop_table("tick")
