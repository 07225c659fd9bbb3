"""Accounts through the API: one's own, and everybody's for who is administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from casework.accounts import sessions
from casework.accounts.calendar_links import calendar_token
from casework.accounts.models import User
from casework.accounts.passwords import password_fits
from casework.accounts.service import find_user
from casework.accounts.tokens import create_token
from tests.api.conftest import PASSWORD
from tests.api.test_delegation import ok

if TYPE_CHECKING:
    from tests.api.conftest import Api

NEW = "ett annat långt lösenord"


@pytest.fixture
def keeper(api: Api) -> Api:
    """The world, with a token `admin` of the administrator that may keep accounts."""
    with api.casework.acting(api.world.organisation_id) as context:
        user = find_user(context, api.world.cast.registrar.email)
        api.tokens["admin"] = create_token(context, user, ["admin"])
    return api


def account_of(api: Api, email: str) -> Any:
    [found] = ok(api.get("admin", f"/accounts?q={email}"))["items"]
    return found


def test_one_keeps_ones_own(api: Api) -> None:
    """Language, password and tokens; nothing of it tells a secret twice."""
    mine = ok(api.get("officer", "/account"))
    assert mine["email"] == api.world.cast.officer.email
    assert mine["has_password"]
    assert "password_hash" not in mine
    stale = api.patch("officer", "/account", {"language": "en"}, version=mine["version"] + 5)
    assert stale.status_code == 412
    changed = api.patch("officer", "/account", {"language": "en"}, version=mine["version"])
    assert ok(changed)["language"] == "en"
    wrong = api.put("officer", "/account/password", {"current": "fel", "new": NEW})
    assert (wrong.status_code, wrong.json["code"]) == (403, "password_wrong")  # type: ignore[index]
    short = api.put("officer", "/account/password", {"current": PASSWORD, "new": "kort"})
    assert short.status_code == 422
    ok(api.put("officer", "/account/password", {"current": PASSWORD, "new": NEW}))
    made = api.post("officer", "/account/tokens", {"name": "Rapport", "password": NEW})
    assert made.status_code == 201
    api.tokens["made"] = made.json["secret"]  # type: ignore[index]
    [kept, *_] = ok(api.get("made", "/account/tokens"))["items"]
    assert (kept["name"], kept["scopes"]) == ("Rapport", ["read"])
    assert "secret" not in kept
    assert api.call("DELETE", "officer", f"/account/tokens/{kept['id']}").status_code == 200
    assert api.get("made", "/account").status_code == 401


def test_a_password_is_kept_to_the_letter(api: Api) -> None:
    """As it was typed, blanks and all, in each field that takes one; the door cleans the rest."""
    typed = " två  blanka o\N{COMBINING DIAERESIS}\N{ZERO WIDTH SPACE} "
    ok(api.put("officer", "/account/password", {"current": PASSWORD, "new": typed}))
    with api.casework.acting(api.world.organisation_id) as context:
        assert password_fits(find_user(context, api.world.cast.officer.email), typed)
    made = api.post("officer", "/account/tokens", {"name": " x\u200b ", "password": typed})
    assert (made.status_code, made.json["tokens"][0]["name"]) == (201, "x")  # type: ignore[index]
    sitting = api.planned_now(api.world.committee.id)
    given = {"password": typed, "document_sha256": "0" * 64}
    unsigned = api.post("officer", f"{sitting}/signature", given).json
    assert unsigned["code"] != "password_wrong_at_signing"  # type: ignore[index]
    ok(api.put("officer", "/account/password", {"current": typed, "new": PASSWORD}))


def test_half_a_character_is_no_fault(api: Api) -> None:
    """JSON can carry what no text holds."""
    assert api.post("officer", "/account/tokens", {"password": "\ud800"}).status_code == 403
    given = {"current": PASSWORD, "new": "\ud800" * 12}
    ok(api.put("officer", "/account/password", given))


def test_a_token_makes_none_wider_than_itself(api: Api) -> None:
    """Nor one without the owner's password: who has found a token has not the account."""
    given = {"scope": "admin", "password": PASSWORD}
    refused = api.post("officer", "/account/tokens", given)
    assert (refused.status_code, refused.json["code"]) == (403, "scope_missing")  # type: ignore[index]
    refused = api.post("officer", "/account/tokens", {"password": "gissat"})
    assert (refused.status_code, refused.json["code"]) == (403, "password_wrong")  # type: ignore[index]


def test_a_key_does_not_keep_a_secret(api: Api) -> None:
    """An answer with a secret in it is stored nowhere: the same request makes another token."""
    headers = {"Idempotency-Key": "abc"}
    secrets = {
        api.post("officer", "/account/tokens", {"password": PASSWORD}, headers=headers).json[  # type: ignore[index]
            "secret"
        ]
        for _ in range(2)
    }
    assert len(secrets) == 2


def test_an_administrator_keeps_the_others(keeper: Api) -> None:
    """Somebody comes, and leaves: account, letter, role, address, closed and open again."""
    api = keeper
    given = {
        "name": "Nora Ny",
        "email": "Nora@example.org",
        "role": "manager",
        "body_id": api.world.committee.id,
    }
    made = api.post("admin", "/accounts", given)
    assert made.status_code == 201, made.text
    assert made.json is not None
    user, at = made.json, f"/accounts/{made.json['id']}"
    assert (user["email"], user["has_password"]) == ("nora@example.org", False)
    assert api.post("admin", "/accounts", given).status_code == 409
    again = api.post("admin", f"/persons/{user['person']['id']}/invitation", {})
    assert again.status_code == 201
    role = {"role": "registrar", "valid_to": "2099-01-01"}
    assert (
        api.post("admin", f"/persons/{user['person']['id']}/appointments", role).status_code == 201
    )
    tag = ok(api.get("admin", at))["version"]
    assert api.call("PATCH", "admin", at, {"email": "n@example.org"}).status_code == 428
    assert (
        ok(api.patch("admin", at, {"email": "n@example.org"}, version=tag))["email"]
        == "n@example.org"
    )
    assert not ok(api.post("admin", f"{at}/closing"))["is_active"]
    twice = api.post("admin", f"{at}/closing")
    assert (twice.status_code, twice.json["code"]) == (409, "account_closed")  # type: ignore[index]
    assert ok(api.post("admin", f"{at}/reopening"))["is_active"]
    ok(api.post("admin", f"{at}/unlocking"))
    ok(api.post("admin", f"{at}/reset"))


def test_closing_ends_tokens(keeper: Api) -> None:
    """A token of whoever has left opens nothing, and stays revoked when the account opens."""
    at = f"/accounts/{account_of(keeper, keeper.world.cast.member.email)['id']}"
    assert keeper.get("member", "/account").status_code == 200
    ok(keeper.post("admin", f"{at}/closing"))
    assert keeper.get("member", "/account").status_code == 401
    ok(keeper.post("admin", f"{at}/reopening"))
    assert keeper.get("member", "/account").status_code == 401
    assert all(each["revoked_at"] for each in ok(keeper.get("admin", f"{at}/tokens"))["items"])
    assert ok(keeper.get("admin", f"{at}/sessions"))["items"] == []


def test_nobody_else_keeps_them(keeper: Api) -> None:
    """Reading takes the role of administrator; writing takes a token for it too."""
    at = f"/accounts/{account_of(keeper, keeper.world.cast.member.email)['id']}"
    for path in ("/accounts", at, f"{at}/tokens", f"{at}/sessions"):
        assert keeper.get("secretary", path).status_code == 403, path
    narrow = keeper.post("registrar", f"{at}/closing")
    assert (narrow.status_code, narrow.json["code"]) == (403, "scope_missing")  # type: ignore[index]
    with keeper.casework.acting(keeper.world.organisation_id) as context:
        user = find_user(context, keeper.world.cast.secretary.email)
        keeper.tokens["wide"] = create_token(context, user, ["admin"])
    for path in (f"{at}/closing", f"{at}/reset", f"{at}/unlocking"):
        assert keeper.post("wide", path).status_code == 403, path
    assert (
        keeper.post("wide", "/accounts", {"name": "X", "email": "x@example.org"}).status_code == 403
    )
    last = f"/accounts/{account_of(keeper, keeper.world.cast.registrar.email)['id']}/closing"
    assert keeper.post("admin", last).json["code"] == "last_administrator_account"  # type: ignore[index]


KEPT = (
    ("POST", "/accounts", {"name": "X", "email": "x@example.org"}),
    ("POST", "/persons/1/invitation", {}),
    ("PATCH", "{at}", {"email": "x@example.org"}),
    *(("POST", f"{{at}}/{verb}", None) for verb in ("reset", "closing", "reopening", "unlocking")),
    ("DELETE", "{at}/sessions", None),
    ("DELETE", "{at}/sessions/1", None),
    ("DELETE", "{at}/tokens/1", None),
)


def test_each_writing_takes_a_token_for_accounts(keeper: Api) -> None:
    """An administrator's everyday token keeps nobody's account."""
    at = f"/accounts/{account_of(keeper, keeper.world.cast.member.email)['id']}"
    for method, path, body in KEPT:
        answer = keeper.call(method, "registrar", path.format(at=at), body)
        assert answer.json["code"] == "scope_missing", (method, path)  # type: ignore[index]


def test_an_administrator_ends_sign_ins_and_tokens(keeper: Api) -> None:
    """One, then all; what is told is what is left."""
    member = keeper.world.cast.member
    with keeper.casework.acting(keeper.world.organisation_id) as context:
        user = find_user(context, member.email)
        for device in ("Firefox", "Safari", "Edge"):
            sessions.begin(context.session, user, context.moment, "", device)
    at = f"/accounts/{account_of(keeper, member.email)['id']}"
    first, *others = ok(keeper.get("admin", f"{at}/sessions"))["items"]
    left = ok(keeper.call("DELETE", "admin", f"{at}/sessions/{first['id']}"))["items"]
    assert left == others
    assert ok(keeper.call("DELETE", "admin", f"{at}/sessions"))["items"] == []
    [token] = ok(keeper.get("admin", f"{at}/tokens"))["items"]
    assert keeper.call("DELETE", "admin", f"{at}/tokens/{token['id']}").status_code == 200
    assert keeper.get("member", "/account").status_code == 401


def test_a_politician_is_no_case_officer(api: Api) -> None:
    """The step and the point are refused with their own sentences."""
    matter = api.registered()
    member = api.world.cast.member
    given = {"input": {"case_officer": member.id}}
    refused = api.post("registrar", f"/matters/{matter['id']}/actions/assign", given)
    assert (refused.status_code, refused.json["code"]) == (422, "not_an_official")  # type: ignore[index]
    assigned = api.assigned("Ny bro")
    points = {"points": [{"text": "Utred.", "assignee_id": member.id}]}
    refused = api.patch("officer", f"/matters/{assigned['id']}", points, assigned["version"])
    assert (refused.status_code, refused.json["code"]) == (422, "not_responsible")  # type: ignore[index]
    points["points"][0]["assignee_id"] = api.world.cast.chair.id
    assert (
        api.patch("officer", f"/matters/{assigned['id']}", points, assigned["version"]).status_code
        == 200
    )


def test_an_address_of_a_calendar_that_got_out_is_dead(api: Api) -> None:
    """Its owner withdraws it; the account tells that it happened."""
    user = ok(api.get("officer", "/account"))
    before = calendar_of(api, user["id"])
    ok(api.call("DELETE", "officer", "/account/calendar"))
    assert calendar_of(api, user["id"]) != before


def calendar_of(api: Api, user_id: int) -> str:
    with api.casework.database.read() as session:
        user = session.get_one(User, user_id)
        return calendar_token(api.casework.settings.secret_key, user)
