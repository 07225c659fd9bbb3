"""A read document as JSON for programs and as text for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.documents.incoming.model import FoundDate
from casework.phrases import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casework.documents.incoming.model import Found, IncomingDocument, Place, Signatory
    from casework.phrases import Language


def to_json(document: IncomingDocument) -> dict[str, Any]:
    """The fixed keys of `casework document read --json`; null or empty where nothing is said."""
    return {
        "title": _text(document.title),
        "date": document.date.shown() if document.date else None,
        "registration_number": _text(document.registration_number),
        "body": _text(document.body),
        "sections": [
            {"heading": section.heading, "text": section.text} for section in document.sections
        ],
        "decision_points": [
            {"number": point.number, "text": point.text, "uncertain": point.uncertain}
            for point in document.decision_points
        ],
        "assignments": [
            {
                "assignee": assignment.assignee,
                "text": assignment.text,
                "due": assignment.due.shown() if assignment.due else None,
                "uncertain": assignment.uncertain,
            }
            for assignment in document.assignments
        ],
        "recipients": [recipient.text for recipient in document.recipients],
        "signatories": [
            {"name": signatory.name, "title": signatory.title, "acting": signatory.acting}
            for signatory in document.signatories
        ],
    }


def to_text(document: IncomingDocument, language: Language) -> str:
    """One value a line with the place it came from, and a mark where it is uncertain."""
    return "\n".join(_Page(language).lines(document))


def _text(found: Found | None) -> str | None:
    return found.text if found else None


class _Page:
    def __init__(self, language: Language) -> None:
        self.language = language

    def lines(self, document: IncomingDocument) -> Iterator[str]:
        for name in ("title", "date", "registration_number", "body", "lead_in"):
            yield f"{self._say(name)}: {self._fact(getattr(document, name))}"
        yield from self._listed(
            "decision_points",
            [
                self._entry(f"{p.number}. {p.text}" if p.number else p.text, p.place, p.uncertain)
                for p in document.decision_points
            ],
        )
        yield from self._listed(
            "assignments",
            [
                self._entry(
                    " – ".join(
                        filter(None, [a.assignee, a.text, a.due.shown() if a.due else None])
                    ),
                    a.place,
                    a.uncertain,
                )
                for a in document.assignments
            ],
        )
        yield from self._listed(
            "recipients", [self._entry(r.text, r.place, r.uncertain) for r in document.recipients]
        )
        yield from self._listed(
            "signatories",
            [self._entry(self._person(s), s.place, s.uncertain) for s in document.signatories],
        )
        for section in document.sections:
            heading = section.heading or self._say("no_heading")
            yield f"\n{self._entry(heading, section.place, section.uncertain)}"
            if section.text:
                yield section.text

    def _fact(self, found: Found | None) -> str:
        if found is None:
            return "–"
        text = found.shown() if isinstance(found, FoundDate) else found.text
        return self._entry(text, found.place, found.uncertain)

    def _listed(self, name: str, entries: list[str]) -> Iterator[str]:
        yield f"{self._say(name)}:" + ("" if entries else " –")
        yield from (f"  {entry}" for entry in entries)

    def _person(self, who: Signatory) -> str:
        title = f"{self._say('acting')} {who.title}" if who.acting else who.title
        return ", ".join(filter(None, [who.name, title]))

    def _entry(self, text: str, place: Place, uncertain: bool) -> str:
        mark = f", {self._say('uncertain')}" if uncertain else ""
        return f"{text}  [{self._place(place)}{mark}]"

    def _place(self, place: Place) -> str:
        line = self._say(place.unit, number=place.number)
        return f"{self._say('page', number=place.page)}, {line}" if place.page else line

    def _say(self, name: str, **params: object) -> str:
        return sentence(f"incoming_label_{name}", params, self.language)
