"""A marked matter all the way to its recipients: the list, the agenda, sign-in link and post."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from casework.demo.road import review, write
from casework.distribution import mending
from casework.distribution.links import dispatch_of, token_for
from casework.distribution.models import Dispatch, Excerpt, Recipient
from casework.distribution.service import acknowledge, add_recipient, note_fetched
from casework.distribution.ways import choose_way
from casework.matters.models import Matter
from casework.matters.service import register
from casework.meetings.agenda.items import add_item
from casework.meetings.models import Meeting
from casework.publishing.queries import candidates
from casework.publishing.service import Seen
from casework.publishing.service import hold as hold_back
from casework.secrecy.service import add_person, mark, review_secrecy

if TYPE_CHECKING:
    from collections.abc import Callable

    from casework.context import Context
    from casework.demo.road import Road

REGISTERED, WRITTEN, SUBMITTED = date(2025, 9, 29), date(2025, 10, 3), date(2025, 10, 10)
CERTIFIED, SENT, READ = date(2025, 11, 14), date(2025, 11, 17), date(2025, 11, 18)
DIRECTOR, COMPANY = "Regiondirektören", "Fjällbageriet i Hackås AB"
SECTION = "Paragrafen hör till ett ärende som omfattas av sekretess."


def prepare_secret(road: Road, text: dict[str, Any]) -> Matter:
    """Registered with its mark; whoever needs to know is on the list before they work on it."""
    cast = road.cast

    def begin(context: Context) -> Matter:
        matter = register(context, kind="decision", title=text["title"], body=road.world.committee)
        context.session.flush()
        mark(context, matter, text["provision"], text["why"])
        add_recipient(context, name=DIRECTOR, email=cast.director.email)
        add_recipient(context, name=COMPANY, email="fjallbageriet@example.org")
        return matter

    matter: Matter = road.step(
        REGISTERED, cast.registrar, "registrerar ärendet och sekretessmarkerar det", begin
    )

    def let_in(context: Context) -> Matter:
        row = context.session.get_one(Matter, matter.id)
        add_person(context, row, cast.manager, "Fördelar ärendet och granskar förslaget.")
        add_person(context, row, cast.secretary, "Sätter upp ärendet och skickar beslutet.")
        return row

    road.step(REGISTERED, cast.registrar, "för upp två personer på behörighetslistan", let_in)
    given = {"case_officer": cast.officer.id}
    road.fire(REGISTERED, cast.manager, "fördelar ärendet", matter, "assign", **given)
    write(road, matter, text, WRITTEN)
    review(road, SUBMITTED, matter)
    return matter


def on_agenda(matter: Matter) -> Callable[[Context, Meeting], None]:
    """The matter last on an agenda; the summons names its number alone."""

    def act(context: Context, meeting: Meeting) -> None:
        row = context.session.get_one(Matter, matter.id)
        add_item(context, meeting, item_type="decision", matter=row)

    return act


def send_secret(road: Road, matter: Matter, meeting: Meeting) -> None:
    """To the director by a link that asks for sign-in, to the company by post; not on the web."""
    cast = road.cast

    def keep_from_all(context: Context) -> Meeting:
        row = context.session.get_one(Meeting, meeting.id)
        for each in candidates(context.session, row, context.today):
            if each.kind == "section" and each.item.matter_id == matter.id:
                hold_back(context, Seen(each.item, each.kind, each.wording.checksum), SECTION)
        return row

    def choose(context: Context) -> Matter:
        row = context.session.get_one(Matter, matter.id)
        review_secrecy(context, row)
        choose_way(context, row, _recipient(context, DIRECTOR), "sign_in")
        choose_way(context, row, _recipient(context, COMPANY), "post")
        return row

    road.step(CERTIFIED, cast.secretary, "håller den sekretessbelagda paragrafen", keep_from_all)
    what = "prövar sekretessen och väljer inloggningslänk och post i stället för öppen e-post"
    road.step(SENT, cast.secretary, what, choose)
    road.fire(SENT, cast.secretary, "expedierar", matter, "dispatch")

    def read(context: Context) -> Dispatch:
        sent = _dispatch(context, matter, DIRECTOR)
        secret_key = context.services.settings.secret_key
        token = token_for(secret_key, sent)
        row = dispatch_of(context.session, secret_key, token, context.moment, cast.director.id)
        note_fetched(context, row)
        acknowledge(context, row, cast.director.name)
        return row

    def post(context: Context) -> Dispatch:
        row = _dispatch(context, matter, COMPANY)
        mending.sent_otherwise(context, row, how="letter", day=context.today)
        return row

    road.step(SENT, cast.secretary, "postar utdraget till företaget", post, 14)
    road.step(READ, cast.director, "loggar in, läser utdraget och kvitterar", read)
    road.fire(READ, cast.officer, "avslutar ärendet", matter, "close")


def _recipient(context: Context, name: str) -> Recipient:
    return context.session.scalars(select(Recipient).filter_by(name=name)).one()


def _dispatch(context: Context, matter: Matter, recipient: str) -> Dispatch:
    statement = (
        select(Dispatch)
        .join(Excerpt, Dispatch.excerpt_id == Excerpt.id)
        .where(Excerpt.matter_id == matter.id, Dispatch.recipient_name == recipient)
    )
    return context.session.scalars(statement).one()
