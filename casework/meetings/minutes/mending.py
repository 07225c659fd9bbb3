"""Mending a slip in what was decided: in the record, before the minutes are signed, and with them.

The model is FL 36, as for a correction of what is signed (`correction.correct`): an obvious slip,
its reason in more than a word, and what touches an amount, a name or an outcome is asked twice.
Another outcome is no slip: it is a new decision, at a later meeting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.documents.contexts import item_from_json
from casework.errors import Conflict, Invalid, Stale
from casework.meetings.demands import require_secretary
from casework.meetings.models import Correction, Minutes, MinutesItem

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from casework.context import Context
    from casework.documents.contexts import MinutesItem as Content
    from casework.meetings.models import AgendaItem

from typing import TYPE_CHECKING

from casework.documents.minutes_item import PROCEEDINGS, section_text
from casework.meetings.holding import hold_section
from casework.meetings.minutes.changes import Touched, another_outcome, says_why, touched
from casework.meetings.minutes.record import (
    WORDLESS,
    Words,
    printed,
    put,
    put_assignments,
    said,
    straying,
    strays,
)
from casework.meetings.minutes.text import keep
from casework.meetings.models import Mending

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from casework.context import Context
    from casework.documents.contexts import MinutesItem as Content
    from casework.meetings.models import AgendaItem, Minutes, MinutesItem

LAW = "KL 5:65–67, 6:35"
SLIP = f"{LAW}; FL 36 §"
# What is asked twice, in words.
LABELS = {
    "amount": {"sv": "belopp, antal eller dag", "en": "amount, number or day"},
    "name": {"sv": "namn", "en": "name"},
    "outcome": {"sv": "ord för vad som beslutades", "en": "word of what was decided"},
}
_HEADINGS = tuple(PROCEEDINGS.values())
# Where a slip is mended while it cannot be mended here.
ELSEWHERE = {
    "in_session": "mending_at_the_table",
    "attesting": "mending_needs_recall",
    "attested": "mending_is_correction",
}


def mend(
    context: Context,
    row: MinutesItem,
    saying: Words,
    reason: str,
    *,
    confirmed: Collection[str] = (),
    expected_version: int | None = None,
) -> Mending:
    """Mend an obvious slip in the record of what was decided; the draft § follows.

    The former wording is kept. `confirmed` names the KINDS of `changes` that the secretary has
    been asked about. Raises Conflict unless the minutes are being written, for another outcome,
    and for what must be confirmed; Stale if the § has changed since it was read; Invalid for a
    reason of one word, and where nothing is mended.
    """
    require_secretary(context, row.agenda_item.meeting)
    hold_section(context.session, row)
    _require_open(row)
    if expected_version is not None and row.version != expected_version:
        raise Stale("stale")
    former = said(row)
    if row.agenda_item.outcome in WORDLESS:
        raise Conflict("outcome_has_no_words", title=row.agenda_item.title)
    if saying == former:
        raise Invalid("nothing_mended")
    if not all(saying.points):
        raise Invalid("point_missing")
    require_reason(reason)
    require_slip(row, former, saying)
    require_confirmed(touches(row, former.texts, saying.texts), confirmed)
    mending = _write(context, row, former, saying, reason)
    context.record(
        row.agenda_item.meeting,
        "words_mended",
        section=row.section_number,
        item_id=row.agenda_item_id,
        reason=mending.reason,
        before=mending.former,
        after=mending.words,
    )
    content = put_assignments(put(item_from_json(row.content), saying), row.agenda_item)
    keep(context, row, content, note=mending.reason)
    context.session.flush()
    return mending


def follow_record(
    context: Context, row: MinutesItem, *, expected_version: int | None = None
) -> None:
    """A draft that says something else than was decided says it no more; the draft is kept.

    Raises as `mend` does, and Invalid if the § says what was decided.
    """
    require_secretary(context, row.agenda_item.meeting)
    hold_section(context.session, row)
    _require_open(row)
    if expected_version is not None and row.version != expected_version:
        raise Stale("stale")
    if not strays(row):
        raise Invalid("nothing_mended")
    content = put_assignments(put(item_from_json(row.content), said(row)), row.agenda_item)
    keep(context, row, content, note="Det som beslutades, enligt det som antecknades")


def carry(context: Context, correction: Correction) -> None:
    """A correction that is signed by all: from now on the record says what the § says."""
    row = correction.minutes_item
    former, now = said(row), printed(item_from_json(correction.content))
    if former != now and len(former.points) == len(now.points):
        _write(context, row, former, now, correction.reason)


def require_correction(
    row: MinutesItem, before: Content, after: Content, reason: str, confirmed: Collection[str]
) -> None:
    """Raise, as `mend` does, for a correction of an attested § that mends no obvious slip."""
    require_reason(reason)
    require_slip(row, printed(before), printed(after))
    given = _assignments(before), _assignments(after)
    if another_outcome(*given) is not None:
        told = {"before": "; ".join(given[0]), "after": "; ".join(given[1])}
        raise Conflict("another_outcome", statute=SLIP, section=row.section_number, **told)
    require_confirmed(touches(row, texts_of(before), texts_of(after)), confirmed)


def require_reason(reason: str) -> None:
    """Raise Invalid for a reason that is missing, or that is one word."""
    if not reason.strip():
        raise Invalid("input_missing", field={"sv": "Skäl", "en": "Reason"})
    if not says_why(reason):
        raise Invalid("reason_says_too_little", statute="FL 36 §")


def require_slip(row: MinutesItem, former: Words, saying: Words) -> None:
    """Raise Conflict for another outcome, unless it is what the record says was decided."""
    other = another_outcome(former.texts, saying.texts)
    if other is not None and saying != said(row):
        told = {"before": other.before, "after": other.after}
        raise Conflict("another_outcome", statute=SLIP, section=row.section_number, **told)


def require_confirmed(found: Iterable[Touched], confirmed: Collection[str]) -> None:
    """Raise Conflict that names what is asked twice and has not been answered."""
    left = [each for each in found if each.kind not in confirmed]
    if left:
        raise Conflict("change_asks_twice", what=[told(each) for each in left])


def told(each: Touched) -> dict[str, str]:
    """`belopp, antal eller dag: 40000 → 4000000`, per language."""
    change = f"{each.before or '–'} → {each.after or '–'}"
    return {language: f"{label}: {change}" for language, label in LABELS[each.kind].items()}


def touches(row: MinutesItem, before: Sequence[str], after: Sequence[str]) -> list[Touched]:
    """What a change of texts of the § touches that is asked twice."""
    return touched(before, after, _known_names(row.agenda_item))


def texts_of(content: Content) -> list[str]:
    """All that a § says that can be corrected, in places that two wordings share."""
    sections = {part.heading: part for part in content.sections}
    told = [section_text(sections[name]) if name in sections else "" for name in _HEADINGS]
    return [content.title, *told, *printed(content).texts]


def require_no_stray(minutes: Minutes) -> None:
    """Raise Conflict where a § says something else than was decided."""
    rows = straying(minutes)
    if rows:
        sections = [row.section_number for row in rows]
        raise Conflict("minutes_stray", sections=sections, statute=LAW)


def _assignments(content: Content) -> list[str]:
    """What the § says is asked of whom, a line for each."""
    heading = PROCEEDINGS["assignments"]
    return [
        line
        for part in content.sections
        if part.heading == heading
        for line in section_text(part).splitlines()
    ]


def _require_open(row: MinutesItem) -> None:
    meeting = row.agenda_item.meeting
    if row.minutes.kind != "meeting":
        locked = row.minutes.locked_at is not None
        raise Conflict("mending_is_correction" if locked else "mending_needs_withdrawal")
    if meeting.state != "minutes_drafted":
        raise Conflict(ELSEWHERE.get(meeting.state, "mending_needs_draft"), statute=LAW)


def _write(
    context: Context, row: MinutesItem, former: Words, saying: Words, reason: str
) -> Mending:
    """The new words in the record, beside those that they replace."""
    item = row.agenda_item
    mending = Mending(
        organisation_id=row.organisation_id,
        agenda_item_id=item.id,
        number=len(item.mendings) + 1,
        former=former.plain(),
        words=saying.plain(),
        reason=reason.strip(),
        mended_at=context.moment,
        mended_by=context.actor.person_id,
    )
    item.mendings.append(mending)
    if item.decision is not None:
        item.decision.lead_in = saying.lead_in
        for point, text in zip(item.decision.points, saying.points, strict=True):
            if point.task == point.text:
                point.task = text
            point.text = text
    context.session.flush()
    return mending


def _known_names(item: AgendaItem) -> list[str]:
    """Who may be named in what was decided: recipients, sender, those present, those assigned."""
    meeting, matter = item.meeting, item.matter
    names = [meeting.body.name, *(each.person.name for each in meeting.attendances)]
    if matter is not None:
        names += [matter.sender, *(each.name for each in matter.recipients)]
    if item.decision is not None:
        names += [each.assignee.name for each in item.decision.points if each.assignee]
    return names


def correction_of(context: Context, minutes: Minutes) -> Correction:
    return context.session.scalars(
        select(Correction).where(
            Correction.organisation_id == minutes.organisation_id,
            Correction.minutes_id == minutes.id,
        )
    ).one()
