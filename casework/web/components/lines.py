"""Rows that several pages show: a matter, a document, something that has happened."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import request, url_for
from flask_babel import gettext as _

from casework.audit.queries import step_into
from casework.matters.entries import RegisterEntry
from casework.phrases import catalogue, sentence
from casework.web.components import steps
from casework.web.components.showing import legal_day
from casework.web.frame.language import reader_language
from casework.web.shapes import DocumentLine, HistoryEntry, MatterLine

if TYPE_CHECKING:
    from casework.audit.models import AuditEntry
    from casework.context import Context
    from casework.documents.models import Document
    from casework.matters.models import Matter
    from casework.phrases import Language


def line(context: Context, matter: Matter) -> MatterLine:
    """A matter as one row of a list."""
    return MatterLine(
        number=matter.registration_number,
        title=matter.title,
        url=url_for("matters.show", matter_id=matter.id),
        state=steps.state_label(context, matter),
        body=matter.body.short_name,
        officer=matter.case_officer.name if matter.case_officer else "",
    )


def initiative_choices() -> list[tuple[str, str]]:
    """How a matter can have been raised, each with its words."""
    return [
        ("", _("Annat")),
        ("motion", _("Motion")),
        ("citizen_proposal", _("Medborgarförslag")),
    ]


def entry(context: Context, matter: Matter | RegisterEntry) -> MatterLine:
    """A matter as the register tells of it: its day, its sender, how it was raised (OSL 5:2).

    Of one whose secrecy hides it from the reader: its number and day.
    """
    if isinstance(matter, RegisterEntry):
        return MatterLine(
            number=matter.registration_number,
            title=_("Omfattas av sekretess"),
            url=url_for("matters.show", matter_id=matter.id),
            origin=str(matter.registered_on),
        )
    raised = dict(initiative_choices())[matter.initiative] if matter.initiative else ""
    sender = _("från %(sender)s", sender=matter.sender) if matter.sender else ""
    origin = [str(matter.registered_on), sender, raised]
    return replace(line(context, matter), origin=" · ".join(filter(None, origin)))


def document_line(row: Document, url: str = "") -> DocumentLine:
    """A document as one row of a list."""
    return DocumentLine(
        title=row.title,
        url=url or f"{request.script_root}/documents/{row.id}",
        kind=row.filename.rpartition(".")[2].upper(),
        size=row.size,
        version=row.number or 1,
        made=legal_day(row.drawn_up_at),
        note=_("låst") if row.is_record else "",
    )


def history_entry(context: Context, subject: Any, entry: AuditEntry) -> HistoryEntry:
    """An audit entry for a reader: steps by their label, verbs by their word."""
    definition = context.services.engine.definition_of(subject)
    language = reader_language()
    labels = {step.trigger: step.label[language] for step in definition.transitions}
    what = labels.get(entry.action) or verb(entry.action, language)
    told = entry.detail
    reason = told.get("input", told).get("reason", "")
    change = f"{told['former'] or '–'} → {told['person']}" if "former" in told else ""
    detail = " · ".join(filter(None, (change, reason)))
    detail = detail or told.get("filename") or told.get("person", "")
    return HistoryEntry(entry.at, what, actor_of(entry), detail)


def actor_of(entry: AuditEntry) -> str:
    """Whose doing it was, and in whose place."""
    absent = entry.detail.get("in_place_of")
    if not absent:
        return entry.actor_name
    told: str = _("%(name)s i stället för %(absent)s", name=entry.actor_name, absent=absent)
    return told


def why_here(context: Context, subject: Any) -> HistoryEntry | None:
    """The step that brought the subject into its state, if somebody gave a reason for it."""
    found = context.session.scalar(
        step_into(subject.organisation_id, subject.__tablename__, subject.id, subject.state)
    )
    entry = history_entry(context, subject, found) if found else None
    return entry if entry and found and found.detail.get("input", {}).get("reason") else None


def verb(action: str, language: Language) -> str:
    """The word for what was done; a step that an older workflow had keeps its own name."""
    code = f"verb_{action}"
    return sentence(code, {}, language) if code in catalogue() else action
