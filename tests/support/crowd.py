"""Many rows of every kind at once, put straight into the tables: a house of many years.

They are what lists are made of, not a history: no record tells how they came, and nothing was
fired. Bodies, people and one meeting with its papers are there already.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select

from casework.accounts.models import User
from casework.audit.models import AuditEntry
from casework.board.models import BoardNotice, NoticeSpan
from casework.deadlines.models import Deadline
from casework.delegation.models import DelegatedDecision, DelegationItem
from casework.distribution.models import (
    Dispatch,
    Excerpt,
    Recipient,
    RecipientGroup,
    RecipientGroupMember,
)
from casework.documents.models import Document
from casework.followup.models import Assignment
from casework.matters.models import Attachment, Matter
from casework.matters.search import search_text
from casework.meetings.models import AgendaItem, DecidedPoint, Decision, Meeting
from casework.people.models import Appointment, Body, Person
from casework.people.sorting import sort_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from casework.context import Context

    Rows = Iterator[dict[str, Any]]

WORKFLOWS = ("decision-matter", "information-matter")
WORDS = ("Cykelväg", "Budget", "Yttrande", "Remiss", "Bidrag", "Avtal", "Plan", "Motion")
FAR = timedelta(days=400)


def crowd(context: Context, *, state: str = "", officer: int = 0, **counts: int) -> None:
    """So many more of each kind; matters all in `state`, and prepared by `officer`, if given."""
    for kind, count in counts.items():
        if kind == "matters":
            _matters(context, count, state, officer)
        else:
            KINDS[kind](context, count)


def every_kind(context: Context, count: int) -> None:
    """So many more of everything that a list can hold, and three times as many matters: they are
    in many states, and each state has a list."""
    crowd(context, matters=3 * count, **dict.fromkeys(KINDS, count))


def _add(context: Context, model: type[Any], rows: Rows) -> list[int]:
    """The ids of the new rows, in their order."""
    own = context.organisation_id
    before = _last(context, model)
    given = [{"organisation_id": own, **row} for row in rows]
    for start in range(0, len(given), 5000):
        context.session.execute(insert(model), given[start : start + 5000])
    statement = select(model.id).where(model.id > before).order_by(model.id)
    return list(context.session.scalars(statement))


def _last(context: Context, model: type[Any]) -> int:
    return context.session.scalar(select(func.max(model.id))) or 0


def _bodies(context: Context) -> list[int]:
    statement = select(Body.id).where(Body.organisation_id == context.organisation_id)
    return list(context.session.scalars(statement.order_by(Body.id)))


def _people(context: Context) -> list[int]:
    """Those with an account, who can have things before them."""
    statement = select(User.person_id).where(User.organisation_id == context.organisation_id)
    return list(context.session.scalars(statement.order_by(User.id)))


def _running(context: Context, workflow: str, state: str) -> dict[str, Any]:
    definition = context.services.engine.definitions.current(workflow)
    return {"workflow": workflow, "workflow_version": definition.version, "state": state}


def _matters(context: Context, count: int, wanted: str, officer: int) -> None:
    bodies, people = _bodies(context), _people(context)
    first = _last(context, Matter) + 1
    states = {
        name: list(context.services.engine.definitions.current(name).states) for name in WORKFLOWS
    }

    def rows() -> Rows:
        for number in range(first, first + count):
            workflow = WORKFLOWS[number % 4 == 0 and not wanted]
            state = wanted or states[workflow][number // 4 % len(states[workflow])]
            title = f"{WORDS[number % len(WORDS)]} nummer {number}"
            yield {
                "kind": workflow.partition("-")[0],
                "title": title,
                "body_id": bodies[0] if wanted else bodies[number % len(bodies)],
                "registration_number": f"X/{number}/2020",
                "series_code": "X",
                "register_year": 2020,
                "register_number": number,
                "registered_on": context.today,
                "registered_at": context.moment,
                "case_officer_id": officer or people[number % min(3, len(people))],
                "closed_on": context.today,
                "search_text": search_text([title, f"X/{number}/2020"]),
                **_running(context, workflow, state),
            }

    _add(context, Matter, rows())


def _persons(context: Context, count: int) -> None:
    first = _last(context, Person) + 1
    bodies = _bodies(context)
    ids = _add(
        context,
        Person,
        (
            {"name": f"Person {number}", "sort_key": sort_key(f"Person {number}")}
            for number in range(first, first + count)
        ),
    )
    _add(
        context,
        Appointment,
        (
            {
                "person_id": each,
                "role": "member",
                "body_id": bodies[0],
                "valid_from": context.today - FAR,
                "valid_to": context.today - timedelta(days=1),
                "recorded_at": context.moment,
            }
            for each in ids
        ),
    )
    seat = {"role": "member", "recorded_at": context.moment}
    former = {"body_id": bodies[1], "valid_to": context.today - timedelta(days=1)}
    _add(
        context,
        Appointment,
        (
            {
                "person_id": _people(context)[0],
                "valid_from": context.today - timedelta(days=first + number + 2),
                **seat,
                **former,
            }
            for number in range(count)
        ),
    )


def _recipients(context: Context, count: int) -> None:
    first = _last(context, Recipient) + 1
    named = [f"Mottagare {number}" for number in range(first, first + count)]
    ids = _add(
        context,
        Recipient,
        (
            {"name": name, "sort_key": sort_key(name), "email": f"m{first + at}@example.org"}
            for at, name in enumerate(named)
        ),
    )
    groups = _add(
        context,
        RecipientGroup,
        ({"name": f"Grupp {each}", "sort_key": sort_key(f"Grupp {each}")} for each in ids),
    )
    _add(
        context,
        RecipientGroupMember,
        (
            {"group_id": group, "recipient_id": each, "position": 1}
            for group, each in zip(groups, ids, strict=True)
        ),
    )
    excerpt = context.session.scalars(select(Excerpt).order_by(Excerpt.id)).first()
    if excerpt is None:
        return
    _add(
        context,
        Dispatch,
        (
            {
                "excerpt_id": excerpt.id,
                "recipient_id": each,
                "body_id": excerpt.minutes_item.body_id,
                "position": first + at,
                "recipient_name": f"Mottagare {each}",
                "recipient_email": f"m{each}@example.org",
                "link_expires_at": context.moment + FAR,
                "queued_at": context.moment,
                "failure": "Ingen sådan brevlåda",
                **_running(context, "dispatch", "failed"),
            }
            for at, each in enumerate(ids)
        ),
    )


def _meetings(context: Context, count: int) -> None:
    """Half of them are over, half to come."""
    bodies, first = _bodies(context), _last(context, Meeting) + 1

    def rows() -> Rows:
        for number in range(first, first + count):
            days = timedelta(days=number, minutes=number)
            is_over = number % 2
            yield {
                "body_id": bodies[0],
                "starts_at": context.moment + (-days if is_over else days),
                "summoned_at": context.moment - FAR,
                "attested_at": context.moment if is_over else None,
                **_running(context, "meeting", "attested" if is_over else "planned"),
            }

    planned = _add(context, Meeting, rows())
    told = (entries_of(context, Meeting.__tablename__, each, 1, 1) for each in planned)
    _add(context, AuditEntry, (entry for entries in told for entry in entries))


def _assignments(context: Context, count: int) -> None:
    """Each of a decision at a meeting of its own, all in the oldest matter."""
    people = _people(context)
    matter = context.session.scalars(select(Matter).order_by(Matter.id)).first()
    newest = select(Meeting.id).order_by(Meeting.id.desc()).limit(count)
    meetings = context.session.scalars(newest).all()
    if matter is None or not meetings:
        return
    items = _add(
        context,
        AgendaItem,
        (
            {
                "meeting_id": meetings[at % len(meetings)],
                "position": 1000 + at,
                "item_type": "decision",
                "title": f"Punkt {at}",
                "matter_id": matter.id,
                "outcome": "decided",
                "concluded_at": context.moment,
            }
            for at in range(count)
        ),
    )
    decisions = _add(
        context,
        Decision,
        (
            {"agenda_item_id": each, "matter_id": matter.id, "decided_on": context.today}
            for each in items
        ),
    )
    points = _add(
        context,
        DecidedPoint,
        ({"decision_id": each, "position": 1, "text": "Så ska ske."} for each in decisions),
    )
    states = ("open", "reported", "open", "accepted")
    _add(
        context,
        Assignment,
        (
            {
                "matter_id": matter.id,
                "decided_point_id": each,
                "body_id": matter.body_id,
                "assignee_id": people[at // 4 % len(people)],
                "task": f"Uppdrag {each}",
                "report_back_on": context.today + timedelta(days=at),
                "opened_at": context.moment,
                **_running(context, "assignment", states[at % 4]),
            }
            for at, each in enumerate(points)
        ),
    )


def _decisions(context: Context, count: int) -> None:
    """Lines of a scheme, and decisions on the first of them: drafts, made and waiting, filed."""
    people, body = _people(context), _bodies(context)[0]
    first = _last(context, DelegationItem) + 1
    lines = _add(
        context,
        DelegationItem,
        (
            {
                "body_id": body,
                "number": f"9.{number}",
                "title": f"Bidrag nummer {number}",
                "delegate_id": people[0],
                "adopted": "RUN 2020-02-13 § 12",
                "valid_from": context.today - FAR,
            }
            for number in range(first, first + count)
        ),
    )
    matter = context.session.scalar(select(func.min(Matter.id)))

    def rows() -> Rows:
        for at, line in enumerate(lines):
            state = ("draft", "decided", "filed")[at % 3]
            yield {
                "body_id": body,
                "kind": "delegated",
                "matter_id": matter if at % 2 else None,
                "delegation_item_id": line,
                "decider_id": people[at % len(people)],
                "year": 2019,
                "number": first + at,
                "designation": f"X D {first + at}/2019",
                "decided_on": context.today,
                "title": f"Delegationsbeslut {at}",
                "reporting": "report" if at % 4 == 0 else "separately",
                "is_appealable": at % 5 != 0,
                "signed_at": None if state == "draft" else context.moment,
                **_running(context, "delegated-decision", state),
            }

    _add(context, DelegatedDecision, rows())


def _notices(context: Context, count: int) -> None:
    body, first = _bodies(context)[0], _last(context, BoardNotice) + 1
    ids = _add(
        context,
        BoardNotice,
        (
            {
                "body_id": body,
                "subject_type": "delegated_decision",
                "subject_id": 1_000_000 + number,
                "title": f"Tillkännagivande {number}",
                "number": f"X D {number}/2019",
                "decided_on": context.today,
                "announced_on": context.today,
                "announced_at": context.moment,
                "appeal_until": context.today + timedelta(days=21),
                "take_down_on": context.today + timedelta(days=22),
                **_running(context, "board-notice", "up"),
            }
            for number in range(first, first + count)
        ),
    )
    _add(
        context,
        NoticeSpan,
        (
            {"notice_id": each, "up_from": context.moment, "up_until": context.moment}
            for each in ids
        ),
    )


def _deadlines(context: Context, count: int) -> None:
    """One for each of the newest matters, its officer's to keep."""
    newest = select(Matter.id, Matter.case_officer_id).order_by(Matter.id.desc()).limit(count)
    _add(
        context,
        Deadline,
        (
            {
                "subject_type": "matter",
                "subject_id": matter,
                "name": "review",
                "rule": "working_days",
                "started_on": context.today,
                "raw_on": context.today,
                "due_on": context.today + timedelta(days=at % 50),
                "statute": "",
                "responsible_person_id": officer,
            }
            for at, (matter, officer) in enumerate(context.session.execute(newest).all())
        ),
    )


def _history(context: Context, count: int) -> None:
    """Entries and documents of the oldest of each kind, and attachments of the oldest matter."""
    for model in (Matter, Meeting, Assignment, DelegatedDecision, BoardNotice, Person, Body):
        subject = context.session.scalar(select(func.min(model.id)))
        table, own = model.__tablename__, AuditEntry.subject_type == model.__tablename__
        if subject is None:
            continue
        asked = select(func.max(AuditEntry.sequence)).where(own, AuditEntry.subject_id == subject)
        last = context.session.scalar(asked) or 0
        _add(context, AuditEntry, entries_of(context, table, subject, last + 1, count))
        papers = _add(context, Document, _papers(context, table, subject, count))
        if model is Matter:
            _attached(context, subject, papers)


def entries_of(context: Context, table: str, subject: int, first: int, count: int) -> Rows:
    for sequence in range(first, first + count):
        yield {
            "subject_type": table,
            "subject_id": subject,
            "sequence": sequence,
            "at": context.moment,
            "actor_name": "Registratorn",
            "action": "revise",
            "detail": {"reason": "Så är det."},
            "cause": "",
            "previous_hash": "0" * 64,
            "hash": "0" * 64,
        }


def _papers(context: Context, table: str, subject: int, count: int) -> Rows:
    first = _last(context, Document)
    for at in range(count):
        yield {
            "subject_type": table,
            "subject_id": subject,
            "kind": "attachment",
            "title": f"Handling {first + at}",
            "filename": f"handling-{first + at}.pdf",
            "media_type": "application/pdf",
            "sha256": "0" * 64,
            "size": 1000,
            "number": 1000 + first + at,
            "drawn_up_at": context.moment,
        }


def _attached(context: Context, matter: int, papers: list[int]) -> None:
    _add(
        context,
        Attachment,
        (
            {
                "matter_id": matter,
                "position": 100 + at,
                "title": f"Bilaga {each}",
                "document_id": each,
                "since": context.moment,
            }
            for at, each in enumerate(papers)
        ),
    )


KINDS: dict[str, Callable[[Context, int], None]] = {
    "persons": _persons,
    "recipients": _recipients,
    "meetings": _meetings,
    "assignments": _assignments,
    "decisions": _decisions,
    "notices": _notices,
    "deadlines": _deadlines,
    "history": _history,
}
