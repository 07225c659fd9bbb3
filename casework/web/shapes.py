"""What the components take: plain values that a view makes from the rows it read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date, datetime

    from casework.documents.contexts import Block

Tone = Literal["neutral", "active", "attention", "late", "done"]
SETTLED: dict[str, Tone] = {"met": "done", "missed": "late", "cancelled": "neutral"}


@dataclass(frozen=True)
class Link:
    """Somewhere to go."""

    label: str
    url: str


@dataclass(frozen=True)
class StateLabel:
    """A state's name for the reader, and how it is toned."""

    label: str
    tone: Tone = "neutral"


@dataclass(frozen=True)
class Due:
    """A date to keep; `state` is running, met, missed or cancelled."""

    label: str
    on: date
    state: Literal["running", "met", "missed", "cancelled"] = "running"
    statute: str = ""

    def days_left(self, today: date) -> int:
        """Whole days from `today` to the date; negative when it has passed."""
        return (self.on - today).days

    def tone(self, today: date) -> Tone:
        """Late when passed, attention within three days."""
        if self.state != "running":
            return SETTLED[self.state]
        days = self.days_left(today)
        return "late" if days < 0 else "attention" if days <= 3 else "neutral"


@dataclass(frozen=True)
class Reason:
    """Why a step is blocked: one sentence, its statute, and where it is mended."""

    sentence: str
    statute: str = ""
    mend: Link | None = None


@dataclass(frozen=True)
class Step:
    """A step in the workflow from here: what it does, or every reason why it is blocked.

    `is_aside` is the workflow file's own mark: off the road, such as to refer back or to withdraw,
    and never the filled button.
    """

    label: str
    url: str
    does: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    is_aside: bool = False


@dataclass(frozen=True)
class MatterLine:
    """A matter in a list; one that is secret to the reader has no state."""

    number: str
    title: str
    url: str
    state: StateLabel | None = None
    body: str = ""
    officer: str = ""
    due: Due | None = None
    origin: str = ""


@dataclass(frozen=True)
class HistoryEntry:
    """Something that happened, as the audit chain keeps it."""

    moment: datetime
    what: str
    actor: str
    detail: str = ""


@dataclass(frozen=True)
class DocumentLine:
    """A stored document; `size` in bytes."""

    title: str
    url: str
    kind: str
    size: int
    version: int
    made: date
    note: str = ""


@dataclass(frozen=True)
class PersonLine:
    """A person in a list, with a title or role and perhaps a note (party, acting, since when)."""

    name: str
    title: str
    note: str = ""


@dataclass(frozen=True)
class ExcerptPage:
    """What a recipient reads behind a personal link."""

    organisation: str
    body: str
    meeting_date: date
    section: int
    title: str
    number: str
    lead_in: str
    points: tuple[str, ...]
    pdf: DocumentLine
    recipient: str
    expires: date
    summary: str = ""
    appeal: str = ""
    sections: tuple[tuple[str, tuple[Block, ...]], ...] = ()
    heading: str = ""
    acknowledged: datetime | None = None
