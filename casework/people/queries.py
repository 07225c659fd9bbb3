"""Reading the people room: bodies by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from casework.errors import NotFound
from casework.people.models import Body

if TYPE_CHECKING:
    from casework.context import Context


def body_named(context: Context, name: str) -> Body:
    """The body with this name or short name; raises NotFound naming those that exist."""
    of_organisation = Body.organisation_id == context.organisation_id
    body = context.session.scalar(
        select(Body).where(of_organisation, or_(Body.short_name == name, Body.name == name))
    )
    if body is None:
        known = context.session.scalars(select(Body.short_name).where(of_organisation)).all()
        raise NotFound("body_unknown", name=name, known=list(known))
    return body
