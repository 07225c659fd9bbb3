"""What was decided stands on every page: shown, mended with its reason, and never rewritten."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from casework.app import create_app
from casework.context import Actor
from casework.followup.models import Assignment
from casework.meetings.minutes.record import said
from casework.meetings.models import Meeting
from casework.meetings.planning.plan import plan_meeting
from casework.meetings.table.outcome import Resolved, conclude_item
from tests.demo.conftest import road_of, settings_of
from tests.meetings.conftest import Table, laid
from tests.meetings.test_attestation import attested, conclude_all, drafted, signing
from tests.web.test_attachments import Desk, enter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

    from tests.support.databases import SqliteMaker

GIVEN = "RUN beviljar Hyttans byalag 40 000 kronor."
MORE = "RUN beviljar Hyttans byalag 4 000 000 kronor."
WHY = "En nolla föll bort när beslutet skrevs."


@pytest.fixture
def app(sqlite_maker: SqliteMaker, tmp_path: Path) -> Iterator[Flask]:
    """A committee in session that has granted 40 000 kronor."""
    with sqlite_maker.copied("laid", tmp_path, laid) as (url, (world, meeting_id)):
        app = create_app(settings_of(url, tmp_path))
        app.extensions["table"] = Table(
            road_of((app.extensions["casework"], world), tmp_path), meeting_id
        )
        yield app
        app.extensions["casework"].database.close()


def table_of(app: Flask) -> Table:
    table: Table = app.extensions["table"]
    return table


def granted(app: Flask) -> Table:
    table = table_of(app)
    table.on_item(lambda c, i: conclude_item(c, i, "decided", points=[Resolved(GIVEN)]))
    return table


def at_section(table: Table) -> str:
    row_id = table.read(lambda m: m.agenda[-1].minutes_item.id)
    return f"/meetings/{table.meeting_id}/minutes/{row_id}"


def decided(table: Table) -> str:
    told: str = table.read(lambda m: said(m.agenda[-1].minutes_item).points[0])
    return told


def sent(desk: Desk, path: str, stood: str = "", **given: Any) -> Any:
    """Sent from a form of ours that stood on the page `stood`, if that is named."""
    stamp = {"given": hidden(desk.client.get(stood).text, "given")} if stood else {}
    return desk.client.post(path, data={"csrf_token": desk.token, **stamp, **given})


def hidden(page: str, name: str) -> str:
    return re.findall(rf'name="{name}" value="([^"]*)"', page)[0]


def test_the_draft_shows_the_decision_and_asks_for_no_other(app: Flask) -> None:
    """JO 3339-2013; a page of the version before, still open, loses nothing of what was typed."""
    table = drafted(granted(app))
    desk, at = enter(app, "namndsekreterare"), at_section(table)
    page = desk.client.get(at).text
    assert GIVEN in page.replace("\u00a0", " ")
    assert 'name="point"' not in page
    version = hidden(page, "version")
    old = {"title": "Ny rubrik", "version": version, "summary": "Byalaget söker stöd."}
    answer = sent(desk, at, **old, point="RUN avslår ansökan.")
    assert answer.status_code == 409
    assert "KL 5:65–67, 6:35" in answer.text
    assert "senare sammanträde" in answer.text
    for typed in ("RUN avslår ansökan.", "Byalaget söker stöd.", "Ny rubrik"):
        assert typed in answer.text.replace("<ins>", "").replace("</ins>", "") or all(
            word in answer.text for word in typed.split()
        )
    assert sent(desk, at, **old).status_code == 303
    assert decided(table) == GIVEN


def test_a_slip_is_read_word_by_word_and_asked_twice(app: Flask) -> None:
    """First the difference, then the box; who signs sees the same before signing."""
    table = drafted(granted(app))
    desk, at = enter(app, "namndsekreterare"), at_section(table)
    given = {"point": MORE, "note": WHY, "version": hidden(desk.client.get(at).text, "version")}
    shown = sent(desk, f"{at}/words", **given)
    assert shown.status_code == 200
    assert "<del>" in shown.text
    assert 'name="confirm" value="amount"' in shown.text
    assert decided(table) == GIVEN
    seen = {**given, "reviewed": hidden(shown.text, "reviewed")}
    asked = sent(desk, f"{at}/words", **seen)
    assert asked.status_code == 409
    assert MORE in asked.text
    assert WHY in asked.text
    assert decided(table) == GIVEN
    assert sent(desk, f"{at}/words", **seen, confirm="amount").status_code == 303
    assert decided(table) == MORE
    step = desk.client.get(f"/meetings/{table.meeting_id}/steps/send_for_attestation").text
    assert "Antecknat vid sammanträdet" in step
    assert WHY in step
    table.fire("send_for_attestation")
    for who in ("ordforande", "justerare"):
        page = enter(app, who).client.get(f"/meetings/{table.meeting_id}").text
        assert "Antecknat vid sammanträdet" in page
        assert "<ins>" in page


@pytest.mark.parametrize(
    ("point", "note", "status", "why"),
    [
        (MORE, "Rättelse.", 422, "mer än ett ord"),
        ("RUN avslår ansökan från Hyttans byalag om 40 000 kronor.", WHY, 409, "nytt beslut"),
    ],
)
def test_what_is_no_slip_is_refused_with_what_was_typed(
    app: Flask, point: str, note: str, status: int, why: str
) -> None:
    """JO 2571-1999: of the draft and of the attested § alike."""
    table = drafted(granted(app))
    desk, at = enter(app, "namndsekreterare"), at_section(table)
    version = hidden(desk.client.get(at).text, "version")
    draft = sent(desk, f"{at}/words", point=point, note=note, version=version)
    table.fire("send_for_attestation")
    for who in (table.cast.attester, table.cast.chair):
        signing(table, who)
    wording = hidden(desk.client.get(at).text, "wording")
    title = table.read(lambda m: m.agenda[-1].title)
    sections = {"decision_basis": "- Tjänsteskrivelse"}
    given = {"title": title, "point": point, "note": note, "wording": wording, **sections}
    for answer in (draft, sent(desk, at, **given)):
        assert answer.status_code == status
        assert why in answer.text
        assert point in answer.text
        assert note in answer.text


def test_a_draft_that_strays_is_shown_with_both_ways_out(app: Flask) -> None:
    from tests.meetings.test_standing import stray

    table = drafted(granted(app))
    stray(table, "RUN avslår ansökan.")
    desk, at = enter(app, "namndsekreterare"), at_section(table)
    page = desk.client.get(f"/meetings/{table.meeting_id}/minutes").text
    assert "säger något annat" in page
    assert "Låt paragrafen säga det som beslutades" in page
    assert sent(desk, f"{at}/follow-record", version=hidden(page, "version")).status_code == 303
    assert "säger något annat" not in desk.client.get(f"/meetings/{table.meeting_id}/minutes").text


def test_what_lies_before_the_body_is_not_taken_back(app: Flask) -> None:
    """The registrar's `Återta` during the sitting; the reason is given back."""
    table = table_of(app)
    matter_id = table.read(lambda m: m.agenda[-1].matter_id)
    desk = enter(app, "registrator")
    at = f"/matters/{matter_id}/steps/withdraw"
    assert "KL 6:1–6, 6:13" in desk.client.get(at).text
    answer = sent(desk, at, f"/matters/{matter_id}", reason="Behövs inte längre för vår del")
    assert answer.status_code == 409
    assert "Behövs inte längre för vår del" in answer.text
    assert "kan utgå" in answer.text
    assert table.read(lambda m: m.agenda[-1].matter.state) == "on_agenda"


def test_the_body_is_asked_on_the_assignments_page(app: Flask) -> None:
    """The assignee asks, the secretary puts it on an agenda; the day itself nobody else moves."""
    table = table_of(app)
    conclude_all(table)
    table.fire("end")
    casework = app.extensions["casework"]
    with casework.database.read() as session:
        at = f"/assignments/{session.scalars(select(Assignment.id)).one()}"
    secretary = table.cast.secretary
    actor = Actor(secretary.id, secretary.name)
    with casework.acting(table.road.world.organisation_id, actor, datetime.now(UTC)) as c:
        body = c.session.get_one(Meeting, table.meeting_id).body
        later = datetime.now(UTC).replace(year=datetime.now(UTC).year + 1, month=3, day=2)
        meeting_id = plan_meeting(c, body, later).id

    desk = enter(app, "namndsekreterare")
    moved = sent(
        desk, f"{at}/steps/extend", at, report_back_on="2049-01-15", reason="Hinns inte med"
    )
    assert moved.status_code == 409
    assert "Hinns inte med" in moved.text
    director = enter(app, "regiondirektor")
    ask = {"kind": "another_day", "reason": "Underlag saknas ännu", "report_back_on": "2048-03-02"}
    bad = sent(director, f"{at}/requests", at, **{**ask, "report_back_on": ""})
    assert bad.status_code == 422
    assert "Underlag saknas ännu" in bad.text
    assert sent(director, f"{at}/requests", **ask).status_code == 303
    page = desk.client.get(at).text
    assert "Underlag saknas ännu" in page
    action = re.findall(rf'action="({at}/requests/\d+/item)"', page)[0]
    assert sent(desk, action, meeting=meeting_id).status_code == 303
    again = sent(desk, action, meeting=meeting_id)
    assert again.status_code == 409
    agenda = desk.client.get(f"/meetings/{meeting_id}").text
    assert "Begäran om ny dag för återrapport" in agenda


def test_a_correction_is_reviewed_and_then_sent(app: Flask) -> None:
    table = attested(granted(app))
    desk, at = enter(app, "namndsekreterare"), at_section(table)
    page = desk.client.get(at).text
    title = table.read(lambda m: m.agenda[-1].title)
    texts = dict(re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>([^<]*)</textarea>', page))
    given = {**texts, "title": title, "point": MORE, "note": WHY}
    given["wording"] = hidden(page, "wording")
    shown = sent(desk, at, **given)
    assert shown.status_code == 200
    assert "Efter rättelsen" in shown.text
    given["reviewed"] = hidden(shown.text, "reviewed")
    assert sent(desk, at, **given).status_code == 409
    assert sent(desk, at, **given, confirm="amount").status_code == 303
    signing_page = enter(app, "justerare").client.get(f"/meetings/{table.meeting_id}").text
    assert "Gäller nu" in signing_page
    assert WHY in signing_page
