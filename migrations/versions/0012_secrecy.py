"""Secrecy marks with their history, who needs to know of a marked matter, who has read it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NOW = sa.text("until IS NULL")
SECRET = sa.text("secrecy_provision != ''")
READ = ("matter", "document", "meeting", "decision", "assignment", "dispatch", "other")
REASON = "Markeringen fanns när Casework uppgraderades."


def _number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _moment(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _owned(table: str, *persons: str) -> list[sa.schema.SchemaItem]:
    """The keys of an owned table that refers to a matter and to persons."""
    ties = [("matter_id", "matter"), *((person, "person") for person in persons)]
    return [
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{table}_organisation_id")
        ),
        *(
            sa.ForeignKeyConstraint(
                ["organisation_id", column],
                [f"{other}.organisation_id", f"{other}.id"],
                name=op.f(f"fk_{table}_organisation_id_{column}"),
            )
            for column, other in ties
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f(f"uq_{table}_organisation_id_id")),
    ]


def upgrade() -> None:
    op.create_index(
        "ix_matter_secret",
        "matter",
        ["organisation_id", "id"],
        sqlite_where=SECRET,
        postgresql_where=SECRET,
    )
    op.create_table(
        "secrecy_mark",
        sa.Column("organisation_id", _number(), nullable=False),
        sa.Column("id", _number(), nullable=False),
        sa.Column("matter_id", _number(), nullable=False),
        sa.Column("provision", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        _moment("since"),
        sa.Column("set_by_id", _number(), nullable=True),
        _moment("until", nullable=True),
        sa.Column("ended_by_id", _number(), nullable=True),
        sa.Column("ended_because", sa.String(), nullable=False),
        sa.CheckConstraint("provision != ''", name=op.f("ck_secrecy_mark_cites_a_provision")),
        sa.CheckConstraint(
            "until IS NULL OR until >= since", name=op.f("ck_secrecy_mark_ends_after_it_began")
        ),
        sa.CheckConstraint(
            "(until IS NULL) = (ended_because = '')",
            name=op.f("ck_secrecy_mark_ended_for_a_reason"),
        ),
        *_owned("secrecy_mark", "set_by_id", "ended_by_id"),
    )
    op.create_index(
        "uq_secrecy_mark_current",
        "secrecy_mark",
        ["organisation_id", "matter_id"],
        unique=True,
        sqlite_where=NOW,
        postgresql_where=NOW,
    )
    op.create_table(
        "need_to_know",
        sa.Column("organisation_id", _number(), nullable=False),
        sa.Column("id", _number(), nullable=False),
        sa.Column("matter_id", _number(), nullable=False),
        sa.Column("person_id", _number(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        _moment("since"),
        sa.Column("added_by_id", _number(), nullable=True),
        _moment("until", nullable=True),
        sa.Column("removed_by_id", _number(), nullable=True),
        sa.Column("removed_because", sa.String(), nullable=False),
        sa.CheckConstraint("reason != ''", name=op.f("ck_need_to_know_says_why")),
        sa.CheckConstraint(
            "until IS NULL OR until >= since", name=op.f("ck_need_to_know_ends_after_it_began")
        ),
        sa.CheckConstraint(
            "(until IS NULL) = (removed_because = '')",
            name=op.f("ck_need_to_know_removed_for_a_reason"),
        ),
        *_owned("need_to_know", "person_id", "added_by_id", "removed_by_id"),
    )
    op.create_index(
        "uq_need_to_know_current",
        "need_to_know",
        ["organisation_id", "matter_id", "person_id"],
        unique=True,
        sqlite_where=NOW,
        postgresql_where=NOW,
    )
    op.create_index("ix_need_to_know_person", "need_to_know", ["organisation_id", "person_id"])
    op.create_table(
        "secret_reading",
        sa.Column("organisation_id", _number(), nullable=False),
        sa.Column("id", _number(), nullable=False),
        sa.Column("matter_id", _number(), nullable=False),
        sa.Column("person_id", _number(), nullable=False),
        _moment("at"),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("face", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.CheckConstraint(
            "what IN ({})".format(", ".join(f"'{code}'" for code in READ)),
            name=op.f("ck_secret_reading_what"),
        ),
        sa.CheckConstraint("face IN ('web', 'api')", name=op.f("ck_secret_reading_face")),
        *_owned("secret_reading", "person_id"),
    )
    op.create_index(
        "ix_secret_reading_matter", "secret_reading", ["organisation_id", "matter_id", "id"]
    )
    op.create_index(
        "ix_secret_reading_person",
        "secret_reading",
        ["organisation_id", "matter_id", "person_id", "at"],
    )
    _take_in_the_marks()


def _take_in_the_marks() -> None:
    """What was marked stays so, and whoever marked it knows of it."""
    moment = sa.DateTime(timezone=True)
    matter = sa.table(
        "matter",
        *(sa.column(name) for name in ("organisation_id", "id", "secrecy_provision")),
        sa.column("registered_at", moment),
        sa.column("secrecy_reviewed_at", moment),
    )
    entry = sa.table(
        "audit_entry",
        *(
            sa.column(name)
            for name in ("organisation_id", "subject_type", "subject_id", "sequence", "action")
        ),
        sa.column("at", moment),
        sa.column("actor_id"),
    )
    names = ("organisation_id", "matter_id", "provision", "reason", "set_by_id", "ended_because")
    mark = sa.table("secrecy_mark", *map(sa.column, names), sa.column("since", moment))
    names = ("organisation_id", "matter_id", "person_id", "reason", "removed_because")
    knowing = sa.table("need_to_know", *map(sa.column, names), sa.column("since", moment))
    connection = op.get_bind()
    marked = connection.execute(sa.select(matter).where(matter.c.secrecy_provision != "")).all()
    for row in marked:
        whose = {"organisation_id": row.organisation_id, "matter_id": row.id}
        noted = connection.execute(
            sa.select(entry.c.actor_id, entry.c.at)
            .where(
                entry.c.organisation_id == row.organisation_id,
                entry.c.subject_type == "matter",
                entry.c.subject_id == row.id,
                entry.c.action == "secrecy_reviewed",
            )
            .order_by(entry.c.sequence.desc())
            .limit(1)
        ).first()
        since = noted.at if noted else row.secrecy_reviewed_at or row.registered_at
        set_by = noted.actor_id if noted else None
        connection.execute(
            sa.insert(mark).values(
                **whose,
                provision=row.secrecy_provision,
                reason=REASON,
                since=since,
                set_by_id=set_by,
                ended_because="",
            )
        )
        if set_by is not None:
            connection.execute(
                sa.insert(knowing).values(
                    **whose, person_id=set_by, reason=REASON, since=since, removed_because=""
                )
            )


def downgrade() -> None:
    op.drop_table("secret_reading")
    op.drop_table("need_to_know")
    op.drop_table("secrecy_mark")
    op.drop_index("ix_matter_secret", "matter")
