"""Publications: what somebody has tried for everybody to read, and what was public before that.

Titles and attested §§ were public by themselves until now. They are taken in as they stand, with
nobody's name on them, so that they stay where they are and wait for review; an attested § that was
not shown stays away until somebody has tried it.
"""

import hashlib
from datetime import UTC
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
UNTRIED = sa.text("decided_by_id IS NULL")
STATUTORY = ("assembly", "executive_board", "committee", "subcommittee", "joint_committee")
NOT_SHOWN = "Visades inte för allmänheten före uppgraderingen."
ITEMS = """
SELECT i.organisation_id, i.id, i.title, i.outcome, i.is_closed, i.exercises_authority,
       t.secrecy_provision, m.summoned_at, n.locked_at, s.content_sha256,
       (SELECT c.content_sha256 FROM correction c JOIN minutes k ON k.id = c.minutes_id
         WHERE c.minutes_item_id = s.id AND k.locked_at IS NOT NULL
         ORDER BY c.number DESC LIMIT 1) AS corrected_sha256
  FROM agenda_item i
  JOIN meeting m ON m.id = i.meeting_id
  JOIN body b ON b.id = m.body_id
  LEFT JOIN matter t ON t.id = i.matter_id
  LEFT JOIN minutes_item s ON s.agenda_item_id = i.id
  LEFT JOIN minutes n ON n.id = s.minutes_id AND n.locked_at IS NOT NULL
 WHERE m.summoned_at IS NOT NULL AND m.state != 'cancelled' AND b.kind IN :kinds
   AND (i.supplement <= m.supplements OR m.attested_at IS NOT NULL)
 ORDER BY i.id
"""


def upgrade() -> None:
    table = op.create_table(
        "publication",
        sa.Column("organisation_id", NUMBER, nullable=False),
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("agenda_item_id", NUMBER, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("checksum", sa.String(), nullable=False),
        sa.Column("findings", JSON, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("shows_from", sa.Date(), nullable=True),
        sa.Column("shows_until", sa.Date(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", NUMBER, nullable=True),
        sa.CheckConstraint("kind IN ('title', 'section')", name=op.f("ck_publication_kind")),
        sa.CheckConstraint(
            "state IN ('published', 'held', 'taken_back')", name=op.f("ck_publication_state")
        ),
        sa.CheckConstraint(
            "state != 'published' OR shows_from IS NOT NULL",
            name=op.f("ck_publication_shows_from"),
        ),
        sa.CheckConstraint(
            "shows_until IS NULL OR shows_until >= shows_from", name=op.f("ck_publication_forward")
        ),
        sa.CheckConstraint(
            "state = 'published' OR reason != ''", name=op.f("ck_publication_says_why")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_publication_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "agenda_item_id"],
            ["agenda_item.organisation_id", "agenda_item.id"],
            name=op.f("fk_publication_organisation_id_agenda_item_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "decided_by_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("fk_publication_organisation_id_decided_by_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint(
            "organisation_id", "id", name=op.f("uq_publication_organisation_id_id")
        ),
        sa.UniqueConstraint(
            "organisation_id",
            "agenda_item_id",
            "kind",
            name=op.f("uq_publication_organisation_id_agenda_item_id_kind"),
        ),
    )
    op.create_index(
        "ix_publication_untried",
        "publication",
        ["organisation_id", "agenda_item_id"],
        sqlite_where=UNTRIED,
        postgresql_where=UNTRIED,
    )
    op.bulk_insert(table, list(_public_today(op.get_bind())))


def downgrade() -> None:
    op.drop_table("publication")


def _public_today(connection):
    """A row for each § and title that the pages of before showed, and for each § they did not."""
    statement = sa.text(ITEMS).bindparams(sa.bindparam("kinds", expanding=True))
    statement = statement.columns(
        is_closed=sa.Boolean(),
        exercises_authority=sa.Boolean(),
        summoned_at=sa.DateTime(timezone=True),
        locked_at=sa.DateTime(timezone=True),
    )
    for item in connection.execute(statement, {"kinds": STATUTORY}).all():
        is_hidden = item.is_closed or item.exercises_authority or item.secrecy_provision
        if item.locked_at is not None:
            words = item.corrected_sha256 or item.content_sha256
            yield _row(item, "section", _checksum("section", words, item.outcome), is_hidden)
        elif not is_hidden:
            yield _row(item, "title", _checksum("title", item.title), is_hidden)


def _row(item, kind, checksum, is_hidden):
    since = item.summoned_at if kind == "title" else item.locked_at
    since = since if since.tzinfo else since.replace(tzinfo=UTC)
    return {
        "organisation_id": item.organisation_id,
        "agenda_item_id": item.id,
        "kind": kind,
        "state": "held" if is_hidden else "published",
        "checksum": checksum,
        "findings": [],
        "reason": NOT_SHOWN if is_hidden else "",
        "shows_from": None if is_hidden else since.astimezone(ZoneInfo("Europe/Stockholm")).date(),
        "shows_until": None,
        "decided_at": since,
        "decided_by_id": None,
    }


def _checksum(*parts):
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
