"""Accounts of their own: sessions and links that the server knows, failures counted by source."""

import sqlalchemy as sa
from alembic import op

from casework.logs import get_logger

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OPEN = sa.text("is_active")
# A person with several accounts keeps the newest that is open; nothing of the others is lost.
FORMER = sa.text(
    "UPDATE user_account SET is_active = false WHERE is_active AND EXISTS ("
    "SELECT 1 FROM user_account AS newer WHERE newer.is_active"
    " AND newer.organisation_id = user_account.organisation_id"
    " AND newer.person_id = user_account.person_id AND newer.id > user_account.id)"
)


def upgrade() -> None:
    closed = op.get_bind().execute(FORMER).rowcount
    if closed:
        get_logger().warning("second_accounts_closed", accounts=closed)
    op.create_index(
        "ix_user_account_one_open",
        "user_account",
        ["organisation_id", "person_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.drop_column("user_account", "failed_attempts")
    op.drop_column("user_account", "locked_until")
    op.execute("ALTER TABLE user_account RENAME COLUMN session_epoch TO calendar_epoch")
    _create_sessions()
    _create_links()
    op.create_table(
        "sign_in_failure",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("failures > 0", name=op.f("ck_sign_in_failure_counted")),
        sa.PrimaryKeyConstraint("kind", "source", "account", name=op.f("pk_sign_in_failure")),
    )
    op.create_index(op.f("ix_sign_in_failure_last_at"), "sign_in_failure", ["last_at"])


def _create_sessions() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "account_session",
        sa.Column("organisation_id", number, nullable=False),
        sa.Column("id", number, nullable=False),
        sa.Column("user_id", number, nullable=False),
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        *_owned("account_session"),
        sa.UniqueConstraint(
            "organisation_id", "key_hash", name=op.f("uq_account_session_organisation_id_key_hash")
        ),
    )
    op.create_index(
        "ix_account_session_user", "account_session", ["organisation_id", "user_id", "begun_at"]
    )


def _create_links() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "account_link",
        sa.Column("organisation_id", number, nullable=False),
        sa.Column("id", number, nullable=False),
        sa.Column("user_id", number, nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        *_owned("account_link"),
        sa.CheckConstraint("purpose IN ('invite', 'reset')", name=op.f("ck_account_link_purpose")),
        sa.UniqueConstraint(
            "organisation_id", "token_hash", name=op.f("uq_account_link_organisation_id_token_hash")
        ),
    )
    op.create_index("ix_account_link_user", "account_link", ["organisation_id", "user_id"])


def _owned(table: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{table}_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "user_id"],
            ["user_account.organisation_id", "user_account.id"],
            name=op.f(f"fk_{table}_organisation_id_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f(f"uq_{table}_organisation_id_id")),
    ]


def downgrade() -> None:
    for table in ("sign_in_failure", "account_link", "account_session"):
        op.drop_table(table)
    op.execute("ALTER TABLE user_account RENAME COLUMN calendar_epoch TO session_epoch")
    op.add_column(
        "user_account", sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "user_account",
        sa.Column("failed_attempts", sa.Integer(), nullable=False, server_default="0"),
    )
    op.drop_index("ix_user_account_one_open", "user_account")
