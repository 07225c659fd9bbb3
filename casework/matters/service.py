"""The verbs of a matter before its meeting: register, write, name recipients and signatories."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from casework.accounts.officials import require_responsible
from casework.counters import draw
from casework.db import lock
from casework.errors import Conflict, Forbidden, Invalid, Stale
from casework.matters.initiatives import watch_initiative
from casework.matters.kinds import is_decided, kind_of, workflow_for
from casework.matters.models import (
    DecisionPoint,
    Matter,
    MatterRecipient,
    RegisterSeries,
    Section,
    Signatory,
)
from casework.matters.numbers import check_pattern, registration_number
from casework.matters.search import search_text
from casework.matters.succession import day_in_order
from casework.people.identity import SHORT_NAME
from casework.people.policy import lacking, may
from casework.people.service import create_body
from casework.text.door import cleaned_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from casework.context import Context
    from casework.people.models import Body
    from casework.workflow.definition import Definition

INITIATIVES = ("motion", "citizen_proposal")
# What has left the house, or waits for nothing more, was reviewed as it was.
REVIEW_USED = (*("dispatched", "executing", "closed", "archived", "withdrawn", "struck_off"),)
REGISTERING = ("registrar", "manager", "committee_secretary")


@dataclass(frozen=True)
class Text:
    """A section as written: heading and Markdown."""

    heading: str
    body: str


@dataclass(frozen=True)
class Proposed:
    """A proposed decision point; with an assignee it gives an assignment."""

    text: str
    assignee_id: int | None = None
    task: str = ""
    report_back_on: date | None = None


@dataclass(frozen=True)
class Signing:
    """A signatory as printed under the proposal."""

    name: str
    title: str = ""
    acting: bool = False
    person_id: int | None = None


def open_series(context: Context, *, code: str, name: str, pattern: str = "") -> RegisterSeries:
    """A new register series; `pattern` as in `RegisterSeries`."""
    series = RegisterSeries(
        organisation_id=context.organisation_id,
        code=code,
        name=name,
        pattern=check_pattern(pattern or "{series}/{number}/{year}"),
    )
    context.session.add(series)
    context.record(series, "created", code=code)
    return series


def establish_body(context: Context, *, series_code: str = "", **given: Any) -> Body:
    """A new body with its register series, opened if it is new; without a code it has none.

    Raises as `casework.people.service.create_body` does, and Invalid for a code that does not do.
    """
    code = series_code.strip()
    if code and not SHORT_NAME.fullmatch(code):
        raise Invalid("short_name_wrong")
    body = create_body(context, series_code=code, **given)
    if code and find_series(context, code) is None:
        open_series(context, code=code, name=body.name)
    context.session.flush()
    return body


def register(
    context: Context,
    *,
    title: str,
    body: Body,
    kind: str = "",
    sender: str = "",
    initiative: str = "",
) -> Matter:
    """Register a matter: its number is drawn in this transaction (OSL 5:1).

    `kind` is one of `matter_kinds`, else what matters of the body commonly are.

    Its day is never before that of the latest in its series, though the clock were set back. An
    `initiative` gets its deadline, and is a matter to decide.

    Raises Invalid for an empty title, an unknown kind or initiative, Conflict if the body has no
    series or the workflow of the kind is refused, Forbidden for a person who is none of REGISTERING
    for the body; the system itself may.
    """
    kind = kind or kind_of(body)
    workflow = workflow_for(context.services.engine.definitions, kind)
    require_initiative(initiative, workflow)
    title = cleaned_line(title)
    if not title:
        raise Invalid("title_missing")
    series = _series_of(context, body)
    day = day_in_order(context, series)
    year = day.year
    number = draw(context.session, context.organisation_id, f"matter {series.code} {year}")
    matter = Matter(
        organisation_id=context.organisation_id,
        kind=kind,
        title=title,
        body_id=body.id,
        registration_number=registration_number(series.pattern, series.code, number, year),
        series_code=series.code,
        register_year=year,
        register_number=number,
        registered_on=day,
        registered_at=context.moment,
        drafted_by_id=context.actor.person_id,
        sender=cleaned_line(sender),
        initiative=initiative,
        appeal_route="legality_review" if body.is_statutory else "none",
    )
    if context.actor.person_id is not None and not may(context, matter, REGISTERING):
        raise lacking(REGISTERING)
    context.services.engine.start(matter, workflow.name)
    index(matter)
    context.session.add(matter)
    told = {"registration_number": matter.registration_number, "title": matter.title}
    if matter.clock_was_behind:
        told |= {"clock": context.today.isoformat(), "registered_on": day.isoformat()}
    context.record(matter, "registered", **told)
    if initiative:
        context.session.flush()
        watch_initiative(context, matter)
    return matter


def require_initiative(initiative: str, workflow: Definition) -> None:
    """Raise Invalid for one that is unknown, or that nobody decides in such a workflow."""
    if initiative not in ("", *INITIATIVES):
        raise Invalid("initiative_unknown", initiative=initiative, known=list(INITIATIVES))
    if initiative and not is_decided(workflow):
        raise Invalid("initiative_is_decided", statute="KL 5:35")


def revise(
    context: Context,
    matter: Matter,
    *,
    expected_version: int | None = None,
    title: str | None = None,
    lead_in: str | None = None,
    sections: Sequence[Text] | None = None,
    points: Sequence[Proposed] | None = None,
    signatories: Sequence[Signing] | None = None,
) -> Matter:
    """Rewrite the parts given; the others stay. The whole replaced text is kept in the record.

    Raises Stale if the matter has changed since `expected_version`, Forbidden if its state or the
    person's role does not allow it, Invalid for an empty point or title, or an assignment to
    somebody who cannot hold it.
    """
    begin_edit(context, matter, "text", expected_version)
    asked = {each.assignee_id for each in points or () if each.assignee_id is not None}
    before = {each.assignee_id for each in matter.decision_points}
    require_responsible(context, matter.body, asked, before)
    replace_text(
        context,
        matter,
        title=title,
        lead_in=lead_in,
        sections=sections,
        points=points,
        signatories=signatories,
    )
    return matter


def replace_text(
    context: Context,
    matter: Matter,
    *,
    title: str | None = None,
    lead_in: str | None = None,
    sections: Sequence[Text] | None = None,
    points: Sequence[Proposed] | None = None,
    signatories: Sequence[Signing] | None = None,
) -> None:
    """Put the parts given in the place of those that were; both are kept in the record."""
    before = text_of(matter)
    if title is not None:
        matter.title = _filled(title, "title_missing")
    if lead_in is not None:
        matter.decision_lead_in = lead_in.strip()
    if sections is not None:
        matter.sections = [
            _section(matter, position, section)
            for position, section in enumerate(sections, start=1)
        ]
    if points is not None:
        matter.decision_points = [
            _point(matter, position, point) for position, point in enumerate(points, start=1)
        ]
    if signatories is not None:
        matter.signatories = [
            _signatory(matter, position, signing)
            for position, signing in enumerate(signatories, start=1)
        ]
    index(matter)
    context.record(matter, "revised", before=before, after=text_of(matter))


def name_recipients(
    context: Context, matter: Matter, names: Sequence[str], expected_version: int | None = None
) -> Matter:
    """List the recipients as they are to be printed; each is settled in the address book later."""
    begin_edit(context, matter, "recipients", expected_version)
    settled = {row.name: (row.recipient_id, row.group_id) for row in matter.recipients}
    wanted = list(dict.fromkeys(filter(None, map(cleaned_line, names))))
    matter.recipients = [
        MatterRecipient(
            organisation_id=matter.organisation_id,
            position=position,
            name=name,
            recipient_id=settled.get(name, (None, None))[0],
            group_id=settled.get(name, (None, None))[1],
        )
        for position, name in enumerate(wanted, start=1)
    ]
    context.record(matter, "recipients_named", names=wanted)
    return matter


def may_edit(context: Context, matter: Matter, part: str) -> bool:
    """Whether the actor may change this part of the matter in its present state."""
    state = context.services.engine.definition_of(matter).states[matter.state]
    return may(context, matter, state.edit.get(part, ()))


def begin_edit(context: Context, matter: Matter, part: str, expected: int | None) -> None:
    """Hold the matter for a change of `part`, which is one that the workflow file names.

    Raises Stale if it is no longer of the version `expected`, Forbidden as `may_edit` says.
    """
    lock(context.session, matter)
    if expected is not None and matter.version != expected:
        raise Stale("stale")
    require_edit(context, matter, part)


def require_edit(context: Context, matter: Matter, *parts: str) -> None:
    """Raise Forbidden (edit_not_allowed) unless the actor may change one of the parts now."""
    if not any(may_edit(context, matter, part) for part in parts):
        state = context.services.engine.definition_of(matter).states[matter.state].label
        raise Forbidden("edit_not_allowed", state=state)


def text_of(matter: Matter) -> dict[str, Any]:
    """The matter's text as plain data: what the record keeps and a comparison shows."""
    return {
        "title": matter.title,
        "lead_in": matter.decision_lead_in,
        "sections": [[section.heading, section.body] for section in matter.sections],
        "points": [point.text for point in matter.decision_points],
        "signatories": [
            [signatory.name, signatory.title, signatory.is_acting]
            for signatory in matter.signatories
        ],
    }


def find_series(context: Context, code: str) -> RegisterSeries | None:
    """The register series with this code, if there is one."""
    return context.session.scalar(
        select(RegisterSeries).where(
            RegisterSeries.organisation_id == context.organisation_id, RegisterSeries.code == code
        )
    )


def _series_of(context: Context, body: Body) -> RegisterSeries:
    series = find_series(context, body.series_code)
    if series is None:
        raise Conflict("series_missing", body=body.name)
    return series


def _section(matter: Matter, position: int, section: Text) -> Section:
    return Section(
        organisation_id=matter.organisation_id,
        position=position,
        heading=cleaned_line(section.heading),
        body=section.body.strip(),
    )


def _signatory(matter: Matter, position: int, signing: Signing) -> Signatory:
    return Signatory(
        organisation_id=matter.organisation_id,
        position=position,
        name=_filled(signing.name, "signatory_missing"),
        title=cleaned_line(signing.title),
        is_acting=signing.acting,
        person_id=signing.person_id,
    )


def _point(matter: Matter, position: int, point: Proposed) -> DecisionPoint:
    return DecisionPoint(
        organisation_id=matter.organisation_id,
        position=position,
        text=_filled(point.text, "point_missing"),
        assignee_id=point.assignee_id,
        task=point.task.strip() or (point.text.strip() if point.assignee_id else ""),
        report_back_on=point.report_back_on,
    )


def _filled(text: str, code: str) -> str:
    if not text.strip():
        raise Invalid(code)
    return text.strip()


def index(matter: Matter) -> None:
    """Keep what the register is searched by in step with the matter."""
    parts = [matter.registration_number, matter.title, matter.sender]
    parts += [text for section in matter.sections for text in (section.heading, section.body)]
    parts += [point.text for point in matter.decision_points]
    matter.search_text = search_text(parts)
