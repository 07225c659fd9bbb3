"""Text that was plain is Markdown that says the same."""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

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


def upgrade() -> None:
    for table, column in _PLAIN:
        _rewrite(table, column, escape)


def downgrade() -> None:
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
