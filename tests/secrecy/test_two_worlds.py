"""Two worlds that differ in what is secret alone answer alike to whoever has no need to know.

The addresses are taken from the application itself, so that a new page is tried as well.
"""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, update

from casework.accounts.service import find_user
from casework.accounts.tokens import create_token
from casework.app import create_app
from casework.audit.models import AuditEntry
from casework.context import Actor
from casework.delegation.models import DelegatedDecision
from casework.distribution.models import Dispatch, Excerpt
from casework.documents.models import Document
from casework.followup.models import Assignment
from casework.inbox.models import InboxEntry
from casework.mail.models import Message
from casework.matters.models import Attachment, DecisionPoint, Matter, MatterRecipient, Section
from casework.matters.search import search_text
from casework.meetings.models import AgendaItem, DecidedPoint, Decision, MinutesItem
from casework.secrecy.service import mark
from tests.demo.conftest import demonstrated, settings_of
from tests.web.markup import entered
from tests.web.test_bounded import SUBJECTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session
    from werkzeug.routing import Rule

    from tests.support.databases import SqliteMaker

# Registrar and administrator; the manager of the body. Neither is on the list by role.
WHO = ("registrator", "omradeschef")
NUMBERS = ("RUN/10/2025", "RUN/6/2025", "RUN/1/2026")  # carried out; summoned; being prepared
# Pages without a matter, and answers that differ from one moment to the next.
LEFT_OUT = {
    *("web", "bootstrap", "styleguide", "probes", "session", "passwords", "account", "language"),
    *("series", "organisation", "again", "accounts"),
    *("api.openapi", "api.list_own_sessions", "api.read_organisation"),
    # How far the making of the pack has come; what is in it is tried by `reading.for_a_person`.
    *("reading.packed", "api.read_pack", "api.download_pack"),
}
VARIES = re.compile(rb'name="(csrf_token|_once|given)"[^>]*|nonce-[\w-]+|data-draft="[^"]*"')

Secret = dict[str, Any]
Answers = dict[str, tuple[int, bytes]]
REAL = {
    "title": "Omplacering av <Anna & Bo>",
    "text": "Läkarutlåtande",
    "party": "Anna Nilsson",
    "files": 3,
    "steps": 7,
    "state": "withdrawn",
}
WORDS = st.text(alphabet="abcdefåäö ÅÄÖ7&<", min_size=1, max_size=60).filter(str.strip)
SECRETS = st.fixed_dictionaries(
    {
        "title": WORDS,
        "text": WORDS,
        "party": WORDS,
        "files": st.integers(0, 3),
        "steps": st.integers(0, 20),
        "state": st.sampled_from(["in_preparation", "dispatched", "withdrawn"]),
    }
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, sqlite_maker: SqliteMaker) -> Iterator[Flask]:
    """The demonstration with three of its matters marked by their officer."""
    folder = tmp_path_factory.mktemp("two-worlds")
    with sqlite_maker.copied("demonstrated", folder, demonstrated) as (url, world):
        app = create_app(settings_of(url, folder))
        casework, own = app.extensions["casework"], world.organisation_id
        app.extensions["organisation_id"] = own
        officer = world.cast.officer
        with casework.acting(own, Actor(officer.id, officer.name)) as context:
            for matter in secret_matters(context.session):
                mark(context, matter, "OSL 26 kap. 1 §", "Enskilds förhållanden")
            stranger = DelegatedDecision.decider_id != world.cast.manager.id
            decided = context.session.scalars(select(DelegatedDecision).where(stranger)).first()
            assert decided is not None
            decided.matter_id = secret_matters(context.session)[0].id
        yield app
        casework.database.close()


def secret_matters(session: Session) -> list[Matter]:
    rows = session.scalars(select(Matter).where(Matter.registration_number.in_(NUMBERS)))
    return sorted(rows, key=lambda each: NUMBERS.index(each.registration_number))


def put(app: Flask, secret: Secret) -> None:
    """Write the secret into everything that is of the marked matters, straight into the tables."""
    with app.extensions["casework"].database.unit_of_work() as session:
        for matter in secret_matters(session):
            _put(session, matter, secret)


def _put(session: Session, matter: Matter, secret: Secret) -> None:
    title, words = secret["title"], secret["text"]
    found = search_text([matter.registration_number, title, words, secret["party"]])
    told = {"title": title, "sender": secret["party"], "search_text": found}
    session.execute(
        update(Matter).where(Matter.id == matter.id).values(state=secret["state"], **told)
    )
    items = select(AgendaItem.id).where(AgendaItem.matter_id == matter.id)
    decisions = select(Decision.id).where(Decision.matter_id == matter.id)
    excerpts = select(Excerpt.id).where(Excerpt.matter_id == matter.id)
    for table, which, values in (
        (AgendaItem, AgendaItem.matter_id == matter.id, {"title": title, "summary": words}),
        (Section, Section.matter_id == matter.id, {"heading": title, "body": words}),
        (DecisionPoint, DecisionPoint.matter_id == matter.id, {"text": words}),
        (MatterRecipient, MatterRecipient.matter_id == matter.id, {"name": secret["party"]}),
        (Attachment, Attachment.matter_id == matter.id, {"title": title}),
        (DecidedPoint, DecidedPoint.decision_id.in_(decisions), {"text": words}),
        (Assignment, Assignment.matter_id == matter.id, {"task": words}),
        (DelegatedDecision, DelegatedDecision.matter_id == matter.id, {"title": title}),
        (Dispatch, Dispatch.excerpt_id.in_(excerpts), {"recipient_name": secret["party"]}),
        (InboxEntry, InboxEntry.subject_id == matter.id, {"reason": words}),
        (
            Message,
            (Message.subject_type == "matter") & (Message.subject_id == matter.id),
            {"subject": title, "text": words},
        ),
        (
            Document,
            (Document.subject_type == "matter") & (Document.subject_id == matter.id),
            {"title": title, "filename": f"{title}.pdf"},
        ),
    ):
        session.execute(
            update(table).where(which).values(**values),  # type: ignore[arg-type]
            execution_options={"synchronize_session": False},
        )
    for row in session.scalars(select(MinutesItem).where(MinutesItem.agenda_item_id.in_(items))):
        content = dict(row.content)
        session.execute(
            update(MinutesItem)
            .where(MinutesItem.id == row.id)
            .values(content={**content, "title": title}),
            execution_options={"synchronize_session": False},
        )
    _put_rows(session, matter, secret)


def _put_rows(session: Session, matter: Matter, secret: Secret) -> None:
    """So many files and steps more."""
    example = session.scalars(select(Document).where(Document.subject_id == matter.id)).first()
    count = session.scalar(
        select(func.max(AuditEntry.sequence)).where(
            AuditEntry.subject_type == "matter", AuditEntry.subject_id == matter.id
        )
    )
    own = {"organisation_id": matter.organisation_id, "subject_type": "matter"}
    for number in range(secret["files"] if example else 0):
        assert example is not None
        session.execute(
            insert(Document).values(
                **own,
                subject_id=matter.id,
                kind="received",
                title=f"{secret['title']} {number}",
                filename=f"{number}.pdf",
                media_type=example.media_type,
                sha256=example.sha256,
                size=example.size,
                drawn_up_at=example.drawn_up_at,
                is_record=False,
            )
        )
    for number in range(secret["steps"]):
        session.execute(
            insert(AuditEntry).values(
                **own,
                subject_id=matter.id,
                sequence=(count or 0) + number + 1,
                at=matter.registered_at,
                actor_name=secret["party"],
                action="revised",
                detail={"reason": secret["text"]},
                cause="",
                previous_hash="",
                hash=f"{number}",
            )
        )


def addresses(app: Flask) -> list[str]:
    """Every page and answer that wants no more than a number, for what is of a marked matter."""
    with app.extensions["casework"].database.read() as session:
        matter, summoned, _prepared = secret_matters(session)
        item = session.scalars(select(AgendaItem).where(AgendaItem.matter_id == matter.id)).one()
        ids = {
            "matter": matter.id,
            "meeting": item.meeting_id,
            "assignment": _of(session, Assignment, matter),
            "delegated_decision": _of(session, DelegatedDecision, matter),
            "document": session.scalar(
                select(Document.id).where(
                    Document.subject_type == "matter", Document.subject_id == matter.id
                )
            ),
            **dict.fromkeys(("person", "body"), 1),
            "dispatch": session.scalar(
                select(Dispatch.id)
                .join(Excerpt, Excerpt.id == Dispatch.excerpt_id)
                .where(Excerpt.matter_id == matter.id)
            ),
        }
        of_meeting = session.scalars(
            select(Document.id).where(
                Document.subject_type == "meeting", Document.subject_id == item.meeting_id
            )
        ).all()
        coming = session.scalars(
            select(AgendaItem.meeting_id).where(AgendaItem.matter_id == summoned.id)
        ).all()
    nouns = {**SUBJECTS, "document_id": "document", "documents": "document"}
    nouns |= {"dispatch_id": "dispatch", "dispatches": "dispatch"}
    found = [f"/documents/{each}" for each in of_meeting]
    found += [f"/meetings/{each}{page}" for each in coming for page in ("", "/read")]
    found += [f"/api/v1/meetings/{each}/reading" for each in coming]
    found += [f"/matters?q={word}" for word in ("7", "aaa", "10/2025", "RUN", "bygdepeng", "a")]
    found += [f"/api/v1/matters?limit=200&q={word}" for word in ("", "a", "6", "RUN/10/2025")]
    found += ["/matters?state=dispatched", "/matters?body=1", "/matters?before=10", "/?all=1"]
    found += [f"/records/matter/{ids['matter']}/history", f"/matters/{ids['matter']}?all=meetings"]
    found += [f"/records/meeting/{ids['meeting']}/{part}" for part in ("history", "documents")]
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not is_left_out(rule):
            given_ids = {name: ids.get(_noun(rule, name, nouns)) for name in rule.arguments}
            if all(given_ids.values()):
                _domain, address = rule.build(given_ids, append_unknown=False) or ("", "")
                found.append(address)
    return list(dict.fromkeys(found))


def is_left_out(rule: Rule) -> bool:
    return rule.endpoint in LEFT_OUT or rule.endpoint.partition(".")[0] in LEFT_OUT


def _of(session: Session, model: Any, matter: Matter) -> int | None:
    found: int | None = session.scalar(select(model.id).where(model.matter_id == matter.id))
    return found


def _noun(rule: Rule, argument: str, nouns: dict[str, str]) -> str:
    first = rule.rule.removeprefix("/api/v1/").split("/")[0]
    return nouns.get(first if argument == "row_id" else argument, "")


class Stranger:
    """Somebody without need to know, in a browser and with a token."""

    def __init__(self, app: Flask, who: str) -> None:
        casework, own = app.extensions["casework"], app.extensions["organisation_id"]
        with casework.acting(own) as context:
            token = create_token(context, find_user(context, f"{who}@example.org"), ["read"])
        self.client: FlaskClient = entered(app, who)
        self.headers = {"Authorization": f"Bearer {token}"}

    def answers(self, asked: list[str]) -> Answers:
        found = {}
        for address in asked:
            of_api = address.startswith("/api/")
            headers = self.headers if of_api else {}
            with closing(self.client.get(address, headers=headers)) as answer:
                found[address] = answer.status_code, VARIES.sub(b"", answer.data)
        return found


@pytest.fixture(scope="module")
def before(app: Flask) -> dict[str, tuple[Stranger, Answers]]:
    """What each of them is answered in the first world."""
    asked = addresses(app)
    assert len(asked) > 100
    strangers = {who: Stranger(app, who) for who in WHO}
    return {who: (each, each.answers(asked)) for who, each in strangers.items()}


@settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],  # shrinking asks for a hundred pages a time
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(secret=SECRETS, who=st.sampled_from(WHO))
@example(secret=REAL, who=WHO[0])
@example(secret=REAL, who=WHO[1])
def test_nothing_varies_with_the_secret(
    app: Flask, before: dict[str, tuple[Stranger, Answers]], secret: Secret, who: str
) -> None:
    """OSL 5:2: no page, list, search, count or answer tells of title, text, party, file or step."""
    stranger, first = before[who]
    put(app, secret)
    now = stranger.answers(list(first))
    assert [address for address in first if now[address] != first[address]] == []
    assert not [address for address, (status, _) in now.items() if status == 500]
