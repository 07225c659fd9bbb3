"""What everybody would read of an agenda item: its title, or its § as it is in force."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casework.context import STOCKHOLM
from casework.documents.contexts import item_from_json
from casework.meetings.models import Correction
from casework.publishing.findings import KINDS as FINDINGS
from casework.publishing.findings import as_public, findings

if TYPE_CHECKING:
    from datetime import date

    from casework.documents.contexts import Point
    from casework.meetings.models import AgendaItem

TOLD = ("decided", "proposed")  # what was noted names those who spoke
MARKS = ("closed", "authority")


@dataclass(frozen=True)
class Wording:
    """The lines that are tried and shown; `section` is 0 for a mere title.

    `marks` (of MARKS) say that the item was held behind closed doors, or is authority over
    somebody. `checksum` changes with whatever is to be tried anew: the words, a signed correction
    of any part of the §, another mark. The migration that took in what was public counts it alike.
    """

    title: str
    section: int = 0
    decision: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    corrected_on: date | None = None
    checksum: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        return (self.title, *self.decision)

    @property
    def found(self) -> list[str]:
        """The kinds of what must be looked at, marks among them; none for what is clean."""
        kinds = {each.what for line in self.lines for each in findings(line)}
        return [*self.marks, *(each for each in FINDINGS if each in kinds)]

    def public(self) -> tuple[str, tuple[str, ...]]:
        """The title and the decision as everybody reads them."""
        return as_public(self.title), tuple(as_public(line) for line in self.decision)


def title_of(item: AgendaItem) -> Wording:
    """The title on the agenda."""
    marks = _marks(item)
    return Wording(item.title, marks=marks, checksum=_checksum("title", item.title, *marks))


def section_of(item: AgendaItem) -> Wording | None:
    """The § as its newest signed correction has it; None until it is attested.

    Its lead-in and points alone: never who presented, spoke or voted, nor any paper.
    """
    row = item.minutes_item
    if row is None or row.minutes.locked_at is None:
        return None
    now = row.in_force
    content, marks = item_from_json(now.content), _marks(item)
    said = [content.decision_lead_in, *(_numbered(point) for point in content.points)]
    signed = now.minutes.locked_at if isinstance(now, Correction) else None
    return Wording(
        content.title,
        row.section_number,
        tuple(line for line in said if line) if item.outcome in TOLD else (),
        marks,
        signed.astimezone(STOCKHOLM).date() if signed else None,
        _checksum("section", now.content_sha256, item.outcome, *marks),
    )


def wording_of(item: AgendaItem, kind: str) -> Wording | None:
    """The title or the §, by `kind`."""
    return section_of(item) if kind == "section" else title_of(item)


def is_secret(item: AgendaItem) -> bool:
    """Its matter carries a secrecy marking, or is hidden from the reader and may carry one."""
    return item.is_sealed


def is_untried(item: AgendaItem) -> bool:
    """Decided in a matter in which nobody has noted that secrecy was tried since."""
    matter = item.matter
    return matter is not None and item.outcome == "decided" and matter.secrecy_reviewed_at is None


def _marks(item: AgendaItem) -> tuple[str, ...]:
    held = (item.is_closed, item.exercises_authority)
    return tuple(name for name, is_so in zip(MARKS, held, strict=True) if is_so)


def _checksum(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _numbered(point: Point) -> str:
    return f"{point.number}. {point.text}" if point.number else point.text
