"""The attachments (bilagor) of a proposal: added, retitled, put in order and taken away.

They are a part of its text and may be changed while that may. What was attached stays in the
matter's file, and in every pack and every set of minutes that had it.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from casework.errors import Conflict, Invalid, NotFound
from casework.matters.models import Attachment
from casework.matters.received import tell_officer
from casework.matters.service import begin_edit
from casework.text.door import cleaned_line

if TYPE_CHECKING:
    from casework.context import Context
    from casework.documents.received import CheckedFile
    from casework.matters.models import Matter


def attach(
    context: Context,
    matter: Matter,
    file: CheckedFile,
    title: str = "",
    expected_version: int | None = None,
) -> Attachment:
    """Keep the file and list it last; without a title it has the file's name.

    Raises Stale, Forbidden (edit_not_allowed), Conflict for a file that is attached already.
    """
    begin_edit(context, matter, "text", expected_version)
    given = cleaned_line(title) or PurePath(file.filename).stem.strip() or file.filename
    document = context.services.press.receive(context, matter, file.content, file.filename, given)
    for each in matter.attachments:
        if each.document.sha256 == document.sha256:
            raise Conflict("attachment_already_there", title=each.title)
    attachment = Attachment(
        organisation_id=matter.organisation_id,
        position=len(matter.attachments) + 1,
        title=given,
        document_id=document.id,
        document=document,
        pages=file.pages,
        since=context.moment,
    )
    matter.attachment_record.append(attachment)
    context.record(matter, "attached", title=given, sha256=document.sha256)
    tell_officer(context, matter, document)
    return attachment


def change_attachment(
    context: Context,
    attachment: Attachment,
    *,
    title: str | None = None,
    position: int | None = None,
    expected_version: int | None = None,
) -> Attachment:
    """Give it another title, or another place (1 is the first); the others make room.

    Gives its new row. Raises Stale, Forbidden (edit_not_allowed), Invalid for an empty title and
    for a place that the list does not have.
    """
    matter, moved = attachment.matter, attachment
    begin_edit(context, matter, "text", expected_version)
    before = [each.title for each in matter.attachments]
    if title is not None:
        title = cleaned_line(title)
        if not title:
            raise Invalid("title_missing")
        moved = _listed_anew(context, attachment, title, attachment.position)
    if position is not None:
        moved = _put(context, moved, position)
    after = [each.title for each in matter.attachments]
    context.record(matter, "attachment_changed", before=before, after=after, title=moved.title)
    return moved


def remove_attachment(
    context: Context, attachment: Attachment, expected_version: int | None = None
) -> Matter:
    """Take it off the list; the file stays in the matter. Raises Stale and Forbidden."""
    matter = attachment.matter
    begin_edit(context, matter, "text", expected_version)
    attachment.until = context.moment
    context.record(
        matter,
        "attachment_removed",
        title=attachment.title,
        sha256=attachment.document.sha256,
    )
    _number(context, matter.attachments)
    return matter


def find_attachment(matter: Matter, document_id: int) -> Attachment:
    """The attachment as it is listed now; raises NotFound for any other document."""
    for each in matter.attachments:
        if each.document_id == document_id:
            return each
    raise NotFound("not_found")


def _put(context: Context, attachment: Attachment, position: int) -> Attachment:
    others = [each for each in attachment.matter.attachments if each is not attachment]
    if not 1 <= position <= len(others) + 1:
        raise Invalid("attachment_place_wrong", last=len(others) + 1)
    order = [*others[: position - 1], attachment, *others[position - 1 :]]
    return _number(context, order)[position - 1]


def _number(context: Context, order: list[Attachment]) -> list[Attachment]:
    """Their rows when they stand in this order; only those that move get new ones."""
    return [
        each if each.position == position else _listed_anew(context, each, each.title, position)
        for position, each in enumerate(order, start=1)
    ]


def _listed_anew(context: Context, attachment: Attachment, title: str, position: int) -> Attachment:
    matter, document = attachment.matter, attachment.document
    attachment.until = context.moment
    context.session.flush()  # one current row for each document: this one has ended first
    fresh = Attachment(
        organisation_id=matter.organisation_id,
        position=position,
        title=title,
        document_id=document.id,
        document=document,
        pages=attachment.pages,
        since=context.moment,
    )
    matter.attachment_record.append(fresh)
    return fresh
