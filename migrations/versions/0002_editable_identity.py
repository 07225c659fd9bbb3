"""What a body and the organisation are can be edited; a decision keeps its designation."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Added as they stand, not by a copy of the table: others refer to these, and SQLite would miss them.
TEXTS = (("body", "address"), ("body", "phone"), ("delegated_decision", "designation"))


def upgrade() -> None:
    op.add_column(
        "organisation", sa.Column("version", sa.Integer(), nullable=False, server_default="1")
    )
    for table, column in TEXTS:
        op.add_column(table, sa.Column(column, sa.String(), nullable=False, server_default=""))
    op.execute(
        "UPDATE delegated_decision SET designation ="
        " (SELECT body.short_name FROM body WHERE body.id = delegated_decision.body_id)"
        " || ' D ' || number || '/' || year WHERE number IS NOT NULL"
    )


def downgrade() -> None:
    for table, column in reversed(TEXTS):
        op.drop_column(table, column)
    op.drop_column("organisation", "version")
