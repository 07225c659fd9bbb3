"""What is known of a dispatch: a link that was fetched is not read; sent otherwise, given up."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

FAILED = sa.text("state = 'failed'")
TEXTS = (
    ("recipient", "note"),
    ("dispatch", "reason"),
    ("dispatch", "otherwise_how"),
    ("dispatch", "otherwise_by"),
)
# Each with its condition, which SQLite takes with the column: a copy of the table would lose those
# that it has.
TIED = (
    (
        "otherwise_on DATE",
        "sent_otherwise_on_a_day",
        "state != 'sent_otherwise' OR otherwise_on IS NOT NULL",
    ),
    (
        "given_up_because VARCHAR DEFAULT '' NOT NULL",
        "given_up_with_reason",
        "state != 'given_up' OR given_up_because != ''",
    ),
)
BODIES = ("assignment", "delegated_decision", "dispatch", "matter", "meeting")


def upgrade() -> None:
    op.execute("ALTER TABLE dispatch RENAME COLUMN opened_at TO link_fetched_at")
    op.add_column("dispatch", sa.Column("link_last_fetched_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE dispatch SET link_last_fetched_at = link_fetched_at")
    for table, column in TEXTS:
        op.add_column(table, sa.Column(column, sa.String(), nullable=False, server_default=""))
    for column, name, condition in TIED:
        op.execute(
            f"ALTER TABLE dispatch ADD COLUMN {column}"
            f" CONSTRAINT ck_dispatch_{name} CHECK ({condition})"
        )
    op.create_index(
        "ix_dispatch_failed",
        "dispatch",
        ["organisation_id", "body_id"],
        sqlite_where=FAILED,
        postgresql_where=FAILED,
    )
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("message", sa.Column("body_id", number))
    message = sa.table(
        "message", sa.column("body_id"), sa.column("subject_id"), sa.column("subject_type")
    )
    for name in BODIES:
        subject = sa.table(name, sa.column("id"), sa.column("body_id"))
        of_subject = sa.select(subject.c.body_id).where(subject.c.id == message.c.subject_id)
        op.execute(
            sa.update(message)
            .where(message.c.subject_type == name)
            .values(body_id=of_subject.scalar_subquery())
        )


def downgrade() -> None:
    op.drop_column("message", "body_id")
    op.drop_index("ix_dispatch_failed", "dispatch")
    op.execute(
        "UPDATE dispatch SET state = 'abandoned' WHERE state IN ('sent_otherwise', 'given_up')"
    )
    for column in ("given_up_because", "otherwise_on"):
        op.execute(f"ALTER TABLE dispatch DROP COLUMN {column}")
    for table, column in reversed(TEXTS):
        op.drop_column(table, column)
    op.drop_column("dispatch", "link_last_fetched_at")
    op.execute("ALTER TABLE dispatch RENAME COLUMN link_fetched_at TO opened_at")
