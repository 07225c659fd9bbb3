"""How the excerpts of a marked matter reach each recipient: by signing in, by post, or decided."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

CURRENT = sa.text("until IS NULL")
TIES = (
    ("matter_id", "matter"),
    ("recipient_id", "recipient"),
    ("reader_id", "person"),
    ("decided_by_id", "person"),
)


def _number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    # With its condition, which SQLite takes with the column: a copy of the table would lose others.
    op.execute(
        "ALTER TABLE dispatch ADD COLUMN way VARCHAR DEFAULT 'mail' NOT NULL"
        " CONSTRAINT ck_dispatch_way CHECK (way IN ('mail', 'sign_in', 'post', 'open_mail'))"
    )
    op.create_table(
        "dispatch_way",
        sa.Column("organisation_id", _number(), nullable=False),
        sa.Column("id", _number(), nullable=False),
        sa.Column("matter_id", _number(), nullable=False),
        sa.Column("recipient_id", _number(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("reader_id", _number(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by_id", _number(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "way IN ('sign_in', 'post', 'open_mail')", name=op.f("ck_dispatch_way_way")
        ),
        sa.CheckConstraint(
            "(way = 'sign_in') = (reader_id IS NOT NULL)",
            name=op.f("ck_dispatch_way_read_by_somebody"),
        ),
        sa.CheckConstraint(
            "way != 'open_mail' OR reason != ''", name=op.f("ck_dispatch_way_says_why")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_dispatch_way_organisation_id")
        ),
        *(
            sa.ForeignKeyConstraint(
                ["organisation_id", column],
                [f"{other}.organisation_id", f"{other}.id"],
                name=op.f(f"fk_dispatch_way_organisation_id_{column}"),
            )
            for column, other in TIES
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch_way")),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_dispatch_way_organisation_id_id")
        ),
    )
    op.create_index(
        "uq_dispatch_way_current",
        "dispatch_way",
        ["organisation_id", "matter_id", "recipient_id"],
        unique=True,
        sqlite_where=CURRENT,
        postgresql_where=CURRENT,
    )


def downgrade() -> None:
    op.drop_table("dispatch_way")
    op.execute("UPDATE dispatch SET state = 'queued' WHERE state = 'to_post'")
    op.execute("ALTER TABLE dispatch DROP COLUMN way")
