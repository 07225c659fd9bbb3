"""What an incoming document was found to say: each value with its place and its doubt."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import datetime

Unit = Literal["line", "paragraph", "header"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands: the line (of its page in a PDF), Word paragraph or page header."""

    unit: Unit
    number: int
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text, or one paragraph of a Word file, before anything is understood.

    `level` is the heading level that the file itself states (0 for a title), `marker` the number
    or bullet that Word puts before the paragraph, `whole` says that the line never runs on.
    """

    text: str
    place: Place
    level: int | None = None
    marker: str | None = None
    whole: bool = False

    def saying(self, text: str) -> Line:
        """The same line with only `text` of what it said."""
        return replace(self, text=text)


@dataclass(frozen=True, slots=True)
class Found:
    """A text as the document has it."""

    text: str
    place: Place
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class FoundDate(Found):
    """A date as it is written, and the calendar day when the writing states one in full."""

    day: datetime.date | None = None

    def shown(self) -> str:
        """ISO 8601 when the day is known, else the words of the document."""
        return self.day.isoformat() if self.day else self.text


@dataclass(frozen=True, slots=True)
class Section:
    """A heading (None before the first) and its text as Markdown paragraphs and bullets."""

    heading: str | None
    text: str
    place: Place
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class DecisionPoint(Found):
    """One proposed or taken decision; `number` is None where the document writes none."""

    number: int | None = None


@dataclass(frozen=True, slots=True)
class Assignment(Found):
    """What somebody is to do; assignee and due are None where the document does not say."""

    assignee: str | None = None
    due: FoundDate | None = None


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs, with title; an acting one (tf.) has the title without that mark."""

    name: str
    place: Place
    title: str | None = None
    acting: bool = False
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class IncomingDocument:
    """All that was found; None or empty where the document says nothing."""

    filename: str
    title: Found | None = None
    date: FoundDate | None = None
    registration_number: Found | None = None
    body: Found | None = None
    lead_in: Found | None = None
    sections: list[Section] = field(default_factory=list)
    decision_points: list[DecisionPoint] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    recipients: list[Found] = field(default_factory=list)
    signatories: list[Signatory] = field(default_factory=list)
