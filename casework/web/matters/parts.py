"""What hangs on a matter's page: the newest of each list, or the one asked for with `all`.

Which rows can be opened is asked of the database together with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import joinedload

from casework.db import counted
from casework.delegation.models import DelegatedDecision
from casework.distribution import queries as distribution
from casework.distribution.models import Dispatch, Excerpt, Recipient, RecipientGroup
from casework.followup.models import Assignment
from casework.meetings.models import AgendaItem, Meeting
from casework.people.policy import readable
from casework.people.sorting import sort_key
from casework.web.components.lines import document_line
from casework.web.components.paging import Part, Stretch

if TYPE_CHECKING:
    from sqlalchemy import Select, Subquery

    from casework.context import Context
    from casework.matters.models import Attachment, Matter
    from casework.web.shapes import DocumentLine

FIRST, ALL = 20, 500
OFFERED = 20


@dataclass(frozen=True)
class Offered:
    """Whom a recipient as written may mean, and whether that is the whole address book."""

    choices: list[tuple[str, str]]
    is_whole: bool


def parts_of(context: Context, matter: Matter) -> dict[str, Any]:
    """Each list of the page by its name in the template."""
    book = request.args.get("book", "")[:200]
    dispatches = _part(context, matter, "dispatches", _dispatches(context, matter))
    out_of_use = distribution.out_of_use(context.session, matter)
    return {
        "out_of_use": out_of_use,
        "attachments": _attachments(matter),
        "visits": _part(context, matter, "meetings", _visits(context, matter)),
        "assignments": _part(context, matter, "assignments", _assignments(context, matter)),
        "delegated": _part(context, matter, "delegated", _delegated(context, matter)),
        "dispatches": dispatches,
        "confirmed": _confirmed(context, matter, dispatches),
        "offered": _offered(context, matter, book, out_of_use),
        "book": book,
    }


def _part(context: Context, matter: Matter, name: str, statement: Select[Any]) -> Part[Any]:
    """The rows with all that was selected beside them; a single column stands alone."""
    stretch = Stretch(name, FIRST, ALL)
    rows = context.session.execute(stretch.of(statement)).all()
    told = [tuple(row) if len(row) > 1 else row[0] for row in rows[: stretch.size]]
    if len(rows) <= stretch.size:
        return Part(told)
    key = statement.column_descriptions[0]["entity"].id
    count = counted(context.session, statement, key)
    return Part(told, stretch.rest(url_for("matters.show", matter_id=matter.id), count))


def _attachments(matter: Matter) -> Part[tuple[Attachment, DocumentLine]]:
    """In their own order, as they are printed."""
    stretch = Stretch("attachments", FIRST, ALL)
    further = stretch.start + stretch.size
    rows = matter.attachments
    told = [(each, document_line(each.document)) for each in rows[stretch.start : further]]
    own_page = url_for("matters.show", matter_id=matter.id)
    return Part(told, stretch.rest(own_page, len(rows)) if len(rows) > further else None)


def _visits(context: Context, matter: Matter) -> Select[Any]:
    """Its visits to meetings, the latest first."""
    return (
        select(AgendaItem, _may_open(context, Meeting))
        .join(Meeting, AgendaItem.meeting_id == Meeting.id)
        .where(
            AgendaItem.organisation_id == matter.organisation_id,
            AgendaItem.matter_id == matter.id,
        )
        .options(
            joinedload(AgendaItem.meeting).joinedload(Meeting.body),
            joinedload(AgendaItem.minutes_item),
        )
        .order_by(AgendaItem.id.desc())
    )


def _assignments(context: Context, matter: Matter) -> Select[Any]:
    return (
        select(Assignment, _may_open(context, Assignment))
        .where(
            Assignment.organisation_id == matter.organisation_id, Assignment.matter_id == matter.id
        )
        .options(joinedload(Assignment.assignee))
        .order_by(Assignment.id.desc())
    )


def _delegated(context: Context, matter: Matter) -> Select[Any]:
    """What has been decided on delegation; a draft is nobody's to read yet."""
    return (
        select(DelegatedDecision, _may_open(context, DelegatedDecision))
        .where(
            DelegatedDecision.organisation_id == matter.organisation_id,
            DelegatedDecision.matter_id == matter.id,
            DelegatedDecision.signed_at.is_not(None),
        )
        .options(joinedload(DelegatedDecision.decider))
        .order_by(DelegatedDecision.id.desc())
    )


def _dispatches(context: Context, matter: Matter) -> Select[Any]:
    """What was sent; `_part` bounds it."""
    found: Select[Any] = distribution.dispatches(matter.organisation_id, matter_id=matter.id)
    return found.add_columns(_may_open(context, Dispatch))


def _confirmed(
    context: Context, matter: Matter, shown: Part[tuple[Dispatch, bool]]
) -> tuple[int, int]:
    """How many recipients have confirmed, of how many; counted where not all are `shown`."""
    if shown.rest is None:
        rows = [dispatch for dispatch, _may_open in shown.lines]
        return sum(row.acknowledged_at is not None for row in rows), len(rows)
    row = context.session.execute(
        select(func.count(Dispatch.acknowledged_at), func.count(Dispatch.id))
        .join(Excerpt, Dispatch.excerpt_id == Excerpt.id)
        .where(Dispatch.organisation_id == matter.organisation_id, Excerpt.matter_id == matter.id)
    ).one()
    return row[0], row[1]


def _may_open(context: Context, model: type[Any]) -> Any:
    """Whether the reader may read the row, as a column of its own."""
    person_id, kind = context.actor.person_id or 0, context.services.kinds[model.__tablename__]
    return readable(kind, context.organisation_id, person_id, context.today).label("may_open")


def _offered(context: Context, matter: Matter, word: str, out_of_use: set[int]) -> Offered:
    """The first entries of the address book, or those with the word asked for; where nobody is left
    to be found in it, none."""
    if all(each.is_settled and each.id not in out_of_use for each in matter.recipients):
        return Offered([], is_whole=True)
    entries = (
        _entries(context, "group", RecipientGroup, word),
        _entries(context, "recipient", Recipient, word, Recipient.is_active.is_(True)),
    )
    found: dict[str, list[tuple[str, str]]] = {"group": [], "recipient": []}
    for kind, row_id, name, _key in sorted(
        context.session.execute(union_all(*map(select, entries))), key=lambda row: (row[3], row[1])
    ):
        words = _("Grupp: %(name)s", name=name) if kind == "group" else name
        found[kind].append((f"{kind}-{row_id}", words))
    return Offered(
        [each for rows in found.values() for each in rows[:OFFERED]],
        is_whole=max(map(len, found.values())) <= OFFERED,
    )


def _entries(context: Context, kind: str, model: type[Any], word: str, *besides: Any) -> Subquery:
    """The first of one kind, and one more if there are more."""
    return (
        select(literal(kind).label("kind"), model.id, model.name, model.sort_key)
        .where(
            model.organisation_id == context.organisation_id,
            model.sort_key.contains(sort_key(word.strip()), autoescape=True),
            *besides,
        )
        .order_by(model.sort_key, model.id)
        .limit(OFFERED + 1)
        .subquery()
    )
