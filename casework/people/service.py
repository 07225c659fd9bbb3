"""The verbs of the people room: the only code that writes its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from casework.errors import Conflict, Invalid, Stale
from casework.people.body_kinds import BODY_KINDS, COMMITTEE_LAW
from casework.people.body_settings import MOST_SEATS, SETTINGS, checked_settings
from casework.people.details import checked_details
from casework.people.identity import BODY_FACTS, checked_body_facts, checked_organisation_facts
from casework.people.models import Appointment, Body, Organisation, Person
from casework.people.policy import ROLES, Appointed, Named, lacking, may_of_body
from casework.people.sorting import sort_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from sqlalchemy import Select

    from casework.context import Context

KEEPERS = ("administrator", "committee_secretary")
MEMBERS = ("chair", "vice_chair", "member")
SEATED = (*MEMBERS, "substitute")
URGENT = "urgent_decider"
BY_SECRETARY = (*SEATED, URGENT)


def create_body(context: Context, *, kind: str, name: str, short_name: str, **given: Any) -> Body:
    """A new body of a kind in BODY_KINDS, with that kind's usual settings.

    `given` are facts of `identity.BODY_FACTS` and settings. Raises Forbidden for all but
    administrators and the system, Invalid for an unknown kind or a fact that does not do, Conflict
    for a short name that is taken.
    """
    _require(context, None, ("administrator",))
    if kind not in BODY_KINDS:
        raise Invalid("body_kind_unknown", kind=kind, known=list(BODY_KINDS))
    facts = {field: value for field, value in given.items() if field in BODY_FACTS}
    facts = checked_body_facts({"name": name, "short_name": short_name, **facts})
    _require_free_name(context, facts["short_name"])
    legal = BODY_KINDS[kind]
    usual = {
        "summons_days": legal.summons_days,
        "paper_stop_days": legal.paper_stop_days,
        "open_doors": legal.law.open_doors,
        "agenda_template": legal.agenda_template,
    }
    body = Body(
        organisation_id=context.organisation_id,
        kind=kind,
        **(usual | given | facts),
    )
    context.session.add(body)
    context.record(body, "created", name=body.name, kind=kind)
    return body


def _require_free_name(context: Context, short_name: str) -> None:
    taken = context.session.scalar(
        select(Body.name).where(
            Body.organisation_id == context.organisation_id, Body.short_name == short_name
        )
    )
    if taken is not None:
        raise Conflict("short_name_taken", short_name=short_name, body=taken)


def revise_body(
    context: Context, body: Body, *, expected_version: int | None = None, **given: Any
) -> None:
    """Change what the body is (`identity.BODY_FACTS`) and what it decides about its meetings
    (`body_settings.SETTINGS`); what stood before stays on its record.

    Its register series, and what has been drawn up in its name, stay as they are. Raises Forbidden
    for all but its secretary and the administrators, Stale when somebody else was first, Invalid
    for what the law or reason does not allow, Conflict for a short name that is taken.
    """
    _require(context, body, KEEPERS)
    if expected_version not in (None, body.version):
        raise Stale("stale")
    facts = {field: value for field, value in given.items() if field in BODY_FACTS}
    settings = {field: value for field, value in given.items() if field not in BODY_FACTS}
    found: dict[str, Any] = {**checked_body_facts(facts)}
    if settings:
        now = {field: getattr(body, field) for field in SETTINGS}
        found |= checked_settings(body.legal, settings, now)
    if found.get("short_name", body.short_name) != body.short_name:
        _require_free_name(context, found["short_name"])
    _revise(context, body, found)


def revise_organisation(
    context: Context,
    organisation: Organisation,
    *,
    expected_version: int | None = None,
    **given: str,
) -> None:
    """Change what the organisation is called and how it is reached: `identity.ORGANISATION_FACTS`.

    What has been drawn up in its name stays as it is. Raises Forbidden for all but administrators
    and the system, Stale when somebody else was first, Invalid for a fact that does not do.
    """
    _require(context, None, ("administrator",))
    if expected_version not in (None, organisation.version):
        raise Stale("stale")
    _revise(context, organisation, checked_organisation_facts(given))


def _revise(context: Context, row: Body | Organisation, found: Mapping[str, Any]) -> None:
    """Set what differs, with an entry of what it was and what it became."""
    former = {name: getattr(row, name) for name in found}
    changed = {name: value for name, value in found.items() if value != former[name]}
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        before = {name: former[name] for name in changed}
        context.record(row, "revised", before=before, after=changed)


def create_person(context: Context, *, name: str, **given: Any) -> Person:
    """A new person: `title`, `email`, `phone`, `party_code` may be given; raises Invalid."""
    details = checked_details({"name": name, **given})
    person = Person(
        organisation_id=context.organisation_id, sort_key=sort_key(details["name"]), **details
    )
    context.session.add(person)
    context.record(person, "created", name=person.name)
    return person


def appoint(
    context: Context,
    person: Person,
    role: str,
    *,
    body: Body | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    is_acting: bool = False,
    call_order: int | None = None,
) -> Appointment:
    """Appoint a person to a role, in a body or in the whole organisation, from a day.

    A body's secretary appoints those who sit in it, an administrator everybody. The body itself
    names who decides urgent matters: one member at a time (KL 6:39). `call_order` is
    the place among those of the role; substitutes are called in by it. Raises Forbidden, Invalid,
    or Conflict if the person holds the role there already on one of the days.
    """
    if not isinstance(ROLES.get(role), Appointed):
        known = [name for name, known_role in ROLES.items() if isinstance(known_role, Appointed)]
        raise Invalid("role_unknown", role=role, known=known)
    _require(context, body, _appointers(body, role))
    check_call_order(call_order)
    first = valid_from or context.today
    check_span(first, valid_to)
    if role == URGENT:
        check_urgent(context, person, body, first, valid_to)
    if holds_already(context, person, role, body, first, valid_to):
        raise Conflict("appointed_already", name=person.name)
    appointment = Appointment(
        organisation_id=context.organisation_id,
        person_id=person.id,
        role=role,
        body_id=body.id if body else None,
        valid_from=first,
        valid_to=valid_to,
        is_acting=is_acting,
        call_order=call_order,
        recorded_at=context.moment,
    )
    context.session.add(appointment)
    context.record(
        person, "appointed", role=role, body=body.name if body else "", is_acting=is_acting
    )
    return appointment


def may_appoint(context: Context, body: Body | None, role: str) -> bool:
    """Whether the actor may make, mend or end an appointment to the role there."""
    if context.actor.person_id is None:
        return True
    return may_keep(context, body, _appointers(body, role))


def require_appointer(context: Context, appointment: Appointment) -> None:
    """Raise Forbidden unless the actor may make the appointment."""
    roles = _appointers(appointment.body, appointment.role)
    _require(context, appointment.body, roles)


def _appointers(body: Body | None, role: str) -> tuple[str, ...]:
    return KEEPERS if body and role in BY_SECRETARY else ("administrator",)


def check_urgent(
    context: Context,
    person: Person,
    body: Body | None,
    first: date,
    last: date | None,
    besides: Appointment | None = None,
) -> None:
    """The mandate of KL 6:39 is given by a committee, to one of its members at a time.

    Raises Invalid without the committee's decision or for somebody who does not sit in it from
    the first day, Conflict if another than `besides` has the mandate on one of the days.
    """
    if body is None or body.legal.law is not COMMITTEE_LAW or not body.urgent_mandate:
        raise Invalid("urgent_member_without_mandate")
    if not any(holds_already(context, person, role, body, first, first) for role in MEMBERS):
        raise Invalid("urgent_member_elsewhere", name=person.name, body=body.name)
    others = _held(context, URGENT, body, first, last, besides)
    other = context.session.scalar(others.where(Appointment.person_id != person.id).limit(1))
    if other is not None:
        raise Conflict("urgent_member_taken", name=other.person.name)


def check_call_order(place: int | None) -> None:
    """Raise Invalid unless it is a place among those of a role."""
    if place is not None and not 1 <= place <= MOST_SEATS:
        raise Invalid("call_order_wrong", most=MOST_SEATS)


def check_span(first: date, last: date | None) -> None:
    """Raise Invalid for a last day before the first."""
    if last is not None and last < first:
        raise Invalid("appointment_ends_before_start", first=first.isoformat())


def holds_already(
    context: Context,
    person: Person,
    role: str,
    body: Body | None,
    first: date,
    last: date | None,
    besides: Appointment | None = None,
) -> bool:
    """Whether the person has the role there on one of the days, by another appointment."""
    statement = _held(context, role, body, first, last, besides)
    own = statement.where(Appointment.person_id == person.id).limit(1)
    return context.session.scalar(own) is not None


def _held(
    context: Context,
    role: str,
    body: Body | None,
    first: date,
    last: date | None,
    besides: Appointment | None,
) -> Select[Appointment]:
    """The appointments to the role there that have a day in common with these."""
    statement = (
        select(Appointment)
        .where(
            Appointment.organisation_id == context.organisation_id,
            Appointment.role == role,
            Appointment.body_id == (body.id if body else None),
            Appointment.valid_to.is_(None) | (Appointment.valid_to >= first),
        )
        .order_by(Appointment.valid_from)
    )
    if last is not None:
        statement = statement.where(Appointment.valid_from <= last)
    if besides is not None:
        statement = statement.where(Appointment.id != besides.id)
    return statement


def may_keep(context: Context, body: Body | None, roles: Iterable[str] = KEEPERS) -> bool:
    """Whether the actor holds one of the roles for the body, or for the whole organisation."""
    return may_of_body(context, body.id if body else None, roles)


def _require(context: Context, body: Body | None, roles: Sequence[str]) -> None:
    """Raise Forbidden unless a person who acts may; what the system does is its keeper's doing."""
    if context.actor.person_id is not None and not may_keep(context, body, roles):
        raise lacking(roles)


def create_organisation(
    context: Context, *, name: str, short_name: str, **given: Any
) -> Organisation:
    """A new organisation; everything else belongs to one. Raises Invalid as a revision does."""
    facts = checked_organisation_facts({"name": name, "short_name": short_name, **given})
    organisation = Organisation(**facts)
    context.session.add(organisation)
    context.record(organisation, "created", name=organisation.name)
    return organisation


def holder(context: Context, role: str, body: Body, on: date) -> Person | None:
    """Who holds the office on a day: an acting holder before the one they stand in for."""
    return next(iter(appointed(context, role, body.id, on)), None)


def appointed(
    context: Context, role: str, body_id: int | None, on: date | None = None
) -> list[Person]:
    """The persons who hold `role` on a day (today unless given), an acting one first.

    Those of the body come before those of the organisation.
    """
    day = on or context.today
    statement = (
        select(Person)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(
            Appointment.organisation_id == context.organisation_id,
            Appointment.role == role,
            (Appointment.body_id.is_(None)) | (Appointment.body_id == body_id),
            Appointment.valid_from <= day,
            (Appointment.valid_to.is_(None)) | (Appointment.valid_to >= day),
        )
        .order_by(
            Appointment.body_id.is_(None),
            Appointment.is_acting.desc(),
            Appointment.call_order.is_(None),
            Appointment.call_order,
            Person.sort_key,
        )
    )
    return list(context.session.scalars(statement))


def holders(context: Context, subject: Any, role: str) -> list[Person]:
    """Who holds a role for the subject today: named on the row, or appointed."""
    known = ROLES[role]
    if isinstance(known, Named):
        person_id = getattr(subject, known.attribute, None)
        person = context.session.get(Person, person_id) if person_id else None
        return [person] if person else []
    return appointed(context, role, subject.body_id)
