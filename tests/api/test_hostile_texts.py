"""Hostile texts through every field of every endpoint that writes, on both engines: no fault."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from marshmallow import Schema, fields

from casework.api import ROOMS
from casework.api.callers import Window
from tests.api.test_hostile_numbers import filler
from tests.api.test_walk import walked
from tests.support.files import pdf
from tests.support.hostile import hostile_texts, how_many, seeded
from tests.support.later import nothing_fails_later

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casework.api.endpoint import Endpoint
    from tests.api.conftest import Api

USUAL = 3  # texts for each field
WRITING = [each for room in ROOMS for each in room.endpoints if each.writes and each.body]
READING = [each for room in ROOMS for each in room.endpoints if not each.writes]
WHO = ("registrar", "secretary", "officer", "chair", "director", "manager")
# One of these words or another text: a closed list refuses the rest before anything happens.
CHOSEN = {"kind": ("decision", "committee"), "capacity": ("other",), "outcome": ("noted",)}


@pytest.fixture(autouse=True)
def _as_often_as_it_likes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Window, "count", lambda *_: None)


@dataclass
class Sender:
    """Calls that are filled with hostile texts, and what came of them."""

    api: Api
    texts: Iterator[str]
    answers: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    may: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, address: str, body: Any, *, upload: bool = False) -> None:
        """In everybody's name until somebody may, who is asked first the next time."""
        kind = f"{method} {address}"
        for who in dict.fromkeys((self.may.get(kind, WHO[0]), *WHO)):
            options: dict[str, Any] = {"headers": {"If-Match": "*"}}
            if upload:  # what a form says as UTF-8
                plain = {name: "".join(filter(_is_whole, str(text))) for name, text in body.items()}
                options["data"] = plain | {"file": (io.BytesIO(pdf("Ett")), self.plain())}
            else:  # JSON can say half a surrogate pair
                options |= {"data": json.dumps(body), "content_type": "application/json"}
            answer = self.api.call(method, who, address, **options)
            self.note(answer, f"{kind} {body!a}")
            if answer.status_code not in (403, 404):
                self.may[kind] = who
                break

    def note(self, answer: Any, what: str) -> None:
        """A fault is remembered with what was sent."""
        self.answers[answer.status_code // 100] += 1
        if answer.status_code >= 500:
            self.faults.append(what[:1500])

    def plain(self) -> str:
        """A name as a form can say it, on one line and in UTF-8."""
        return "".join(filter(_is_whole, next(self.texts)))

    def filled(self, schema: Schema) -> dict[str, Any]:
        """A body with a hostile text in each of its fields that takes one."""
        given = {name: self.value(name, each) for name, each in schema.load_fields.items()}
        return {name: value for name, value in given.items() if value is not None}

    def value(self, name: str, each: fields.Field[Any]) -> Any:
        if isinstance(each, fields.Nested):
            rows = self.filled(each.schema)  # type: ignore[arg-type]
            return [rows] if each.many else rows
        if isinstance(each, fields.List):
            return [self.value(name, each.inner)]
        if isinstance(each, fields.Dict):
            return {next(self.texts): next(self.texts), "Bakgrund": next(self.texts)}
        if isinstance(each, fields.String):
            choices = getattr(each.validate, "choices", None) or CHOSEN.get(name)
            return next(iter(choices)) if choices else next(self.texts)
        value = filler(each)
        return None if value == "text" else value


def _is_whole(character: str) -> bool:
    return not "\ud800" <= character <= "\udfff"


def address(endpoint: Endpoint) -> str:
    return re.sub(r"<row:\w+>", "1", endpoint.rule)


def test_no_hostile_text_in_a_body_is_a_fault(api: Api) -> None:
    """In a world in which the rows exist; then every reading endpoint still answers."""
    walked(api)
    sender = Sender(api, hostile_texts(seeded(12), surrogates=True))
    for _ in range(how_many(USUAL)):
        for endpoint in WRITING:
            if "<trigger>" not in endpoint.rule and endpoint.body:
                body = sender.filled(endpoint.body())
                body.pop("password", None)
                sender.send(endpoint.method, address(endpoint), body, upload=endpoint.upload)
        take_steps(sender)
    assert sender.faults == []
    assert sender.answers[2] > how_many(USUAL) * 10
    for endpoint in READING:
        for who in ("registrar", "secretary"):
            answer = api.get(who, address(endpoint))
            sender.note(answer, f"GET {endpoint.rule} {answer.data[:200]!r}")
    assert sender.faults == []
    nothing_fails_later(api.casework)


def take_steps(sender: Sender) -> None:
    """Every step that is shown as open, with a hostile text for each of its inputs; undone by
    nobody, so that the next round meets the states after it."""
    for noun in ("matters", "meetings", "assignments", "delegated-decisions", "notices"):
        for who in WHO:
            answer = sender.api.get(who, f"/{noun}/1/actions")
            sender.note(answer, f"GET /{noun}/1/actions")
            for step in (answer.json or {}).get("actions", ()):
                texts = [each for each in step["inputs"] if each["type"] not in {"person", "date"}]
                if texts:
                    given = {each["name"]: next(sender.texts) for each in texts}
                    at = f"/{noun}/1/actions/{step['trigger']}"
                    sender.send("POST", at, {"input": given})


def test_no_hostile_question_is_a_fault(api: Api) -> None:
    """Each word that an address asks with."""
    walked(api)
    sender = Sender(api, hostile_texts(seeded(13)))
    for _ in range(how_many(USUAL)):
        for endpoint in READING:
            for name in endpoint.query().load_fields if endpoint.query else ():
                asked = {name: next(sender.texts)}
                answer = api.get("secretary", address(endpoint), query_string=asked)
                sender.note(answer, f"GET {endpoint.rule} {asked!a}")
    assert sender.faults == []
