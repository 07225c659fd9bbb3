"""What the document of a delegated or urgent decision contains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.board.papers import address_of
from casework.context import STOCKHOLM
from casework.delegation.guards import lent
from casework.documents.contexts import DelegatedDecisionContext, Section
from casework.documents.markdown import to_sections

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casework.delegation.models import DelegatedDecision
    from casework.people.models import Organisation

TOP_LEVEL = 2

_BY_MEMBER = (
    "Den som är medlem i kommunen eller regionen kan få beslutets laglighet prövad av"
    " förvaltningsrätten (13 kap. kommunallagen). Överklagandet ska vara skriftligt. Säg vilket"
    " beslut det gäller och varför du anser att det är olagligt."
)
_BY_MEMBER_WHERE = (
    "Överklagandet ska ha kommit in till förvaltningsrätten inom tre veckor från den dag då"
    " {announced} har tillkännagetts på anslagstavlan."
)
_BY_PARTY = (
    "Den som beslutet angår kan överklaga det, om det har gått honom eller henne emot (42 §"
    " förvaltningslagen). Överklagandet ska vara skriftligt. Säg vilket beslut det gäller och hur"
    " du vill att det ändras."
)
_BY_PARTY_WHERE = (
    "Överklagandet ställs till den domstol som ska pröva det, men lämnas till {where}. Det ska ha"
    " kommit in inom tre veckor från den dag då du fick del av beslutet (43 och 44 §§"
    " förvaltningslagen)."
)


def delegated_decision(
    decision: DelegatedDecision, organisation: Organisation
) -> DelegatedDecisionContext:
    """The decision as it is signed."""
    decided = str(decision.decided_on or "")
    signed = decision.signed_at
    return DelegatedDecisionContext(
        organisation=organisation.name,
        body=decision.body.name,
        document_type=kind_label(decision).upper(),
        number=decision.designation,
        decided_date=decided,
        document_date=decided,
        registration_number=decision.matter.registration_number if decision.matter else "",
        decider=decision.decider.name_with_party,
        decider_title=decision.decider.title,
        authority=_authority(decision),
        subdelegated=_subdelegated(decision),
        title=decision.title,
        sections=tuple(_sections(decision)),
        reporting=_reporting(decision),
        appeal=_appeal(decision),
        notified=_notified(decision),
        instruction=_instruction(decision, organisation),
        signed=f"{signed.astimezone(STOCKHOLM):%Y-%m-%d kl. %H.%M}" if signed else "",
    )


def kind_label(decision: DelegatedDecision) -> str:
    """What the decision is called in its documents."""
    if decision.kind == "delegated":
        return "Delegationsbeslut"
    return "Ordförandebeslut" if decision.is_chairs else "Brådskande beslut"


def public_title(decision: DelegatedDecision) -> str:
    """The decision as the board names it: its number, and no word of what it is about.

    A notice is public by itself, and KL 8:12 asks of it no more than a day and where to read.
    """
    return f"{kind_label(decision)} {decision.designation}"


def _sections(decision: DelegatedDecision) -> Iterator[Section]:
    for heading, text in (
        ("Beslut", decision.text),
        ("Skäl till brådska", decision.urgency),
        ("Skäl", decision.reasons),
        ("Underlag", decision.basis),
    ):
        yield from to_sections(text, heading=heading, level=TOP_LEVEL) if text else ()


def _authority(decision: DelegatedDecision) -> str:
    item = decision.delegation_item
    if item is None:
        return (
            f"Brådskande ärende enligt KL 6:39; uppdraget gavs genom {decision.body.urgent_mandate}"
        )
    return f"Punkt {item.number} i delegationsordningen för {decision.body.name} ({item.adopted})"


def _subdelegated(decision: DelegatedDecision) -> str:
    item, day = decision.delegation_item, decision.decided_on
    loan = lent(item, decision.decider_id, day) if item and day else None
    if loan is None:
        return ""
    return f"{loan.given_by.name} {loan.given_on} (KL 7:6), som får del av beslutet (KL 7:8)"


def _reporting(decision: DelegatedDecision) -> str:
    if decision.kind == "urgent":
        return f"Anmäls till {decision.body.name} vid nästa sammanträde (KL 6:40)"
    if decision.reporting == "report":
        return f"Anmäls till {decision.body.name} (KL 6:40)"
    if decision.appeal_route == "legality_review":
        return "Anmäls inte; protokollförs särskilt och tillkännages (KL 6:40, 8:10 p. 3)"
    return "Anmäls inte"


def _appeal(decision: DelegatedDecision) -> str:
    """How it is tried, as far as its matter says; a decision without a matter is KL's."""
    return {
        "none": "Beslutet kan inte överklagas (KL 13:2)",
        "administrative_appeal": "Beslutet kan överklagas genom förvaltningsbesvär (FL 40–44 §§)",
        "legality_review": "Beslutet kan överklagas genom laglighetsprövning (KL 13 kap.)",
    }[decision.appeal_route]


def _notified(decision: DelegatedDecision) -> str:
    """Who is told of the decision, when, and whether with how to appeal."""
    names = "; ".join(line.strip() for line in decision.notified.splitlines() if line.strip())
    if not names:
        return ""
    told = f"{names}, {decision.decided_on or ''}".rstrip(", ")
    return told if decision.appeal_route == "none" else f"{told}, med överklagandehänvisning"


def _instruction(decision: DelegatedDecision, organisation: Organisation) -> tuple[str, ...]:
    """How to appeal: to the court (KL 13:1, 13:5), or by a party through the region (FL 42–44)."""
    if decision.appeal_route == "none":
        return ()
    if decision.appeal_route == "administrative_appeal":
        where = address_of(organisation, decision.body)
        return (_BY_PARTY, _BY_PARTY_WHERE.format(where=where))
    announced = "justeringen av det protokoll där beslutet anmäls"
    if decision.reporting != "report":
        announced = "beslutet"
    return (_BY_MEMBER, _BY_MEMBER_WHERE.format(announced=announced))
