"""Idempotency-Key: the same request sent again gets the same answer, and nothing is done twice."""

from __future__ import annotations

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, text

from casework.api import ROOMS
from casework.api.once import HEADER, REPLAYED
from casework.once import UsedKey
from casework.people.models import Appointment
from casework.schema import tables
from tests.api.conftest import Api, served
from tests.api.test_walk import walked
from tests.support.files import pdf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from werkzeug.test import TestResponse

    from tests.support.databases import SqliteMaker

REPEATED = ("Location", "ETag", "Link", "Content-Type")


def contents(api: Api) -> str:
    """A sum over every row of every table."""
    digest = hashlib.sha256()
    with api.casework.database.read() as session:
        for table in sorted(tables().tables):
            rows = session.execute(text(f'SELECT * FROM "{table}"')).all()  # noqa: S608 (ours)
            digest.update(repr((table, sorted(map(repr, rows)))).encode())
    return digest.hexdigest()


@dataclass
class Insistent(Api):
    """Sends whatever writes twice with one key, and sees to it that the second is the first."""

    numbers: Iterator[int] = field(default_factory=count)
    repeated: set[str] = field(default_factory=set)

    def call(
        self, method: str, who: str | None, path: str, body: Any = None, **options: Any
    ) -> TestResponse:
        if method == "GET":
            return super().call(method, who, path, body, **options)
        headers = {**options.pop("headers", {}), HEADER: f'"walk-{next(self.numbers)}"'}
        first = super().call(method, who, path, body, headers=headers, **options)
        if first.status_code >= 400:
            return first
        before = contents(self)
        again = super().call(method, who, path, body, headers=headers, **options)
        assert (again.status_code, again.data) == (first.status_code, first.data), path
        for name in REPEATED:
            assert again.headers.get(name) == first.headers.get(name), (path, name)
        assert (first.headers.get(REPLAYED), again.headers.get(REPLAYED)) == (None, "true")
        assert contents(self) == before, f"{method} {path} did something twice"
        self.repeated.add(f"{method} {path}")
        return first


@pytest.fixture
def insistent(tmp_path: Path, sqlite_maker: SqliteMaker) -> Iterator[Insistent]:
    with served(sqlite_maker, tmp_path) as api:
        yield Insistent(api.app, api.world, api.tokens)


def test_a_whole_matter_is_carried_with_every_call_sent_twice(insistent: Insistent) -> None:
    """Registered, planned, put on the agenda, decided, signed, dispatched, reported: once each."""
    done = walked(insistent)
    [assignment] = insistent.get("director", "/assignments").json["items"]  # type: ignore[index]
    at = f"/assignments/{assignment['id']}"
    insistent.post("director", f"{at}/report-backs", {"text": "Utredningen är klar."})
    body = {"kind": "committee", "name": "Ny nämnd", "short_name": "NN"}
    answer = insistent.post("registrar", "/bodies", body)
    assert answer.status_code == 201, answer.text
    paths = {each.partition(" ")[2].rpartition("/")[2] for each in insistent.repeated}
    wanted = {"matters", "meetings", "agenda", "summon_late", "conclusion", "signature", "dispatch"}
    assert wanted | {"report-backs", "bodies"} <= paths
    assert len(insistent.repeated) > 20
    matter = insistent.get(
        "secretary", f"/dispatches?matter_id={done['at'].rpartition('/')[2]}"
    ).json
    assert matter is not None
    assert len(matter["items"]) == 9


def new_matter(api: Api, key: str | None, title: str = "Ny cykelväg") -> TestResponse:
    body = {"kind": "decision", "title": title, "body_id": api.world.committee.id}
    headers = {} if key is None else {HEADER: key}
    return api.post("registrar", "/matters", body, headers=headers)


def code(answer: TestResponse) -> tuple[int, str]:
    assert answer.json is not None
    return answer.status_code, answer.json["code"]


def test_without_a_key_two_are_two(api: Api) -> None:
    """Nobody is forced to use it."""
    first, second = new_matter(api, None), new_matter(api, None)
    assert first.json["id"] != second.json["id"]  # type: ignore[index]


def test_many_at_once_make_one(api: Api) -> None:
    """Those who come while the first is at it wait, and get its answer."""
    with ThreadPoolExecutor(8) as senders:
        answers = list(senders.map(lambda _: new_matter(api, "one"), range(8)))
    assert {each.status_code for each in answers} == {201}
    assert len({each.data for each in answers}) == 1
    assert [each.headers.get(REPLAYED) for each in answers].count("true") == 7
    assert len(api.get("registrar", "/matters").json["items"]) == 1  # type: ignore[index]


def test_another_request_with_the_key_is_refused(api: Api) -> None:
    """A key is for one request: other words, or another address, are told, and change nothing."""
    assert new_matter(api, "one").status_code == 201
    assert code(new_matter(api, "one", "En bro")) == (422, "once_other_request")
    steps = api.post("registrar", "/matters/1/actions/assign", {}, headers={HEADER: "one"})
    assert code(steps) == (422, "once_other_request")
    assert len(api.get("registrar", "/matters").json["items"]) == 1  # type: ignore[index]


def test_a_quoted_key_is_the_key(shared: Api) -> None:
    """The draft writes it in quotes, most clients do not."""
    first, second = new_matter(shared, '"a \\"b"'), new_matter(shared, "quoted")
    assert first.status_code == 400
    assert new_matter(shared, '"quoted"').data == second.data
    assert new_matter(shared, '"quo\\\\ted"').headers.get(REPLAYED) is None


@pytest.mark.parametrize("key", ["", " ", '""', "x" * 256, "a b", "å", "tab\there", '"a'])
def test_a_malformed_key_is_no_key(shared: Api, key: str) -> None:
    """It is told, not guessed at; a key of 255 characters is one."""
    assert code(new_matter(shared, key)) == (400, "once_key_wrong")
    assert new_matter(shared, "y" * 255).status_code == 201


def test_a_refused_request_leaves_its_key_unused(api: Api) -> None:
    """It may be mended and sent again."""
    assert new_matter(api, "one", "").status_code == 422
    answer = api.post("officer", "/matters", {"title": "x"}, headers={HEADER: "one"})
    assert answer.status_code == 422
    wrong = {"kind": "decision", "title": "x", "body_id": 999_999}
    assert api.post("registrar", "/matters", wrong, headers={HEADER: "one"}).status_code == 404
    assert new_matter(api, "one").status_code == 201


def test_a_key_is_its_persons_own(api: Api) -> None:
    """Somebody else's same key is another key; a token that may only read repeats nothing."""
    matter = new_matter(api, "one").json
    assert matter is not None
    address, body = f"/matters/{matter['id']}/secrecy-review", {"provision": ""}
    for who in ("registrar", "secretary"):
        answer = api.post(who, address, body, headers={HEADER: "two"})
        assert (answer.status_code, answer.headers.get(REPLAYED)) == (200, None)
    body = {"kind": "decision", "title": "Ny cykelväg", "body_id": api.world.committee.id}
    answer = api.post("reader", "/matters", body, headers={HEADER: "one"})
    assert code(answer) == (403, "scope_missing")


def test_lost_rights_get_no_answer_again(api: Api) -> None:
    """What one may no longer see is not told because one once asked for it."""
    assert new_matter(api, "one").status_code == 201
    with api.casework.acting(api.world.organisation_id) as context:
        for appointment in context.session.scalars(
            select(Appointment).filter_by(person_id=api.world.cast.registrar.id)
        ):
            context.session.delete(appointment)
    assert code(new_matter(api, "one")) == (403, "once_rights_changed")


def test_a_file_is_told_by_its_content(api: Api) -> None:
    """The same file sent anew is the same request, whatever divides its parts; another is not."""
    matter = api.assigned()

    def attach(words: str) -> TestResponse:
        given = {"file": (io.BytesIO(pdf(words)), "karta.pdf"), "title": "Karta"}
        address = f"/matters/{matter['id']}/attachments"
        return api.post("officer", address, data=given, headers={HEADER: "one"})

    first, second = attach("Ett"), attach("Ett")
    assert first.status_code == 201, first.text
    assert (second.data, second.headers[REPLAYED]) == (first.data, "true")
    assert code(attach("Två")) == (422, "once_other_request")
    listed = api.get("officer", f"/matters/{matter['id']}/attachments").json
    assert listed is not None
    assert len(listed["items"]) == 1


def test_neither_password_nor_key_can_be_read_from_what_is_kept(api: Api) -> None:
    """The sum over a request is keyed: whoever has the database cannot try passwords on it."""
    assert new_matter(api, "one").status_code == 201
    with api.casework.database.read() as session:
        [row] = session.scalars(select(UsedKey)).all()
    body = {"kind": "decision", "title": "Ny cykelväg", "body_id": api.world.committee.id}
    assert len(row.fingerprint) == 64
    assert row.fingerprint != hashlib.sha256(repr(body).encode()).hexdigest()
    assert (row.status, row.headers["Location"]) == (201, "/api/v1/matters/1")


def test_every_writing_endpoint_describes_the_key(shared: Api) -> None:
    """A client that is generated from the description knows of it; reading needs none.

    Nor is the answer kept that holds a secret.
    """
    paths = shared.get(None, "/openapi.json").json["paths"]  # type: ignore[index]
    told = {
        operation["operationId"]: HEADER in {each["name"] for each in operation["parameters"]}
        for methods in paths.values()
        for operation in methods.values()
    }
    endpoints = [each for room in ROOMS for each in room.endpoints]
    assert told == {each.name: each.writes and each.is_kept for each in endpoints}
