"""What was decided, in the words of the record, and whether a § of the minutes says it.

The minutes say what was decided, and nothing else (KL 5:65-67, 6:35; JO 3339-2013). So a § takes
the words of its decision from here, never from whoever edits its text.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from casework.documents.contexts import Point, Section, bullets, item_from_json
from casework.documents.minutes_item import PROCEEDINGS, item_text
from casework.meetings.minutes import paper
from casework.meetings.models import MinutesItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from casework.documents.contexts import MinutesItem as Content
    from casework.meetings.models import AgendaItem, Minutes

# What ends without words of its own: the outcome is all that there is to say.
WORDLESS = ("tabled", "withdrawn", "not_handled")


@dataclass(frozen=True)
class Words:
    """The words of a decision: its lead-in, and each point without its number."""

    lead_in: str
    points: tuple[str, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.lead_in, *self.points)

    def plain(self) -> dict[str, Any]:
        """As it is stored."""
        return {"lead_in": self.lead_in, "points": list(self.points)}


def words(lead_in: str, points: Sequence[str]) -> Words:
    """Words without the blanks around them."""
    return Words(lead_in.strip(), tuple(each.strip() for each in points))


def printed(content: Content) -> Words:
    """The words of the decision as a § says them."""
    return words(content.decision_lead_in, [point.text for point in content.points])


def said(row: MinutesItem) -> Words:
    """What was decided on the §'s item, as the record has it now."""
    item = row.agenda_item
    if item.decision is not None:
        return words(item.decision.lead_in, [point.text for point in item.decision.points])
    if item.mendings:
        return stored(item.mendings[-1].words)
    return printed(_drawn(row))


def first_said(row: MinutesItem) -> Words:
    """What was recorded at the table, before any slip in it was mended."""
    mendings = row.agenda_item.mendings
    return stored(mendings[0].former) if mendings else said(row)


def stored(plain: dict[str, Any]) -> Words:
    """Words from what `plain` gave."""
    return words(plain["lead_in"], plain["points"])


def put(content: Content, saying: Words) -> Content:
    """The § with these words as its decision; one point alone has no number."""
    numbered = len(saying.points) > 1
    points = tuple(
        Point(n if numbered else 0, text) for n, text in enumerate(saying.points, start=1)
    )
    return replace(content, decision_lead_in=saying.lead_in, points=points)


def put_assignments(content: Content, item: AgendaItem) -> Content:
    """The § with the assignments that its decision gives."""
    given = item.decision.points if item.decision and item.outcome != "proposed" else []
    heading = PROCEEDINGS["assignments"]
    section = Section(heading, 3, bullets(*paper.assignments(given)))
    found = {each.heading: each for each in content.sections} | {heading: section}
    inorder = [found[name] for name in PROCEEDINGS.values() if name in found]
    return replace(content, sections=tuple(each for each in inorder if each.blocks))


def strays(row: MinutesItem) -> bool:
    """Whether the § says something else than was decided, and no signed correction has taken it up.

    So can only what was written by an earlier version of the program.
    """
    return row.in_force is row and printed(item_from_json(row.content)) != said(row)


def straying(minutes: Minutes) -> list[MinutesItem]:
    """The §§ of the minutes that say something else than was decided."""
    rows = (item.minutes_item for item in minutes.meeting.agenda)
    return [row for row in rows if row and row.minutes_id == minutes.id and strays(row)]


def all_straying(session: Session) -> list[MinutesItem]:
    """Every § in the installation that says something else than was decided, in its order."""
    statement = select(MinutesItem).order_by(
        MinutesItem.body_id, MinutesItem.year, MinutesItem.section_number
    )
    return [row for row in session.scalars(statement) if strays(row)]


def as_recorded(row: MinutesItem) -> Content:
    """The § as it wrote itself from what was recorded at the table."""
    return put(_drawn(row), first_said(row))


@dataclass(frozen=True)
class Change:
    """What a signer is to see of a §: its text as it was, as it is to be signed, and why."""

    section: int
    before: str
    after: str
    reasons: tuple[str, ...] = ()


def changes(minutes: Minutes, items: Iterable[AgendaItem]) -> list[Change]:
    """Each § of these items whose text is not what it was: recorded at the table, or, of a
    correction, in force before it."""
    rows = [item.minutes_item for item in items if item.minutes_item is not None]
    if minutes.kind == "correction":
        found = [_corrected(row, minutes) for row in rows]
    else:
        found = [
            Change(
                row.section_number,
                item_text(as_recorded(row)),
                _text(row.content),
                tuple(each.reason for each in row.agenda_item.mendings),
            )
            for row in rows
            if row.minutes_id == minutes.id
        ]
    return [each for each in found if each is not None and each.before != each.after]


def _corrected(row: MinutesItem, minutes: Minutes) -> Change | None:
    """What the correction puts in the place of what was in force when it was begun."""
    before = row.content
    for each in row.corrections:
        if each.minutes_id == minutes.id:
            return Change(row.section_number, _text(before), _text(each.content), (each.reason,))
        if each.minutes.locked_at is not None:
            before = each.content
    return None


def _text(content: dict[str, Any]) -> str:
    return item_text(item_from_json(content))


def _drawn(row: MinutesItem) -> Content:
    """The § as it last wrote itself; what nobody could edit is as it was written."""
    drawn = [each.content for each in row.revisions if each.is_recorded]
    return item_from_json(drawn[-1] if drawn else row.content)
