"""A kind of matter is a workflow file; one that is refused takes no new matters and stops nothing.

The files are a customer's own, in a folder of theirs, and are read by the program as it starts.
"""

from __future__ import annotations

import re
import shutil
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from casework.app import create_app, installation
from casework.cli.main import casework as command
from casework.cli.running import tell_of_workflows
from casework.config import shipped
from casework.demo.world import found_organisation
from casework.errors import Conflict
from casework.followup.models import Assignment
from casework.matters.kinds import matter_kinds
from casework.matters.service import register
from casework.people.models import Body
from casework.workflow import versions
from casework.workflow.definition import read_definition
from tests.api.conftest import PASSWORD, Api, furnished, settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

    from tests.support.databases import SqliteMaker

PERMIT = ("permit", "Tillståndsärende", "Permit matter")
# What a check of today refuses, and none did before: the excerpts leave before the attestation.
EARLY = ("from: attested\n    to: dispatched", "from: [decided, attested]\n    to: dispatched")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The customer's folder: the shipped files, and a kind of matter more."""
    folder = tmp_path / "own"
    shutil.copytree(shipped("workflows"), folder)
    kind, swedish, english = PERMIT
    source = (folder / "decision-matter.yaml").read_text()
    source = source.replace("workflow: decision-matter", f"workflow: {kind}-matter")
    source = source.replace("Beslutsärende, en: Decision matter", f"{swedish}, en: {english}")
    (folder / f"{kind}-matter.yaml").write_text(source)
    return folder


@pytest.fixture
def start(tmp_path: Path, sqlite_maker: SqliteMaker, own: Path) -> Iterator[Any]:
    """`with start() as api`: the program, begun anew on the same data with the folder as it is."""

    @contextmanager
    def begun() -> Iterator[Api]:
        api = Api(create_app(replace(settings(tmp_path, url), workflows_dir=own)), world, tokens)
        yield api
        api.casework.database.close()

    with sqlite_maker.copied("api", tmp_path, furnished) as (url, (world, tokens)):
        yield begun


def changed(own: Path, name: str, *changes: tuple[str, str]) -> None:
    """The customer's file in its next version, with these changes."""
    source = (own / f"{name}.yaml").read_text()
    [version] = re.findall(r"^version: (\d+)", source, re.MULTILINE)
    for old, new in ((f"version: {version}", f"version: {int(version) + 1}"), *changes):
        assert old in source
        source = source.replace(old, new)
    (own / f"{name}.yaml").write_text(source)


def browser(api: Api, who: str) -> FlaskClient:
    client = api.app.test_client()
    token = csrf(client.get("/sign-in").text)
    email = getattr(api.world.cast, who).email
    form = {"email": email, "password": PASSWORD, "csrf_token": token}
    assert client.post("/sign-in", data=form).status_code == 303
    return client


def csrf(page: str) -> str:
    return re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page)[-1]


def test_a_file_more_is_a_kind_more(start: Any, own: Path, tmp_path: Path) -> None:
    """Web, API and command line offer it with its label from the file, and it goes its own road;
    a motion may be one, for a body decides it."""
    with start() as api:
        kinds = api.get("registrar", "/matter-kinds").json["items"]
        assert [each["kind"] for each in kinds] == ["decision", "advisory", "information", "permit"]
        assert kinds[-1] == {
            "kind": "permit",
            "label": {"sv": "Tillståndsärende", "en": "Permit matter"},
            "open": True,
            "faults": [],
        }
        body = {"kind": "permit", "title": "Ny brygga", "body_id": api.world.committee.id}
        made = api.post("registrar", "/matters", body)
        assert (made.status_code, made.json["workflow"]) == (201, "permit-matter"), made.text
        given = {"input": {"case_officer": api.world.cast.officer.id}}
        moved = api.post("registrar", f"/matters/{made.json['id']}/actions/assign", given)
        assert moved.json["state"] == "in_preparation"
        unknown = api.post("registrar", "/matters", {**body, "kind": "permits"})
        assert unknown.status_code == 422
        assert "permit" in unknown.text

        page = browser(api, "registrar").get("/matters/new").text
        assert '<option value="permit">Tillståndsärende</option>' in page
        with browser(api, "registrar") as client:
            form = {"csrf_token": csrf(client.get("/matters/new").text), "title": "En båtplats"}
            form |= {"body": str(api.world.committee.id), "sender": "", "initiative": ""}
            at = client.post("/matters/new", data={**form, "kind": "permit"}).headers["Location"]
            shown = api.get("registrar", at).json
            assert (shown["kind"], shown["title"]) == ("permit", "En båtplats")

    file = tmp_path / "in.txt"
    file.write_text("Ansökan om en sjöbod\n\nVi ansöker om tillstånd.\n")
    environ = {
        "CASEWORK_DATA_DIR": str(tmp_path),
        "CASEWORK_DATABASE_URL": api.casework.settings.database_url,
        "CASEWORK_SECRET_KEY": "k" * 32,
        "CASEWORK_WORKFLOWS": str(own),
    }
    words = ["document", "read", str(file), "--create", "--body", "RUN", "--kind"]
    done = CliRunner().invoke(command, [*words, "permit"], env=environ)
    assert done.exit_code == 0, (done.output, done.exception)
    with start() as api:
        [last, *_] = api.get("registrar", "/matters").json["items"]
        assert (last["kind"], last["title"]) == ("permit", "Ansökan om en sjöbod")


def test_what_a_body_usually_takes_up_need_not_be_said(start: Any) -> None:
    """A committee decides, a forum recommends."""
    with start() as api, api.casework.acting(api.world.organisation_id) as context:
        for body, kind in ((api.world.committee, "decision"), (api.world.forum, "advisory")):
            found = context.session.get_one(Body, body.id)
            assert register(context, title="Något", body=found).kind == kind


def test_a_refused_file_takes_no_new_matters_and_all_else_goes_on(start: Any, own: Path) -> None:
    """An upgrade that checks more never stops anybody: what is under way goes by its own version,
    the other kinds are registered, and everybody concerned is told what to mend."""
    with start() as api:
        under_way = api.assigned()
    changed(own, "decision-matter", EARLY)
    with start() as api:
        new = {"kind": "decision", "title": "Ny", "body_id": api.world.committee.id}
        refused = api.post("registrar", "/matters", new)
        assert refused.status_code == 409
        assert "decision-matter.yaml:" in refused.json["detail"]
        assert "KL 5:69" in refused.json["detail"]
        assert api.post("registrar", "/matters", {**new, "kind": "information"}).status_code == 201

        reason = {"input": {"case_officer": api.world.cast.manager.id, "reason": "Ledighet"}}
        at = f"/matters/{under_way['id']}"
        moved = api.post("registrar", f"{at}/actions/change_officer", reason)
        assert moved.status_code == 200, moved.text
        assert moved.json["workflow_version"] == under_way["workflow_version"]

        kinds = {each["kind"]: each for each in api.get("registrar", "/matter-kinds").json["items"]}
        assert [name for name, each in kinds.items() if not each["open"]] == ["decision"]
        assert "decided –dispatch→ dispatched" in kinds["decision"]["faults"][0]["en"]

        ready = api.app.test_client().get("/readyz").json
        [part] = [each for each in ready["parts"] if each["name"] == "workflows"]
        assert part["ok"]
        assert part["detail"]["refused"] == 1
        assert "workflow_law_before" in part["detail"].values()

        client = browser(api, "registrar")
        page = client.get("/matters/new").text
        assert "Slaget ”Beslutsärende” kan inte registreras" in page
        assert "decided –dispatch→ dispatched" in page
        assert 'value="decision"' not in page
        assert "decided –dispatch→ dispatched" in client.get("/").text
        assert client.get(at).status_code == client.get("/matters?state=decided").status_code == 200
    changed(own, "decision-matter", EARLY[::-1])
    with start() as api:
        assert api.post("registrar", "/matters", new).status_code == 201


@pytest.mark.parametrize("text", ["workflow: [", "workflow: permit-matter\nversion: 2\n", "\xff"])
def test_a_file_that_cannot_be_read_is_refused_alike(start: Any, own: Path, text: str) -> None:
    with start() as api:
        body = {"kind": "permit", "title": "Ny brygga", "body_id": api.world.committee.id}
        made = api.post("registrar", "/matters", body).json
    (own / "permit-matter.yaml").write_text(text, encoding="latin-1")
    with start() as api:
        assert api.post("registrar", "/matters", body).status_code == 409
        given = {"input": {"case_officer": api.world.cast.officer.id}}
        moved = api.post("registrar", f"/matters/{made['id']}/actions/assign", given)
        assert moved.status_code == 200, moved.text
        assert api.post("registrar", "/matters", {**body, "kind": "decision"}).status_code == 201
        assert "permit-matter.yaml" in browser(api, "registrar").get("/matters/new").text


def test_a_file_that_cannot_be_opened_is_refused_alike(start: Any, own: Path) -> None:
    """Closed to the program's user, or a link that leads nowhere: nothing else stops."""
    (own / "permit-matter.yaml").unlink()
    (own / "permit-matter.yaml").symlink_to(own / "nowhere")
    (own / "folder-matter.yaml").mkdir()
    with start() as api:
        body = {"title": "Ny brygga", "body_id": api.world.committee.id}
        refused = api.post("registrar", "/matters", {**body, "kind": "permit"})
        assert (refused.status_code, "kan inte öppnas" in refused.text) == (409, True)
        assert api.post("registrar", "/matters", {**body, "kind": "decision"}).status_code == 201


def test_whoever_starts_the_server_is_told(
    start: Any, own: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB")
    changed(own, "decision-matter", EARLY)
    (own / "assignment.yaml").write_text("workflow: [")
    with start() as api:
        tell_of_workflows(api.casework)
    told = capsys.readouterr().err.splitlines()
    assert [line.partition(":")[0] for line in told[:2]] == [
        "assignment.yaml",
        "decision-matter.yaml",
    ]
    assert "“Decision matter” can begin; what is under way goes on." in told[-1]


def test_two_files_of_one_name_are_both_refused(start: Any, own: Path) -> None:
    """Nobody can know which of them was meant."""
    source = (own / "permit-matter.yaml").read_text().replace("version: 2", "version: 3")
    (own / "zoning.yaml").write_text(source)
    with start() as api:
        [permit] = [
            each
            for each in matter_kinds(api.casework.services.engine.definitions)
            if each.kind == "permit"
        ]
        assert "permit-matter.yaml" in permit.reasons[0]["en"]


def test_what_follows_goes_by_the_version_that_was_used_last(start: Any, own: Path) -> None:
    """A decision gives its assignments though their file is refused now; where no version was ever
    used there is none to go by, and the refusal says why."""
    with start():
        pass  # the version of assignments is kept
    changed(
        own, "assignment", ("trigger: report\n", "trigger: hand_in\n"), ("has_report", "has_it")
    )
    with start() as api:
        engine = api.casework.services.engine
        task = Assignment()
        engine.start(task, "assignment", follows=True)
        assert (task.workflow_version, task.state) == (2, "open")
        with pytest.raises(Conflict) as refused:
            engine.start(task, "assignment")
        assert refused.value.code == "workflow_refused"


def test_what_was_begun_before_the_check_knew_better_runs_on(start: Any, own: Path) -> None:
    """A version that an earlier program took, and that subjects stand on, is theirs to the end."""
    changed(own, "decision-matter", EARLY)
    with start() as api:
        definition = read_definition((own / "decision-matter.yaml").read_text(), "own")
        library = api.casework.services.engine.definitions
        with api.casework.database.unit_of_work() as session:
            versions.register(session, [definition], api.casework.now())
        assert library.get("decision-matter", definition.version).sha256 == definition.sha256
        assert definition.name in [each.name for each in library.of_subject("matter")]


def test_an_empty_installation_with_a_faulty_file_opens(tmp_path: Path, own: Path) -> None:
    """The first start, before any version is kept."""
    (own / "decision-matter.yaml").write_text("workflow: [")
    environ = {"CASEWORK_DATA_DIR": str(tmp_path), "CASEWORK_WORKFLOWS": str(own)}
    done = CliRunner().invoke(command, ["audit", "verify"], env=environ)
    assert done.exit_code == 0, (done.output, done.exception)
    url = f"sqlite:///{tmp_path / 'casework.db'}"
    casework = installation(replace(settings(tmp_path, url), workflows_dir=own))
    with casework.acting(0) as context:
        found_organisation(context)
    assert [each.kind for each in matter_kinds(casework.services.engine.definitions)] == [
        "decision",
        "advisory",
        "information",
        "permit",
    ]
    casework.database.close()
