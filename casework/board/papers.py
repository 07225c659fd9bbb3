"""The notice as a document, and the proof of how long it was up."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from casework.board.watch import absences
from casework.context import STOCKHOLM
from casework.documents.contexts import CertificateContext, Row, Section, bullets, paragraphs
from casework.people.papers import office_of

if TYPE_CHECKING:
    from datetime import date, datetime

    from casework.board.models import BoardNotice
    from casework.people.models import Body, Organisation

TITLES = {
    "minutes": "Tillkännagivande av justerat protokoll",
    "delegated_decision": "Tillkännagivande av delegationsbeslut",
}

GROUNDS = {
    "minutes": "",
    "delegated_decision": (
        "Beslut på delegation som inte anmäls"
        " (6 kap. 40 §, 7 kap. 8 § och 8 kap. 10 § 3 kommunallagen)"
    ),
}


def notice(posted: BoardNotice, organisation: str, body: str) -> CertificateContext:
    """What stands on the board; the two facts that KL 8:12 asks for are among its lines.

    `organisation` and `body` are what they were called when it was posted.
    """
    return CertificateContext(
        organisation=organisation,
        body=body,
        document_type="ANSLAG",
        title=TITLES[posted.subject_type],
        document_date=posted.announced_on.isoformat(),
        rows=_facts(posted, body),
    )


def proof(posted: BoardNotice, organisation: str, body: str, day: date) -> CertificateContext:
    """That the notice was up, from when to when, and whether it was ever away (KL 8:12, 13:5)."""
    gone = [f"{_moment(each.since)} till {_moment(each.until)}" for each in absences(posted)]
    up = f"{_moment(posted.spans[0].up_from)} till {_moment(posted.spans[-1].up_until)}"
    sightings = sum(span.sightings for span in posted.spans)
    wait = ceil(max(span.longest_wait for span in posted.spans) / 60)
    said = f"Anslaget har varit publicerat {up}" + ("." if gone else " utan avbrott.")
    away = (
        Section("Avbrott", 2, bullets(*gone)),
        Section(
            "",
            2,
            paragraphs(
                f"Överklagandetiden har därför förlängts med {_days(posted.days_interrupted)}"
                " (13 kap. 5 § kommunallagen)."
            ),
        ),
    )
    return CertificateContext(
        organisation=organisation,
        body=body,
        document_type="ANSLAGSBEVIS",
        title=f"Bevis om {TITLES[posted.subject_type].lower()}",
        document_date=day.isoformat(),
        rows=(*_facts(posted, body), Row("Nedtaget", _moment(posted.taken_down_at))),
        sections=(
            Section("Bevis", 2, paragraphs(said, _readings(sightings, wait))),
            *(away if gone else ()),
        ),
    )


def address_of(organisation: Organisation, body: Body) -> str:
    """Where the body's office is and how it is written to."""
    unit = f"{organisation.name}, {body.unit}" if body.unit else organisation.name
    office = office_of(organisation, body)
    return ", ".join(part for part in (unit, office.address, office.email) if part)


def _facts(posted: BoardNotice, body: str) -> tuple[Row, ...]:
    facts = {
        "Organ": body,
        "Gäller": posted.title,
        "Grund": GROUNDS[posted.subject_type],
        "Sammanträdesdatum": _day(posted.meeting_on),
        "Paragraf" if posted.sections.isdigit() else "Paragrafer": posted.signed_sections,
        "Justerat": _day(posted.attested_on),
        "Beslutsnummer": posted.number,
        "Beslutsdatum": _day(posted.decided_on),
        "Beslutsfattare": posted.decided_as,
        "Tillkännagivet på anslagstavlan": posted.announced_on.isoformat(),
        "Sista dag att överklaga": (
            f"{posted.appeal_until.isoformat()} (laglighetsprövning, 13 kap. kommunallagen)"
        ),
        "Förlängd tid": _extension(posted),
        "Tas ned tidigast": posted.take_down_on.isoformat(),
        "Handlingen finns hos": posted.kept_at,
        "Ansvarig för anslaget": posted.responsible.name if posted.responsible else "",
    }
    return tuple(Row(label, value) for label, value in facts.items() if value)


def _readings(count: int, minutes: int) -> str:
    """How closely the board was watched while the notice was up."""
    longest = f"{minutes} minut" if minutes == 1 else f"{minutes} minuter"
    return f"Anslagstavlan lästes {count} gånger, med högst {longest} mellan två läsningar."


def _extension(posted: BoardNotice) -> str:
    if not posted.days_interrupted:
        return ""
    return f"{_days(posted.days_interrupted)}, eftersom anslaget inte kunde ses (13 kap. 5 §)"


def _days(count: int) -> str:
    return f"{count} dag" if count == 1 else f"{count} dagar"


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(STOCKHOLM):%Y-%m-%d kl. %H.%M}" if moment else ""
