"""What a matter's documents contain: the proposal (tjänsteskrivelse)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from casework.documents.contexts import Officer, Point, ProposalContext, Section, Signatory
from casework.documents.markdown import to_sections
from casework.people.papers import office_of

if TYPE_CHECKING:
    from datetime import date

    from casework.documents.contexts import Office
    from casework.matters.models import Matter
    from casework.people.models import Organisation, Person

TOP_LEVEL = 2


def proposal(matter: Matter, organisation: Organisation, drawn_up_on: date) -> ProposalContext:
    """The proposal as it stands now."""
    officer, body = matter.case_officer, matter.body
    alone = len(matter.decision_points) == 1
    return ProposalContext(
        organisation=organisation.name,
        unit=body.unit,
        officer=Officer(officer.name, officer.title, officer.phone, officer.email)
        if officer
        else Officer(""),
        date=drawn_up_on.isoformat(),
        registration_number=matter.registration_number,
        body=body.name,
        title=matter.title,
        document_date=drawn_up_on.isoformat(),
        decision_heading=body.proposal_heading,
        decision_lead_in=matter.decision_lead_in,
        points=tuple(
            Point(0 if alone else point.position, point.text) for point in matter.decision_points
        ),
        sections=_sections(matter),
        signatories=tuple(
            Signatory(signatory.name, signatory.title, signatory.is_acting)
            for signatory in matter.signatories
        ),
        attachments=tuple(attachment.title for attachment in matter.attachments),
        recipients=tuple(written.name for written in matter.recipients),
        office=_beside(officer, office_of(organisation, body)),
    )


def _beside(officer: Person | None, office: Office) -> Office:
    """The office says what its officer does not: one telephone and one address to write to."""
    if officer is None:
        return office
    phone = "" if officer.phone else office.phone
    return replace(office, phone=phone, email="" if officer.email else office.email)


def _sections(matter: Matter) -> tuple[Section, ...]:
    return tuple(
        part
        for section in matter.sections
        for part in to_sections(section.body, heading=section.heading, level=TOP_LEVEL)
    )
