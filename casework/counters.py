"""Numbers without gap or duplicate: a counter row per series, locked in the transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import UniqueConstraint, literal_column
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from casework.db import Base, Owned, owned

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Counter(Owned, Base):
    """The last number drawn in a series, for example `matter RUN 2022` or `section 4 2025`."""

    __tablename__ = "counter"

    series: Mapped[str]
    value: Mapped[int] = mapped_column(default=0)

    __table_args__ = owned(UniqueConstraint("organisation_id", "series"))


def draw(session: Session, organisation_id: int, series: str, count: int = 1) -> int:
    """The first of `count` consecutive new numbers in `series`.

    The row stays locked until the transaction ends: a roll-back gives the numbers back, and a
    second writer waits, so the series has neither gap nor duplicate.
    """
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = (
        dialect.insert(Counter)
        .values(organisation_id=organisation_id, series=series, value=count)
        .on_conflict_do_update(
            index_elements=["organisation_id", "series"],
            set_={"value": literal_column("counter.value") + count},
        )
        .returning(Counter.value)
    )
    last: int = session.execute(statement).scalar_one()
    return last - count + 1
