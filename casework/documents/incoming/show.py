"""A read document as JSON for programs and as text for the terminal."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from casework.documents.incoming.model import FoundDate
from casework.phrases import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casework.documents.incoming.model import (
        Assignment,
        DecisionPoint,
        Found,
        IncomingDocument,
        Mandate,
        NotRead,
        Place,
        Signatory,
    )
    from casework.phrases import Language

SINGLE = ("title", "date", "registration_number", "body")
LISTS = (
    *("sections", "decision_points", "assignments", "mandates", "recipients", "signatories"),
    *("attachments", "tables"),
)


def to_json(document: IncomingDocument) -> dict[str, Any]:
    """The fixed keys of `casework document read --json`; null or empty where nothing is said.

    `uncertain` names the single values that are, `places` says where each value stands (a key
    with its number: `recipients.0`), and a text is what a reader sees, never escaped.
    """
    return {
        "title": _text(document.title),
        "date": document.date.shown() if document.date else None,
        "registration_number": _text(document.registration_number),
        "body": _text(document.body),
        "sections": [
            {"heading": section.heading, "text": section.text} for section in document.sections
        ],
        "decision_points": [_point(each) for each in document.decision_points],
        "assignments": [_assignment(each) for each in document.assignments],
        "mandates": [
            {"holder": each.holder, "text": each.text, "uncertain": each.uncertain}
            for each in document.mandates
        ],
        "recipients": [
            {"name": each.text, "uncertain": each.uncertain} for each in document.recipients
        ],
        "signatories": [_signatory(each) for each in document.signatories],
        "attachments": [
            {"title": each.text, "uncertain": each.uncertain} for each in document.attachments
        ],
        "tables": [{"rows": [list(row) for row in table.rows]} for table in document.tables],
        "uncertain": [name for name in SINGLE if _is_uncertain(getattr(document, name))],
        "places": _places(document),
        "not_read": [
            {"what": each.kind, "place": asdict(each.place) if each.place else None}
            for each in document.not_read
        ],
    }


def to_text(document: IncomingDocument, language: Language) -> str:
    """One value a line with the place it came from, and a mark where it is uncertain."""
    return "\n".join(_Page(language).lines(document))


def told(not_read: NotRead, language: Language) -> str:
    """What was not read, and where it stands, in words."""
    what = sentence(f"incoming_not_read_{not_read.kind}", {}, language)
    return f"{what}  [{place_told(not_read.place, language)}]" if not_read.place else what


def place_told(place: Place, language: Language) -> str:
    """A place in words: page and line, paragraph, or page header."""
    line = sentence(f"incoming_label_{place.unit}", {"number": place.number}, language)
    if not place.page:
        return line
    return f"{sentence('incoming_label_page', {'number': place.page}, language)}, {line}"


def _text(found: Found | None) -> str | None:
    return found.text if found else None


def _is_uncertain(found: Found | None) -> bool:
    return found is not None and found.uncertain


def _point(point: DecisionPoint) -> dict[str, Any]:
    return {
        "number": point.number,
        "text": point.text,
        "proposed_to": point.proposed_to,
        "uncertain": point.uncertain,
    }


def _assignment(assignment: Assignment) -> dict[str, Any]:
    return {
        "assignee": assignment.assignee,
        "text": assignment.text,
        "due": assignment.due.shown() if assignment.due else None,
        "uncertain": assignment.uncertain,
    }


def _signatory(signatory: Signatory) -> dict[str, Any]:
    return {
        "name": signatory.name,
        "title": signatory.title,
        "acting": signatory.acting,
        "uncertain": signatory.uncertain,
    }


def _places(document: IncomingDocument) -> dict[str, dict[str, Any]]:
    places = {name: asdict(found.place) for name in SINGLE if (found := getattr(document, name))}
    for name in LISTS:
        for number, each in enumerate(getattr(document, name)):
            places[f"{name}.{number}"] = asdict(each.place)
    return places


class _Page:
    def __init__(self, language: Language) -> None:
        self.language = language

    def lines(self, document: IncomingDocument) -> Iterator[str]:
        for name in (*SINGLE, "lead_in"):
            yield f"{self._say(name)}: {self._fact(getattr(document, name))}"
        points = [
            self._entry(self._decided(p), p.place, p.uncertain) for p in document.decision_points
        ]
        yield from self._listed("decision_points", points)
        yield from self._listed(
            "assignments",
            [
                self._entry(
                    _dashed(a.assignee, a.text, a.due.shown() if a.due else None),
                    a.place,
                    a.uncertain,
                )
                for a in document.assignments
            ],
        )
        if document.mandates:
            yield from self._listed("mandates", [self._mandate(each) for each in document.mandates])
        yield from self._listed("recipients", list(map(self._found, document.recipients)))
        yield from self._listed(
            "signatories",
            [self._entry(self._person(s), s.place, s.uncertain) for s in document.signatories],
        )
        if document.attachments:
            yield from self._listed("attachments", list(map(self._found, document.attachments)))
        for section in document.sections:
            heading = section.heading or self._say("no_heading")
            yield f"\n{self._entry(heading, section.place, section.uncertain)}"
            if section.text:
                yield section.text
        if document.not_read:
            yield ""
            missing = [told(each, self.language) for each in document.not_read]
            yield from self._listed("not_read", list(dict.fromkeys(missing)))

    def _fact(self, found: Found | None) -> str:
        if found is None:
            return "–"
        text = found.shown() if isinstance(found, FoundDate) else found.text
        return self._entry(text, found.place, found.uncertain)

    def _listed(self, name: str, entries: list[str]) -> Iterator[str]:
        yield f"{self._say(name)}:" + ("" if entries else " –")
        yield from (f"  {entry}" for entry in entries)

    def _decided(self, point: DecisionPoint) -> str:
        text = point.text.replace("\n", "\n     ")
        text = f"{point.number}. {text}" if point.number else text
        return (
            f"{text} ({self._say('proposed_to')} {point.proposed_to})"
            if point.proposed_to
            else text
        )

    def _mandate(self, mandate: Mandate) -> str:
        return self._entry(_dashed(mandate.holder, mandate.text), mandate.place, mandate.uncertain)

    def _found(self, found: Found) -> str:
        return self._entry(found.text, found.place, found.uncertain)

    def _person(self, who: Signatory) -> str:
        title = f"{self._say('acting')} {who.title}" if who.acting else who.title
        return ", ".join(filter(None, [who.name, title]))

    def _entry(self, text: str, place: Place, uncertain: bool) -> str:
        mark = f", {self._say('uncertain')}" if uncertain else ""
        return f"{text}  [{place_told(place, self.language)}{mark}]"

    def _say(self, name: str, **params: object) -> str:
        return sentence(f"incoming_label_{name}", params, self.language)


def _dashed(*parts: str | None) -> str:
    return " – ".join(filter(None, parts))


def doubts(document: IncomingDocument, language: Language) -> list[str]:
    """In a sentence each: which values are uncertain, and what was not read."""
    lists = {
        name: [each for each in getattr(document, name) if each.uncertain]
        for name in ("decision_points", "recipients", "signatories", "attachments")
    }
    single = [name for name in SINGLE if _is_uncertain(getattr(document, name))]
    names = [*single, *(name for name, found in lists.items() if found)]
    told_names = [sentence(f"incoming_label_{name}", {}, language) for name in names]
    lines = []
    if told_names:
        lines.append(sentence("incoming_uncertain", {"names": ", ".join(told_names)}, language))
    missing = list(dict.fromkeys(told(each, language) for each in document.not_read))
    if missing:
        lines.append(sentence("incoming_missing", {"parts": "; ".join(missing)}, language))
    return lines
