"""What did not arrive over REST: dispatches and other letters are mended, the address book kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from casework.distribution.models import Dispatch
from casework.distribution.service import fail
from casework.mail.models import Message
from tests.api.test_walk import walked

if TYPE_CHECKING:
    from tests.api.conftest import Api


def ok(answer: Any) -> Any:
    """What a call that went well answers."""
    assert answer.status_code in (200, 201), answer.text
    return answer.json


@pytest.fixture
def failed(api: Api) -> list[int]:
    """Three dispatches that did not arrive."""
    walked(api)
    with api.casework.acting(api.world.organisation_id) as context:
        rows = context.session.scalars(select(Dispatch).order_by(Dispatch.id).limit(3)).all()
        for row in rows:
            context.session.execute(
                update(Message)
                .where(Message.key == f"dispatch:{row.id}:0")
                .values(state="failed", next_attempt_at=None, error_code="mail_address_refused")
            )
            fail(context, row, "mail_address_refused", {"answer": "552 5.2.2 full"})
        return [row.id for row in rows]


def test_each_verb_of_the_page_has_its_twin(api: Api, failed: list[int]) -> None:
    """Sent again, sent otherwise, given up; each under its version, told with its reason."""
    listed = ok(api.get("secretary", f"/dispatches?state=failed&body_id={api.world.committee.id}"))
    assert [each["id"] for each in listed["items"]] == sorted(failed, reverse=True)
    first, second, third = (f"/dispatches/{each}" for each in failed)
    row = ok(api.get("secretary", first))
    assert row["reason"]["sv"] == "Mottagarens brevlåda är full."
    assert (row["failure"], row["link_fetched_at"]) == ("mail_address_refused", None)

    given = {"email": "ratt@kommun.example", "in_address_book": True}
    assert api.post("officer", f"{first}/send-again", given).status_code == 404
    assert api.post("chair", f"{first}/send-again", given).status_code == 403
    stale = api.post("secretary", f"{first}/send-again", given, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    sent = ok(api.post("secretary", f"{first}/send-again", given))
    assert (sent["state"], sent["recipient_email"], sent["reason"]) == (
        "queued",
        "ratt@kommun.example",
        None,
    )
    entry = ok(api.get("secretary", f"/recipients/{sent['recipient_id']}"))
    assert entry["email"] == "ratt@kommun.example"
    again = api.post("secretary", f"{first}/send-again", {})
    assert (again.status_code, again.json["code"]) == (409, "dispatch_waits_already")  # type: ignore[index]

    early = {"how": "letter", "day": "1999-01-01"}
    assert api.post("secretary", f"{second}/sent-otherwise", early).status_code == 422
    today = api.casework.context(None, 0).today.isoformat()  # type: ignore[arg-type]
    told = ok(api.post("secretary", f"{second}/sent-otherwise", {"how": "letter", "day": today}))
    assert (told["state"], told["otherwise_on"]) == ("sent_otherwise", today)
    assert told["otherwise_by"] == api.world.cast.secretary.name

    ended = ok(api.post("registrar", f"{third}/give-up", {"reason": "Upplöst"}))
    assert (ended["state"], ended["given_up_because"]) == ("given_up", "Upplöst")
    history = ok(api.get("secretary", f"{third}/history"))["items"]
    assert [each["action"] for each in history][:2] == ["give_up", "fail"]
    assert not ok(api.get("secretary", "/dispatches?state=failed"))["items"]


def test_other_letters_are_told_to_those_who_mend_them(api: Api, failed: list[int]) -> None:
    """What the letter says is not shown; to others than its menders it does not exist."""
    with api.casework.acting(api.world.organisation_id) as context:
        context.session.execute(
            update(Message)
            .where(Message.key.startswith("minutes_to_sign:"))
            .values(
                state="failed",
                next_attempt_at=None,
                sent_at=None,
                error_code="mail_address_wrong",
            )
        )
    letters = ok(api.get("secretary", "/letters"))["items"]
    assert letters
    assert "text" not in letters[0]
    assert letters[0]["reason"]["sv"] == "E-postadressen är felskriven."
    at = f"/letters/{letters[0]['id']}"
    assert ok(api.get("officer", "/letters"))["items"] == []
    assert api.post("officer", f"{at}/send-again", {}).status_code == 404
    again = ok(api.post("secretary", f"{at}/send-again", {"email": "ny@example.org"}))
    assert (again["state"], again["to_address"]) == ("queued", "ny@example.org")
    assert api.post("secretary", f"{at}/give-up", {"reason": "Nej"}).status_code == 409


def test_the_address_book_is_changed_under_if_match(api: Api) -> None:
    """An entry and a group; what is not named stays; the second of two is told how it stands."""
    made = ok(api.post("secretary", "/recipients", {"name": "Åsele", "email": "a@asele.example"}))
    at = f"/recipients/{made['id']}"
    assert api.patch("secretary", at, {"note": "Ring"}).status_code == 428
    changed = ok(api.patch("secretary", at, {"note": "Ring"}, made["version"]))
    assert (changed["note"], changed["name"], changed["is_active"]) == ("Ring", "Åsele", True)
    stale = api.patch("secretary", at, {"note": "Skriv"}, made["version"])
    assert (stale.status_code, stale.json["current"]["note"]) == (412, "Ring")  # type: ignore[index]
    assert api.patch("officer", at, {"note": "Nej"}, changed["version"]).status_code == 403
    ended = ok(api.patch("secretary", at, {"is_active": False}, changed["version"]))
    assert not ended["is_active"]
    found = ok(api.get("officer", "/recipients?q=åse&is_active=false"))["items"]
    assert [each["id"] for each in found] == [made["id"]]
    assert ok(api.get("officer", "/recipients?q=åse&is_active=true"))["items"] == []
    actions = [each["action"] for each in ok(api.get("secretary", f"{at}/history"))["items"]]
    assert actions == ["taken_out_of_use", "revised", "created"]

    [group] = ok(api.get("officer", "/recipient-groups"))["items"]
    at = f"/recipient-groups/{group['id']}"
    renamed = ok(api.patch("secretary", at, {"name": "Alla"}, group["version"]))
    assert (renamed["name"], len(renamed["members"])) == ("Alla", len(group["members"]))
    assert api.patch("secretary", at, {"name": "Andra"}, group["version"]).status_code == 412
