"""Keep what each person has been told."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OPEN = sa.text("settled_at IS NULL")


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "inbox_entry",
        sa.Column("organisation_id", number, nullable=False),
        sa.Column("id", number, nullable=False),
        sa.Column("person_id", number, nullable=False),
        sa.Column("subject_type", sa.String(), nullable=False),
        sa.Column("subject_id", number, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("caused_by", sa.String(), nullable=False),
        sa.Column("by_letter", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_how", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_how = '')",
            name=op.f("ck_inbox_entry_settled_somehow"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_inbox_entry_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_inbox_entry_organisation_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_entry")),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_inbox_entry_organisation_id_id")
        ),
        sa.UniqueConstraint(
            "organisation_id",
            "person_id",
            "key",
            name=op.f("uq_inbox_entry_organisation_id_person_id_key"),
        ),
    )
    for name, columns in (
        ("ix_inbox_entry_open", ["organisation_id", "person_id", "id"]),
        ("ix_inbox_entry_subject", ["organisation_id", "subject_type", "subject_id"]),
    ):
        op.create_index(name, "inbox_entry", columns, sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    op.drop_table("inbox_entry")
