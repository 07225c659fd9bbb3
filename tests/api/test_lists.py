"""Lists: pages that do not shift, searches that find, and only what one may read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from casework.accounts.service import open_account
from casework.accounts.tokens import create_token
from casework.context import SYSTEM
from casework.matters.kind import MATTER
from casework.meetings.kind import MEETING
from casework.meetings.models import AgendaItem
from casework.people.policy import lift, restrict
from casework.people.service import appoint, create_organisation, create_person
from tests.api.test_walk import walked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.api.conftest import Api


EMPTY = {"items": [], "count": 0, "count_is_exact": True, "next": None}


def pages(api: Api, who: str, address: str) -> Iterator[list[Any]]:
    """Every page of a list, by its Link."""
    while True:
        answer = api.get(who, address)
        assert answer.json is not None
        yield answer.json["items"]
        if answer.json["next"] is None:
            assert "Link" not in answer.headers
            return
        address = answer.headers["Link"].split(">")[0].removeprefix("</api/v1")


def test_the_register_pages_without_gap_or_double(api: Api) -> None:
    """A matter that is registered while one reads moves no row to another page."""
    wanted = [api.registered(f"Ärende {number}")["id"] for number in range(5)]
    seen = []
    for page in pages(api, "registrar", "/matters?limit=2"):
        seen += [row["id"] for row in page]
        api.registered("Under läsningen")
    assert seen == wanted[::-1]


def test_the_register_finds_words_states_and_bodies(api: Api) -> None:
    """Any form of a word finds it; what is added to the question narrows it."""
    cycling, road = api.registered("Cykelvägar längs sjön"), api.assigned("Vägens nya sträckning")
    forum = {"kind": "advisory", "title": "Ny väg", "body_id": api.world.forum.id}
    api.post("registrar", "/matters", forum)

    def found(question: str) -> list[int]:
        answer = api.get("registrar", f"/matters?{question}").json
        assert answer is not None
        return [row["id"] for row in answer["items"]]

    assert found("q=cykelvägen") == [cycling["id"]]
    assert found("q=" + cycling["registration_number"]) == [cycling["id"]]
    assert found("state=in_preparation") == [road["id"]]
    assert len(found(f"body_id={api.world.forum.id}")) == 1
    assert found("q=finns%25inte") == []


def test_names_come_in_swedish_order(api: Api) -> None:
    """Å, Ä and Ö come last, over all pages, on both engines."""
    names = [row["name"] for page in pages(api, "officer", "/recipients?limit=3") for row in page]
    assert names[-2:] == ["Åre kommun", "Östersunds kommun"]
    assert len(names) == len(set(names)) == 11
    people = [row["name"] for page in pages(api, "officer", "/persons?limit=4") for row in page]
    assert people == [
        "Ersättaren",
        "Handläggaren",
        "Justeraren",
        "Ledamoten",
        "Nämndsekreteraren",
        "Områdeschefen",
        "Ordföranden",
        "Regiondirektören",
        "Registratorn",
        "Vice ordföranden",
    ]


def test_a_group_is_kept_in_its_order(api: Api) -> None:
    """Members are set whole; a name is taken once."""
    entries = api.get("registrar", "/recipients?limit=3").json
    assert entries is not None
    ids = [entry["id"] for entry in entries["items"]]
    group = api.post("registrar", "/recipient-groups", {"name": "Tre", "recipient_ids": ids})
    assert group.status_code == 201
    assert group.json is not None
    turned = {"recipient_ids": ids[::-1]}
    changed = api.put("registrar", f"/recipient-groups/{group.json['id']}/members", turned).json
    assert changed is not None
    assert [each["recipient"]["id"] for each in changed["members"]] == ids[::-1]
    again = api.post("registrar", "/recipient-groups", {"name": "Tre", "recipient_ids": []})
    assert again.status_code == 409
    listed = api.get("officer", "/recipient-groups").json
    assert listed is not None
    assert {group["name"] for group in listed["items"]} == {"Kommunerna i länet", "Tre"}


def test_a_member_reads_what_is_summoned_and_no_more(api: Api) -> None:
    """What is planned is the secretary's, what is summoned the members'; matters stay hidden."""
    body = {"body_id": api.world.committee.id, "starts_at": "2031-02-03T09:00:00+01:00"}
    planned = api.post("secretary", "/meetings", body).json
    assert planned is not None
    assert api.get("member", f"/meetings/{planned['id']}").status_code == 404
    done = walked(api)
    assert api.get("member", f"/meetings/{done['meeting']['id']}").status_code == 200
    assert api.get("member", f"/meetings/{done['meeting']['id']}/agenda").status_code == 200
    listed = api.get("member", "/meetings").json
    assert listed is not None
    assert [row["id"] for row in listed["items"]] == [done["meeting"]["id"]]
    assert api.get("member", done["at"]).status_code == 404
    assert api.get("member", f"/decisions/{done['item']['decision_id']}").status_code == 404
    assert api.get("member", "/dispatches").json == EMPTY
    assert api.get("member", "/excerpts").json == EMPTY


def test_a_restriction_holds_for_what_hangs_on_a_row_until_it_is_lifted(api: Api) -> None:
    """A matter that is hidden stays hidden behind its agenda item; a verb then sees it."""
    walked(api)
    person = api.world.cast.member
    with api.casework.database.read() as session:
        context = api.casework.context(session, api.world.organisation_id)
        restrict(session, (MATTER, MEETING), context.organisation_id, person.id, context.today)
        item = session.scalars(select(AgendaItem).where(AgendaItem.matter_id.is_not(None))).one()
        assert item.matter_id is not None
        assert item.matter is None
        session.expire(item, ["matter"])
        lift(session)
        assert item.matter is not None


def test_another_organisation_sees_nothing_of_it(api: Api) -> None:
    """One installation, two organisations: their rows never meet."""
    done = walked(api)
    with api.casework.acting(0, SYSTEM) as context:
        other = create_organisation(context, name="Annan region", short_name="AR").id
    with api.casework.acting(other, SYSTEM) as context:
        person = create_person(context, name="Registratorn", email="annan@example.org")
        context.session.flush()
        appoint(context, person, "registrar")
        user = open_account(context, person, person.email)
        context.session.flush()
        api.tokens["stranger"] = create_token(context, user, ["write"])
    for address in ("/matters", "/meetings", "/dispatches", "/recipients", "/bodies"):
        answer = api.get("stranger", address).json
        assert answer == EMPTY
    assert api.get("stranger", done["at"]).status_code == 404
    assert api.get("stranger", f"/meetings/{done['meeting']['id']}").status_code == 404
