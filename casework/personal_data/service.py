"""The extract of what is kept about a person: counted on a page, made whole to be handed out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select

from casework.accounts.models import AccountSession, ApiToken, User
from casework.accounts.rights import require_administrator
from casework.audit.models import AuditEntry
from casework.context import STOCKHOLM
from casework.mail.models import Message
from casework.matters.models import Matter
from casework.people import queries as people
from casework.personal_data.places import places
from casework.sight import matters_seen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Select

    from casework.context import Context
    from casework.people.models import Person
    from casework.personal_data.places import Place

# Of each kind the newest; the count says how many there are in all.
MOST = 10_000
CHUNK = 500


@dataclass(frozen=True)
class Counted:
    """How much of a kind is kept."""

    label: dict[str, str]
    count: int


def require_reader(context: Context, person: Person) -> None:
    """Raise Forbidden for all but the person themself, administrators and the system."""
    if context.actor.person_id != person.id:
        require_administrator(context)


def counted(context: Context, person: Person) -> list[Counted]:
    """Of what kinds something is kept about the person, and how much; raises Forbidden."""
    require_reader(context, person)
    own = context.organisation_id
    statements: list[tuple[dict[str, str], Select[Any]]] = [
        *((place.label, place.rows(own, person.id)) for place in places()),
        (LETTERS, _letters(context, person)),
        (DONE, _done(own, person.id)),
        (ABOUT, _about(context, person)),
    ]
    found = [Counted(label, _count(context, statement)) for label, statement in statements]
    return [each for each in found if each.count]


def extract(context: Context, person: Person) -> dict[str, Any]:
    """Everything that is kept about the person, as plain data; that it was made is on record.

    A matter's title, and what the person wrote in it, stand only where both the person and whoever
    makes the extract may read the matter; else its number. The subject of a letter is given to the
    person alone. Raises Forbidden for all but the person, administrators and the system.
    """
    require_reader(context, person)
    own, session = context.organisation_id, context.session
    accounts = session.scalars(
        select(User).where(User.organisation_id == own, User.person_id == person.id)
    ).all()
    made = {
        "made_at": _plain(context.moment),
        "made_by": context.actor.name,
        "organisation": people.organisation(session, own).name,
        "person": _named(person, ("id", "name", "title", "email", "phone", "party_code")),
        "appointments": [
            _named(each, ("role", "valid_from", "valid_to", "is_acting", "recorded_at"))
            | {"body": each.body.name if each.body else ""}
            for each in session.scalars(people.appointments(own, person.id))
        ],
        "accounts": [_account(context, user) for user in accounts],
        "named": [told for place in places() if (told := _place(context, person, place))],
        "letters": _part(context, LETTERS, _letters(context, person)),
        "done": _part(context, DONE, _done(own, person.id)),
        "about": _part(context, ABOUT, _about(context, person)),
    }
    context.record(person, "extract_made")
    return made


LETTERS = {"sv": "Brev till personens adresser", "en": "Letters to the person's addresses"}
DONE = {"sv": "Vad personen har gjort enligt loggen", "en": "What the person did, by the log"}
ABOUT = {"sv": "Vad som har ändrats om personen", "en": "What was changed about the person"}


def _account(context: Context, user: User) -> dict[str, Any]:
    session = context.session
    sessions = session.scalars(
        select(AccountSession)
        .where(
            AccountSession.organisation_id == user.organisation_id,
            AccountSession.user_id == user.id,
        )
        .order_by(AccountSession.id.desc())
        .limit(MOST)
    )
    tokens = session.scalars(
        select(ApiToken)
        .where(ApiToken.organisation_id == user.organisation_id, ApiToken.user_id == user.id)
        .order_by(ApiToken.id.desc())
        .limit(MOST)
    )
    return {
        **_named(user, ("email", "language", "is_active")),
        "sessions": [
            _named(each, ("begun_at", "seen_at", "ended_at", "source", "device"))
            for each in sessions
        ],
        "tokens": [
            _named(each, ("name", "scopes", "created_at", "expires_at", "revoked_at"))
            for each in tokens
        ],
    }


def _place(context: Context, person: Person, place: Place) -> dict[str, Any] | None:
    """What one kind of place says of the person, None for nothing."""
    statement = place.rows(context.organisation_id, person.id)
    rows = context.session.execute(statement.limit(MOST)).mappings().all()
    if not rows:
        return None
    seen = _seen(context, person, {row["matter_id"] for row in rows if row.get("matter_id")})
    bodies = {
        each.id: each.name
        for each in context.session.scalars(people.bodies(person.organisation_id))
    }
    told = []
    for row in rows:
        matter_id, meeting = row.get("matter_id"), row.get("meeting_starts_at")
        is_open = matter_id is None or matter_id in seen
        line = {name: row[name] for name in place.days if row[name] is not None}
        if matter_id is not None:
            line["matter"] = row["matter_registration_number"]
            if is_open:
                line["title"] = row["matter_title"]
        if meeting is not None:
            line |= {"meeting": meeting, "body": bodies.get(row["meeting_body_id"], "")}
        if place.words and is_open and row[place.words]:
            line["words"] = row[place.words]
        told.append({name: _plain(value) for name, value in line.items()})
    return {
        "where": ".".join(place.key),
        "label": place.label,
        "count": len(told) if len(told) < MOST else _count(context, statement),
        "rows": told,
    }


def _seen(context: Context, person: Person, matter_ids: Iterable[int]) -> set[int]:
    """Those of the matters that both the person and whoever asks may read."""
    wanted, found = sorted(matter_ids), set[int]()
    own = context.organisation_id
    for start in range(0, len(wanted), CHUNK):
        statement = select(Matter.id).where(
            Matter.id.in_(wanted[start : start + CHUNK]),
            matters_seen(own, person.id, context.today),
        )
        if context.actor.person_id is not None:
            statement = statement.where(matters_seen(own, context.actor.person_id, context.today))
        found.update(context.session.scalars(statement))
    return found


def _letters(context: Context, person: Person) -> Select[Any]:
    """Letters to any address of the person; the subject only for themself."""
    accounts = select(User.email).where(
        User.organisation_id == context.organisation_id, User.person_id == person.id
    )
    address = func.lower(Message.to_address)
    shown: list[Any] = [Message.to_address, Message.queued_at, Message.sent_at]
    if context.actor.person_id == person.id:
        shown.append(Message.subject)
    return (
        select(*shown)
        .where(
            Message.organisation_id == context.organisation_id,
            or_(address == (person.email.lower() or None), address.in_(accounts)),
        )
        .order_by(Message.id.desc())
    )


def _done(organisation_id: int, person_id: int) -> Select[Any]:
    shown: list[Any] = [AuditEntry.at, AuditEntry.action, AuditEntry.subject_type]
    statement: Select[Any] = (
        select(*shown)
        .where(AuditEntry.organisation_id == organisation_id, AuditEntry.actor_id == person_id)
        .order_by(AuditEntry.id.desc())
    )
    return statement


def _about(context: Context, person: Person) -> Select[Any]:
    accounts = select(User.id).where(
        User.organisation_id == context.organisation_id, User.person_id == person.id
    )
    shown: list[Any] = [AuditEntry.at, AuditEntry.action, AuditEntry.actor_name]
    statement: Select[Any] = (
        select(*shown)
        .where(
            AuditEntry.organisation_id == context.organisation_id,
            ((AuditEntry.subject_type == "person") & (AuditEntry.subject_id == person.id))
            | ((AuditEntry.subject_type == "user_account") & AuditEntry.subject_id.in_(accounts)),
        )
        .order_by(AuditEntry.id.desc())
    )
    return statement


def _part(context: Context, label: dict[str, str], statement: Select[Any]) -> dict[str, Any]:
    rows = context.session.execute(statement.limit(MOST)).mappings().all()
    return {
        "label": label,
        "count": len(rows) if len(rows) < MOST else _count(context, statement),
        "rows": [{name: _plain(value) for name, value in row.items()} for row in rows],
    }


def _count(context: Context, statement: Select[Any]) -> int:
    inner = statement.order_by(None).subquery()
    return context.session.scalar(select(func.count()).select_from(inner)) or 0


def _named(row: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    """A moment as the clock in Stockholm showed it."""
    if isinstance(value, datetime):
        return value.astimezone(STOCKHOLM).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value
