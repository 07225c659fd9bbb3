"""The ways of a marked excerpt through the pages and the API, and its reader who signs in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lxml import html
from sqlalchemy import select, update

from casework.accounts.service import find_user
from casework.accounts.tokens import create_token
from casework.app import now, web_face
from casework.distribution.links import token_for
from casework.distribution.models import Dispatch, Recipient
from casework.distribution.ways import choose_way
from casework.secrecy.models import SecretReading
from tests.demo.conftest import PASSWORD
from tests.distribution.test_ways import (
    POSTED,
    SIGNING_IN,
    acting,
    decided,
    dispatched,
    known,
    named,
    road,
)
from tests.web.test_dispatches import Desk, desk

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from casework.demo.road import Road

__all__ = ["road"]


def ids(road: Road) -> dict[str, int]:
    with road.casework.database.read() as session:
        return {each.name: each.id for each in session.scalars(select(Recipient))}


def own_account(road: Road) -> None:
    """Those at Bräcke have an account with the recipient's own address."""
    with road.casework.acting(road.world.organisation_id) as context:
        person = named(context, SIGNING_IN)
        person.email = road.cast.director.email


def test_the_page_refuses_and_leads_to_where_it_is_mended(road: Road) -> None:
    """The step is blocked with its statute and a link; those ticked get a way; then it goes."""
    own_account(road)
    who = desk(web_face(road.casework), road, "secretary")
    page = who.page("/matters/1")
    assert "går inte med öppen e-post (OSL 8:1" in page
    assert 'href="/matters/1#ways"' in page
    recipients = ids(road)
    rest = [each for name, each in recipients.items() if name.endswith("kommun")]
    rest.remove(recipients[SIGNING_IN])
    for chosen, way in (([recipients[SIGNING_IN]], "sign_in"), (rest, "post")):
        given = {
            "recipient": [str(each) for each in chosen],
            "way": way,
            "reader": "",
            "reason": "",
        }
        assert who.submit("/matters/1", "/ways", **given).status_code == 303
    page = who.page("/matters/1")
    assert f"Inloggningslänk: {road.cast.director.name}" in page
    assert "går inte med öppen e-post (OSL 8:1" not in page
    with acting(road) as (context, matter):
        context.services.engine.fire(context, matter, "dispatch")
    row = known(road)[POSTED]
    page = who.page(f"/dispatches/{row.id}")
    assert "Utdraget ska gå med posten" in page
    assert "/documents/" in page
    given = {"how": "letter", "day": now().date().isoformat(), "by": ""}
    assert who.submit(f"/dispatches/{row.id}", "/sent-otherwise", **given).status_code == 303
    assert known(road)[POSTED].state == "sent_otherwise"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"way": "open_mail"}, 422),
        ({"way": "sign_in", "reader": "ingen@example.org"}, 422),
        ({"way": "fax"}, 422),
        ({"way": "post", "recipient": []}, 422),
    ],
)
def test_what_the_page_refuses(road: Road, given: dict[str, Any], code: int) -> None:
    """One sentence, and nothing is decided."""
    who = desk(web_face(road.casework), road, "secretary")
    recipient = [str(ids(road)[SIGNING_IN])]
    written = {"recipient": recipient, "reader": "", "reason": "", **given}
    assert who.submit("/matters/1", "/ways", **written).status_code == code
    assert "Inget sätt är valt." in who.page("/matters/1")


def test_those_outside_neither_see_nor_decide(road: Road) -> None:
    """The registrar is not on the list: the address is unknown to them, and so it is by API."""
    app = web_face(road.casework)
    who = desk(app, road, "registrar")
    form = html.fromstring(who.page("/matters/new")).forms
    token = next(each.fields["csrf_token"] for each in form if "csrf_token" in each.fields)
    given = {"csrf_token": token, "recipient": [str(ids(road)[SIGNING_IN])], "way": "post"}
    assert who.client.post("/matters/1/ways", data=given).status_code in (403, 404)
    one = f"/api/v1/matters/1/ways/{ids(road)[SIGNING_IN]}"
    outside = api(road, "registrar")
    assert app.test_client().get("/api/v1/matters/1/ways", headers=outside).status_code in (
        403,
        404,
    )
    answer = app.test_client().put(one, json={"way": "post"}, headers=outside)
    assert answer.status_code in (403, 404)
    assert "RUN/1/2025" not in answer.text or "sekretess" in answer.text


def test_the_api_decides_as_the_page_does(road: Road) -> None:
    """List, refusal with its sentence, and each way."""
    client, inside = web_face(road.casework).test_client(), api(road, "secretary")
    listed = client.get("/api/v1/matters/1/ways", headers=inside).json["items"]
    assert {each["way"] for each in listed} == {None}
    one = f"/api/v1/matters/1/ways/{ids(road)[SIGNING_IN]}"
    refused = client.put(one, json={"way": "open_mail"}, headers=inside)
    assert (refused.status_code, refused.json["code"]) == (422, "open_mail_needs_reason")
    told = {"way": "open_mail", "reason": "Parten har bett om det."}
    assert client.put(one, json=told, headers=inside).json["reason"] == told["reason"]
    told = {"way": "sign_in", "reader_id": road.cast.director.id}
    assert client.put(one, json=told, headers=inside).json["reader_id"] == road.cast.director.id
    stranger = ids(road)["Smålands turism"]
    answer = client.put(f"/api/v1/matters/1/ways/{stranger}", json={"way": "post"}, headers=inside)
    assert (answer.status_code, answer.json["code"]) == (409, "way_of_nobody")
    step = client.post("/api/v1/matters/1/actions/dispatch", json={}, headers=inside)
    assert step.status_code == 409
    assert "open_mail_refused" in step.text


def api(road: Road, who: str) -> dict[str, str]:
    with road.casework.acting(road.world.organisation_id) as context:
        user = find_user(context, getattr(road.cast, who).email)
        return {"Authorization": f"Bearer {create_token(context, user, ['write'])}"}


def test_the_reader_signs_in_reads_and_confirms(road: Road) -> None:
    """A stranger with the link is asked to sign in and shown nothing; another account gets the
    sentence of a dead link; the reader comes back to it, reads and confirms in their own name."""
    decided(road)
    with acting(road) as (context, matter):
        choose_way(
            context, matter, named(context, SIGNING_IN), "sign_in", reader=road.cast.director
        )
        title = matter.title
    sent = dispatched(road)[SIGNING_IN]
    with road.casework.acting(road.world.organisation_id) as context:
        context.session.execute(update(Dispatch).values(link_expires_at=now().replace(year=2099)))
    link = f"/r/{token_for(road.casework.settings.secret_key, sent)}"
    app = web_face(road.casework)
    stranger = app.test_client()
    asked = stranger.get(link)
    assert asked.status_code == 303
    assert asked.headers["Location"].startswith("/sign-in?next=/r/")
    assert title not in stranger.get(link, follow_redirects=True).text
    assert stranger.get(f"{link}/pdf").status_code == 303
    another = desk(app, road, "registrar")
    assert another.client.get(link).status_code == 404
    assert another.client.get(f"{link}/pdf").status_code == 404
    reader = Desk(signed_in_at(app.test_client(), asked.headers["Location"], road))
    assert title in reader.page(link)
    assert reader.client.get(f"{link}/pdf").mimetype == "application/pdf"
    forms = html.fromstring(reader.page(link)).forms
    [form] = [each for each in forms if "name" in each.fields]
    assert form.fields["name"] == road.cast.director.name
    written = {**dict(form.form_values()), "name": "Någon annan"}
    assert reader.client.post(link, data=written).status_code == 303
    row = known(road)[SIGNING_IN]
    assert (row.state, row.acknowledged_by) == ("acknowledged", road.cast.director.name)
    with road.casework.database.read() as session:
        logged = session.scalars(select(SecretReading).order_by(SecretReading.id)).all()
        read = [(each.person_id, each.what) for each in logged]
        assert read == [(road.cast.director.id, "dispatch"), (road.cast.director.id, "document")]


def signed_in_at(client: FlaskClient, address: str, road: Road) -> FlaskClient:
    """Signed in as the director on the page where the link led."""
    token = html.fromstring(client.get(address).text).forms[0].fields["csrf_token"]
    given = {"email": road.cast.director.email, "password": PASSWORD, "csrf_token": token}
    answer = client.post(address, data=given)
    assert answer.headers["Location"].startswith("/r/")
    return client
