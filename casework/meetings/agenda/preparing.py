"""Bodies that prepare for another: what they propose, in whose words, and how it goes on (KL 13:2).

A subcommittee or presidium proposes to its committee, and that to the assembly, what it should
decide. That is prepared and not decided, so nothing is sent out and nothing is asked of anybody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.context import STOCKHOLM
from casework.db import lock
from casework.documents.contexts import Point
from casework.errors import Conflict
from casework.matters.service import Proposed, replace_text
from casework.meetings.models import AgendaItem, DecidedPoint, Decision, Meeting, MinutesItem
from casework.meetings.wording import in_a_sentence, proposal_of_body
from casework.people.models import Body
from casework.people.queries import above

if TYPE_CHECKING:
    from datetime import date, datetime

    from casework.context import Context
    from casework.documents.contexts import ProposalContext
    from casework.matters.models import DecisionPoint, Matter

PROPOSES = "föreslår att "


@dataclass(frozen=True)
class Earlier:
    """What a body proposed of the matter."""

    body: str
    day: date
    section: int | None
    points: tuple[str, ...]
    proposed_at: datetime

    @property
    def name(self) -> str:
        """`Arbetsutskottets förslag 2025-05-06 § 12`; without its § while it has none."""
        number = f" §\u00a0{self.section}" if self.section else ""
        return f"{proposal_of_body(self.body)} {self.day}{number}"


def require_preparing(context: Context, item: AgendaItem) -> None:
    """Raise Conflict unless another body, above this one, decides the item's matter."""
    body, matter = item.meeting.body, item.matter
    if not item.is_preparing or matter is None:
        raise Conflict("nobody_to_propose_to", title=item.title, body=body.name)
    require_own_or_above(context, body, matter)


def require_own_or_above(context: Context, body: Body, matter: Matter) -> None:
    """Raise Conflict unless the matter is the body's own, or that of one for which it prepares."""
    if matter.body_id not in (body.id, *above(context.session, body)):
        raise Conflict("matter_of_another_body", title=matter.title, body=matter.body.name)


def proposing(context: Context, item: AgendaItem) -> str:
    """`Arbetsutskottet föreslår att regionala utvecklingsnämnden beslutar`, before the points.

    A body between this one and the one that decides is named as the next to propose it.
    """
    matter, line = item.matter, above(context.session, item.meeting.body)
    if matter is None or matter.body_id not in line:
        return ""
    between = [context.session.get_one(Body, each) for each in line[: line.index(matter.body_id)]]
    said = [item.meeting.body.name, *(in_a_sentence(each.name) for each in between)]
    return "".join(f"{name} {PROPOSES}" for name in said) + _deciding(matter)


def _deciding(matter: Matter) -> str:
    """The matter's own lead-in in the middle of a sentence, else `nämnden beslutar`."""
    body = matter.body
    own = matter.decision_lead_in.rpartition(PROPOSES)[2]  # not whoever proposed it before
    if own:
        is_named = own.startswith(body.name)
        return in_a_sentence(body.name) + own.removeprefix(body.name) if is_named else own
    follows = " följande" if body.decision_style == "sentences" else ""
    return f"{in_a_sentence(body.name)} beslutar{follows}"


def carry_over(context: Context, item: AgendaItem, matter: Matter) -> None:
    """The points as the body proposed them stand in the matter from now on, on record."""
    points = [_as_proposed(each) for each in (item.decision.points if item.decision else ())]
    before = [_as_proposed(each) for each in matter.decision_points]
    if points != before:
        lock(context.session, matter)
        replace_text(context.given().caused_by(item.meeting, "end"), matter, points=points)


def _as_proposed(point: DecidedPoint | DecisionPoint) -> Proposed:
    return Proposed(point.text, point.assignee_id, point.task, point.report_back_on)


def earlier_proposals(context: Context, item: AgendaItem) -> list[Earlier]:
    """What bodies have proposed of the item's matter before it met this one, the first first."""
    if item.matter is None or item.item_type != "decision":
        return []
    # The tables themselves: whoever reads this item may not sit in the body that prepared it.
    visit, meeting, body, row = (
        each.__table__ for each in (AgendaItem, Meeting, Body, MinutesItem)
    )
    found = context.session.execute(
        select(
            visit.c.id, visit.c.concluded_at, meeting.c.starts_at, body.c.name, row.c.section_number
        )
        .join(meeting, meeting.c.id == visit.c.meeting_id)
        .join(body, body.c.id == meeting.c.body_id)
        .outerjoin(row, row.c.agenda_item_id == visit.c.id)
        .where(
            visit.c.organisation_id == item.organisation_id,
            visit.c.matter_id == item.matter_id,
            visit.c.outcome == "proposed",
            visit.c.id != item.id,
            visit.c.concluded_at <= (item.concluded_at or context.moment),
        )
        .order_by(visit.c.concluded_at, visit.c.id)
    )
    return [
        Earlier(
            each.name,
            each.starts_at.astimezone(STOCKHOLM).date(),
            each.section_number,
            _points(context, each.id),
            each.concluded_at,
        )
        for each in found.all()
    ]


def _points(context: Context, item_id: int) -> tuple[str, ...]:
    decision, point = Decision.__table__, DecidedPoint.__table__
    return tuple(
        context.session.scalars(
            select(point.c.text)
            .join(decision, decision.c.id == point.c.decision_id)
            .where(
                decision.c.organisation_id == context.organisation_id,
                decision.c.agenda_item_id == item_id,
            )
            .order_by(point.c.position)
        )
    )


def as_proposed_since(proposal: ProposalContext, earlier: Earlier) -> ProposalContext:
    """The proposal with what a body has proposed since it was written, under that body's name."""
    alone = len(earlier.points) == 1
    points = tuple(
        Point(0 if alone else number, text) for number, text in enumerate(earlier.points, start=1)
    )
    return replace(proposal, decision_heading=earlier.name, points=points)
