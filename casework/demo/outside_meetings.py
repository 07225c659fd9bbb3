"""What is decided outside the meetings: on the delegation scheme, and by the chair alone."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING

from casework.context import STOCKHOLM, Actor
from casework.delegation.models import DelegationItem
from casework.delegation.service import add_delegation_item, draft_decision
from casework.people.models import Body

if TYPE_CHECKING:
    from casework.context import Context
    from casework.delegation.models import DelegatedDecision
    from casework.demo.road import Road

SCHEME_FROM = date(2025, 8, 1)


def decide_outside_the_meeting(road: Road) -> None:
    """Two decisions on delegation and an urgent one of the chair; the meeting is told of them."""
    cast = road.cast
    line_id = adopt_scheme(road)
    for day, title in (
        (date(2025, 8, 22), "Bidrag till förstudie om cykelleder"),
        (date(2025, 8, 26), "Bidrag till förstudie om bymiljöer"),
    ):

        def draft(context: Context, title: str = title) -> DelegatedDecision:
            return draft_decision(
                context,
                committee_of(context, road),
                kind="delegated",
                title=title,
                item=context.session.get_one(DelegationItem, line_id),
                text="Bidrag beviljas med 120 000 kronor.",
                reasons="Förstudien ligger i linje med den regionala utvecklingsstrategin.",
            )

        decision = road.step(day, cast.manager, "skriver delegationsbeslut", draft)
        road.fire(day, cast.manager, "beslutar på delegation", decision, "decide", delegable=True)
    decide_urgently(road, date(2025, 8, 28))


def adopt_scheme(road: Road) -> int:
    """A line of the delegation scheme, as the committee adopted it; gives its id."""
    keeper = road.cast.secretary
    moment = datetime.combine(SCHEME_FROM, time(9), STOCKHOLM)
    who = Actor(keeper.id, keeper.name)
    with road.casework.acting(road.world.organisation_id, who, moment) as context:
        line = add_delegation_item(
            context,
            committee_of(context, road),
            number="3.2",
            title="Bidrag till förstudier, högst 200 000 kronor",
            delegate=road.cast.manager,
            adopted="RUN 2025-02-18 § 2",
            valid_from=SCHEME_FROM,
        )
        context.session.flush()
        return line.id


def committee_of(context: Context, road: Road) -> Body:
    """The committee in this unit of work."""
    return context.session.get_one(Body, road.world.committee.id)


def decide_urgently(road: Road, day: date) -> None:
    """The chair answers before the committee can meet (KL 6:39)."""

    def draft(context: Context) -> DelegatedDecision:
        return draft_decision(
            context,
            committee_of(context, road),
            kind="urgent",
            title="Svar till Trafikverket om vinterväghållning",
            text="Regionen tillstyrker förslaget.",
            reasons="Förslaget förbättrar framkomligheten i fjällområdet.",
            urgency="Svarstiden går ut innan nämnden sammanträder.",
        )

    decision = road.step(day, road.cast.chair, "skriver ordförandebeslut", draft)
    road.fire(day, road.cast.chair, "beslutar i brådskande ärende", decision, "decide")
