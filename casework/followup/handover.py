"""Handing over all that somebody holds, or a part of it: whole or not at all, with one letter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from casework.db import lock
from casework.errors import Conflict, Invalid, NotFound, Refusal
from casework.followup.models import Assignment
from casework.inbox.service import tell
from casework.matters.models import Matter
from casework.phrases import sentence
from casework.workflow.reading import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from casework.context import Context
    from casework.people.models import Person

ENDED_MATTERS = ("registered", "closed", "archived", "withdrawn", "struck_off")
OPEN_ASSIGNMENTS = ("open", "reported")
MOST_NAMED = 20


@dataclass(frozen=True)
class Handed:
    """What has changed hands."""

    matters: Sequence[Matter]
    assignments: Sequence[Assignment]


def matters_of(organisation_id: int, person_id: int) -> Select[Matter]:
    """The open matters whose case officer the person is, the oldest first."""
    return (
        select(Matter)
        .where(
            Matter.organisation_id == organisation_id,
            Matter.case_officer_id == person_id,
            Matter.state.not_in(ENDED_MATTERS),
        )
        .options(joinedload(Matter.body))
        .order_by(Matter.id)
    )


def assignments_of(organisation_id: int, person_id: int) -> Select[Assignment]:
    """The assignments that the person answers for and that are not ended, the oldest first."""
    return (
        select(Assignment)
        .where(
            Assignment.organisation_id == organisation_id,
            Assignment.assignee_id == person_id,
            Assignment.state.in_(OPEN_ASSIGNMENTS),
        )
        .options(joinedload(Assignment.matter))
        .order_by(Assignment.id)
    )


def how_many(context: Context, statement: Select[Any]) -> int:
    """How many rows there are of them, of those that the session may see."""
    ids = statement.with_only_columns(statement.selected_columns.id).order_by(None)
    return context.session.scalar(select(func.count()).select_from(ids.subquery())) or 0


def chosen(
    context: Context, statement: Select[Any], wanted: Collection[int] | None
) -> Sequence[Any]:
    """Those of the statement with the numbers `wanted`, None for all.

    Raises NotFound if one of them is not there any more, or hidden.
    """
    if wanted is not None:
        statement = statement.where(statement.selected_columns.id.in_(wanted))
    rows = context.session.scalars(statement).unique().all()
    if wanted is not None and len(rows) != len(set(wanted)):
        raise NotFound("handed_over_meanwhile")
    return rows


def hand_over(
    context: Context,
    person: Person,
    new: Person,
    *,
    reason: str,
    matters: Sequence[Matter],
    assignments: Sequence[Assignment],
) -> Handed:
    """Give all of these to another, each by its own step and with its own entry on record.

    The new one gets one letter that lists them, and so does the former. Raises Invalid without a
    reason or with nothing to hand over, Conflict that names what cannot be handed over and why:
    then nothing is.
    """
    if not reason.strip():
        raise Invalid("input_missing", field={"sv": "Skäl", "en": "Reason"})
    if not matters and not assignments:
        raise Invalid("nothing_to_hand_over")
    lock(context.session, person)
    cause = context.caused_by(person, "hand_over")
    given = {"reason": reason.strip()}
    refused = [
        *_fire_each(cause.given(case_officer=new.id, **given), matters, "change_officer"),
        *_fire_each(cause.given(assignee=new.id, **given), assignments, "change_assignee"),
    ]
    if refused:
        raise Conflict("not_handed_over", count=len(refused), refused=_told(refused))
    told = {"matters": len(matters), "assignments": len(assignments)}
    context.record(person, "handed_over", person=new.name, **told, **given)
    handed = Handed(matters, assignments)
    for each in (new, person):
        _tell(context, each, handed, former=person, new=new, reason=given["reason"])
    return handed


def _fire_each(
    context: Context, subjects: Sequence[Any], trigger: str
) -> list[tuple[str, Refusal]]:
    """Take the step for each; gives those that refused it, by name."""
    refused = []
    for subject in subjects:
        try:
            context.services.engine.fire(context, subject, trigger)
        except Refusal as refusal:
            refused.append((_name(subject), refusal))
    return refused


def _told(refused: Sequence[tuple[str, Refusal]]) -> list[dict[str, str]]:
    """Each with its reason, in every language; of very many the first."""
    return [
        {language: f"{name}: {_why(refusal, language)}" for language in LANGUAGES}
        for name, refusal in refused[:MOST_NAMED]
    ]


def _why(refusal: Refusal, language: Any) -> str:
    blockers = getattr(refusal, "blockers", ())
    if blockers:
        return " ".join(blocker.sentence(language) for blocker in blockers)
    return sentence(refusal.code, refusal.params, language)


def _name(subject: Matter | Assignment) -> str:
    if isinstance(subject, Matter):
        return subject.registration_number
    return f"{subject.matter.registration_number} {subject.task}"


def _tell(
    context: Context, person: Person, handed: Handed, *, former: Person, new: Person, reason: str
) -> None:
    """One letter with all of it, about the first; what carries a secrecy mark comes last in it.

    The reason is for all of them, so with a mark on one it stays out of the letter.
    """
    whole: list[Any] = [*handed.matters, *handed.assignments]
    about = sorted(whole, key=lambda each: bool(each.sealed_as))
    is_sealed = bool(about[-1].sealed_as)
    tell(
        context,
        person,
        about[0],
        "handed_over",
        reason=reason,
        besides=about[1:],
        content={
            "former": former.name,
            "new": new.name,
            "matters": [each.facts() for each in handed.matters],
            "assignments": [each.facts() for each in handed.assignments],
            **({"reason": None} if is_sealed else {}),
        },
    )
