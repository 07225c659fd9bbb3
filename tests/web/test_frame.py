"""What surrounds every page: headers, languages, error pages, static files."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from flask import Flask, g, render_template
from sqlalchemy.exc import IntegrityError

from casework import errors
from casework.web import init_web
from casework.web.components.differences import compare
from casework.web.components.samples import samples
from casework.web.components.showing import filesize, moment
from casework.web.frame.forms import AcknowledgeForm, SignInForm
from casework.web.frame.layout import Viewer
from casework.web.frame.session import PUBLIC, permits
from casework.web.shapes import Link, Step
from casework.workflow.blockers import Blocked, Blocker

if TYPE_CHECKING:
    from flask.testing import FlaskClient

ALLOWED = {"'self'", "'none'", "data:"}
REFUSALS = [
    errors.BadRequest("request_unreadable"),
    errors.Forbidden("forbidden"),
    errors.NotFound("not_found"),
    errors.Conflict("in_the_way"),
    errors.Stale("stale"),
    errors.TooLarge("too_large", limit_mb=50),
    errors.Invalid("content_wrong"),
]


@pytest.fixture
def app(web_app: Flask) -> Flask:
    """A face of its own, with pages that fail on purpose."""
    app = Flask("casework")
    app.secret_key = web_app.secret_key
    app.extensions["casework"] = SimpleNamespace(settings=web_app.extensions["casework"].settings)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    init_web(app)
    public = permits(PUBLIC)
    app.add_url_rule("/refused/<int:number>", view_func=public(_refuse))
    app.add_url_rule("/blocked", view_func=public(_block))
    app.add_url_rule("/broken", view_func=public(_break))
    app.add_url_rule("/collided", view_func=public(_collide))
    app.add_url_rule("/send", view_func=public(lambda: ""), methods=["POST"], endpoint="send")
    return app


def _refuse(number: int) -> str:
    raise REFUSALS[number]


def _collide() -> str:
    raise IntegrityError("INSERT", {}, ValueError("UNIQUE constraint failed: absence"))


def _block() -> str:
    raise Blocked("submit", [Blocker("not_found", statute="5 kap. 69 § KL"), Blocker("forbidden")])


def _break() -> str:
    raise RuntimeError("a secret detail")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a face."""
    return app.test_client()


def test_policy_allows_only_ourselves(client: FlaskClient) -> None:
    """No unsafe-inline, no foreign host, no frame, on pages, errors and static files alike."""
    for path in ["/styleguide", "/nowhere", "/web/base.css", "/bootstrap/static/nowhere"]:
        with client.get(path) as answer:
            policy = answer.headers["Content-Security-Policy"]
        sources = [rule.split()[1:] for rule in policy.split("; ")]
        assert {source for rule in sources for source in rule} <= ALLOWED
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy


def test_browser_is_told_to_be_careful(client: FlaskClient) -> None:
    """No sniffing, no referrer to strangers, no page kept on a shared computer."""
    headers = client.get("/styleguide").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers
    assert (
        "Strict-Transport-Security"
        in client.get("/styleguide", base_url="https://localhost").headers
    )


def test_static_addresses_follow_their_content(client: FlaskClient) -> None:
    """A stylesheet may be kept for a year, since a new one has a new address."""
    page = client.get("/styleguide").text
    for path in ("/web/casework.css", "/web/styleguide.css"):
        assert f"{path}?v=" in page
        with client.get(path) as sheet:
            assert sheet.mimetype == "text/css"
            assert sheet.cache_control.max_age == 365 * 24 * 3600
    assert "bootstrap" not in page


@pytest.mark.parametrize("number", range(len(REFUSALS)))
def test_refusal_is_one_sentence(client: FlaskClient, number: int) -> None:
    """Each kind of refusal has its status and its sentence as the heading of a whole page."""
    answer = client.get(f"/refused/{number}")
    assert answer.status_code == REFUSALS[number].status
    assert answer.text.count("<h1>") == 1
    assert "</html>" in answer.text


def test_blocked_step_tells_every_reason(client: FlaskClient) -> None:
    """409 with all blockers and their statutes, not the first alone."""
    page = client.get("/blocked", headers={"Accept-Language": "sv"})
    assert page.status_code == 409
    assert "5 kap. 69 § KL" in page.text
    assert "Din roll tillåter inte detta." in page.text


def test_fault_shows_no_traceback(client: FlaskClient) -> None:
    """A fault of the program is one sentence; what went wrong stays in the log."""
    answer = client.get("/broken")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "RuntimeError" not in answer.text


def test_a_collision_is_told_as_one(client: FlaskClient) -> None:
    """What only the database can see, two rows for one thing, is no fault of the program."""
    answer = client.get("/collided", headers={"Accept-Language": "sv"})
    assert answer.status_code == 409
    assert "Någon annan hann före" in answer.text
    assert "absence" not in answer.text


def test_http_errors_have_pages_of_their_own(client: FlaskClient) -> None:
    """An unknown address and a wrong method answer in the reader's language."""
    assert "Det du söker finns inte" in client.get("/x", headers={"Accept-Language": "sv"}).text
    assert "does not exist" in client.get("/x", headers={"Accept-Language": "en"}).text
    assert client.get("/send").status_code == 405


def test_form_without_its_token_is_refused(client: FlaskClient) -> None:
    """Another site cannot press a button for a signed-in person."""
    answer = client.post("/send", headers={"Accept-Language": "en"})
    assert answer.status_code == 400
    assert "The form belongs to an earlier sign-in" in answer.text


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x", ""]
)
def test_language_choice_leads_nowhere_else(client: FlaskClient, back: str) -> None:
    """The way back after choosing a language is always a page of this site."""
    answer = client.get("/language/en", query_string={"back": back})
    assert (answer.status_code, answer.location) == (303, "/")


def test_chosen_language_wins_over_the_browsers(client: FlaskClient) -> None:
    """The choice is kept; without one the browser decides, and Swedish is first."""
    assert 'lang="sv"' in client.get("/styleguide", headers={"Accept-Language": "fi"}).text
    assert client.get("/language/en?back=/styleguide%3Fa=b").location == "/styleguide?a=b"
    assert '<html lang="en">' in client.get("/styleguide", headers={"Accept-Language": "sv"}).text
    assert client.get("/language/xx").status_code == 404


def test_frame_names_the_reader_and_escapes_it(app: Flask) -> None:
    """The top bar says who is signed in, where, and marks the page one is on."""
    with app.test_request_context("/matters/17", headers={"Accept-Language": "sv"}):
        g.viewer = Viewer("<b>Handläggaren</b>", "handläggare", "Region Exempel")
        page = render_template("refusal.html", status=404, sentence="x", reasons=[])
    assert "&lt;b&gt;Handläggaren" in page
    assert '<a href="/matters" aria-current="page">' in page


@pytest.mark.parametrize("language", ["sv", "en"])
def test_sign_in_recipient_and_confirm_pages_render(app: Flask, language: str) -> None:
    """The page skeletons that the services fill are whole in both languages."""
    with app.test_request_context(headers={"Accept-Language": language}):
        form = SignInForm(formdata=None)
        form.email.errors = ["x"]
        assert 'aria-invalid="true"' in render_template(
            "sign_in.html", form=form, problem="För många försök."
        )
        excerpt = samples()["excerpt"]
        read = render_template("recipient.html", excerpt=excerpt, form=AcknowledgeForm())
        assert excerpt.points[1] in read
        assert f"– {excerpt.organisation}</title>" in read
        step = Step("Expediera", "/matters/1/dispatch", ("Tio utdrag skickas.",))
        asked = render_template(
            "confirm.html", step=step, back="/", crumbs=[Link("a", "/")], form=None
        )
        assert "Tio utdrag skickas." in asked


def test_difference_keeps_every_letter() -> None:
    """Whatever the two texts are, joined runs give them back; only what differs is marked."""
    theirs, yours = "Nämnden antar  planen.\n\nKlart.", "Nämnden avslår  planen.\n\nKlart."
    left, right = compare(theirs, yours)
    assert "".join(run.text for run in left) == theirs
    assert "".join(run.text for run in right) == yours
    assert [run.text for run in left if run.changed] == ["antar"]
    assert [run.text for run in right if run.changed] == ["avslår"]
    assert compare("", "") == ([], [])


def test_sizes_and_moments_are_shown_as_readers_write_them(app: Flask) -> None:
    """Swedish decimal comma, Stockholm's clock, and no break inside."""
    noon = datetime(2025, 6, 10, 7, 30, tzinfo=UTC)
    with app.test_request_context(headers={"Accept-Language": "sv"}):
        assert filesize(2_412_000) == "2,4\N{NO-BREAK SPACE}MB"
        assert filesize(184_200) == "184\N{NO-BREAK SPACE}kB"
        assert moment(noon) == "2025-06-10 kl.\N{NO-BREAK SPACE}09.30"
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert filesize(2_412_000) == "2.4\N{NO-BREAK SPACE}MB"
        assert moment(noon) == "2025-06-10 at\N{NO-BREAK SPACE}09:30"
