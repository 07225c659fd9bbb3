"""Both faces show each kind of subject where its Kind says, also by an organisation's own file."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from casework.app import create_app, vocabulary
from casework.config import shipped
from casework.kinds import gathered
from casework.workflow.check import check
from casework.workflow.definition import read_definition
from tests.api.conftest import Api, furnished, settings
from tests.api.test_reading import entered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.databases import SqliteMaker

WITH_DIRECTOR = """\
  - trigger: let_begin
    label: {sv: Låt beredningen börja, en: Let the preparation begin}
    from: with_director
    to: in_preparation
    by: [chief_executive]
    require: [has_case_officer]
    input:
      reason: {type: text, required: true, label: {sv: Skäl, en: Reason}}
    effects:
      - reset_secrecy_review

  - trigger: submit
"""


def of_ones_own() -> str:
    """A decision matter that the director sees before it is prepared: a state of another role."""
    source = (shipped("workflows") / "decision-matter.yaml").read_text(encoding="utf-8")
    for old, new in (
        ("version: 2", "version: 3"),
        (
            "  in_review:\n",
            "  with_director: {label: {sv: Hos direktören, en: With}}\n  in_review:\n",
        ),
        ("from: registered\n    to: in_preparation", "from: registered\n    to: with_director"),
        ("  - trigger: submit\n", WITH_DIRECTOR),
    ):
        assert old in source
        source = source.replace(old, new, 1)
    return source


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, sqlite_maker: SqliteMaker) -> Iterator[Api]:
    """An installation whose matters go by that file."""
    folder = tmp_path_factory.mktemp("own")
    shutil.copytree(shipped("workflows"), folder / "workflows")
    (folder / "workflows" / "decision-matter.yaml").write_text(of_ones_own(), encoding="utf-8")
    with sqlite_maker.copied("api", folder, furnished) as (url, (world, tokens)):
        own = replace(settings(folder, url), workflows_dir=folder / "workflows")
        made = Api(create_app(own), world, tokens)
        yield made
        made.casework.database.close()


def test_the_own_file_is_sound(own: Api) -> None:
    words = vocabulary(own.casework.settings)
    assert check(read_definition(of_ones_own(), "decision-matter.yaml"), words) == []


def test_a_state_that_waits_for_another_role(own: Api) -> None:
    """It waits for whoever takes the step on, also one that asks for a reason: the mark in the file
    decides what is aside. Everybody's pages tell of it."""
    matter = own.assigned("Ny gångbro")
    director, officer = entered(own, "director"), entered(own, "officer")
    assert "Ny gångbro" in director.get("/my-work/waiting").text
    assert "Ny gångbro" not in officer.get("/my-work/waiting").text
    for client in (director, officer, entered(own, "registrar"), entered(own, "secretary")):
        for address in ("/", "/my-work/waiting", "/matters", f"/matters/{matter['id']}"):
            answer = client.get(address)
            assert answer.status_code == 200, address
            assert "Hos direktören" in answer.text or address in ("/", "/my-work/waiting")
    step = director.get(f"/matters/{matter['id']}/steps/let_begin").text
    assert "Ärendet har en handläggare." in step
    assert "Sekretessen prövas på nytt innan något lämnas ut." in step


def test_each_kind_has_its_pages(own: Api) -> None:
    """In both faces: a page that its Kind names and nobody serves would be found by readers."""
    addresses = {(rule.endpoint, rule.rule) for rule in own.app.url_map.iter_rules()}
    endpoints = {endpoint for endpoint, _ in addresses}
    rules = {rule for _, rule in addresses}
    for kind in gathered():
        assert kind.page.endpoint in endpoints, kind.noun
        assert f"/{kind.page.path}/<int:{kind.page.argument}>" in rules, kind.noun
        assert f"/api/v1/{kind.nouns}/<row:row_id>/actions" in rules, kind.noun
        assert f"api.{kind.noun}_actions" in endpoints, kind.noun
