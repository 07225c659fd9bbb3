"""What each title said when it was sent out, so that another one is not announced by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What was sent out before stays null: it stands as it does.
    op.add_column("agenda_item", sa.Column("sent_title", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("agenda_item", "sent_title")
