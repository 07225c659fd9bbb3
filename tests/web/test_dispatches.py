"""What did not arrive is found from the front page and mended there; a link that was fetched is not
read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html
from sqlalchemy import select, update

from casework.app import now, web_face
from casework.audit.models import AuditEntry
from casework.distribution.links import token_for
from casework.distribution.models import Dispatch, Recipient, RecipientGroup
from casework.distribution.service import fail
from casework.mail.models import Message
from casework.matters.models import Matter
from tests.demo.conftest import PASSWORD
from tests.distribution.test_distribution import LATER, acting, copy, decided, road, sent

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from casework.demo.road import Road

__all__ = ["copy", "decided", "road"]


@dataclass
class Desk:
    """A browser in which somebody is signed in."""

    client: FlaskClient

    def page(self, address: str) -> str:
        answer = self.client.get(address)
        assert answer.status_code == 200, address
        return answer.text

    def submit(self, address: str, action: str, **written: Any) -> TestResponse:
        """Fill in and send the form of that page whose action ends so."""
        forms = html.fromstring(self.page(address)).forms
        form = next(each for each in forms if each.get("action", "").endswith(action))
        given: dict[str, Any] = {}
        for name, value in form.form_values():
            given.setdefault(name, []).append(value)
        return self.client.post(form.get("action"), data={**given, **written})


@pytest.fixture
def app(road: Road, decided: Matter) -> Flask:
    """Eight dispatches; the first two did not arrive."""
    with acting(road) as context:
        matter = context.session.get_one(Matter, decided.id)
        matter.secrecy_reviewed_at = LATER
        context.services.engine.fire(context, matter, "dispatch")
        context.session.flush()
        for row in context.session.scalars(select(Dispatch).order_by(Dispatch.id).limit(2)):
            said = {"answer": "550 5.1.1 unknown", "address": row.recipient_email}
            context.session.execute(
                update(Message)
                .where(Message.key == f"dispatch:{row.id}:0")
                .values(
                    state="failed",
                    next_attempt_at=None,
                    error_code="mail_address_refused",
                    error_params=said,
                )
            )
            fail(context, row, "mail_address_refused", said)
        context.session.flush()
        context.session.execute(update(Dispatch).values(link_expires_at=now() + timedelta(days=9)))
    return web_face(road.casework)


def desk(app: Flask, road: Road, who: str) -> Desk:
    made = Desk(app.test_client())
    address = {"email": getattr(road.cast, who).email, "password": PASSWORD}
    form = html.fromstring(made.page("/sign-in")).forms[0]
    answer = made.client.post("/sign-in", data={**dict(form.form_values()), **address})
    assert answer.status_code == 303
    return made


def entries(road: Road, row: Dispatch) -> list[tuple[str, str]]:
    with road.casework.database.read() as session:
        found = session.scalars(
            select(AuditEntry)
            .where(AuditEntry.subject_type == "dispatch", AuditEntry.subject_id == row.id)
            .order_by(AuditEntry.sequence)
        )
        return [(each.action, each.actor_name) for each in found]


def test_a_fetched_link_is_nobodys_act(app: Flask, road: Road) -> None:
    """Neither a HEAD nor a browser's guess counts; a GET is the system's own entry, once."""
    row, stranger = sent(road)[-1], app.test_client()
    link = f"/r/{token_for(road.casework.settings.secret_key, row)}"
    before = entries(road, row)
    assert stranger.head(link).status_code == 200
    for name, value in (
        ("Sec-Purpose", "prefetch;prerender"),
        ("Purpose", "prefetch"),
        ("X-Moz", "prefetch"),
    ):
        assert stranger.get(link, headers={name: value}).status_code == 200
    assert sent(road)[-1].link_fetched_at is None
    for _ in range(3):
        assert stranger.get(link).status_code == 200
    fetched = sent(road)[-1]
    assert fetched.link_fetched_at is not None
    assert (fetched.state, fetched.acknowledged_at) == (row.state, None)
    assert entries(road, row) == [*before, ("link_fetched", "Casework")]
    told = desk(app, road, "secretary").page(f"/dispatches/{row.id}")
    assert "skyddsprogram" in told

    form = next(f for f in html.fromstring(stranger.get(link).text).forms if "name" in f.fields)
    stranger.post(link, data={**dict(form.form_values()), "name": "Registratorn Ek"})
    read = sent(road)[-1]
    assert (read.state, read.acknowledged_by) == ("acknowledged", "Registratorn Ek")
    assert entries(road, row)[-1] == ("acknowledge", row.recipient_name)
    told = desk(app, road, "secretary").page(f"/dispatches/{row.id}")
    assert "Registratorn Ek" in told
    assert "skyddsprogram" not in html.fromstring(told).get_element_by_id("known").text_content()


def test_a_link_fetched_over_and_over_writes_once(
    app: Flask, road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stranger who reloads the page keeps nobody from writing: within the minute nothing is."""
    row, stranger = sent(road)[-1], app.test_client()
    link = f"/r/{token_for(road.casework.settings.secret_key, row)}"
    stranger.get(link)

    def written(*_: Any) -> None:
        pytest.fail("a transaction that writes")

    monkeypatch.setattr(type(road.casework.database), "unit_of_work", written)
    assert stranger.get(link).status_code == 200


def test_a_later_fetch_changes_no_version(app: Flask, road: Road) -> None:
    """A scanner stands in nobody's way: the form that a secretary has open is still good."""
    row, stranger = sent(road)[-1], app.test_client()
    link = f"/r/{token_for(road.casework.settings.secret_key, row)}"
    stranger.get(link)
    with acting(road) as context:
        hour_ago = now() - timedelta(hours=1)
        times = {"link_fetched_at": hour_ago, "link_last_fetched_at": hour_ago}
        context.session.execute(update(Dispatch).where(Dispatch.id == row.id).values(**times))
    first = sent(road)[-1]
    stranger.get(link)
    later = sent(road)[-1]
    assert later.version == first.version
    assert later.link_fetched_at == hour_ago
    assert later.link_last_fetched_at is not None
    assert later.link_last_fetched_at > hour_ago


def test_the_front_page_leads_to_what_did_not_arrive(app: Flask, road: Road) -> None:
    """Those who can mend it are told how many, and led there; others are not."""
    secretary = desk(app, road, "secretary")
    front = html.fromstring(secretary.page("/"))
    [notice] = [each for each in front.find_class("notice") if "utskick" in each.text_content()]
    assert "2 utskick kom inte fram" in notice.text_content()
    [link] = notice.xpath(".//a/@href")
    shown = secretary.page(link)
    failed = [each for each in sent(road) if each.state == "failed"]
    assert shown.count("E-postadressen finns inte.") == 2
    assert "550 5.1.1 unknown" in shown
    for each in failed:
        assert f"/dispatches/{each.id}/send-again" in shown
    assert len(html.fromstring(shown).find_class("matter")) == 2
    for who in ("officer", "member"):
        assert "kom inte fram" not in desk(app, road, who).page("/")
    assert sent(road)[0].recipient_name not in desk(app, road, "member").page("/dispatches")


def test_it_is_mended_on_its_page(app: Flask, road: Road) -> None:
    """The address is corrected, also in the book; the other goes by post; what is wrong is told."""
    secretary = desk(app, road, "secretary")
    first, second = (each for each in sent(road) if each.state == "failed")
    at = f"/dispatches/{first.id}"
    wrong = secretary.submit(at, "/send-again", email="a@b")
    assert wrong.status_code == 422
    assert 'value="a@b"' in wrong.text
    assert secretary.submit(at, "/send-again", email="ratt@kommun.se").status_code == 303
    now_ = next(each for each in sent(road) if each.id == first.id)
    assert (now_.state, now_.recipient_email) == ("queued", "ratt@kommun.se")
    with road.casework.database.read() as session:
        assert session.get_one(Recipient, first.recipient_id).email == "ratt@kommun.se"

    at = f"/dispatches/{second.id}"
    early = secretary.submit(at, "/sent-otherwise", how="letter", day="2020-01-01")
    assert early.status_code == 422
    assert "2020-01-01" in early.text
    day = now().date().isoformat()
    secretary.submit(at, "/sent-otherwise", how="letter", day=day, by="Vaktmästaren")
    told = secretary.page(at)
    assert f"Brev med posten {day}, av Vaktmästaren." in told
    assert "kom inte fram" not in secretary.page("/")


def test_it_is_given_up_from_the_list(app: Flask, road: Road) -> None:
    """And one pressed from the list leads back to the list as it was filtered."""
    secretary = desk(app, road, "secretary")
    first, second = (each for each in sent(road) if each.state == "failed")
    answer = secretary.submit("/dispatches?state=failed", f"/{first.id}/send-again")
    assert answer.location == "/dispatches?state=failed"
    secretary.submit(f"/dispatches/{second.id}", "/give-up", because="Föreningen är upplöst")
    assert "Föreningen är upplöst" in secretary.page("/dispatches?state=given_up")
    page = secretary.page("/dispatches?state=failed")
    assert not html.fromstring(page).find_class("matter")


def test_the_list_is_searched_and_turned(app: Flask, road: Road) -> None:
    """A recipient by a part of the name, a matter by its number; the count is of all pages."""
    secretary = desk(app, road, "secretary")
    row = sent(road)[3]
    word = row.recipient_name.split()[0].lower()
    found = html.fromstring(secretary.page(f"/dispatches?q={word}")).find_class("matter-title")
    assert [each.text_content() for each in found] == [row.recipient_name]
    with road.casework.database.read() as session:
        number = session.scalars(select(Matter)).first().registration_number  # type: ignore[union-attr]
    assert "8 utskick" in secretary.page(f"/dispatches?q={number}")
    assert "Inga utskick passar" in secretary.page("/dispatches?q=finnsinte")
    assert "Inga utskick passar" in secretary.page("/dispatches?state=nosuch&body=99")


def test_the_matter_says_what_is_known(app: Flask, road: Road, decided: Matter) -> None:
    """And each recipient leads to the dispatch."""
    shown = desk(app, road, "secretary").page(f"/matters/{decided.id}")
    assert "E-postadressen finns inte." in shown
    assert f'href="/dispatches/{sent(road)[0].id}"' in shown


def test_letters_that_are_no_dispatch_are_mended_too(app: Flask, road: Road) -> None:
    """A summons to an address that nobody has: the person's address is corrected with it."""
    member = road.cast.member
    with acting(road) as context:
        context.session.execute(
            update(Message)
            .where(Message.to_address == member.email)
            .values(
                state="failed",
                next_attempt_at=None,
                sent_at=None,
                error_code="mail_address_refused",
                error_params={"answer": "552 5.2.2 full", "address": member.email},
            )
        )
    secretary = desk(app, road, "secretary")
    front = secretary.page("/")
    assert "brev kom inte fram" in front
    shown = secretary.page("/letters")
    assert "Mottagarens brevlåda är full." in shown
    forms = [
        each
        for each in html.fromstring(shown).forms
        if each.get("action", "").endswith("/send-again") and "email" in each.fields
    ]
    form = forms[0]
    given = {**dict(form.form_values()), "email": "ny@example.org"}
    assert secretary.client.post(form.get("action"), data=given).status_code == 303
    assert "ny@example.org" in secretary.page(f"/persons/{member.id}")
    refused = secretary.client.post(form.get("action"), data=given | {"_once": "annan"})
    assert refused.status_code == 409
    assert desk(app, road, "officer").client.get("/letters").text.count("/send-again") == 0


def test_the_address_book_is_kept_on_its_pages(app: Flask, road: Road) -> None:
    """An entry is renamed, taken out of use and no longer offered; a group gets one more."""
    secretary = desk(app, road, "secretary")
    with road.casework.database.read() as session:
        entry = session.scalars(select(Recipient).filter_by(name="Åre kommun")).one()
        group = session.scalars(select(RecipientGroup)).one()
        other = session.scalars(
            select(Recipient).where(Recipient.name.startswith("Länsstyrelsen"))
        ).one()
    at = f"/recipients/{entry.id}"
    taken = secretary.submit(at, at, name="Bräcke kommun")
    assert taken.status_code == 409
    assert 'value="Bräcke kommun"' in taken.text
    assert secretary.submit(at, at, name="Åre", note="Ring växeln").status_code == 303
    assert "Åre kommun → Åre" in secretary.page(at)
    secretary.submit(at, "/use", is_active="no")
    assert "Åre" not in [
        each.text_content()
        for each in html.fromstring(secretary.page("/recipients?q=åre")).xpath("//td/a")
    ]
    assert "Ring växeln" in secretary.page("/recipients?q=åre&used=ended")
    at = f"/recipients/groups/{group.id}"
    assert "används inte, får inget nytt" in secretary.page(at)
    secretary.submit(f"{at}?q=länsstyr", at)  # the one that was found is ticked already
    with road.casework.database.read() as session:
        members = session.get_one(RecipientGroup, group.id).members
        assert other.id in {each.recipient_id for each in members}
        assert len(members) == 9
    secretary.submit(at, "/name", name="Alla i länet")
    assert "Alla i länet" in secretary.page("/recipients")
    assert desk(app, road, "officer").client.post(at, data={}).status_code in (400, 403)
