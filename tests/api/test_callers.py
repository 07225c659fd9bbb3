"""Who calls: a wrong password is counted though the call is refused, and so are unknown tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.api.conftest import PASSWORD

if TYPE_CHECKING:
    from tests.api.conftest import Api


def test_wrong_passwords_at_a_signature_are_counted(api: Api) -> None:
    """Five are told as wrong, then one waits, the right one too; for oneself alone."""
    sitting = api.planned_now(api.world.committee.id)
    given = {"password": "fel lösenord", "document_sha256": "0" * 64}
    answers = [api.post("chair", f"{sitting}/signature", given) for _ in range(6)]
    codes = [each.json["code"] for each in answers if each.json]
    assert codes == ["password_wrong_at_signing"] * 5 + ["confirmed_too_often"]
    assert {each.status_code for each in answers} == {403}
    given["password"] = PASSWORD
    waiting = api.post("chair", f"{sitting}/signature", given).json
    assert waiting is not None
    assert waiting["code"] == "confirmed_too_often"
    assert "15 min" in waiting["detail"]
    other = api.post("vice_chair", f"{sitting}/signature", given).json
    assert other is not None
    assert other["code"] == "no_minutes_to_sign"


def test_right_passwords_are_not_counted(api: Api) -> None:
    """Whoever signs twenty minutes in a row is not slowed."""
    sitting = api.planned_now(api.world.committee.id)
    given = {"password": PASSWORD, "document_sha256": "0" * 64}
    for _ in range(20):
        assert api.post("chair", f"{sitting}/signature", given).status_code == 409


def test_who_guesses_at_tokens_is_slowed(api: Api) -> None:
    """A living token from the same address is heard all the same."""
    for _ in range(20):
        answer = api.get(None, "/bodies", headers={"Authorization": "Bearer cw_gissat"})
        assert answer.status_code == 401
    answer = api.get(None, "/bodies", headers={"Authorization": "Bearer cw_gissat"})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert api.get("officer", "/bodies").status_code == 200
