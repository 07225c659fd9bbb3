"""Who may what: one small object per role, which answers "may you?" and "which rows?" alike.

A role is held by appointment (person, role, body or whole organisation, from a day to a day) or
by being named on the row itself. `holds` and `criteria` are proved to agree by a property test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import ColumnElement, exists, false, or_, select
from sqlalchemy.orm import with_loader_criteria

from casework.errors import Forbidden
from casework.people.models import Appointment

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy.orm import Session

    from casework.context import Context


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
            Appointment.person_id == person_id,
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
        return getattr(subject, self.attribute, None) == person_id

    def criteria(self, person_id: int, model: type[Any], day: date) -> ColumnElement[bool]:
        column: ColumnElement[int] | None = getattr(model, self.attribute, None)
        return false() if column is None else column == person_id


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

LABELS: dict[str, dict[str, str]] = {
    "case_officer": {"sv": "handläggare", "en": "case officer"},
    "assignee": {"sv": "ansvarig för uppdraget", "en": "responsible for the assignment"},
    "decider": {"sv": "beslutsfattare", "en": "decision-maker"},
    "registrar": {"sv": "registrator", "en": "registrar"},
    "manager": {"sv": "chef", "en": "manager"},
    "committee_secretary": {"sv": "nämndsekreterare", "en": "committee secretary"},
    "chief_executive": {"sv": "regiondirektör", "en": "chief executive"},
    "chair": {"sv": "ordförande", "en": "chair"},
    "vice_chair": {"sv": "vice ordförande", "en": "vice chair"},
    "member": {"sv": "ledamot", "en": "member"},
    "substitute": {"sv": "ersättare", "en": "substitute"},
    "urgent_decider": {
        "sv": "utsedd att besluta i brådskande ärenden",
        "en": "appointed to decide urgent matters",
    },
    "administrator": {"sv": "administratör", "en": "administrator"},
    "auditor": {"sv": "revisor", "en": "auditor"},
}

# Who reads the working material of a body. Members and substitutes read what is laid before them:
# a meeting once its summons has gone, a delegated decision once it is signed.
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
LAID_OPEN = ("summoned_at", "signed_at")


def holds_any(
    session: Session, person_id: int, subject: Any, day: date, roles: Iterable[str]
) -> bool:
    """Whether the person holds one of `roles` for the subject on that day."""
    return any(ROLES[name].holds(session, person_id, subject, day) for name in roles)


def may(context: Context, subject: Any, roles: tuple[str, ...]) -> bool:
    """The workflow's question, answered for the context's actor; appointments in one query."""
    person_id = context.actor.person_id
    if person_id is None:
        return False
    day = context.today
    named = [name for name in roles if isinstance(ROLES[name], Named)]
    if holds_any(context.session, person_id, subject, day, named):
        return True
    appointed = [name for name in roles if isinstance(ROLES[name], Appointed)]
    if not appointed:
        return False
    statement = select(Appointment.id).where(
        Appointment.organisation_id == subject.organisation_id,
        Appointment.person_id == person_id,
        Appointment.role.in_(appointed),
        is_valid(day),
        or_(Appointment.body_id.is_(None), Appointment.body_id == subject.body_id),
    )
    return context.session.execute(statement.limit(1)).first() is not None


def lacking(roles: Iterable[str]) -> Forbidden:
    """The refusal of somebody who holds none of `roles`."""
    return Forbidden("role_missing", any_of=[LABELS[role] for role in roles])


def roles_of(session: Session, organisation_id: int, person_id: int, day: date) -> set[str]:
    """The names of all roles that the person is appointed to on that day, anywhere."""
    return set(
        session.scalars(
            select(Appointment.role).where(
                Appointment.organisation_id == organisation_id,
                Appointment.person_id == person_id,
                is_valid(day),
            )
        )
    )


def appointments_of(
    session: Session, organisation_id: int, person_id: int, day: date
) -> list[tuple[str, int | None]]:
    """Each role that the person is appointed to on that day, with its body; None is all bodies."""
    rows = session.execute(
        select(Appointment.role, Appointment.body_id).where(
            Appointment.organisation_id == organisation_id,
            Appointment.person_id == person_id,
            is_valid(day),
        )
    )
    return sorted(((role, body_id) for role, body_id in rows), key=repr)


def restrict(
    session: Session, models: Iterable[type[Any]], organisation_id: int, person_id: int, day: date
) -> None:
    """From now on the session loads only what the person may read, whatever the query forgets."""
    session.info["visible"] = [
        with_loader_criteria(
            model,
            readable(model, organisation_id, person_id, day),
            propagate_to_loaders=False,  # the session itself puts it on lazy loads, until lifted
        )
        for model in models
    ]


def lift(session: Session) -> None:
    """Let a verb see the rows that it must touch; what the person asked for is loaded already."""
    session.info.pop("visible", None)


def readable(
    model: type[Any], organisation_id: int, person_id: int, day: date
) -> ColumnElement[bool]:
    """Which rows of `model` the person may read."""
    held = _holding(READERS, person_id, model, day)
    members = _holding(MEMBERS, person_id, model, day)
    for column in LAID_OPEN:
        laid_open: ColumnElement[Any] | None = getattr(model, column, None)
        if laid_open is not None:
            held = held | (laid_open.is_not(None) & members)
    own: ColumnElement[bool] = model.organisation_id == organisation_id
    return own & held


def _holding(
    names: Iterable[str], person_id: int, model: type[Any], day: date
) -> ColumnElement[bool]:
    """Which rows the person holds any of the roles for; all appointments in one subquery."""
    roles = [ROLES[name] for name in names]
    named = [role.criteria(person_id, model, day) for role in roles if isinstance(role, Named)]
    appointed = [role.name for role in roles if isinstance(role, Appointed)]
    return or_(*named, _appointed(appointed, person_id, model, day))


def _appointed(
    names: Iterable[str], person_id: int, model: type[Any], day: date
) -> ColumnElement[bool]:
    reach: ColumnElement[bool] = Appointment.body_id.is_(None)
    body = getattr(model, "body_id", None)
    if body is not None:
        reach = or_(reach, Appointment.body_id == body)
    return exists().where(
        Appointment.organisation_id == model.organisation_id,
        Appointment.person_id == person_id,
        Appointment.role.in_(tuple(names)),
        is_valid(day),
        reach,
    )


def is_valid(day: date) -> ColumnElement[bool]:
    """Which appointments hold on that day."""
    return (Appointment.valid_from <= day) & or_(
        Appointment.valid_to.is_(None), Appointment.valid_to >= day
    )
