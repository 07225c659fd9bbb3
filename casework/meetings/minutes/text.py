"""The minutes: § numbers, the text that writes itself, its edits, and the six points of KL 5:67."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from casework.documents.contexts import item_from_json, item_to_json
from casework.documents.minutes_item import item_checksum
from casework.errors import Conflict, Invalid, Stale
from casework.meetings.agenda.reporting import reported_lines
from casework.meetings.demands import require_secretary
from casework.meetings.minutes import paper
from casework.meetings.models import Minutes, MinutesItem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from casework.context import Context
    from casework.documents.contexts import MinutesItem as Content
    from casework.meetings.models import AgendaItem, Meeting

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from casework.counters import draw
from casework.documents.contexts import MinutesItem as Content
from casework.documents.markdown import from_blocks, to_blocks
from casework.documents.minutes_item import (
    PROCEEDINGS,
    proceedings,
    section_text,
)
from casework.meetings.agenda.preparing import earlier_proposals
from casework.meetings.holding import hold_section
from casework.meetings.minutes.record import printed, put, put_assignments, said, words
from casework.meetings.models import MinutesRevision
from casework.meetings.table.motions import standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from casework.context import Context
    from casework.documents.contexts import Block
    from casework.meetings.models import AgendaItem, Meeting

_NAMES = {heading: name for name, heading in PROCEEDINGS.items()}


# --- § numbers and the drawn-up text -----------------------------------------------------------


def minutes_of(context: Context, meeting: Meeting) -> Minutes:
    """The meeting's minutes, begun if they are not there."""
    if meeting.minutes is None:
        minutes = Minutes(
            organisation_id=meeting.organisation_id, meeting_id=meeting.id, kind="meeting"
        )
        context.services.engine.start(minutes, "minutes", follows=True)
        context.session.add(minutes)
        context.session.flush()
        meeting.minutes = minutes
    return meeting.minutes


def number_items(context: Context, meeting: Meeting, items: Sequence[AgendaItem]) -> None:
    """Give each of these items that has none its §, without gap per body and calendar year."""
    waiting = [item for item in items if item.minutes_item is None]
    if not waiting:
        return
    minutes, year = minutes_of(context, meeting), meeting.day.year
    series = f"section {meeting.body_id} {year}"
    first = draw(context.session, meeting.organisation_id, series, len(waiting))
    for number, item in enumerate(waiting, start=first):
        content = paper.minutes_item(item, number, reported=reported_lines(context, item))
        item.minutes_item = MinutesItem(
            organisation_id=meeting.organisation_id,
            minutes_id=minutes.id,
            minutes=minutes,
            body_id=meeting.body_id,
            year=year,
            section_number=number,
            content=item_to_json(content),
            content_sha256=item_checksum(content),
        )
    numbers = [item.minutes_item.section_number for item in meeting.agenda if item.minutes_item]
    minutes.first_section, minutes.last_section = min(numbers), max(numbers)
    context.record(minutes, "numbered", first=first, last=first + len(waiting) - 1)
    context.session.flush()


def draw_up_text(context: Context, meeting: Meeting) -> None:
    """Number every item, and write each § that is not attested already from what was recorded."""
    number_items(context, meeting, meeting.agenda)
    for item in meeting.agenda:
        row = item.minutes_item
        if row is not None and row.minutes.kind == "meeting":
            keep(context, row, _recorded(context, row), is_recorded=True)


def take_in(context: Context, row: MinutesItem) -> None:
    """A § that was to be attested at once stands in the minutes of its meeting after all."""
    meeting = row.agenda_item.meeting
    row.minutes = minutes_of(context, meeting)
    row.minutes_id = row.minutes.id
    content = _recorded(context, row)
    if meeting.state == "minutes_drafted":
        keep(context, row, content, is_recorded=True)
    else:
        row.content, row.content_sha256 = item_to_json(content), item_checksum(content)


def _recorded(context: Context, row: MinutesItem) -> Content:
    """The § as it writes itself from what was recorded."""
    item = row.agenda_item
    return paper.minutes_item(
        item,
        row.section_number,
        reported=reported_lines(context, item),
        proposed=[each.name for each in earlier_proposals(context, item)],
    )


# --- Editing ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Edited:
    """A § as the secretary edits it: plain points, and Markdown under each heading by its name."""

    title: str
    lead_in: str = ""
    points: tuple[str, ...] = ()
    sections: Mapping[str, str] = field(default_factory=dict)


def editable(content: Content) -> Edited:
    """The § as text to edit; `apply` of it unchanged gives the same § again."""
    return Edited(
        title=content.title,
        lead_in=content.decision_lead_in,
        points=tuple(point.text for point in content.points),
        sections={_NAMES[part.heading]: from_blocks(part.blocks) for part in content.sections},
    )


def apply(content: Content, edited: Edited) -> Content:
    """The § with the edited text; raises Invalid for an empty title or point."""
    if not edited.title.strip():
        raise Invalid("title_missing")
    points = tuple(text.strip() for text in edited.points)
    if not all(points):
        raise Invalid("point_missing")
    return replace(
        put(content, words(edited.lead_in, points)),
        title=edited.title.strip(),
        sections=proceedings({name: to_blocks(text) for name, text in edited.sections.items()}),
    )


def revise(
    context: Context,
    row: MinutesItem,
    edited: Edited,
    *,
    note: str = "",
    expected_version: int | None = None,
) -> MinutesRevision | None:
    """Change the text of a § before it is sent for attestation; None if nothing changed.

    Every version is kept. What was decided, and what it asks of whom, stands in the record alone:
    a slip is mended there (`mending.mend`). Raises Stale when somebody else has changed it since
    it was read, Conflict once it is with the attesters or attested (KL 5:69), and for other words
    of the decision than those that stand there (KL 5:65-67).
    """
    meeting = row.agenda_item.meeting
    require_secretary(context, meeting)
    hold_section(context.session, row)
    if meeting.state != "minutes_drafted" or row.minutes.kind != "meeting":
        raise Conflict("minutes_not_editable")
    if expected_version is not None and row.version != expected_version:
        raise Stale("stale")
    content = apply(item_from_json(row.content), edited)
    _require_words_kept(row, content)
    return keep(context, row, content, note=note)


def _require_words_kept(row: MinutesItem, content: Content) -> None:
    """Raise Conflict for other words of the decision than the record's, or those that stand."""
    now = item_from_json(row.content)
    told = item_from_json(item_to_json(put_assignments(now, row.agenda_item)))
    if printed(content) not in (said(row), printed(now)):
        raise Conflict("words_stand_in_record", section=content.number, statute="KL 5:65–67, 6:35")
    given = _under(content, "assignments")
    if given not in (_under(told, "assignments"), _under(now, "assignments")):
        raise Conflict("words_stand_in_record", section=content.number, statute="KL 5:65–67, 6:35")


def _under(content: Content, name: str) -> str:
    heading = PROCEEDINGS[name]
    return "".join(section_text(each) for each in content.sections if each.heading == heading)


def keep(
    context: Context,
    row: MinutesItem,
    content: Content,
    *,
    note: str = "",
    is_recorded: bool = False,
) -> MinutesRevision | None:
    """The § as it reads from now on, as a version of its own; None if nothing changed.

    `is_recorded` for what wrote itself from the record.
    """
    checksum = item_checksum(content)
    before = len(row.revisions)
    if before and row.content_sha256 == checksum:
        return None
    row.content, row.content_sha256 = item_to_json(content), checksum
    revision = MinutesRevision(
        organisation_id=row.organisation_id,
        number=before + 1,
        content=row.content,
        content_sha256=checksum,
        revised_at=context.moment,
        revised_by=context.actor.person_id,
        note=note.strip(),
        is_recorded=is_recorded,
    )
    row.revisions.append(revision)
    context.record(
        row.minutes,
        "text_revised",
        section=row.section_number,
        version=revision.number,
        sha256=checksum,
        note=revision.note,
    )
    context.session.flush()
    return revision


# --- The six points ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Missing:
    """What a § lacks of KL 5:67: the point's number (1-6) and what is not in the text."""

    section: int
    point: int
    what: str


def missing_points(items: Iterable[AgendaItem]) -> list[Missing]:
    """What the §§ of these items lack of the six points of KL 5:67 (through 6:35), § by §."""
    return [
        missing
        for item in items
        if item.minutes_item is not None
        for missing in missing_of(item, item_from_json(item.minutes_item.in_force.content))
    ]


def missing_of(item: AgendaItem, content: Content) -> Iterator[Missing]:
    """What this wording of the § lacks of what was recorded on the item."""
    texts = {_NAMES[part.heading]: _text(part.blocks) for part in content.sections}
    number = content.number

    def lacking(point: int, section: str, names: Sequence[str]) -> Iterator[Missing]:
        for name in names:
            if name not in texts.get(section, ""):
                yield Missing(number, point, name)

    yield from lacking(1, "floor_proposals", [each.mover.name for each in standing(item)])
    if item.propositions and not texts.get("proposition_order"):
        yield Missing(number, 2, PROCEEDINGS["proposition_order"])
    votes = [each for each in item.propositions if each.method != "acclamation"]
    if votes and not texts.get("vote"):
        yield Missing(number, 3, PROCEEDINGS["vote"])
    if not content.points and not content.decision_lead_in:
        yield Missing(number, 4, content.decision_heading)
    if not item.participants and item.outcome not in ("withdrawn", "not_handled"):
        yield Missing(number, 5, item.title)
    voters = [ballot.person.name for vote in votes for ballot in vote.ballots]
    yield from lacking(5, "vote", voters)
    reserving = [each.person.name for each in item.statements if each.kind == "reservation"]
    yield from lacking(6, "reservations", reserving)


def _text(blocks: Sequence[Block]) -> str:
    return "\n".join("".join(inline.text for inline in block.inlines) for block in blocks)


def begin(context: Context, meeting: Meeting, kind: str, section: int) -> Minutes:
    minutes = Minutes(
        organisation_id=meeting.organisation_id,
        meeting_id=meeting.id,
        meeting=meeting,
        kind=kind,
        first_section=section,
        last_section=section,
    )
    context.services.engine.start(minutes, "minutes", follows=True)
    context.session.add(minutes)
    context.session.flush()
    return minutes
