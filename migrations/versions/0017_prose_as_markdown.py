"""Text that was plain is Markdown that says the same; a body says what sums a matter up."""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from casework.text.escape import escape
from casework.text.parse import parse
from casework.text.plain import to_plain

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None

# Printed letter by letter until now. Sections of a matter and of a delegated decision have always
# been Markdown; points of a decision are no prose, and stay plain.
_PLAIN = (("agenda_item", "summary"), ("statement", "text"), ("report_back", "text"))
_BATCH = 500


def _json() -> sa.types.TypeEngine[object]:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column(
        "body",
        sa.Column("minuted_roles", _json(), nullable=False, server_default='["summary"]'),
    )
    for table, column in _PLAIN:
        _rewrite(table, column, escape)


def downgrade() -> None:
    op.drop_column("body", "minuted_roles")
    for table, column in _PLAIN:
        _rewrite(table, column, lambda text: to_plain(parse(text)) or text)


def _rewrite(table: str, column: str, written: Callable[[str], str]) -> None:
    rows = sa.table(table, sa.column("id"), sa.column(column))
    connection, last = op.get_bind(), 0
    while True:
        found = connection.execute(
            sa.select(rows.c.id, rows.c[column])
            .where(rows.c.id > last, rows.c[column] != "")
            .order_by(rows.c.id)
            .limit(_BATCH)
        ).all()
        if not found:
            return
        last = found[-1].id
        for identity, text in found:
            if written(text) != text:
                change = sa.update(rows).where(rows.c.id == identity)
                connection.execute(change.values({column: written(text)}))
