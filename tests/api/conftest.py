"""A world with tokens for its people, and a client that speaks JSON in their names."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from casework.accounts.service import find_user
from casework.accounts.tokens import create_token
from casework.app import create_app, installation
from casework.config import Settings, shipped
from casework.context import SYSTEM
from casework.demo.world import found_organisation, furnish

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from werkzeug.test import TestResponse

    from casework.app import Casework
    from casework.demo.world import World
    from tests.support.databases import DatabaseMaker, SqliteMaker

PREFIX = "/api/v1"
PASSWORD = "ett långt lösenord"


@dataclass
class Api:
    """Calls in somebody's name: `api.post("officer", "/matters/1/actions/submit", {})`."""

    app: Flask
    world: World
    tokens: dict[str, str]

    @property
    def casework(self) -> Casework:
        installation: Casework = self.app.extensions["casework"]
        return installation

    def call(
        self, method: str, who: str | None, path: str, body: Any = None, **options: Any
    ) -> TestResponse:
        headers = dict(options.pop("headers", {}))
        if who is not None:
            headers["Authorization"] = f"Bearer {self.tokens[who]}"
        if body is not None:
            options["json"] = body
        with self.app.test_client() as client:
            return client.open(PREFIX + path, method=method, headers=headers, **options)

    def get(self, who: str | None, path: str, **options: Any) -> TestResponse:
        return self.call("GET", who, path, **options)

    def post(self, who: str | None, path: str, body: Any = None, **options: Any) -> TestResponse:
        return self.call("POST", who, path, body, **options)

    def put(self, who: str | None, path: str, body: Any = None) -> TestResponse:
        return self.call("PUT", who, path, body)

    def patch(self, who: str, path: str, body: Any, version: Any = None) -> TestResponse:
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        return self.call("PATCH", who, path, body, headers=headers)

    def planned_now(self, body_id: int, **given: Any) -> str:
        """The address of a meeting that begins at this moment."""
        moment = self.casework.context(None, 0).moment  # type: ignore[arg-type]
        body = {"body_id": body_id, "starts_at": moment.isoformat(), **given}
        answer = self.post("secretary", "/meetings", body)
        assert answer.status_code == 201, answer.text
        return f"/meetings/{answer.json['id']}"  # type: ignore[index]

    def opened(self, sitting: str) -> None:
        """The meeting is summoned so late that it is opened on the same day."""
        for step, given in (("summon_late", {"reason": "Brådskar"}), ("open", {})):
            answer = self.post("secretary", f"{sitting}/actions/{step}", {"input": given})
            assert answer.status_code == 200, answer.text

    def registered(self, title: str = "Ny cykelväg") -> Any:
        """A matter as the registrar has just registered it."""
        body = {"kind": "decision", "title": title, "body_id": self.world.committee.id}
        answer = self.post("registrar", "/matters", body)
        assert answer.status_code == 201, answer.text
        return answer.json

    def assigned(self, title: str = "Ny cykelväg") -> Any:
        """A matter that the officer prepares."""
        matter = self.registered(title)
        given = {"input": {"case_officer": self.world.cast.officer.id}}
        answer = self.post("registrar", f"/matters/{matter['id']}/actions/assign", given)
        assert answer.status_code == 200, answer.text
        return answer.json


def settings(folder: Path, url: str) -> Settings:
    return Settings(
        data_dir=folder,
        database_url=url,
        secret_key="k" * 32,
        mail_url=f"file:{folder / 'mail'}",
        workflows_dir=shipped("workflows"),
        templates_dir=shipped("templates"),
    )


def furnished(url: str, folder: Path) -> tuple[World, dict[str, str]]:
    """The region with its people, each of them with a token that may write."""
    casework = installation(settings(folder, url))
    with casework.acting(0, SYSTEM) as context:
        organisation_id = found_organisation(context)
    with casework.acting(organisation_id, SYSTEM) as context:
        world = furnish(context, PASSWORD)
        tokens = {
            role: create_token(context, find_user(context, person.email), ["write"])
            for role, person in vars(world.cast).items()
        }
        reader = find_user(context, world.cast.registrar.email)
        tokens["reader"] = create_token(context, reader, ["read"])
    casework.database.close()
    return world, tokens


@contextmanager
def served(maker: DatabaseMaker, folder: Path) -> Iterator[Api]:
    """A copy of the furnished region."""
    with maker.copied("api", folder, furnished) as (url, (world, tokens)):
        made = Api(create_app(settings(folder, url)), world, tokens)
        yield made
        made.casework.database.close()


@pytest.fixture
def api(tmp_path: Path, database_maker: DatabaseMaker) -> Iterator[Api]:
    """A fresh world on each engine in turn."""
    with served(database_maker, tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, sqlite_maker: SqliteMaker) -> Iterator[Api]:
    """One world for many questions that change nothing that matters."""
    with served(sqlite_maker, tmp_path_factory.mktemp("api")) as made:
        yield made
