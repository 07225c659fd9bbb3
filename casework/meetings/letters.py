"""Letters about meetings: the summons and what follows it, and reminders of the legal dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.context import STOCKHOLM
from casework.mail.addresses import Mailbox
from casework.meetings.models import Meeting
from casework.meetings.seats import ELECTED, appointed_on
from casework.meetings.signatories import awaited
from casework.meetings.wording import clock, in_the_act
from casework.people.letters import answer_of, post, post_to
from casework.people.models import Organisation, Person

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from casework.context import Context
    from casework.deadlines.models import Deadline, Reminder
    from casework.documents.models import Document
    from casework.meetings.models import AgendaItem

# What one must know before one comes: its hour, where, how, and whether the doors are open.
TOLD = ("starts_at", "ends_at", "place", "remote_link", "is_public")
KINDS = {"summons": "summons", "attestation": "attest"}


def send_summons(context: Context, meeting: Meeting, summons: Document) -> int:
    """Queue the summons to every member and substitute once; gives how many."""
    told = {"items": _items(meeting.agenda)}
    return _tell_all(context, meeting, "summons", str(summons.id), told, [summons])


def send_supplement(context: Context, meeting: Meeting, supplement: Document) -> int:
    """Queue what has come after the summons, each item with its reason; gives how many."""
    new = [item for item in meeting.agenda if item.supplement == meeting.supplements]
    told = {"items": _items(new)}
    return _tell_all(context, meeting, "supplement", str(supplement.id), told, [supplement])


def send_change(context: Context, meeting: Meeting, former: Mapping[str, Any]) -> int:
    """Queue word of what has changed since the summons, with what it was; gives how many."""
    told = {
        "former": dict.fromkeys(TOLD) | dict(former),
        "is_public": meeting.is_public,
    }
    return _tell_all(context, meeting, "changed", str(meeting.version), told)


def send_cancellation(context: Context, meeting: Meeting, reason: str) -> int:
    """Queue word that the meeting is cancelled to everybody who was summoned; gives how many."""
    return _tell_all(context, meeting, "cancelled", "", {"reason": reason})


def call_in(context: Context, meeting: Meeting, substitute: Person, member: Person) -> None:
    """A substitute is told whose seat to take."""
    _tell_substitute(context, meeting, "called_in", substitute, member)


def call_off(context: Context, meeting: Meeting, substitute: Person, member: Person) -> None:
    """A substitute who was called in is told that the member comes after all."""
    _tell_substitute(context, meeting, "called_off", substitute, member)


def _tell_substitute(
    context: Context, meeting: Meeting, mail: str, substitute: Person, member: Person
) -> None:
    if not substitute.is_reachable:
        return
    told = (meeting.id, substitute.id, member.id, context.moment.isoformat())
    post(
        context,
        mail,
        key=":".join([mail, *map(str, told)]),
        subject=meeting,
        to=Mailbox(substitute.name, substitute.email),
        content=_when_and_who(context, meeting, substitute) | {"member": member.name_with_party},
    )


def legal_reminder(context: Context, reminder: Reminder, deadline: Deadline) -> None:
    """Remind the secretary of a legal date of a meeting."""
    meeting = context.session.get_one(Meeting, deadline.subject_id)
    person = (
        context.session.get(Person, deadline.responsible_person_id)
        if deadline.responsible_person_id
        else meeting.secretary
    )
    if person is None:
        return
    attested = meeting.attested_at
    post_to(
        context,
        person,
        "reminder_legal",
        key=f"reminder:{reminder.id}",
        subject=meeting,
        content={
            "kind": KINDS[deadline.name],
            "meeting_date": meeting.day.isoformat(),
            "due": deadline.due_on.isoformat(),
            "statute": deadline.statute,
            "unsigned": [a.person.name for a in awaited(meeting.minutes)]
            if meeting.minutes
            else [],
            "attested_on": attested.astimezone(STOCKHOLM).date().isoformat() if attested else None,
        },
    )


def out_of_reach(context: Context, meeting: Meeting) -> list[str]:
    """The names of those seated on the meeting day whom no letter reaches."""
    seated = appointed_on(context, meeting, (*ELECTED, "substitute")).values()
    return [person.name for person, _role in seated if not person.is_reachable]


def _summoned(context: Context, meeting: Meeting) -> list[tuple[Person, bool]]:
    """Those seated on the meeting day who can be written to, and whether each is a substitute."""
    seated = appointed_on(context, meeting, (*ELECTED, "substitute")).values()
    return [(person, role == "substitute") for person, role in seated if person.is_reachable]


def _tell_all(
    context: Context,
    meeting: Meeting,
    mail: str,
    occasion: str,
    told: dict[str, Any],
    attached: Sequence[Document] = (),
) -> int:
    """Queue a letter to everybody summoned, once for each `occasion`; gives how many."""
    reachable = _summoned(context, meeting)
    for person, is_substitute in reachable:
        post(
            context,
            mail,
            key=f"{mail}:{meeting.id}:{occasion}:{person.id}",
            subject=meeting,
            to=Mailbox(person.name, person.email),
            attached=attached,
            content=_when_and_who(context, meeting, person)
            | {"is_substitute": is_substitute}
            | told,
        )
    return len(reachable)


def _items(agenda: Sequence[AgendaItem]) -> list[dict[str, Any]]:
    return [
        {
            "number": item.number,
            "title": item.name_outside,
            "registration_number": item.matter.registration_number
            if item.matter and not item.is_sealed
            else None,
            "reason": (item.late_reason or None) if not item.is_sealed else None,
        }
        for item in agenda
    ]


def _when_and_who(context: Context, meeting: Meeting, person: Person) -> dict[str, Any]:
    secretary = meeting.secretary
    organisation = context.session.get_one(Organisation, meeting.organisation_id)
    answer = answer_of(organisation, meeting.body, meeting, secretary)
    return {
        "answer": answer,
        "first_name": person.name.split()[0],
        "meeting": {
            "date": meeting.day.isoformat(),
            "start": clock(meeting.starts_at),
            "end": clock(meeting.ends_at) if meeting.ends_at else "",
            "place": meeting.place,
            "remote_link": meeting.remote_link or None,
        },
        "recusal": in_the_act(meeting.body.legal.law.recusal_statute),
        "secretary": {
            "name": secretary.name if secretary else meeting.body.name,
            "email": answer["email"],
            "phone": answer["phone"],
        },
    }
