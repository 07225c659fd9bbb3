"""Stand-ins."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "stand_in",
        sa.Column("organisation_id", number, nullable=False),
        sa.Column("id", number, nullable=False),
        sa.Column("person_id", number, nullable=False),
        sa.Column("stand_in_id", number, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("person_id <> stand_in_id", name=op.f("ck_stand_in_somebody_else")),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_stand_in_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_stand_in_organisation_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "stand_in_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_stand_in_organisation_id_stand_in_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_stand_in_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stand_in")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_stand_in_organisation_id_id")),
    )
    op.create_index("ix_stand_in_person", "stand_in", ["organisation_id", "person_id", "valid_to"])
    op.create_index(
        "ix_stand_in_stand_in", "stand_in", ["organisation_id", "stand_in_id", "valid_to"]
    )


def downgrade() -> None:
    op.drop_table("stand_in")
