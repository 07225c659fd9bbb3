"""Who and what there is before the first matter: a region with bodies, people and recipients."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from casework.accounts.service import open_account
from casework.distribution.service import add_group, add_recipient
from casework.matters.service import open_series
from casework.people.service import (
    appoint,
    create_body,
    create_organisation,
    create_person,
)

if TYPE_CHECKING:
    from casework.context import Context
    from casework.people.models import Body, Person

SINCE = date(2015, 1, 1)
OPENING = {
    "title": "Upprop och fastställande av föredragningslistan",
    "text": "Upprop förrättas och föredragningslistan fastställs.",
}
ATTESTERS = {
    "title": "Val av justerare och tid för justering",
    "text": "Justerare utses enligt protokollets första sida. Justeringen sker digitalt.",
}
MUNICIPALITIES = (
    "Bergs kommun",
    "Bräcke kommun",
    "Härjedalens kommun",
    "Krokoms kommun",
    "Ragunda kommun",
    "Strömsunds kommun",
    "Åre kommun",
    "Östersunds kommun",
)
OTHERS = (
    ("Länsstyrelsen Jämtlands län", "lansstyrelsen"),
    ("Kommunförbundet Jämtland Härjedalen", "kommunforbundet"),
    ("Smålands turism", "smalands-turism"),
)


@dataclass(frozen=True)
class Cast:
    """The people of the demonstration, each named by what they do."""

    registrar: Person
    officer: Person
    manager: Person
    director: Person
    secretary: Person
    chair: Person
    vice_chair: Person
    attester: Person
    member: Person
    substitute: Person

    def everybody(self) -> list[Person]:
        return list(vars(self).values())


@dataclass(frozen=True)
class World:
    """The organisation with its bodies and people."""

    organisation_id: int
    cast: Cast
    committee: Body
    presidium: Body
    forum: Body


def found_organisation(context: Context) -> int:
    """The region itself, before anybody can act in its name."""
    organisation = create_organisation(
        context,
        name="Region Jämtland Härjedalen",
        short_name="RJH",
        address="Box 654, 831 27 Östersund",
        phone="063-00 00 00",
        email="region@example.org",
    )
    return int(organisation.id)


def furnish(context: Context, password: str) -> World:
    """Bodies, people with their roles and accounts, and the address book."""
    committee = create_body(
        context,
        kind="committee",
        name="Regionala utvecklingsnämnden",
        short_name="RUN",
        series_code="RUN",
        proposal_heading="Regiondirektörens förslag",
        proposer="Regiondirektören",
        unit="Regional utveckling",
        email="run@example.org",
        agenda_template=[OPENING, ATTESTERS],
        urgent_mandate="RUN 2023-01-24 § 5",
    )
    presidium = create_body(
        context,
        kind="presidium",
        name="Regionala utvecklingsnämndens presidium",
        short_name="RUN-P",
        series_code="RUN",
        parent_id=committee.id,
        agenda_template=[OPENING],
        email="run@example.org",
    )
    forum = create_body(
        context,
        kind="advisory_forum",
        name="Kommunalt Forum",
        short_name="KoF",
        series_code="KOF",
        decision_style="att",
        agenda_template=[OPENING],
        unit="Regionledningskontoret",
        email="forum@example.org",
    )
    open_series(context, code="RUN", name="Regionala utvecklingsnämnden")
    open_series(context, code="KOF", name="Kommunalt Forum")
    cast = _people(context)
    _appoint(context, cast, committee, presidium, forum)
    for person in cast.everybody():
        open_account(context, person, person.email, password)
    _fill_address_book(context)
    return World(context.organisation_id, cast, committee, presidium, forum)


def _people(context: Context) -> Cast:
    def person(name: str, title: str, address: str, party: str = "") -> Person:
        return create_person(
            context,
            name=name,
            title=title,
            email=f"{address}@example.org",
            phone="063-00 00 00",
            party_code=party,
        )

    return Cast(
        registrar=person("Registratorn", "Registrator", "registrator"),
        officer=person("Handläggaren", "Regional utvecklare", "handlaggare"),
        manager=person("Områdeschefen", "Områdeschef Hållbar tillväxt", "omradeschef"),
        director=person("Regiondirektören", "Regiondirektör", "regiondirektor"),
        secretary=person("Nämndsekreteraren", "Nämndsekreterare", "namndsekreterare"),
        chair=person("Ordföranden", "Ordförande", "ordforande", "A"),
        vice_chair=person("Vice ordföranden", "Vice ordförande", "vice-ordforande", "B"),
        attester=person("Justeraren", "Ledamot", "justerare", "C"),
        member=person("Ledamoten", "Ledamot", "ledamot", "B"),
        substitute=person("Ersättaren", "Ersättare", "ersattare", "A"),
    )


def _appoint(context: Context, cast: Cast, committee: Body, presidium: Body, forum: Body) -> None:
    appoint(context, cast.registrar, "registrar", valid_from=SINCE)
    appoint(context, cast.registrar, "administrator", valid_from=SINCE)
    appoint(context, cast.director, "chief_executive", valid_from=SINCE)
    for body in (committee, presidium, forum):
        for person, role in (
            (cast.manager, "manager"),
            (cast.secretary, "committee_secretary"),
            (cast.chair, "chair"),
            (cast.vice_chair, "vice_chair"),
        ):
            appoint(context, person, role, body=body, valid_from=SINCE)
    for person in (cast.attester, cast.member):
        appoint(context, person, "member", body=committee, valid_from=SINCE)
    appoint(context, cast.substitute, "substitute", body=committee, valid_from=SINCE, call_order=1)


def _fill_address_book(context: Context) -> None:
    for name, address in OTHERS:
        add_recipient(context, name=name, email=f"{address}@example.org")
    members = [
        add_recipient(context, name=name, email=f"{_address(name)}@example.org")
        for name in MUNICIPALITIES
    ]
    add_group(context, name="Kommunerna i länet", members=members)


def _address(name: str) -> str:
    return name.split()[0].lower().translate(str.maketrans("åäö", "aao"))
