"""What a body or the organisation is, as its form, its page and its history show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import request
from flask_babel import gettext as _

from casework.people.identity import DECISION_STYLES
from casework.web.components.chronicle import chronicle
from casework.web.components.lines import actor_of, verb
from casework.web.frame.language import reader_language
from casework.web.shapes import HistoryEntry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casework.audit.models import AuditEntry
    from casework.context import Context
    from casework.people.identity import Fact
    from casework.people.models import Body, Organisation
    from casework.web.components.paging import Part

OF_A_LINE = ("number", "title", "to", "of")  # of a line in the delegation scheme
TYPES = {"email": "email", "phone": "tel"}


@dataclass(frozen=True)
class Field:
    """A fact as its form asks for it; `choices` are codes with their labels, or none."""

    name: str
    label: str
    hint: str
    most: int
    is_needed: bool
    type: str
    choices: tuple[tuple[str, str], ...]


def fields(facts: Mapping[str, Fact], hints: Mapping[str, str]) -> list[Field]:
    """The fields of a form, in the reader's language and the order of the facts."""
    styles = tuple((code, label[reader_language()]) for code, label in DECISION_STYLES.items())
    return [
        Field(
            name,
            fact.label[reader_language()],
            hints.get(name, ""),
            fact.most,
            fact.is_needed,
            TYPES.get(name, "text"),
            styles if name == "decision_style" else (),
        )
        for name, fact in facts.items()
    ]


def body_hints() -> dict[str, str]:
    """Where each fact of a body stands, and what follows when it changes."""
    theirs = _("Lämnas den tom används organisationens.")
    return {
        "name": _("Nya handlingar får namnet. De som redan finns behåller sitt."),
        "short_name": _(
            "Står i listor, i filnamn och i nya beslutsnummer. Diarienumren följer diarieserien och"
            " ändras inte."
        ),
        "unit": _("Står överst i tjänsteskrivelsen, under organisationens namn."),
        "email": _("Härifrån kommer organets brev.") + " " + theirs,
        "address": theirs,
        "phone": theirs,
        "proposal_heading": _("Står över beslutspunkterna, som Regiondirektörens förslag."),
        "proposer": _("Den som lägger fram förslagen för organet, som Regiondirektören."),
    }


def organisation_hints(sender: str) -> dict[str, str]:
    """As `body_hints`; `sender` is the installation's own address."""
    return {
        "name": _("Nya handlingar får namnet. De som redan finns behåller sitt."),
        "email": _(
            "Härifrån kommer breven när organet inte har en egen adress. Lämnas den tom kommer de"
            " från %(sender)s.",
            sender=sender,
        ),
    }


def written(facts: Mapping[str, Fact]) -> dict[str, str]:
    """The facts as they were written; one that the form did not hold is left out."""
    return {name: request.form[name] for name in facts if name in request.form}


def stored(facts: Mapping[str, Fact], row: Body | Organisation) -> dict[str, Any]:
    """The facts as the form shows them, with the version that they are of."""
    return {"version": row.version, **{name: getattr(row, name) for name in facts}}


def history(
    context: Context, facts: Mapping[str, Fact], row: Body | Organisation, own_page: str
) -> Part[HistoryEntry]:
    """What has been done to the row, newest first, each change with what stood before."""
    return chronicle(context, row, own_page, lambda entry: _told(entry, facts))


def _told(entry: AuditEntry, facts: Mapping[str, Fact]) -> HistoryEntry:
    detail, labels = entry.detail, _labels(facts)
    before = detail.get("before", {})
    told = [detail[name] for name in OF_A_LINE if name in detail]
    told += [
        labels[name]
        if isinstance(after, list)
        else f"{labels[name]}: {_value(before[name])} → {_value(after)}"
        for name, after in detail.get("after", {}).items()
        if name in labels
    ]
    what = verb(entry.action, reader_language())
    return HistoryEntry(entry.at, what, actor_of(entry), " · ".join(told))


def _labels(facts: Mapping[str, Fact]) -> dict[str, str]:
    """What each fact is called, and each setting of a body."""
    return {name: fact.label[reader_language()] for name, fact in facts.items()} | {
        "seats": _("Antal ledamöter"),
        "summons_days": _("Kallelse, dagar före"),
        "paper_stop_days": _("Manusstopp, dagar före"),
        "open_doors": _("Öppna för allmänheten"),
        "allows_remote": _("Deltagande på distans"),
        "urgent_mandate": _("Brådskande ärenden avgörs enligt"),
        "agenda_sections": _("Dagordningens avsnitt"),
        "minuted_roles": _("Protokollet sammanfattar ärendet med"),
        "agenda_template": _("Formella punkter på varje sammanträde"),
    }


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(_("Ja") if value else _("Nej"))
    if isinstance(value, str) and value in DECISION_STYLES:
        return DECISION_STYLES[value][reader_language()]
    return str(value) if value not in ("", None) else "–"
