"""Every address is declared, guarded, and described."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from casework.accounts.service import find_user
from casework.api import ROOMS
from casework.api.callers import WIDTH

if TYPE_CHECKING:
    from casework.api.endpoint import Endpoint
    from tests.api.conftest import Api

ENDPOINTS = [endpoint for room in ROOMS for endpoint in room.endpoints]
OPEN = {"/api/v1/openapi.json"}  # describes the API to whoever wants to use it


def address(endpoint: Endpoint) -> str:
    """The endpoint's address with numbers that exist nowhere."""
    return re.sub(r"<row:\w+>", "999999", endpoint.rule.replace("<trigger>", "submit"))


def described(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.rule}"


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=described)
def test_each_declares_who_may(endpoint: Endpoint) -> None:
    """No endpoint is open by oversight, and whatever writes wants more than reading."""
    assert endpoint.scope in WIDTH
    assert endpoint.who.endswith(".")
    assert (endpoint.scope != "read") == endpoint.writes


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=described)
def test_each_wants_a_token(endpoint: Endpoint, shared: Api) -> None:
    """Without a token nothing is told, not even whether the row exists."""
    answer = shared.call(endpoint.method, None, address(endpoint))
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert "Bearer" in answer.headers["WWW-Authenticate"].title()


@pytest.mark.parametrize(
    "endpoint", [each for each in ENDPOINTS if each.scope == "write"], ids=described
)
def test_a_reading_token_writes_nothing(endpoint: Endpoint, shared: Api) -> None:
    """The registrar's own reading token is refused where the registrar is not."""
    answer = shared.call(endpoint.method, "reader", address(endpoint))
    assert answer.status_code == 403
    assert code(answer) == "scope_missing"


def test_no_address_goes_round_the_declarations(shared: Api) -> None:
    """Whatever answers under /api/v1 is declared, and has its path in the document."""
    declared = {f"/api/v1{each.rule}" for each in ENDPOINTS}
    served = {rule.rule for rule in shared.app.url_map.iter_rules() if rule.rule.startswith("/api")}
    assert served == declared | OPEN
    paths = shared.get(None, "/openapi.json").json["paths"]  # type: ignore[index]
    assert len(paths) == len(declared)


def test_every_name_is_given_once() -> None:
    """An operationId is what generated clients call their methods."""
    names = [endpoint.name for endpoint in ENDPOINTS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer cw_wrong", "Basic cmVnaXN0cmF0b3I6eA==", "cw_wrong"],
)
def test_a_wrong_token_is_no_token(header: str, shared: Api) -> None:
    """One answer for none, a wrong one and another kind: nothing to guess from."""
    answer = shared.get(None, "/matters", headers={"Authorization": header})
    assert answer.status_code == 401
    assert code(answer) == "token_needed"


def test_an_ended_account_ends_its_tokens(api: Api) -> None:
    """Whoever leaves cannot call any more, without anybody thinking of the tokens."""
    assert api.get("member", "/bodies").status_code == 200
    with api.casework.acting(api.world.organisation_id) as context:
        find_user(context, api.world.cast.member.email).is_active = False
    assert api.get("member", "/bodies").status_code == 401


def test_a_cookie_gives_no_access(shared: Api) -> None:
    """What a browser sends by itself must not act: the API needs no form tokens."""
    cookie = f"casework={shared.tokens['registrar']}; session={shared.tokens['registrar']}"
    assert shared.get(None, "/matters", headers={"Cookie": cookie}).status_code == 401


def code(answer: Any) -> str:
    found: str = answer.json["code"]
    return found
