"""Slips mended in what was decided, and what is asked of a body about its assignments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def _number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _json() -> sa.types.TypeEngine[object]:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column(
        "minutes_revision",
        sa.Column("is_recorded", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    # The first version of a § has always been what wrote itself from the record.
    op.execute("UPDATE minutes_revision SET is_recorded = true WHERE number = 1")
    op.create_table(
        "mending",
        sa.Column("organisation_id", _number(), nullable=False),
        sa.Column("id", _number(), nullable=False),
        sa.Column("agenda_item_id", _number(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("former", _json(), nullable=False),
        sa.Column("words", _json(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("mended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mended_by", _number(), nullable=True),
        sa.CheckConstraint("reason != ''", name=op.f("ck_mending_says_why")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_mending_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "agenda_item_id"],
            ["agenda_item.organisation_id", "agenda_item.id"],
            name=op.f("fk_mending_organisation_id_agenda_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "mended_by"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_mending_organisation_id_mended_by"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mending")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_mending_organisation_id_id")),
        sa.UniqueConstraint(
            "organisation_id",
            "agenda_item_id",
            "number",
            name=op.f("uq_mending_organisation_id_agenda_item_id_number"),
        ),
    )
    op.create_table(
        "assignment_request",
        sa.Column("organisation_id", _number(), nullable=False),
        sa.Column("id", _number(), nullable=False),
        sa.Column("assignment_id", _number(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("report_back_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by_id", _number(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('another_day', 'end', 'report')", name=op.f("ck_assignment_request_kind")
        ),
        sa.CheckConstraint(
            "(kind = 'another_day') = (report_back_on IS NOT NULL)",
            name=op.f("ck_assignment_request_says_the_day"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_assignment_request_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "assignment_id"],
            ["assignment.organisation_id", "assignment.id"],
            name=op.f("fk_assignment_request_organisation_id_assignment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "asked_by_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_assignment_request_organisation_id_asked_by_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_request")),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_assignment_request_organisation_id_id")
        ),
    )
    op.create_index(
        op.f("ix_assignment_request_assignment"),
        "assignment_request",
        ["organisation_id", "assignment_id"],
    )
    op.create_table(
        "request_item",
        sa.Column("organisation_id", _number(), nullable=False),
        sa.Column("id", _number(), nullable=False),
        sa.Column("request_id", _number(), nullable=False),
        sa.Column("agenda_item_id", _number(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_request_item_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "request_id"],
            ["assignment_request.organisation_id", "assignment_request.id"],
            name=op.f("fk_request_item_organisation_id_request_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "agenda_item_id"],
            ["agenda_item.organisation_id", "agenda_item.id"],
            name=op.f("fk_request_item_organisation_id_agenda_item_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_item")),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_request_item_organisation_id_id")
        ),
        sa.UniqueConstraint(
            "organisation_id",
            "agenda_item_id",
            name=op.f("uq_request_item_organisation_id_agenda_item_id"),
        ),
    )
    op.create_index(
        op.f("ix_request_item_request"), "request_item", ["organisation_id", "request_id"]
    )


def downgrade() -> None:
    op.drop_table("request_item")
    op.drop_table("assignment_request")
    op.drop_table("mending")
    op.drop_column("minutes_revision", "is_recorded")
