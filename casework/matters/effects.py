"""What follows when a matter moves: its officer, its proposal, its reasons, its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.accounts.officials import require_official
from casework.deadlines.service import hand_over
from casework.documents.store import DOCX, PDF
from casework.errors import Invalid
from casework.inbox.service import pass_on, tell
from casework.matters import papers
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
    matter.case_officer_id, matter.case_officer = person.id, person


def change_officer(context: Context, matter: Matter) -> dict[str, str]:
    """Another takes over where the former stopped: text, state and days stand as they are.

    What was due from the former is due from the new one. Gives both names, for the record. Raises
    Invalid for the one who has it, and for somebody who is not here.
    """
    former = matter.case_officer
    set_case_officer(context, matter)
    person = context.session.get_one(Person, matter.case_officer_id)
    if person is former:
        raise Invalid("officer_is_already", name=person.name)
    if former is not None:
        hand_over(
            context.session,
            organisation_id=matter.organisation_id,
            subject_type=matter.__tablename__,
            subject_id=matter.id,
            former_id=former.id,
            person_id=person.id,
        )
        pass_on(context, matter, former, person)
    names = {"former": former.name if former else "", "person": person.name}
    if not context.depth:  # one of many is told of with the others, by whoever hands them over
        _tell_of_change(context, matter, former, person)
    return names


def _tell_of_change(
    context: Context, matter: Matter, former: Person | None, person: Person
) -> None:
    content = {"officer": person.name, "former": former.name if former else None}
    reason = context.input["reason"]
    for each in filter(None, (person, former)):
        tell(context, each, matter, "officer_changed", reason=reason, content=content)


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
