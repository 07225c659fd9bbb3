"""What somebody has before them, section by section: the first of each, and the page of the rest.

The front page shows the beginning of each section; `/my-work/<section>` goes on, filtered and
page by page. Both ask the same question, so that the count on one is the length of the other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, func, literal, not_, select
from sqlalchemy.orm import joinedload

from casework.db import counted
from casework.deadlines.models import Deadline
from casework.deadlines.queries import is_due_for
from casework.delegation.models import DelegatedDecision
from casework.errors import NotFound
from casework.followup.models import Assignment
from casework.matters.models import Matter
from casework.matters.queries import is_prepared_by
from casework.meetings.models import Meeting, Minutes
from casework.waiting import LISTS, at_the_end, next_due, waits_for
from casework.web.components import steps
from casework.web.components.dues import due
from casework.web.components.kinds import name_of
from casework.web.components.lines import line
from casework.web.components.paging import NEVER, is_further, number_of, ordered, place_of, show_all
from casework.web.frame.session import SIGNED_IN, permits, reading, signed_in
from casework.web.shapes import Due, Link, MatterLine

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from sqlalchemy import ColumnElement, Select

    from casework.context import Context

    Question = Callable[[Context, int], ColumnElement[bool]]

FIRST, PAGE = 10, 30
AHEAD = timedelta(days=60)

blueprint = Blueprint("waiting", __name__, url_prefix="/my-work")


@dataclass(frozen=True)
class Section:
    """A list of what somebody has before them: which rows, in which order, and how each is told.

    Those due first come first; of a `workflows` section what only remains to be ended comes last.
    """

    name: str
    title: Any
    model: type[Any]
    which: Question
    tells: Callable[[Context, Any, date], MatterLine]
    loads: tuple[Any, ...] = ()
    has_states: bool = True
    due: Callable[[], ColumnElement[date]] | None = None

    def rows(self, context: Context, person_id: int, state: str = "") -> Select[Any]:
        """The rows without order: each with its rank and the day it is due."""
        rank = at_the_end(context, self.model) if self.has_states else literal(0)
        day = self.due() if self.due else next_due(self.model, NEVER)
        statement = (
            select(self.model, rank.label("rank"), day.label("day"))
            .where(
                self.model.organisation_id == context.organisation_id,
                self.which(context, person_id),
            )
            .options(*self.loads)
        )
        return statement.where(self.model.state == state) if state else statement

    def key(self, statement: Select[Any]) -> tuple[Any, ...]:
        """By what `rows` are ordered."""
        columns = statement.selected_columns
        return columns.rank, columns.day, self.model.id


@dataclass(frozen=True)
class Beginning:
    """The first lines of a section, how many it has, and where they all are."""

    name: str
    title: str
    lines: list[MatterLine]
    count: str
    rest: Link | None = None


def _matter(context: Context, row: Matter, day: date) -> MatterLine:
    return replace(line(context, row), due=_due(day))


def _assignment(context: Context, row: Assignment, day: date) -> MatterLine:
    return MatterLine(
        number=str(row.report_back_on or _("Utan datum")),
        title=row.task,
        url=url_for("assignments.show", assignment_id=row.id),
        state=steps.state_label(context, row),
        officer=row.assignee.name,
        due=_due(day) if row.state == "open" else None,
    )


def _request(context: Context, row: Assignment, day: date) -> MatterLine:
    """An assignment of which something is asked that its body has to answer."""
    told = _assignment(context, row, day)
    return replace(told, url=f"{told.url}#before-body", due=None)


def _trial(context: Context, row: Meeting, _day: date) -> MatterLine:
    return MatterLine(
        number=str(row.day),
        title=row.body.name,
        url=url_for("publishing.show", meeting_id=row.id),
        state=steps.state_label(context, row),
    )


def _decision(context: Context, row: DelegatedDecision, day: date) -> MatterLine:
    return MatterLine(
        number=row.designation,
        title=row.title,
        url=url_for("decisions.show", decision_id=row.id),
        state=steps.state_label(context, row),
        body=row.body.short_name,
        due=_due(day),
    )


def _signature(context: Context, row: Minutes, _day: date) -> MatterLine:
    return MatterLine(
        number=str(row.meeting.day),
        title=name_of(row.meeting),
        url=url_for("meetings.show", meeting_id=row.meeting_id) + "#attestation",
        state=steps.state_label(context, row),
        body=row.meeting.body.name,
    )


def _due(day: date) -> Due | None:
    return None if day == NEVER else Due(_("Senast"), day)


def _is_with_others(context: Context, person_id: int) -> ColumnElement[bool]:
    own = is_prepared_by(context.organisation_id, person_id)
    return and_(own, not_(waits_for(context, Matter, person_id)))


SECTIONS = {
    each.name: each
    for each in (
        Section(
            "signatures",
            _l("Att skriva under"),
            Minutes,
            LISTS["signatures"].which,
            _signature,
            (joinedload(Minutes.meeting).joinedload(Meeting.body),),
            has_states=False,
            due=lambda: literal(NEVER),
        ),
        Section(
            "waiting",
            _l("Väntar på dig"),
            Matter,
            LISTS["waiting"].which,
            _matter,
            (joinedload(Matter.body), joinedload(Matter.case_officer)),
        ),
        Section(
            "assignments",
            _l("Dina uppdrag"),
            Assignment,
            LISTS["assignments"].which,
            _assignment,
            (joinedload(Assignment.assignee),),
            due=lambda: func.coalesce(
                Assignment.report_back_on, NEVER, type_=Assignment.report_back_on.type
            ),
        ),
        Section(
            "requests",
            _l("Att lägga fram för organet"),
            Assignment,
            LISTS["requests"].which,
            _request,
            (joinedload(Assignment.assignee),),
            due=lambda: func.coalesce(
                Assignment.report_back_on, NEVER, type_=Assignment.report_back_on.type
            ),
        ),
        Section(
            "publishing",
            _l("Att pröva för publicering"),
            Meeting,
            LISTS["publishing"].which,
            _trial,
            (joinedload(Meeting.body),),
            due=lambda: literal(NEVER),
        ),
        Section(
            "decisions",
            _l("Delegationsbeslut"),
            DelegatedDecision,
            LISTS["decisions"].which,
            _decision,
            (joinedload(DelegatedDecision.body),),
        ),
        Section(
            "elsewhere",
            _l("Dina ärenden hos andra"),
            Matter,
            _is_with_others,
            _matter,
            (joinedload(Matter.body), joinedload(Matter.case_officer)),
        ),
    )
}


def beginning_of(
    context: Context, name: str, person_id: int, told: frozenset[int] = frozenset()
) -> Beginning | None:
    """The first of a section, None where it is empty; without the minutes that were `told`."""
    section = SECTIONS[name]
    statement = section.rows(context, person_id)
    if section.model is Minutes and told:
        statement = statement.where(Minutes.id.not_in(told))
    by_urgency = statement.order_by(*section.key(statement))
    rows = context.session.execute(by_urgency.limit(FIRST + 1)).all()
    if not rows:
        return None
    is_whole = len(rows) <= FIRST
    count = len(rows) if is_whole else counted(context.session, statement, section.model.id)
    return Beginning(
        name,
        str(section.title),
        [section.tells(context, row, day) for row, _rank, day in rows[:FIRST]],
        number_of(count),
        None if is_whole else Link(show_all(count), url_for("waiting.listing", name=name)),
    )


@blueprint.get("/<name>")
@permits(SIGNED_IN)
def listing(name: str) -> str:
    """A whole section, most urgent first, page by page."""
    if name not in SECTIONS:
        raise NotFound("not_found")
    section, state = SECTIONS[name], request.args.get("state", "")[:40]
    with reading() as context:
        statement = section.rows(context, signed_in().person_id, state)
        rows = context.session.execute(ordered(statement, section.key(statement), PAGE + 1)).all()
        shown = rows[:PAGE]
        asked: dict[str, Any] = {"name": name} | ({"state": state} if state else {})
        return render_template(
            "work/section.html",
            title=section.title,
            sections=[
                Link(str(each.title), url_for(".listing", name=each.name))
                for each in SECTIONS.values()
            ],
            here=url_for(".listing", name=name),
            lines=[section.tells(context, row, day) for row, _rank, day in shown],
            count=number_of(counted(context.session, statement, section.model.id)),
            states=steps.state_choices(context, section.model.__tablename__)
            if section.has_states
            else [],
            state=state,
            today=context.today,
            first=url_for(".listing", **asked) if is_further() else "",
            following=url_for(".listing", **asked, after=_place(shown[-1]))
            if len(rows) > PAGE
            else "",
        )


@blueprint.get("/deadlines")
@permits(SIGNED_IN)
def deadlines() -> str:
    """Every deadline of one's own in the coming months, the soonest first."""
    with reading() as context:
        statement = _deadlines(context)
        key = (literal(0), Deadline.due_on, Deadline.id)
        rows = context.session.scalars(ordered(statement, key, PAGE + 1)).all()
        last = rows[PAGE - 1] if len(rows) > PAGE else None
        return render_template(
            "work/deadlines.html",
            dues=[_open(row) for row in rows[:PAGE]],
            count=number_of(counted(context.session, statement, Deadline.id)),
            today=context.today,
            first=url_for(".deadlines") if is_further() else "",
            following=url_for(".deadlines", after=place_of(0, last.due_on, last.id))
            if last
            else "",
        )


def nearest_deadlines(context: Context) -> tuple[list[Due], Link | None]:
    """The first of the person's deadlines, and where they all are if there are more."""
    statement = _deadlines(context)
    ordered = statement.order_by(Deadline.due_on, Deadline.id).limit(FIRST + 1)
    rows = context.session.scalars(ordered).all()
    if len(rows) <= FIRST:
        return [_open(row) for row in rows], None
    count = counted(context.session, statement, Deadline.id)
    rest = Link(show_all(count), url_for("waiting.deadlines"))
    return [_open(row) for row in rows[:FIRST]], rest


def _deadlines(context: Context) -> Select[Any]:
    until = context.today + AHEAD
    return select(Deadline).where(
        is_due_for(context.organisation_id, signed_in().person_id, until, context.today)
    )


def _open(deadline: Deadline) -> Due:
    """Here a missed one is still to be done, so it is shown as late."""
    return replace(due(deadline), state="running")


def _place(row: Any) -> str:
    """Where the next page begins."""
    subject, rank, day = row
    return place_of(rank, day, subject.id)
