"""A kind of matter is a workflow file and no list in the database."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# Each constraint of `matter` as it was and as it is.
CHANGED = {
    "ck_matter_kind": ("kind IN ('decision', 'advisory', 'information')", "kind != ''"),
    "ck_matter_initiative": (
        "initiative = '' OR kind = 'decision' AND initiative IN ('motion', 'citizen_proposal')",
        "initiative IN ('', 'motion', 'citizen_proposal')",
    ),
}


def upgrade() -> None:
    for name, (former, present) in CHANGED.items():
        _change(name, former, present)


def downgrade() -> None:
    """Fails if there are matters of other kinds by now: they have no place before this."""
    for name, (former, present) in CHANGED.items():
        _change(name, present, former)


def _change(name: str, old: str, new: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _change_in_schema(f"CONSTRAINT {name} CHECK ({old})", f"CONSTRAINT {name} CHECK ({new})")
        broken = sa.select(sa.literal(1)).select_from(sa.table("matter"))
        wrong = op.get_bind().scalar(broken.where(sa.not_(sa.literal_column(f"({new})"))).limit(1))
        if wrong:
            raise ValueError(f"{name}: a matter breaks it.")
        return
    op.drop_constraint(op.f(name), "matter", type_="check")
    op.create_check_constraint(op.f(name), "matter", new)


def _change_in_schema(old: str, new: str) -> None:
    """SQLite changes no constraint but by making the table anew, and what refers to it would go
    with the former one. Its manual gives this way for what is only said of the rows
    (https://www.sqlite.org/lang_altertable.html, "making other kinds of table schema changes")."""
    connection = op.get_bind()
    version = connection.scalar(sa.text("PRAGMA schema_version"))
    connection.execute(sa.text("PRAGMA writable_schema=ON"))
    changed = connection.execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :old, :new)"
            " WHERE type = 'table' AND name = 'matter' AND instr(sql, :old) > 0"
        ),
        {"old": old, "new": new},
    ).rowcount
    if changed != 1:
        raise ValueError(f"The table matter does not say {old}.")
    connection.execute(sa.text(f"PRAGMA schema_version={version + 1}"))
    connection.execute(sa.text("PRAGMA writable_schema=OFF"))
