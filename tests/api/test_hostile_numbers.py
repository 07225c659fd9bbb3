"""Too deep, too large, no number at all: each endpoint says so in a sentence, on both engines."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from marshmallow import fields

from casework.api import ROOMS
from casework.api.callers import Window

if TYPE_CHECKING:
    from casework.api.endpoint import Endpoint
    from tests.api.conftest import Api

ENDPOINTS = [endpoint for room in ROOMS for endpoint in room.endpoints if not endpoint.upload]
NUMBERS = ("9" * 5000, str(2**63), str(2**40), str(2**31), "-1", "1e400", "NaN", "1.5", '"1"')
ASKED = (*NUMBERS, "9" * 18, "x", "\x00", "٣", "")
BODIES = {
    "deep": "[" * 100_000,
    "deep inside": '{"input": ' + '{"a":' * 20_000 + "1" + "}" * 20_001,
    "huge": "9" * 5000,
    "huge inside": '{"input": {"a": ' + "9" * 5000 + "}}",
    "NaN": "NaN",
    "list": "[1]",
    "null": "null",
}


@pytest.fixture(autouse=True)
def _as_often_as_it_likes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Window, "count", lambda *_: None)


def ask(api: Api, endpoint: Endpoint, **options: Any) -> Any:
    address = re.sub(r"<row:\w+>", "1", endpoint.rule).replace("<trigger>", "assign")
    who = "registrar" if address.startswith(("/matters", "/bodies")) else "secretary"
    headers = {"If-Match": "*"} if endpoint.writes else {}
    return api.call(endpoint.method, who, address, headers=headers, **options)


def planned(api: Api) -> None:
    """A matter and a meeting, so that what is asked of them gets as far as it can."""
    api.assigned()
    body = {
        "body_id": api.world.committee.id,
        "starts_at": "2040-01-10T09:00:00Z",
        "chair_id": api.world.cast.chair.id,
        "secretary_id": api.world.cast.secretary.id,
    }
    assert api.post("secretary", "/meetings", body).status_code == 201


def test_no_question_is_a_fault(api: Api) -> None:
    """Whatever number an address asks with, the answer is a page or a refusal."""
    planned(api)
    for endpoint in ENDPOINTS:
        for name in endpoint.query().load_fields if endpoint.query else ():
            for value in ASKED:
                answer = ask(api, endpoint, query_string={name: value})
                assert answer.status_code < 500, f"{endpoint.name}?{name}={value[:20]}"


def test_no_body_is_a_fault(api: Api) -> None:
    """However deep or large what is sent is."""
    planned(api)
    for endpoint in ENDPOINTS:
        for label, content in BODIES.items() if endpoint.body else ():
            answer = ask(api, endpoint, data=content, content_type="application/json")
            assert answer.status_code < 500, f"{endpoint.name}: {label}"


def test_no_number_in_a_body_is_a_fault(api: Api) -> None:
    """Each number that an endpoint takes, replaced by one that no column holds."""
    planned(api)
    tried = 0
    for endpoint in ENDPOINTS:
        taken = endpoint.body().load_fields if endpoint.body else {}
        for name in (name for name, each in taken.items() if isinstance(each, fields.Integer)):
            for value in NUMBERS:
                others = {other: filler(each) for other, each in taken.items() if other != name}
                content = (
                    json.dumps(others)[:-1] + (", " if others else "") + f'"{name}": {value}}}'
                )
                answer = ask(api, endpoint, data=content, content_type="application/json")
                assert answer.status_code < 500, f"{endpoint.name}: {name} {value[:20]}"
                tried += 1
    assert tried > 100


def filler(each: fields.Field[Any]) -> Any:
    """Something that the field takes."""
    for kind, value in (
        (fields.Boolean, True),
        (fields.Integer, 1),
        (fields.AwareDateTime, "2040-12-01T09:00:00Z"),
        (fields.Date, "2040-12-01"),
        (fields.List, []),
        (fields.Dict, {}),
    ):
        if isinstance(each, kind):
            return value
    return "text"
