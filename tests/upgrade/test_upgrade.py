"""A data folder of the first version, upgraded: all that was proved then is proved now."""

from __future__ import annotations

import re
import shutil
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from casework.app import create_app, installation
from casework.background import deliver, remind
from casework.cli.main import casework as command
from casework.config import Settings, load_settings, shipped
from casework.context import STOCKHOLM
from casework.documents.contexts import from_json, item_from_json
from casework.documents.models import Document
from casework.documents.proof import prove
from casework.errors import Conflict
from casework.matters.models import Matter
from casework.matters.service import register
from casework.meetings.minutes.verification import verify
from casework.meetings.models import Meeting, MinutesItem
from casework.people.models import Body
from casework.phrases import sentence
from casework.publishing.models import Publication
from casework.publishing.public_pages import find
from casework.publishing.queries import candidates
from casework.schema import current, head

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result
    from flask.testing import FlaskClient

    from casework.app import Casework

PASSWORD = "h41hlX_r0Ak6"
NOW = datetime(2026, 12, 1, 9, tzinfo=STOCKHOLM)
ELSEWHERE = ("CASEWORK_DATABASE_URL", "CASEWORK_SECRET_KEY", "CASEWORK_TEMPLATES")


def told(folder: Path, *arguments: str, **environ: str) -> Result:
    """What the command says of the data folder."""
    clean = dict.fromkeys(ELSEWHERE) | {"LC_ALL": "C", "CASEWORK_DATA_DIR": str(folder)}
    return CliRunner().invoke(command, arguments, env=clean | environ)


@pytest.fixture(scope="module")
def folder(first_version: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder after `casework db upgrade`; for those who only read."""
    copy = tmp_path_factory.mktemp("upgraded") / "data"
    shutil.copytree(first_version / "data", copy)
    assert told(copy, "db", "upgrade").exit_code == 0
    return copy


@pytest.fixture(scope="module")
def upgraded(folder: Path) -> Iterator[Casework]:
    """The installation in it."""
    casework = installation(settings_of(folder))
    yield casework
    casework.database.close()


def settings_of(folder: Path, **environ: str) -> Settings:
    return load_settings({"CASEWORK_DATA_DIR": str(folder), **environ})


def test_it_has_this_programs_tables(folder: Path) -> None:
    """Every later migration is taken, with the rows of the first version in its way."""
    assert current(settings_of(folder).database_url) == head()


def test_what_is_open_can_change_hands(upgraded: Casework) -> None:
    """Also what began before there was such a step, with nothing migrated."""
    engine = upgraded.services.engine
    with upgraded.database.read() as session:
        waiting = session.scalars(
            select(Matter).where(
                Matter.case_officer_id.is_not(None),
                Matter.state.not_in(("closed", "archived", "withdrawn", "struck_off")),
            )
        ).all()
        assert waiting
        for matter in waiting:
            assert matter.workflow_version == 1
            assert engine.definition_of(matter).step("change_officer", matter.state)


def test_the_record_is_whole(folder: Path) -> None:
    """No entry of the first version reads otherwise after an upgrade."""
    answer = told(folder, "audit", "verify")
    assert answer.exit_code == 0, answer.output
    assert "115 kedjor, 623 poster" in answer.output


def test_every_document_is_made_again(folder: Path) -> None:
    """Byte for byte, with the template of then. If our own part of the setting has changed, so
    must the maker's `name` (see docs/contributing.md)."""
    answer = told(folder, "document", "verify")
    assert answer.exit_code == 0, answer.output
    assert "90 dokument kontrollerade, 0 avviker." in answer.output


def test_other_templates_change_no_document(first_version: Path, tmp_path: Path) -> None:
    """An organisation's own letterhead is for what comes: what is made keeps the one it had.

    In a folder that never met the templates of then, which the program brings with it.
    """
    shutil.copytree(first_version / "data", tmp_path / "data")
    shutil.copytree(shipped("templates"), tmp_path / "own")
    for file in (tmp_path / "own" / "documents").rglob("*.typ"):
        file.write_text(file.read_text() + "\n// En rad till\n")
    letterhead = tmp_path / "own" / "documents" / "_shared" / "letterhead.typ"
    letterhead.write_text("#let letterhead(..any) = [Ett annat brevhuvud]\n")
    for kind in ("summons", "minutes", "excerpt"):
        word = tmp_path / "own" / "documents" / kind / "template.docx"
        shutil.copyfile(tmp_path / "own" / "documents" / "proposal" / "template.docx", word)
    (tmp_path / "own" / "documents" / "proposal" / "template.docx").unlink()
    environ = {"CASEWORK_TEMPLATES": str(tmp_path / "own")}
    answer = told(tmp_path / "data", "document", "verify", **environ)
    assert answer.exit_code == 0, answer.output
    assert "90 dokument kontrollerade, 0 avviker." in answer.output
    assert sentence("template_changed", {}, "sv") not in answer.output


def test_the_minutes_are_what_was_attested(upgraded: Casework, folder: Path) -> None:
    """Each PDF of minutes, with its signatures, and each excerpt of them."""
    with upgraded.database.read() as session:
        rows = session.execute(
            select(Document.kind, Document.sha256).where(Document.kind.in_(["minutes", "excerpt"]))
        ).all()
        files = upgraded.services.press.files
        minutes = [files.path(sha256) for kind, sha256 in rows if kind == "minutes"]
        excerpts = [verify(session, files.read(sum_)) for kind, sum_ in rows if kind == "excerpt"]
    assert (len(minutes), len(excerpts)) == (6, 10)
    assert all(found.kind == "excerpt" and found.is_sound for found in excerpts)
    for file in minutes:
        answer = told(folder, "minutes", "verify", str(file))
        assert answer.exit_code == 0, answer.output
        assert "är justerat och oförändrat" in answer.output


def test_the_minutes_say_what_was_decided(folder: Path) -> None:
    """Nothing of the first version is told to say something else than was decided."""
    answer = told(folder, "minutes", "compare", "--json")
    assert (answer.exit_code, answer.output) == (0, "[]\n")


def test_what_was_written_can_be_read(upgraded: Casework) -> None:
    """The data of every document, and every § in force, as the program of today takes it."""
    with upgraded.database.read() as session:
        for document in session.scalars(select(Document).where(Document.snapshot.is_not(None))):
            from_json(document.kind, document.snapshot or {})
        for item in session.scalars(select(MinutesItem)):
            item_from_json(item.content)


@pytest.fixture(scope="module")
def secretary(folder: Path) -> Iterator[FlaskClient]:
    """The committee's secretary, signed in with the password of then."""
    app = create_app(settings_of(folder))
    client = app.test_client()
    form = client.get("/sign-in").text
    token = re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', form)[0]
    who = {"email": "namndsekreterare@example.org", "password": PASSWORD, "csrf_token": token}
    assert client.post("/sign-in", data=who).status_code == 303
    yield client
    app.extensions["casework"].database.close()


def test_the_pages_open(secretary: FlaskClient, upgraded: Casework) -> None:
    """Front page, board, every matter with its file, every meeting with its papers and minutes."""
    with upgraded.database.read() as session:
        matters, meetings = session.scalars(select(Matter.id)), session.scalars(select(Meeting.id))
        paths = ["/", "/board", "/meetings", "/matters", "/assignments"]
        paths += [f"/matters/{row}{part}" for row in matters for part in ("", "/file")]
        paths += [f"/meetings/{row}" for row in meetings]
    assert len(paths) == 37
    answers = {path: secretary.get(path).status_code for path in paths}
    assert {path: code for path, code in answers.items() if code != 200} == {}
    assert "Anslagstavla" in secretary.get("/board").text


def test_what_was_public_stays_and_waits_for_review(
    secretary: FlaskClient, upgraded: Casework
) -> None:
    """Nothing comes down with the upgrade, and the secretary finds it listed, each § with the
    wording that was tried by nobody."""
    with upgraded.database.read() as session:
        rows = session.scalars(select(Publication)).all()
        assert {row.decided_by_id for row in rows} == {None}
        public = {row.item.meeting_id for row in rows if row.state == "published"}
        for meeting_id in public:
            meeting = find(session, meeting_id)
            standings = {each.standing for each in candidates(session, meeting, NOW.date())}
            assert standings == {"review"}, meeting.day
    listed = secretary.get("/publishing?show=review").text
    assert {int(each) for each in re.findall(r"/meetings/(\d+)/publishing", listed)} == public
    nobody = secretary.application.test_client()
    told = [nobody.get(f"/public/meetings/{each}").text for each in sorted(public)]
    assert len(told) == 4  # three with attested minutes, one summoned
    hidden = ("Rubriken visas inte här", "Paragrafen är inte publicerad")
    assert all(each not in page for page in told for each in hidden)
    assert any("ger regiondirektören i uppdrag" in page for page in told)


def test_a_changed_workflow_takes_a_new_version(folder: Path, tmp_path: Path) -> None:
    """Under the same number the start is refused with the number to give it; under that, it runs,
    and what is running stays on the version it began with."""
    own = tmp_path / "own"
    shutil.copytree(shipped("workflows"), own)
    source = (own / "meeting.yaml").read_text()
    (own / "meeting.yaml").write_text(f"{source}# En rad till\n")
    [version] = re.findall(r"^version: (\d+)", source, re.MULTILINE)
    shutil.copytree(folder, tmp_path / "data")
    refused = told(tmp_path / "data", "audit", "verify", CASEWORK_WORKFLOWS=str(own))
    assert isinstance(refused.exception, Conflict)
    assert refused.exception.code == "workflow_changed"
    assert refused.exception.params["next"] == int(version) + 1
    raised = source.replace(f"version: {version}", f"version: {int(version) + 1}", 1)
    (own / "meeting.yaml").write_text(raised)
    assert told(tmp_path / "data", "audit", "verify", CASEWORK_WORKFLOWS=str(own)).exit_code == 0
    casework = installation(settings_of(tmp_path / "data", CASEWORK_WORKFLOWS=str(own)))
    with casework.database.read() as session:
        for meeting in session.scalars(select(Meeting)):
            assert casework.services.engine.definition_of(meeting).version == 1
    casework.database.close()


def test_work_goes_on(first_version: Path, tmp_path: Path) -> None:
    """The next matter takes the next number, letters and reminders go out, and all is proved."""
    shutil.copytree(first_version / "data", tmp_path / "data")
    assert told(tmp_path / "data", "db", "upgrade").exit_code == 0
    casework = installation(settings_of(tmp_path / "data"))
    with casework.acting(1, moment=NOW) as context:
        committee = context.session.scalars(select(Body).filter_by(short_name="RUN")).one()
        before = context.session.scalar(select(func.count()).select_from(Matter))
        matter = register(context, kind="decision", title="Efter flytten", body=committee)
        assert re.fullmatch(r"RUN/\d+/2026", matter.registration_number)
        assert context.session.scalar(select(func.count()).select_from(Matter)) == before + 1
    assert remind(casework, NOW).failures == []
    assert deliver(casework, NOW).failed == []
    with casework.database.read() as session:
        proofs = prove(session, casework.services.press.makers, casework.services.press.files)
        assert [each.document.filename for each in proofs if each.is_fault] == []
    casework.database.close()
    assert told(tmp_path / "data", "audit", "verify").exit_code == 0
