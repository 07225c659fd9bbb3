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
    or bullet that Word puts before the paragraph, `number` how far that list has come and `depth`
    how deep it lies. `whole` says that the line never runs on, `soft` that it continues its
    paragraph after a line break. A row of a table has `cells`, and the number of its `table`;
    `indented` is a line of plain text that begins with space.
    """

    text: str
    place: Place
    level: int | None = None
    marker: str | None = None
    number: int | None = None
    depth: int = 0
    whole: bool = False
    soft: bool = False
    bold: bool = False
    indented: bool = False
    cells: tuple[str, ...] = ()
    table: int = 0

    def saying(self, text: str) -> Line:
        """The same line with only `text` of what it said."""
        return replace(self, text=text)


@dataclass(frozen=True, slots=True)
class NotRead:
    """Something of the file that is not in the reading: picture, chart, part, comments, ..."""

    kind: str
    place: Place | None = None


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
    """A heading (None before the first) and its text.

    `text` is what a reader sees: paragraphs, lists with their signs, rows of tables between bars.
    `markdown` says the same to a program, with every sign that is meant as text escaped.
    """

    heading: str | None
    text: str
    place: Place
    uncertain: bool = False
    markdown: str = ""


@dataclass(frozen=True, slots=True)
class DecisionPoint(Found):
    """One proposed or taken decision, the parts of it on lines of their own.

    `number` is None where the document writes none; `proposed_to` is another body that the
    deciding one proposes it to, in the document's words.
    """

    number: int | None = None
    proposed_to: str | None = None


@dataclass(frozen=True, slots=True)
class Assignment(Found):
    """What somebody is to do; assignee and due are None where the document does not say."""

    assignee: str | None = None
    due: FoundDate | None = None


@dataclass(frozen=True, slots=True)
class Mandate(Found):
    """What somebody is given the right to do; the text is what, the holder is who."""

    holder: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of values as it stands, every row as wide as the widest."""

    rows: list[tuple[str, ...]]
    place: Place


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
    mandates: list[Mandate] = field(default_factory=list)
    recipients: list[Found] = field(default_factory=list)
    signatories: list[Signatory] = field(default_factory=list)
    attachments: list[Found] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    not_read: list[NotRead] = field(default_factory=list)
