"""Who may what: one small object per role, which answers "may you?" and "which rows?" alike.

A role is held by appointment (person, role, body or whole organisation, from a day to a day) or
by being named on the row itself; those in REPRESENTED also by standing in for whoever holds it.
`holds` and `criteria` are proved to agree by a property test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import ColumnElement, Select, and_, exists, false, literal, or_, select, true
from sqlalchemy.orm import aliased, with_loader_criteria

from casework.context import IN_PLACE_OF
from casework.db import is_writing
from casework.errors import Forbidden
from casework.people.models import Appointment, Person, StandIn
from casework.people.role_names import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import InstrumentedAttribute, Session

    from casework.context import Context
    from casework.workflow.kinds import Kind


# Under a name of its own: a query that has the table too would else be asked of its own rows.
_StandingIn = aliased(StandIn, name="standing_in")


class Role(Protocol):
    """A role and its two answers."""

    @property
    def name(self) -> str: ...

    def holds(self, session: Session, person_id: int, subject: Any, day: date) -> bool: ...

    def criteria(self, person_id: int, model: type[Any], day: date) -> ColumnElement[bool]: ...


@dataclass(frozen=True)
class Appointed:
    """Held by a dated appointment for the subject's body, or for the whole organisation."""

    name: str

    def holds(self, session: Session, person_id: int, subject: Any, day: date) -> bool:
        body_id = getattr(subject, "body_id", None)
        statement = select(Appointment.id).where(
            Appointment.organisation_id == subject.organisation_id,
            is_for((self.name,), person_id, day),
            Appointment.role == self.name,
            is_valid(day),
            or_(Appointment.body_id.is_(None), Appointment.body_id == body_id),
        )
        return session.execute(statement.limit(1)).first() is not None

    def criteria(self, person_id: int, model: type[Any], day: date) -> ColumnElement[bool]:
        return _appointed((self.name,), person_id, model, day)


@dataclass(frozen=True)
class Named:
    """Held by whoever the row itself names in `attribute`."""

    name: str
    attribute: str

    def holds(self, session: Session, person_id: int, subject: Any, day: date) -> bool:
        named = getattr(subject, self.attribute, None)
        if named is None or named == person_id or self.name not in REPRESENTED:
            return named == person_id
        return named in absent(session, subject.organisation_id, person_id, day)

    def criteria(self, person_id: int, model: type[Any], day: date) -> ColumnElement[bool]:
        column: ColumnElement[int] | None = getattr(model, self.attribute, None)
        if column is None:
            return false()
        if self.name not in REPRESENTED:
            return column == person_id
        return is_of(column, person_id, day)


ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        Named("case_officer", "case_officer_id"),
        Named("assignee", "assignee_id"),
        Named("decider", "decider_id"),
        Appointed("registrar"),
        Appointed("manager"),
        Appointed("committee_secretary"),
        Appointed("chief_executive"),
        Appointed("chair"),
        Appointed("vice_chair"),
        Appointed("member"),
        Appointed("substitute"),
        Appointed("urgent_decider"),
        Appointed("administrator"),
        Appointed("auditor"),
    )
}

_APPOINTED = tuple(name for name, role in ROLES.items() if isinstance(role, Appointed))

# Who reads the working material of a body. Members and substitutes read what is laid before them,
# as each `kind.py` says: a meeting once its summons has gone, a decision once it is signed.
READERS = (
    "case_officer",
    "assignee",
    "decider",
    "registrar",
    "manager",
    "committee_secretary",
    "chief_executive",
    "chair",
    "vice_chair",
    "auditor",
)
MEMBERS = ("member", "substitute")
PRESIDIUM = ("chair", "vice_chair")
# Who is employed to it, unlike those elected.
OFFICIALS = ("registrar", "manager", "committee_secretary", "chief_executive")
# What a stand-in does for an official who is away. Not what is given to one person alone: an
# elected seat (KL 6:17), a delegated decision (6:37, 7:5), the accounts, the audit.
REPRESENTED = ("case_officer", "assignee", *OFFICIALS)


def holds_any(
    session: Session, person_id: int, subject: Any, day: date, roles: Iterable[str]
) -> bool:
    """Whether the person holds one of `roles` for the subject on that day."""
    return any(ROLES[name].holds(session, person_id, subject, day) for name in roles)


def may(context: Context, subject: Any, roles: tuple[str, ...]) -> bool:
    """The workflow's question, answered for the context's actor; appointments in one query.

    What is recorded next is told to be done in the place of whoever's right it took, if not the
    actor's own.
    """
    person_id = context.actor.person_id
    holder_id = _by_right_of(context, person_id, subject, roles) if person_id else None
    _note_whose(context, holder_id)
    return holder_id is not None


def may_of_body(context: Context, body_id: int | None, roles: Iterable[str]) -> bool:
    """`may` of appointments for a body, None for the whole organisation alone."""
    own = context.organisation_id
    holder_id = _by_appointment(context, own, body_id, roles) if context.actor.person_id else None
    _note_whose(context, holder_id)
    return holder_id is not None


def may_oneself(context: Context, body_id: int | None, roles: Iterable[str]) -> bool:
    """As `may_of_body`, by the actor's own appointment: what nobody does in another's place."""
    own, person_id = context.organisation_id, context.actor.person_id
    return person_id is not None and person_id == _by_appointment(context, own, body_id, roles)


def _by_right_of(
    context: Context, person_id: int, subject: Any, roles: Iterable[str]
) -> int | None:
    """Who holds one of the roles: the person, or somebody they stand in for; None for neither."""
    known = {name: ROLES[name] for name in roles}
    named = [
        (name, getattr(subject, role.attribute, None))
        for name, role in known.items()
        if isinstance(role, Named)
    ]
    if any(named_id == person_id for _name, named_id in named):
        return person_id
    appointed = [name for name, role in known.items() if isinstance(role, Appointed)]
    if appointed:
        own, body_id = subject.organisation_id, subject.body_id
        holder_id = _by_appointment(context, own, body_id, appointed)
        if holder_id is not None:
            return holder_id
    lent = [each for name, each in named if each is not None and name in REPRESENTED]
    if not lent:
        return None
    away = absent(context.session, subject.organisation_id, person_id, context.today)
    return next((each for each in lent if each in away), None)


def _by_appointment(
    context: Context, organisation_id: int, body_id: int | None, roles: Iterable[str]
) -> int | None:
    """Whose appointment lets the actor: their own before that of somebody away."""
    person_id, wanted = context.actor.person_id or 0, set(roles)
    holders = {
        holder_id
        for holder_id, role, held_for in _appointments(context, organisation_id, person_id, wanted)
        if role in wanted and held_for in (None, body_id)
    }
    return person_id if person_id in holders else next(iter(sorted(holders)), None)


def _appointments(
    context: Context, organisation_id: int, person_id: int, roles: set[str]
) -> Sequence[tuple[int, str, int | None]]:
    """Holder, role and body of each appointment that the person goes by, at least in `roles`.

    A session that only reads asks once for every role: a page has a dozen questions.
    """
    day, session = context.today, context.session
    if is_writing(session):
        return _asked(session, organisation_id, person_id, day, tuple(roles))
    known = session.info.setdefault("appointments", {})
    key = (organisation_id, person_id, day)
    if key not in known:
        known[key] = _asked(session, organisation_id, person_id, day, _APPOINTED)
    found: Sequence[tuple[int, str, int | None]] = known[key]
    return found


def _asked(
    session: Session, organisation_id: int, person_id: int, day: date, roles: tuple[str, ...]
) -> Sequence[tuple[int, str, int | None]]:
    rows = session.execute(
        select(Appointment.person_id, Appointment.role, Appointment.body_id).where(
            Appointment.organisation_id == organisation_id,
            is_for(roles, person_id, day),
            Appointment.role.in_(roles),
            is_valid(day),
        )
    )
    return [(holder_id, role, body_id) for holder_id, role, body_id in rows]


def _note_whose(context: Context, holder_id: int | None) -> None:
    session, person_id = context.session, context.actor.person_id
    session.info.pop(IN_PLACE_OF, None)
    if person_id is not None and holder_id not in (None, person_id):
        away = absent(session, context.organisation_id, person_id, context.today)
        session.info[IN_PLACE_OF] = away[holder_id].name


@dataclass(frozen=True)
class Absence:
    """Somebody away, until which day their tasks are another's."""

    name: str
    until: date


def absent(
    session: Session, organisation_id: int, person_id: int, day: date
) -> Mapping[int, Absence]:
    """Those whom the person stands in for on that day, by person; asked once in a session."""
    known = session.info.setdefault("absent", {})
    key = (organisation_id, person_id, day)
    if key not in known:
        rows = session.execute(
            select(Person.id, Person.name, _StandingIn.valid_to)
            .join(_StandingIn, _StandingIn.person_id == Person.id)
            .where(
                _StandingIn.organisation_id == organisation_id,
                _StandingIn.stand_in_id == person_id,
                _stands_in(day),
            )
            .order_by(Person.sort_key)
        )
        known[key] = {each_id: Absence(name, until) for each_id, name, until in rows}
    found: Mapping[int, Absence] = known[key]
    return found


def stand_ins_changed(session: Session) -> None:
    """What `absent` knows of the session is asked anew."""
    session.info.pop("absent", None)


def lacking(roles: Iterable[str]) -> Forbidden:
    """The refusal of somebody who holds none of `roles`."""
    return Forbidden("role_missing", any_of=[LABELS[role] for role in roles])


def roles_of(session: Session, organisation_id: int, person_id: int, day: date) -> set[str]:
    """The names of all roles that the person has on that day, anywhere, a stand-in's among them."""
    return set(
        session.scalars(
            select(Appointment.role).where(
                Appointment.organisation_id == organisation_id,
                is_for(tuple(ROLES), person_id, day),
                is_valid(day),
            )
        )
    )


def appointments_of(
    session: Session, organisation_id: int, person_id: int, day: date
) -> list[tuple[str, int | None]]:
    """Each role that the person has on that day, with its body; None is all bodies.

    A stand-in's are among them.
    """
    rows = session.execute(
        select(Appointment.role, Appointment.body_id).where(
            Appointment.organisation_id == organisation_id,
            is_for(tuple(ROLES), person_id, day),
            is_valid(day),
        )
    )
    return sorted(((role, body_id) for role, body_id in rows), key=repr)


def restrict(
    session: Session, kinds: Iterable[Kind], organisation_id: int, person_id: int, day: date
) -> None:
    """From now on the session loads only what the person may read, whatever the query forgets.

    Rows of a kind without readers are not hidden by themselves.
    """
    session.info["visible"] = [
        with_loader_criteria(
            kind.model,
            readable(kind, organisation_id, person_id, day),
            propagate_to_loaders=False,  # the session itself puts it on lazy loads, until lifted
        )
        for kind in kinds
        if kind.readers is not None
    ]


def lift(session: Session) -> None:
    """Let a verb see the rows that it must touch; what the person asked for is loaded already."""
    session.info.pop("visible", None)


def readable(
    kind: Kind, organisation_id: int, person_id: int, day: date, alias: type[Any] | None = None
) -> ColumnElement[bool]:
    """Which rows of a kind, or of an `alias` of its table, the person may read.

    None of a kind that names no readers.
    """
    model, readers = alias or kind.model, kind.readers
    if readers is None:
        return false()
    held = holding(readers.roles, person_id, model, day)
    if readers.laid_open is not None:
        members = holding(readers.members, person_id, model, day)
        held = held | (readers.laid_open.is_not(None) & members)
    own: ColumnElement[bool] = model.organisation_id == organisation_id
    return own & held


def holding(
    names: Iterable[str], person_id: int, model: type[Any], day: date
) -> ColumnElement[bool]:
    """Which rows the person holds any of the roles for; all appointments in one subquery."""
    roles = [ROLES[name] for name in names]
    named = [role.criteria(person_id, model, day) for role in roles if isinstance(role, Named)]
    appointed = [role.name for role in roles if isinstance(role, Appointed)]
    if appointed:
        named.append(_appointed(appointed, person_id, model, day))
    return or_(false(), *named)


def first_in_line(
    names: Iterable[str], person_id: int, model: type[Any], day: date
) -> ColumnElement[bool]:
    """Which rows wait for the person: for whom a row itself names in one of the roles, and where
    it names nobody for all who are appointed to one.
    """
    roles = [ROLES[name] for name in names]
    columns = [getattr(model, role.attribute, None) for role in roles if isinstance(role, Named)]
    unnamed = and_(true(), *(column.is_(None) for column in columns if column is not None))
    named = [role.name for role in roles if isinstance(role, Named)]
    others = [role.name for role in roles if not isinstance(role, Named)]
    of_others = holding(others, person_id, model, day)
    return or_(holding(named, person_id, model, day), and_(unnamed, of_others))


def _appointed(
    names: Iterable[str], person_id: int, model: type[Any], day: date
) -> ColumnElement[bool]:
    reach: ColumnElement[bool] = Appointment.body_id.is_(None)
    body = getattr(model, "body_id", None)
    if body is not None:
        reach = or_(reach, Appointment.body_id == body)
    return exists().where(
        Appointment.organisation_id == model.organisation_id,
        is_for(tuple(names), person_id, day),
        Appointment.role.in_(tuple(names)),
        is_valid(day),
        reach,
    )


def is_for(
    names: tuple[str, ...], person_id: int | InstrumentedAttribute[int], day: date
) -> ColumnElement[bool]:
    """An appointment of the person's own, or of somebody they stand in for in one of the roles."""
    own = Appointment.person_id == person_id
    lent = tuple(name for name in names if name in REPRESENTED)
    if not lent:
        return own
    away = Appointment.person_id.in_(_absent_ids(person_id, day))
    return or_(own, and_(Appointment.role.in_(lent), away))


def is_of(
    column: ColumnElement[int] | InstrumentedAttribute[Any], person_id: int, day: date
) -> ColumnElement[bool]:
    """Whether the column names the person, or somebody they stand in for on that day.

    One list of both, so that an index on the column still answers.
    """
    return column.in_(select(literal(person_id)).union_all(_absent_ids(person_id, day)))


def _absent_ids(person_id: int | InstrumentedAttribute[int], day: date) -> Select[int]:
    return select(_StandingIn.person_id).where(
        _StandingIn.stand_in_id == person_id, _stands_in(day)
    )


def _stands_in(day: date) -> ColumnElement[bool]:
    return and_(
        _StandingIn.valid_from <= day, _StandingIn.valid_to >= day, _StandingIn.ended_at.is_(None)
    )


def is_valid(day: date) -> ColumnElement[bool]:
    """Which appointments hold on that day."""
    return (Appointment.valid_from <= day) & or_(
        Appointment.valid_to.is_(None), Appointment.valid_to >= day
    )
