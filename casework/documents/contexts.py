"""What each kind of document contains: the one object that its .docx and .typ templates read.

Plain data only (str, int, bool, tuples and further dataclasses of the same sort), so that a
context can be kept as JSON and the document made again from it. Every text is as it is to be
printed, in Swedish. An optional field is "" or (), and what is empty is not printed.

`*_date` fields are printed dates (`2025-06-10`); `document_date` is the ISO date of the
document itself, which the PDF carries as its own.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from casework.documents.context_reader import Reader, plain
from casework.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Inline:
    """A run of text within a block; `text` is all of it, for a template that knows no more.

    `link` is where it leads, and then its last run ends with the address, if words hide that;
    `image` is where the picture is whose words it has; `note` a footnote, in `text` in brackets.
    """

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    link: str = ""
    image: str = ""
    note: tuple[Inline, ...] = ()


@dataclass(frozen=True)
class Block:
    """A paragraph or one list item, a heading within a section, a table.

    `depth` is 0 outside all lists and for an outermost one, and more for what lies in an item. In
    a numbered list `number` is what is printed, and `restart` marks its first item. A heading has
    a `level` of 1 or more below its section's. A table has `columns`, and in `rows` cells of
    inlines, the first row heading it if it is `headed`; its `inlines` are lines with tabs.
    """

    kind: Literal["paragraph", "bullet", "numbered", "heading", "quote", "code", "rule", "table"]
    inlines: tuple[Inline, ...]
    number: int = 0
    restart: bool = False
    depth: int = 0
    level: int = 0
    columns: tuple[Literal["left", "center", "right"], ...] = ()
    headed: bool = False
    rows: tuple[tuple[tuple[Inline, ...], ...], ...] = ()


@dataclass(frozen=True)
class Section:
    """A heading with the text under it; `heading` is "" for text before the first heading.

    `level` is the heading's own in the document (2 or 3; 1 is the document's title or the §).
    """

    heading: str
    level: int
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Point:
    """A decision point; `number` is 0 when it stands alone and none is printed.

    An att-clause has its "att" in `text`; the lead-in stands once, before the points.
    """

    number: int
    text: str


@dataclass(frozen=True)
class Signatory:
    """Who signs; an acting one has "Tf." printed before the title."""

    name: str
    title: str
    acting: bool = False


@dataclass(frozen=True)
class Officer:
    """The case officer in the letterhead."""

    name: str
    title: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Office:
    """How the body's office is reached, in the letterhead; what is "" is not printed."""

    address: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class ProposalContext:
    """An official's proposal to a body (tjänsteskrivelse).

    `decision_heading` is the body's own, such as "Regiondirektörens förslag".
    """

    organisation: str
    unit: str
    officer: Officer
    date: str
    registration_number: str
    body: str
    title: str
    document_date: str
    meeting_date: str = ""
    decision_heading: str = "Förslag till beslut"
    decision_lead_in: str = ""
    points: tuple[Point, ...] = ()
    sections: tuple[Section, ...] = ()
    decision_basis: tuple[str, ...] = ()
    signatories: tuple[Signatory, ...] = ()
    attachments: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    office: Office = Office()


@dataclass(frozen=True)
class AgendaDocument:
    """A document that belongs to an agenda entry; `link` is "" where there is none."""

    title: str
    link: str = ""


@dataclass(frozen=True)
class AgendaEntry:
    """One row of the agenda, with its proposed decision for those who read on.

    `section` is the heading above it, "" where its section goes on. `item_type` is as printed:
    Formalia, Beslut, Information or Anmälan. `addition` says why it came after the summons.
    `reported` is a line for each decision to be reported.
    """

    number: int
    title: str
    item_type: str
    section: str = ""
    registration_number: str = ""
    presenter: str = ""
    time: str = ""
    secrecy: str = ""
    addition: str = ""
    decision_heading: str = "Förslag till beslut"
    decision_lead_in: str = ""
    points: tuple[Point, ...] = ()
    documents: tuple[AgendaDocument, ...] = ()
    reported: tuple[str, ...] = ()


@dataclass(frozen=True)
class SummonsContext:
    """Notice of a meeting with its agenda; `introduction` says what a supplement is.

    `time` is all of it: "tisdag 10 juni 2025 kl. 9.00–11.45"; an assembly's type is KUNGÖRELSE.
    """

    organisation: str
    body: str
    sent_date: str
    meeting_date: str
    time: str
    place: str
    document_date: str
    document_type: str = "KALLELSE"
    registration_number: str = ""
    addressed_to: str = "Ledamöter och ersättare"
    remote_link: str = ""
    openness: str = ""
    group_meetings: str = ""
    introduction: str = ""
    absence: str = ""
    recusal: str = ""
    attestation: str = ""
    agenda: tuple[AgendaEntry, ...] = ()
    signatories: tuple[Signatory, ...] = ()


@dataclass(frozen=True)
class MinutesItem:
    """One § with all that is printed in it, alike in the minutes and in the excerpt.

    `sections` are in the order in which they are printed, as `proceedings` makes them.
    `correction` says what a corrected § replaces, and why.
    `decision_heading` is "Beslut", or "Rekommendation" for an advisory body; with neither
    lead-in nor points it is not printed. `recipients` is printed last, under "Utdrag till".
    """

    number: int
    title: str
    registration_number: str = ""
    decision_heading: str = "Beslut"
    decision_lead_in: str = ""
    points: tuple[Point, ...] = ()
    attested_immediately: bool = False
    correction: str = ""
    sections: tuple[Section, ...] = ()
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True)
class Signature:
    """A signature on the minutes; `signed` says when and how, "" while it is awaited."""

    role: str
    name: str
    signed: str = ""


@dataclass(frozen=True)
class Notice:
    """The notice of attested minutes on the board (KL 8:12)."""

    attested_date: str
    announced_date: str
    appeal_last_date: str
    take_down_date: str
    sections: str
    kept_at: str
    responsible: str
    appeal_link: str = ""


@dataclass(frozen=True)
class MinutesContext:
    """The minutes of a meeting (sammanträdesprotokoll), its notes, or one § alone.

    `is_notes`: an advisory body's (minnesanteckningar), never announced, so `notice` is None. A
    person is one line: "Namn (S), ordförande". `section_range` is "45–52"; `immediate_sections`
    those attested at the meeting. `document_type` (RÄTTELSE), `heading`, `introduction`: of one §.
    """

    organisation: str
    body: str
    meeting_date: str
    place: str
    time: str
    document_date: str
    is_notes: bool = False
    registration_number: str = ""
    deciding: tuple[str, ...] = ()
    serving_substitutes: tuple[str, ...] = ()
    present_substitutes: tuple[str, ...] = ()
    others_present: tuple[str, ...] = ()
    remote: tuple[str, ...] = ()
    attesters: tuple[str, ...] = ()
    attestation: str = ""
    section_range: str = ""
    immediate_sections: str = ""
    document_type: str = ""
    heading: str = ""
    introduction: str = ""
    signatures: tuple[Signature, ...] = ()
    notice: Notice | None = None
    items: tuple[MinutesItem, ...] = ()


@dataclass(frozen=True)
class ExcerptContext:
    """One § of attested minutes, certified and sent (protokollsutdrag).

    `item` is the very MinutesItem of the minutes, recipients and all. `checksum` is
    `item_checksum(item)`; anyone can compare it at `check_url`.
    """

    organisation: str
    body: str
    meeting_date: str
    item: MinutesItem
    certified_by: str
    certifier_title: str
    certified_date: str
    excerpt_id: str
    checksum: str
    check_url: str
    document_date: str
    is_notes: bool = False
    attested_date: str = ""
    announced_date: str = ""
    attachments: tuple[str, ...] = ()
    office: Office = Office()


@dataclass(frozen=True)
class DelegatedDecisionContext:
    """A decision on delegation, or an urgent one (KL 6:39): delegationsbeslut.

    `authority` is what the decider decides by; `subdelegated` who let him (KL 7:6); `reporting`
    how the body is told (KL 6:40), `notified` who is. `instruction` is how to appeal, if one can.
    """

    organisation: str
    body: str
    number: str
    decided_date: str
    decider: str
    authority: str
    title: str
    reporting: str
    signed: str
    document_date: str
    document_type: str = "DELEGATIONSBESLUT"
    decider_title: str = ""
    registration_number: str = ""
    subdelegated: str = ""
    appeal: str = ""
    notified: str = ""
    instruction: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True)
class Row:
    """A line of a certificate: what it is, and what it says."""

    label: str
    value: str


@dataclass(frozen=True)
class CertificateContext:
    """A notice for the board, the proof that it was posted, or of who signed.

    `document_type` is ANSLAG, ANSLAGSBEVIS or BEVIS OM JUSTERING.
    """

    organisation: str
    body: str
    document_type: str
    title: str
    document_date: str
    rows: tuple[Row, ...] = ()
    sections: tuple[Section, ...] = ()


DocumentContext = (
    ProposalContext
    | SummonsContext
    | MinutesContext
    | ExcerptContext
    | DelegatedDecisionContext
    | CertificateContext
)

# A document kind is called as its context is: `delegated_decision` after DelegatedDecisionContext.
KINDS: dict[str, type[DocumentContext]] = {
    re.sub("(?<!^)(?=[A-Z])", "_", each.__name__.removesuffix("Context")).lower(): each
    for each in get_args(DocumentContext)
}


def paragraphs(*texts: str) -> tuple[Block, ...]:
    """A paragraph for each text."""
    return tuple(Block("paragraph", (Inline(text),)) for text in texts)


def bullets(*texts: str) -> tuple[Block, ...]:
    """A bullet for each text."""
    return tuple(Block("bullet", (Inline(text),)) for text in texts)


def kind_of(context: DocumentContext) -> str:
    """The document kind of a context, a key of KINDS."""
    return next(kind for kind, root in KINDS.items() if isinstance(context, root))


def to_json(context: DocumentContext) -> dict[str, Any]:
    """The context as JSON data: dicts, lists, str, int, bool and None."""
    data: dict[str, Any] = plain(asdict(context))
    return data


def from_json(kind: str, data: Mapping[str, Any]) -> DocumentContext:
    """The context that `to_json` made; raises Invalid naming the field that is wrong."""
    if kind not in KINDS:
        raise Invalid("context_wrong", kind=kind, field="kind")
    context: DocumentContext = Reader(kind).read(KINDS[kind], data, "")
    return context


def item_to_json(item: MinutesItem) -> dict[str, Any]:
    """A § as JSON data, to be kept on its own."""
    data: dict[str, Any] = plain(asdict(item))
    return data


def item_from_json(data: Mapping[str, Any]) -> MinutesItem:
    """The § that `item_to_json` made; raises Invalid naming the field that is wrong."""
    item: MinutesItem = Reader("minutes").read(MinutesItem, data, "item")
    return item
