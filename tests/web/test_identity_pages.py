"""The pages of what a body and the organisation are: changed, refused, and told as history."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .test_every_role import entered, site

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

__all__ = ["site"]

BODY = {
    "name": "Kommunalt Forum",
    "short_name": "KoF",
    "unit": "Staben",
    "email": "",
    "address": "Box 2, 831 27 Östersund",
    "phone": "",
    "proposal_heading": "Forumets förslag",
    "decision_style": "att",
    "proposer": "Staben",
}


def save(client: FlaskClient, page: str, action: str, **written: str) -> TestResponse:
    """Send the form of facts with the version and the token that its page holds."""
    html = client.get(page).text
    form = html.partition(f'action="{action}"')[2].partition("</form>")[0]
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    return client.post(action, data={**hidden, **written})


def test_the_secretary_changes_what_a_body_is(site: Flask) -> None:
    """What is refused stays written; what is saved stands, with what stood before it."""
    client = entered(site, "namndsekreterare")
    page, action = "/bodies/3", "/bodies/3/details"
    refused = save(client, page, action, **BODY | {"email": "forum@"})
    assert refused.status_code == 422
    assert "E-postadressen ”forum@” går inte att använda." in refused.text
    assert 'value="Forumets förslag"' in refused.text
    assert save(client, page, action, **BODY).status_code == 303
    shown = client.get(page).text
    assert "<dd>Box 2, 831 27 Östersund</dd>" in shown
    assert "Enhet: Regionledningskontoret → Staben" in shown
    assert "E-postadress: forum@example.org → –" in shown


def test_a_member_reads_and_changes_nothing(site: Flask) -> None:
    """Neither the form nor the history is theirs."""
    client = entered(site, "ledamot")
    for page, action in (("/bodies/1", "/bodies/1/details"), ("/organisation", "/organisation")):
        shown = client.get(page)
        assert (shown.status_code, f'action="{action}"' in shown.text) == (200, False)
        assert 'id="history"' not in shown.text
        token = re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', shown.text)[0]
        assert client.post(action, data={"csrf_token": token, "phone": "1"}).status_code == 403


def test_an_administrator_changes_what_the_organisation_is(site: Flask) -> None:
    """The page says where letters come from if no address is given; the second of two is told."""
    client = entered(site, "registrator")
    assert "casework@localhost.localdomain" in client.get("/organisation").text
    assert save(client, "/organisation", "/organisation", phone="063-1").status_code == 303
    assert "Telefon: 063-00 00 00 → 063-1" in client.get("/organisation").text
    stale = save(client, "/organisation", "/organisation", phone="063-2", version="1")
    assert stale.status_code == 412
    assert 'value="063-2"' in stale.text


def test_the_proposer_is_suggested_where_the_proposal_is_written(site: Flask) -> None:
    """The lead-in of a matter of the committee is shown as its own proposer would begin it."""
    text = entered(site, "handlaggare").get("/matters/14/text").text
    assert "Regiondirektören föreslår att Regionala utvecklingsnämnden beslutar" in text
