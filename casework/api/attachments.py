"""The attachments of a matter: listed, added, changed, removed, and each as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.api.endpoint import Created, File, Room
from casework.api.matters import find
from casework.api.schemas import matters as shapes
from casework.api.subjects import file_of
from casework.errors import Stale
from casework.matters.attachments import (
    attach,
    change_attachment,
    find_attachment,
    remove_attachment,
)

if TYPE_CHECKING:
    from casework.api.endpoint import Call, Page
    from casework.matters.models import Attachment, Matter

room = Room("attachments")

WRITERS = "The roles that the workflow lets write the text in the matter's state."


@room.get(
    "/matters/<row:row_id>/attachments",
    "The attachments in their order, as they are now.",
    answer=shapes.Attachment,
    paged=True,
)
def matter_attachments(call: Call, row_id: int) -> Page:
    return call.whole(find(call, row_id).attachments)


@room.get(
    "/matters/<row:row_id>/attachments/<row:document_id>",
    "An attachment; its version is the matter's.",
    answer=shapes.Attachment,
    tagged=True,
)
def read_attachment(call: Call, row_id: int, document_id: int) -> Attachment:
    return find_attachment(find(call, row_id), document_id)


@room.get(
    "/matters/<row:row_id>/attachments/<row:document_id>/content",
    "The file itself.",
)
def attachment_content(call: Call, row_id: int, document_id: int) -> File:
    return file_of(call, find_attachment(find(call, row_id), document_id).document)


def _matter(call: Call, row_id: int, document_id: int = 0) -> Matter:
    return find(call, row_id)


@room.post(
    "/matters/<row:row_id>/attachments",
    "Attach a PDF, a Word, Excel or PowerPoint file or a picture, last in the list.",
    who=WRITERS,
    body=shapes.NewAttachment,
    upload=True,
    answer=shapes.Attachment,
    status=201,
    tagged=True,
    errors=(404, 409, 413),
)
def add_attachment(call: Call, row_id: int) -> Created:
    matter = find(call, row_id)
    attachment = attach(call.begin(), matter, call.body["file"], call.body["title"])
    return Created(attachment, f"/matters/{row_id}/attachments/{attachment.document_id}")


@room.patch(
    "/matters/<row:row_id>/attachments/<row:document_id>",
    "Another title or another place; the others make room. If-Match as always.",
    who=WRITERS,
    body=shapes.AttachmentChange,
    answer=shapes.Attachment,
    tagged=True,
    conditional=True,
    current=read_attachment,
    errors=(404, 412, 428),
)
def patch_attachment(call: Call, row_id: int, document_id: int) -> Attachment:
    attachment = find_attachment(find(call, row_id), document_id)
    expected = call.expected(attachment)
    if not call.body:
        if expected not in (None, attachment.version):
            raise Stale("stale")
        return attachment
    return change_attachment(call.begin(), attachment, expected_version=expected, **call.body)


@room.delete(
    "/matters/<row:row_id>/attachments/<row:document_id>",
    "Take it off the list; the file stays among the matter's documents. If-Match as always.",
    who=WRITERS,
    answer=shapes.Matter,
    tagged=True,
    conditional=True,
    current=_matter,
    errors=(404, 412, 428),
)
def delete_attachment(call: Call, row_id: int, document_id: int) -> Matter:
    attachment = find_attachment(find(call, row_id), document_id)
    return remove_attachment(call.begin(), attachment, call.expected(attachment))
