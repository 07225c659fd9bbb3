"""A member's reading view: the agenda with its papers, one by one or as one pack.

A pack may take a minute to set. A thread makes it, its progress stands in a file that every
process of the server reads, and the finished one is kept until its papers change.
"""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog
from flask import Blueprint, make_response, render_template, send_file, url_for
from sqlalchemy import select

from casework.documents.markdown import from_blocks, to_html
from casework.documents.pack import PackMaker
from casework.documents.store import PDF
from casework.errors import NotFound, Refusal
from casework.meetings.models import AgendaItem, Recusal
from casework.meetings.pack import fingerprint, pack, papers_of
from casework.meetings.proposed import proposal_of
from casework.meetings.reporting import reported_lines
from casework.people.policy import lift
from casework.phrases import sentence
from casework.web.files import attachment
from casework.web.language import reader_language
from casework.web.matters import document_line
from casework.web.meetings import find
from casework.web.session import SIGNED_IN, installation, permits, reading, signed_in

if TYPE_CHECKING:
    from pathlib import Path

    from werkzeug.wrappers import Response

    from casework.context import Context
    from casework.documents.contexts import ProposalContext
    from casework.documents.pack import PackContext
    from casework.meetings.models import Meeting
    from casework.phrases import Language

log = structlog.get_logger()


blueprint = Blueprint("reading", __name__, url_prefix="/meetings/<int:meeting_id>")


@blueprint.get("/read")
@permits(SIGNED_IN)
def read(meeting_id: int) -> str:
    """The agenda with proposals and papers, for those who are to decide."""
    with reading() as context:
        meeting = find(context, meeting_id)
        items = _readable(context, meeting)
        return render_template(
            "reading/read.html",
            meeting=meeting,
            rows=[_row(context, meeting, item) for item in items],
            hidden=len(meeting.agenda) - len(items),
        )


@blueprint.get("/papers/<int:document_id>")
@permits(SIGNED_IN)
def paper(meeting_id: int, document_id: int) -> Response:
    """A paper of the agenda, for whoever sees the item."""
    with reading() as context:
        meeting = find(context, meeting_id)
        for item in _readable(context, meeting):
            for _title, document in papers_of(context, item):
                if document.id == document_id:
                    return attachment(context.services.press.read(document), document)
    raise NotFound("not_found")


@blueprint.get("/pack")
@permits(SIGNED_IN)
def packed(meeting_id: int) -> str | Response:
    """The whole pack as one PDF; while it is being made, how far that has come."""
    with reading() as context:
        meeting = find(context, meeting_id)
        items = _readable(context, meeting)
        making = Making.of(fingerprint(context, meeting, items))
        if making.file.exists():
            name = f"{meeting.body.short_name}_{meeting.day}_handlingar.pdf"
            return send_file(making.file, PDF, as_attachment=True, download_name=name, max_age=0)
        progress = making.progress()
        if progress is None:
            making.start(pack(context, meeting, items), reader_language())
            progress = Progress(0, 1)
        page = make_response(
            render_template("reading/making.html", meeting=meeting, progress=progress)
        )
    if progress.problem:
        making.forget()
        page.status_code = 422
    else:
        page.headers["Refresh"] = "2"
    page.headers["Cache-Control"] = "no-store"
    return page


class Progress:
    """How many steps of all are done, or what went wrong."""

    def __init__(self, done: int, steps: int, problem: str = "") -> None:
        self.done, self.steps, self.problem = done, steps, problem


class Making:
    """One pack in the making: its file when it is done, and beside it how far it has come."""

    def __init__(self, folder: Path, key: str) -> None:
        self.file = folder / f"{key}.pdf"
        self._told = folder / f"{key}.json"

    @staticmethod
    def of(key: str) -> Making:
        folder = installation().settings.data_dir / "packs"
        folder.mkdir(parents=True, exist_ok=True)
        return Making(folder, key)

    def progress(self) -> Progress | None:
        """How far it has come; None if nobody makes it."""
        try:
            return Progress(**json.loads(self._told.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return None

    def start(self, content: PackContext, language: Language) -> None:
        maker = PackMaker(installation().settings.templates_dir)
        self._tell(0, 1)
        threading.Thread(target=self._make, args=(maker, content, language), daemon=True).start()

    def forget(self) -> None:
        self._told.unlink(missing_ok=True)

    def _make(self, maker: PackMaker, content: PackContext, language: Language) -> None:
        try:
            made = maker.make(content, self._tell)
        except Refusal as refusal:
            self._tell(0, 1, sentence(refusal.code, refusal.params, language))
            return
        except Exception:
            log.exception("pack_failed")
            self._tell(0, 1, sentence("pack_failed", {}, language))
            return
        unfinished = self.file.with_suffix(".part")
        unfinished.write_bytes(made)
        unfinished.rename(self.file)
        self.forget()

    def _tell(self, done: int, steps: int, problem: str = "") -> None:
        told = json.dumps({"done": done, "steps": steps, "problem": problem})
        unfinished = self._told.with_suffix(".new")
        unfinished.write_text(told, encoding="utf-8")
        unfinished.rename(self._told)


def _readable(context: Context, meeting: Meeting) -> list[AgendaItem]:
    """The items that the person may see: none whose matter they have a conflict of interest in."""
    lift(context.session)
    recused = context.session.execute(
        select(AgendaItem.id, AgendaItem.matter_id)
        .join(Recusal, Recusal.agenda_item_id == AgendaItem.id)
        .where(
            AgendaItem.organisation_id == meeting.organisation_id,
            Recusal.person_id == signed_in().person_id,
        )
    ).all()
    items = {item_id for item_id, _matter_id in recused}
    matters = {matter_id for _item_id, matter_id in recused if matter_id is not None}
    context.session.expire(meeting, ["agenda"])
    return [
        each for each in meeting.agenda if each.id not in items and each.matter_id not in matters
    ]


def _row(context: Context, meeting: Meeting, item: AgendaItem) -> tuple[object, ...]:
    """An item with its proposal, as it was sent, its papers, and the decisions it reports."""
    proposal = proposal_of(context, item)
    papers, reported = _papers(context, meeting, item), reported_lines(context, item)
    return item, proposal, _sections(proposal), papers, reported


def _papers(context: Context, meeting: Meeting, item: AgendaItem) -> list[object]:
    return [
        replace(
            document_line(row, url_for(".paper", meeting_id=meeting.id, document_id=row.id)),
            title=title,
        )
        for title, row in papers_of(context, item)
    ]


def _sections(proposal: ProposalContext | None) -> list[tuple[str, str]]:
    """The proposal's own text, as safe HTML."""
    parts = proposal.sections if proposal else ()
    return [(part.heading, to_html(from_blocks(part.blocks))) for part in parts]
