"""What follows when a matter moves: its officer, its proposal, its reasons, its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.accounts.officials import require_official
from casework.documents.store import DOCX, PDF
from casework.errors import Invalid
from casework.matters import papers
from casework.matters.initiatives import watch_initiative
from casework.people.models import Organisation, Person

if TYPE_CHECKING:
    from casework.context import Context
    from casework.matters.models import Matter


def set_case_officer(context: Context, matter: Matter) -> None:
    """Raises Invalid for somebody who cannot hold the matter."""
    person = context.session.get(Person, context.input["case_officer"])
    if person is None or person.organisation_id != matter.organisation_id:
        raise Invalid("person_unknown")
    require_official(context, person)
    matter.case_officer_id = person.id


def draw_up_proposal(context: Context, matter: Matter) -> None:
    """The proposal as a working document for Word and as PDF."""
    organisation = context.session.get_one(Organisation, matter.organisation_id)
    content = papers.proposal(matter, organisation, context.today)
    number = matter.registration_number.replace("/", "-").replace(" ", "-")
    for media_type in (DOCX, PDF):
        context.services.press.draw_up(
            context,
            matter,
            content,
            title=f"Tjänsteskrivelse {matter.registration_number}",
            name=f"{number}_tjansteskrivelse",
            media_type=media_type,
        )


def reset_secrecy_review(_context: Context, matter: Matter) -> None:
    """A text that is worked on again is reviewed again before it leaves."""
    matter.secrecy_reviewed_at = None


def close_matter(context: Context, matter: Matter) -> None:
    matter.closed_on = context.today


PAPERS: dict[str, Any] = {"proposal": draw_up_proposal}

EFFECTS: dict[str, Any] = {
    "set_case_officer": set_case_officer,
    "reset_secrecy_review": reset_secrecy_review,
    "close_matter": close_matter,
    "watch_initiative": watch_initiative,
}
