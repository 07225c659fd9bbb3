"""Letters that are no dispatch and did not arrive: told to those who mend them, nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.audit import queries as record
from casework.context import Actor
from casework.demo.road import dispatch
from casework.distribution import undelivered
from casework.distribution.models import Dispatch
from casework.errors import Conflict, Invalid, NotFound
from casework.followup.models import Assignment
from casework.mail.addresses import Mailbox
from casework.mail.compose import Composed
from casework.mail.delivery import deliver
from casework.mail.models import Message
from casework.mail.outbox import enqueue
from casework.mail.transports import PermanentFailure
from casework.meetings.models import AgendaItem, Recusal
from casework.people.models import Person
from casework.people.policy import roles_of
from casework.sight import restrict_to
from tests.distribution.test_distribution import LATER, copy, decided, road

if TYPE_CHECKING:
    from casework.context import Context
    from casework.demo.road import Road
    from casework.mail.transports import Envelope
    from casework.matters.models import Matter

__all__ = ["copy", "decided", "road"]


class Refusing:
    """A server that knows none of the addresses."""

    def send(self, envelope: Envelope) -> str:
        address = envelope.recipients[0]
        raise PermanentFailure("mail_address_refused", address=address, answer="550 5.1.1 no")


def acting(road: Road, who: str = "secretary") -> Any:
    person = getattr(road.cast, who)
    return road.casework.acting(road.world.organisation_id, Actor(person.id, person.name), LATER)


def letter(context: Context, key: str, body_id: int | None, **given: Any) -> Message:
    """A letter in the outbox to the member."""
    return enqueue(
        context.session,
        organisation_id=context.organisation_id,
        key=key,
        to_name="Ledamoten",
        to_address="ledamot@example.org",
        composed=Composed(f"Ämne {key}", "Text\n", "<p>Text</p>"),
        moment=LATER - timedelta(hours=1),
        sender=Mailbox("Nämnden", "namnden@example.org"),
        domain="arenden.example.org",
        body_id=body_id,
        **given,
    )


@pytest.fixture
def failed(road: Road, decided: Matter) -> dict[str, int]:
    """One about a matter, one about a body's business, one about an account, and a dispatch's."""
    committee = road.world.committee.id
    with acting(road) as context:
        made = {
            "matter": letter(context, "m", committee, subject_type="matter", subject_id=decided.id),
            "summons": letter(context, "s", committee),
            "account": letter(context, "a", None),
            "dispatch": letter(context, "dispatch:99:0", committee),
        }
        ids = {name: row.id for name, row in made.items()}
    deliver(road.casework.database, Refusing(), lambda _: b"", LATER)
    return ids


def seen_by(road: Road, who: str, **asked: Any) -> set[int]:
    with acting(road, who) as context:
        rows = set(context.session.scalars(undelivered.undelivered(context, **asked)))
        assert undelivered.count(context, **asked) == len(rows)
        return {row.id for row in rows}


def is_administrator(road: Road, who: str) -> bool:
    person = getattr(road.cast, who)
    with acting(road) as context:
        held = roles_of(context.session, context.organisation_id, person.id, context.today)
    return "administrator" in held


def test_each_sees_those_that_are_theirs_to_mend(road: Road, failed: dict[str, int]) -> None:
    """The body's to its secretary and the registrar, none to an officer, those about accounts to
    administrators; a dispatch is mended on its own page."""
    for who in ("secretary", "registrar"):
        found = seen_by(road, who)
        assert {failed["matter"], failed["summons"]} <= found
        assert failed["dispatch"] not in found
        assert (failed["account"] in found) == is_administrator(road, who)
    assert not is_administrator(road, "registrar") or not is_administrator(road, "secretary")
    assert seen_by(road, "officer") == seen_by(road, "member") == set()
    with acting(road, "officer") as context, pytest.raises(NotFound):
        undelivered.find(context, failed["matter"])
    assert seen_by(road, "secretary", question="mne m") >= {failed["matter"]}
    assert seen_by(road, "secretary", question="finns inte") == set()


def test_it_is_sent_again_to_the_corrected_address_of_the_person(
    road: Road, failed: dict[str, int]
) -> None:
    """Once: the second press is told that it has not failed. What it was about has it on record."""
    with acting(road) as context:
        row = undelivered.find(context, failed["matter"])
        undelivered.send_again(context, row, email="ratt@example.org", with_person=True)
    with acting(road) as context:
        person = context.session.get_one(Person, road.cast.member.id)
        row = context.session.get_one(Message, failed["matter"])
        assert (row.state, row.to_address, row.attempts) == ("queued", "ratt@example.org", 0)
        assert person.email == "ratt@example.org"
        [entry, *_] = context.session.scalars(
            record.of_subject(context.organisation_id, "matter", row.subject_id or 0)
        )
        assert (entry.action, entry.actor_name) == ("letter_sent_again", road.cast.secretary.name)
    with pytest.raises(Conflict, match="message_not_failed"), acting(road) as context:
        undelivered.send_again(context, undelivered.find(context, failed["matter"]))


def test_the_link_to_an_account_goes_to_no_other_address(
    road: Road, failed: dict[str, int]
) -> None:
    """Whoever mends letters would else open anybody's account."""
    with acting(road, "registrar") as context:
        row = undelivered.find(context, failed["account"])
        with pytest.raises(Conflict, match="account_letter_stays"):
            undelivered.send_again(context, row, email="annan@example.org")
        assert (row.state, row.to_address) == ("failed", "ledamot@example.org")


def test_it_is_given_up_with_a_reason(road: Road, failed: dict[str, int]) -> None:
    """It leaves the list of those that wait, and stays in that of those given up."""
    with pytest.raises(Invalid), acting(road) as context:
        undelivered.give_up(context, undelivered.find(context, failed["summons"]), " ")
    with acting(road) as context:
        row = undelivered.find(context, failed["summons"])
        undelivered.give_up(context, row, "Har slutat")
    assert failed["summons"] not in seen_by(road, "secretary")
    assert failed["summons"] in seen_by(road, "secretary", state="seen")


def test_a_letter_about_what_is_hidden_is_hidden(
    road: Road, decided: Matter, failed: dict[str, int]
) -> None:
    """Whoever is recused from a matter is not told of it by its letters, nor by those about what
    follows from it: their subjects name the recipient, the number and the task."""
    dispatch(road, decided, LATER.date())
    committee = road.world.committee.id
    with acting(road) as context:
        sent = context.session.scalars(select(Dispatch)).first()
        assignment = Assignment(
            organisation_id=context.organisation_id,
            matter_id=decided.id,
            body_id=committee,
            assignee_id=road.cast.officer.id,
            task="Utred",
            opened_at=LATER,
            workflow="assignment",
            workflow_version=1,
            state="cancelled",
        )
        context.session.add(assignment)
        context.session.flush()
        followed = [
            letter(context, "f", committee, subject_type="dispatch", subject_id=sent.id),
            letter(context, "t", committee, subject_type="assignment", subject_id=assignment.id),
        ]
        for row in followed:
            row.state, row.next_attempt_at, row.error_code = "failed", None, "mail_gave_up"
        context.session.flush()
        following = {row.id for row in followed}
        assert following <= seen_in(context)
        item = context.session.scalars(
            select(AgendaItem).where(AgendaItem.matter_id == decided.id)
        ).first()
        assert item is not None
        context.session.add(
            Recusal(
                organisation_id=context.organisation_id,
                agenda_item_id=item.id,
                person_id=road.cast.secretary.id,
                declared_at=LATER,
            )
        )
        context.session.flush()
        restrict_to(context, road.cast.secretary.id)
        rows = seen_in(context)
        assert failed["summons"] in rows
        assert failed["matter"] not in rows
        assert following.isdisjoint(rows)
        for letter_id in following:
            with pytest.raises(NotFound):
                undelivered.find(context, letter_id)


def seen_in(context: Context) -> set[int]:
    return {row.id for row in context.session.scalars(undelivered.undelivered(context))}
