"""Accounts on the web: what one does oneself, what an administrator does, and nobody else."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, select

from casework.accounts.models import AccountLink, ApiToken, User
from casework.accounts.service import invite
from casework.app import create_app
from casework.audit.models import AuditEntry
from casework.mail.models import Message
from casework.people.models import Person
from casework.people.service import create_person
from tests.demo.conftest import PASSWORD, furnished, settings_of
from tests.web.test_attachments import Desk, enter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

    from tests.support.databases import SqliteMaker

NEW = "fyra korta svenska ord"


@pytest.fixture
def app(sqlite_maker: SqliteMaker, tmp_path: Path) -> Iterator[Flask]:
    with sqlite_maker.copied("furnished", tmp_path, furnished) as (url, _):
        app = create_app(settings_of(url, tmp_path))
        yield app
        app.extensions["casework"].database.close()


def stranger(app: Flask) -> Desk:
    """A browser that nobody has signed in with."""
    client = app.test_client()
    form = client.get("/sign-in").text
    return Desk(client, re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', form)[0])


def one(app: Flask, statement: Any) -> Any:
    with app.extensions["casework"].database.read() as session:
        return session.scalars(statement).first()


def number_of(app: Flask, name: str) -> int:
    return int(one(app, select(Person.id).where(Person.name == name)))


def letters(app: Flask, address: str) -> list[Message]:
    with app.extensions["casework"].database.read() as session:
        wanted = select(Message).where(Message.to_address == address).order_by(Message.id)
        return list(session.scalars(wanted))


def link_in(letter: Message) -> str:
    [found] = set(re.findall(r"/account/link/[\w-]+", letter.text))
    return found


def enters(app: Flask, email: str, password: str) -> bool:
    desk = stranger(app)
    return desk.post("/sign-in", email=email, password=password).status_code == 303


def test_who_was_added_on_the_web_is_invited(app: Flask) -> None:
    """One person, one account: the letter's link lets choose a password, once."""
    with app.extensions["casework"].acting(1) as context:
        person = create_person(context, name="Nora Ny", email="nora@example.org")
        context.session.flush()
        at = f"/persons/{person.id}/account"
    admin = enter(app, "registrator")
    assert "Nora Ny" in admin.client.get("/accounts?lacking=1").text
    page = admin.client.get(at).text
    assert 'value="nora@example.org"' in page
    assert admin.post(f"{at}/invitation", email="nora@example.org").status_code == 303
    assert "väntar på svar" in admin.client.get(at).text
    [letter] = letters(app, "nora@example.org")
    link, door = link_in(letter), stranger(app)
    page = door.client.get(link)
    assert 'autocomplete="new-password"' in page.text
    assert 'value="nora@example.org"' in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    for password, again, told in (
        ("kort", "kort", "minst 12 tecken"),
        (NEW, NEW + "x", "inte lika"),
        ("x" * 1025, "x" * 1025, "1024"),
    ):
        refused = door.post(link, password=password, password_again=again)
        assert refused.status_code == 422
        assert told in refused.text
        assert f'value="{password}"' not in refused.text
    assert door.post(link, password=NEW, password_again=NEW).status_code == 303
    assert enters(app, "nora@example.org", NEW)
    used = door.post(link, password=NEW, password_again=NEW)
    assert used.status_code in (410, 422)
    assert "Länken gäller inte längre" in used.text
    assert 'href="/forgotten"' in used.text
    assert "Den användes" in admin.client.get(at).text


def test_a_links_secret_stands_in_no_other_address(app: Flask) -> None:
    """Whoever changes the language of its page sends it in the form, and comes back to the page."""
    admin, at = enter(app, "registrator"), f"/persons/{number_of(app, 'Ledamoten')}/account"
    admin.post(f"{at}/reset")
    link, door = link_in(letters(app, "ledamot@example.org")[0]), stranger(app).client
    for page in (door.get(link), door.post(link, data={"given": "x"})):
        secret = link.removeprefix("/account/link/")
        assert secret not in " ".join(re.findall(r'(?:href|action)="([^"]*)"', page.text))
    form = door.get(link).text.partition('action="/language/en"')[2].partition("</form>")[0]
    assert f'name="back" value="{link}"' in form
    chosen = door.post("/language/en", data={"back": link})
    assert (chosen.status_code, chosen.location) == (303, link)
    assert "Choose your password" in door.get(link).text
    foreign = door.post("/language/sv", data={"back": "//evil.example"})
    assert foreign.location == "/"


def test_a_links_form_says_which_site_it_is_of(app: Flask) -> None:
    """Else a browser that says it by `Origin` alone sends `null`, and the password is refused."""
    page = stranger(app).client.get("/account/link/x").text
    assert '<meta name="referrer" content="strict-origin">' in page
    assert 'name="referrer"' not in stranger(app).client.get("/sign-in").text


def test_a_link_runs_out(app: Flask) -> None:
    """What an old letter's link says is where to get another."""
    admin, at = enter(app, "registrator"), f"/persons/{number_of(app, 'Ledamoten')}/account"
    assert admin.post(f"{at}/reset").status_code == 303
    [letter] = letters(app, "ledamot@example.org")
    with app.extensions["casework"].database.unit_of_work() as session:
        link = session.scalars(select(AccountLink)).one()
        link.expires_at -= timedelta(days=2)
    page = stranger(app).client.get(link_in(letter))
    assert page.status_code == 410
    assert "Få en ny länk" in page.text
    assert enters(app, "ledamot@example.org", PASSWORD), "the old password serves"


def test_the_forgetful_learn_nothing_of_others(app: Flask) -> None:
    """The same page for an account and for nobody; only the account gets a letter."""
    assert 'href="/forgotten"' in stranger(app).client.get("/sign-in").text
    answers = []
    for email in ("ledamot@example.org", "ingen@example.org"):
        answer = stranger(app).post("/forgotten", email=email)
        answers.append((answer.status_code, answer.location))
    assert answers == [(303, "/forgotten/asked")] * 2
    assert len(letters(app, "ledamot@example.org")) == 1
    assert letters(app, "ingen@example.org") == []
    wrong = stranger(app).post("/forgotten", email="inte en adress")
    assert wrong.status_code == 422
    assert 'value="inte en adress"' in wrong.text


def test_one_source_asks_for_few_letters(app: Flask) -> None:
    """Whoever asks for one account after another waits; another source does not."""
    door = stranger(app)
    heard = [door.post("/forgotten", email=f"p{n}@example.org").status_code for n in range(11)]
    assert heard == [303] * 10 + [403]
    given = {"csrf_token": door.token, "email": "p12@example.org"}
    elsewhere: dict[str, Any] = {"REMOTE_ADDR": "203.0.113.1"}
    answer = door.client.post("/forgotten", data=given, environ_overrides=elsewhere)
    assert answer.status_code == 303


def test_one_changes_ones_own_password(app: Flask) -> None:
    """Not without the present one; other browsers are signed out, this one is not."""
    here, there = enter(app, "ledamot"), enter(app, "ledamot")
    given = {"password": NEW, "password_again": NEW}
    wrong = here.post("/account/password", current_password="fel lösenord", **given)
    assert wrong.status_code == 403
    assert "Lösenordet stämmer inte" in wrong.text
    assert NEW not in wrong.text
    assert here.post("/account/password", current_password=PASSWORD, **given).status_code == 303
    assert here.client.get("/account").status_code == 200
    assert there.client.get("/account").status_code == 303
    assert enters(app, "ledamot@example.org", NEW)
    assert not enters(app, "ledamot@example.org", PASSWORD)


def test_one_sees_and_ends_sign_ins(app: Flask) -> None:
    """This one is marked and has no button; the other is ended by its own."""
    there = enter(app, "ledamot")
    here = enter(app, "ledamot")
    page = here.client.get("/account").text
    assert page.count("(här)") == 1
    [other] = re.findall(r'action="(/account/sessions/\d+/end)"', page)
    assert here.post(other).status_code == 303
    assert there.client.get("/account").status_code == 303
    third = enter(app, "ledamot")
    assert here.post("/account/sessions/end-others").status_code == 303
    assert third.client.get("/account").status_code == 303
    assert here.client.get("/account").status_code == 200
    assert enter(app, "ersattare").post(other).status_code == 404


def test_a_token_is_shown_once(app: Flask) -> None:
    """It works, is listed without its secret, and is dead when it is revoked."""
    desk = enter(app, "ledamot")
    given = {"name": "Statistik", "scope": "read"}
    assert desk.post("/account/tokens", **given, confirming_password="fel").status_code == 403
    made = desk.post("/account/tokens", **given, confirming_password=PASSWORD)
    [secret] = set(re.findall(r"cw_[\w-]+", made.text))
    bearer = {"Authorization": f"Bearer {secret}"}
    assert app.test_client().get("/api/v1/account", headers=bearer).status_code == 200
    page = desk.client.get("/account").text
    assert "Statistik" in page
    assert secret not in page
    [revoke] = re.findall(r'action="(/account/tokens/\d+/revoke)"', page)
    assert desk.post(revoke).status_code == 303
    assert app.test_client().get("/api/v1/account", headers=bearer).status_code == 401


def test_a_token_is_made_once(app: Flask) -> None:
    """The button pressed twice leads to the account, where the one token stands."""
    desk = enter(app, "ledamot")
    form = desk.client.get("/account").text.partition('action="/account/tokens"')[2]
    given = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    given |= {"name": "Statistik", "scope": "read", "confirming_password": PASSWORD}
    assert desk.client.post("/account/tokens", data=given).status_code == 200
    again = desk.client.post("/account/tokens", data=given)
    assert (again.status_code, again.location) == (303, "/account#tokens")
    page = desk.client.get("/account").text
    assert page.count('<span class="person-name">Statistik</span>') == 1


def test_closing_asks_and_can_be_undone(app: Flask) -> None:
    """Whoever leaves is signed out, with the tokens; the account opens again with its password."""
    admin, at = enter(app, "registrator"), f"/persons/{number_of(app, 'Handläggaren')}/account"
    leaver = enter(app, "handlaggare")
    leaver.post("/account/tokens", name="x", scope="write", confirming_password=PASSWORD)
    page = admin.client.get(at).text
    assert re.search(r"<summary>Stäng kontot</summary>.*kan öppnas igen", page, re.DOTALL)
    assert admin.post(f"{at}/closing").status_code == 303
    assert leaver.client.get("/account").status_code == 303
    assert not enters(app, "handlaggare@example.org", PASSWORD)
    assert one(app, select(ApiToken.id).where(ApiToken.revoked_at.is_(None))) is None
    again = admin.post(f"{at}/closing")
    assert again.status_code == 409
    assert "stängt" in again.text
    assert admin.post(f"{at}/reopening").status_code == 303
    assert enters(app, "handlaggare@example.org", PASSWORD)


def test_the_last_administrator_stays(app: Flask) -> None:
    """Nobody would be left to let others in."""
    admin, at = enter(app, "registrator"), f"/persons/{number_of(app, 'Registratorn')}/account"
    refused = admin.post(f"{at}/closing")
    assert refused.status_code == 409
    assert "den enda administratören" in refused.text


def test_an_administrator_moves_an_address_and_ends_sign_ins(app: Flask) -> None:
    """A taken address is refused and what was written stays."""
    admin, at = enter(app, "registrator"), f"/persons/{number_of(app, 'Ledamoten')}/account"
    there = enter(app, "ledamot")
    taken = admin.post(f"{at}/address", email="ersattare@example.org")
    assert taken.status_code == 409
    assert 'value="ersattare@example.org"' in taken.text
    assert admin.post(f"{at}/address", email="nytt@example.org").status_code == 303
    assert there.client.get("/account").status_code == 200
    assert admin.post(f"{at}/sessions/end").status_code == 303
    assert there.client.get("/account").status_code == 303
    assert enters(app, "nytt@example.org", PASSWORD)
    assert admin.post(f"{at}/unlocking").status_code == 303


def test_nobody_else_sees_accounts(app: Flask) -> None:
    """A secretary keeps a body, not its people's accounts."""
    desk, at = enter(app, "namndsekreterare"), f"/persons/{number_of(app, 'Ledamoten')}/account"
    assert desk.client.get("/accounts").status_code == 403
    assert desk.client.get(at).status_code == 403
    assert desk.post(f"{at}/closing").status_code == 403
    assert one(app, select(User.is_active).where(User.email == "ledamot@example.org"))


def test_the_list_is_searched_and_paged(app: Flask) -> None:
    """Fifty on a page, with a count and a way to the rest."""
    admin = enter(app, "registrator")
    with app.extensions["casework"].acting(1) as context:
        for n in range(60):
            create_person(context, name=f"Person {n:02}", email=f"p{n}@example.org")
    page = admin.client.get("/accounts?lacking=1").text
    assert "Har inget konto (60)" in page
    assert page.count('class="person-name"') == 50
    [further] = re.findall(r'rel="next" href="([^"]+)"', page)
    rest = admin.client.get(further.replace("&amp;", "&")).text
    assert rest.count('class="person-name"') == 10
    found = admin.client.get("/accounts?lacking=1&q=person+07").text
    assert found.count('class="person-name"') == 1


def test_the_list_asks_no_more_for_more_accounts(app: Flask) -> None:
    """How each invitation stands is read for the whole page at once."""
    casework, admin = app.extensions["casework"], enter(app, "registrator")
    asked: list[str] = []
    event.listen(casework.database.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))

    def page_with(first: int, last: int) -> tuple[int, str]:
        with casework.acting(1) as context:
            for n in range(first, last):
                person = create_person(context, name=f"Ny {n}", email=f"n{n}@example.org")
                context.session.flush()
                invite(context, person)
        asked.clear()
        page = admin.client.get("/accounts?q=Ny+").text
        return len(asked), page

    (few, page), (many, longer) = page_with(0, 2), page_with(2, 12)
    assert (page.count("väntar på svar"), longer.count("väntar på svar")) == (2, 12)
    assert few == many


def test_a_role_is_given_on_the_persons_page(app: Flask) -> None:
    """From and until a day; a role one cannot be appointed to is refused, and what was written
    stays."""
    admin, number = enter(app, "registrator"), number_of(app, "Handläggaren")
    at = f"/persons/{number}"
    given = {"body": "", "valid_from": "2026-01-01", "valid_to": "2099-12-31"}
    refused = admin.post(f"{at}/appointments", role="assignee", **given)
    assert refused.status_code == 422
    assert 'value="2099-12-31"' in refused.text
    assert admin.post(f"{at}/appointments", role="registrar", **given).status_code == 303
    assert "till och med 2099-12-31" in admin.client.get(at).text
    assert enter(app, "ledamot").post(f"{at}/appointments", role="chair").status_code == 403


def test_an_extract_is_a_file_for_who_may_have_it(app: Flask) -> None:
    """The person and the administrator get it, to read or as data; others do not."""
    number = number_of(app, "Ledamoten")
    at = f"/persons/{number}/extract"
    own = enter(app, "ledamot")
    assert "Det här finns" in own.client.get(at).text
    page = own.post(at, form="html")
    assert page.headers["Content-Disposition"].startswith("attachment")
    assert "ledamot@example.org" in page.text
    data = json.loads(enter(app, "registrator").post(at, form="json").text)
    assert data["person"]["name"] == "Ledamoten"
    assert "password" not in json.dumps(data)
    for path in (at, f"/persons/{number}"):
        assert enter(app, "ersattare").client.get(path).status_code == (403 if path == at else 200)
    assert enter(app, "ersattare").post(at, form="json").status_code == 403
    made = select(AuditEntry.actor_name).where(AuditEntry.action == "extract_made")
    with app.extensions["casework"].database.read() as session:
        assert session.scalars(made).all() == ["Ledamoten", "Registratorn"]
