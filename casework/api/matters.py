"""Matters: the register, the text, the recipients, and everything that hangs on a matter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.api import subjects
from casework.api.endpoint import Created, Room
from casework.api.schemas import matters as shapes
from casework.api.schemas.common import After, Before, Deadline, Document
from casework.api.schemas.incoming import FileToRead, ReadDocument
from casework.api.schemas.meetings import Decision
from casework.deadlines import queries as deadlines
from casework.distribution import queries as distribution
from casework.distribution.service import settle_as, settle_recipients
from casework.documents.incoming import read_document, to_json
from casework.errors import Invalid, NotFound, Stale
from casework.matters import queries
from casework.matters.incoming import Beside, matter_from
from casework.matters.kind import MATTER
from casework.matters.kinds import matter_kinds
from casework.matters.origin import correct_origin
from casework.matters.received import receive
from casework.matters.service import (
    Proposed,
    Signing,
    Text,
    name_recipients,
    register,
    revise,
)
from casework.meetings import queries as meetings
from casework.meetings.reading.as_it_was import file_at, milestones
from casework.people import queries as people
from casework.people.policy import lacking, may, may_of_body
from casework.secrecy.service import mark, review_secrecy, take_back_secrecy_review

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casework.api.endpoint import Call, Page
    from casework.distribution.models import Recipient, RecipientGroup
    from casework.matters.models import Matter

room = Room("matters")

REGISTRANTS_OF_BODY = "Registrars, managers and secretaries of the body."
REGISTRANTS = ("registrar", "manager", "committee_secretary")
SECRECY = ("secrecy_provision", "secrecy_reason")
ORIGIN = {"sender", "initiative"}
BESIDE = ORIGIN | {"title", "kind"}
TEXTS = {"title", "lead_in", "sections", "points", "signatories"}


def find(call: Call, row_id: int) -> Matter:
    return queries.find(call.session, call.organisation_id, row_id)


@room.get(
    "/matters",
    "The register, newest first; `q` finds matters in which every word begins some word. Of one"
    " that is secret to the caller it tells number, day and body alone.",
    query=shapes.MattersAsked,
    answer=shapes.RegisterLine,
    paged=True,
)
def list_matters(call: Call) -> Page:
    asked = call.query
    among = {"question": asked["q"], "state": asked["state"], "body_id": asked["body_id"]}
    session, organisation_id = call.session, call.organisation_id
    rows = queries.register_page(
        session, organisation_id, before=asked["before"], limit=call.limit, **among
    )
    return call.page_of(rows, queries.register_count(session, organisation_id, **among))


@room.get(
    "/matter-kinds",
    "The kinds of matter: one for each workflow file; one whose file is refused takes no new ones.",
    answer=shapes.MatterKind,
    paged=True,
)
def list_matter_kinds(call: Call) -> Page:
    return call.whole(matter_kinds(call.context.services.engine.definitions))


@room.post(
    "/matters",
    "Register a matter; its number is drawn at once.",
    who=REGISTRANTS_OF_BODY,
    body=shapes.NewMatter,
    answer=shapes.Matter,
    status=201,
    tagged=True,
    errors=(404, 409),
)
def register_matter(call: Call) -> Created:
    context = call.begin()
    given = {name: value for name, value in call.body.items() if name not in SECRECY}
    body = people.body(call.session, call.organisation_id, given.pop("body_id"))
    matter = register(context, body=body, **given)
    _require(call, matter, REGISTRANTS)
    return _created(call, matter)


@room.post(
    "/matters/read-document",
    "What a .docx, .txt or .pdf says, each value with its place and its doubt; nothing is kept.",
    who=REGISTRANTS_OF_BODY,
    body=FileToRead,
    upload=True,
    answer=ReadDocument,
    errors=(404, 413),
)
def read_incoming(call: Call) -> dict[str, Any]:
    body = people.body(call.session, call.organisation_id, call.body["body_id"])
    if not may_of_body(call.context, body.id, REGISTRANTS):
        raise lacking(REGISTRANTS)
    file = call.body["file"]
    return to_json(read_document(file.read(), file.filename or ""))


@room.post(
    "/matters/from-document",
    "Read a .docx, .txt or .pdf and register a matter with what it says; the file is kept.",
    who=REGISTRANTS_OF_BODY,
    body=shapes.IncomingFile,
    upload=True,
    answer=shapes.Matter,
    status=201,
    tagged=True,
    errors=(404, 409, 413),
)
def register_from_document(call: Call) -> Created:
    context = call.begin()
    body = people.body(call.session, call.organisation_id, call.body["body_id"])
    file = call.body["file"]
    content = file.read()
    read = read_document(content, file.filename or "")
    beside = Beside(**{name: call.body[name] for name in BESIDE})
    matter = matter_from(context, read, content, body, beside)
    _require(call, matter, REGISTRANTS)
    return _created(call, matter)


@room.get("/matters/<row:row_id>", "A matter with its text.", answer=shapes.Matter, tagged=True)
def read_matter(call: Call, row_id: int) -> Matter:
    return find(call, row_id)


@room.patch(
    "/matters/<row:row_id>",
    "Rewrite the parts given; the others stay. If-Match says which version was changed.",
    who="The roles that the workflow names for the state; sender and initiative: registrars.",
    body=shapes.MatterChange,
    answer=shapes.Matter,
    tagged=True,
    conditional=True,
    current=read_matter,
    errors=(404, 412, 428),
)
def change_matter(call: Call, row_id: int) -> Matter:
    matter = find(call, row_id)
    context, change = call.begin(), call.body
    expected = call.expected(matter)
    if expected not in (None, matter.version):
        raise Stale("stale")
    texts = {name: change[name] for name in TEXTS & change.keys()}
    origin = {name: change[name] for name in ORIGIN & change.keys()}
    if texts:
        revise(context, matter, expected_version=expected, **_written(call, texts))
        expected = None
    if origin:
        correct_origin(context, matter, expected_version=expected, **origin)
        expected = None
    if "recipients" in change:
        name_recipients(context, matter, change["recipients"], expected)
    return matter


@room.post(
    "/matters/<row:row_id>/recipients/settle",
    "Tie each recipient to the address book: by hand where told, else by the same name.",
    who="The case officer, registrars and secretaries.",
    body=shapes.Settlement,
    answer=shapes.Matter,
    tagged=True,
    current=read_matter,
    errors=(404, 412),
)
def settle(call: Call, row_id: int) -> Matter:
    matter = _unchanged(call, row_id)
    context = call.begin()
    for meaning in call.body["meanings"]:
        written = next((each for each in matter.recipients if each.name == meaning["name"]), None)
        if written is None:
            raise NotFound("recipient_not_listed", name=meaning["name"])
        settle_as(context, matter, written, _meant(call, meaning))
    settle_recipients(context, matter)
    return matter


@room.post(
    "/matters/<row:row_id>/secrecy-review",
    "Note that secrecy was tried before dispatch.",
    who="The case officer, registrars and secretaries.",
    body=shapes.SecrecyReview,
    answer=shapes.Matter,
    tagged=True,
    current=read_matter,
    errors=(404, 412),
)
def note_secrecy_review(call: Call, row_id: int) -> Matter:
    matter = _unchanged(call, row_id)
    return review_secrecy(call.begin(), matter, call.body["provision"])


@room.delete(
    "/matters/<row:row_id>/secrecy-review",
    "Take back a review that was not to be noted, before dispatch; the provision stays.",
    who="The case officer, registrars and secretaries.",
    answer=shapes.Matter,
    tagged=True,
    current=read_matter,
    errors=(404, 409, 412),
)
def delete_secrecy_review(call: Call, row_id: int) -> Matter:
    matter = _unchanged(call, row_id)
    return take_back_secrecy_review(call.begin(), matter)


@room.get(
    "/matters/<row:row_id>/deadlines",
    "Every deadline that the matter has had, in the order started.",
    query=After,
    answer=Deadline,
    paged=True,
)
def matter_deadlines(call: Call, row_id: int) -> Any:
    matter = find(call, row_id)
    return call.page(deadlines.started, call.organisation_id, "matter", matter.id)


@room.get(
    "/matters/<row:row_id>/decisions",
    "What was decided in the matter, the newest first.",
    query=Before,
    answer=Decision,
    paged=True,
)
def matter_decisions(call: Call, row_id: int) -> Any:
    matter = find(call, row_id)
    return call.page(meetings.decisions, call.organisation_id, matter.id)


@room.get(
    "/matters/<row:row_id>/file",
    "The matter's file at a milestone: when submitted, summoned, decided, or now.",
    query=shapes.FileAsked,
    answer=shapes.MatterFile,
)
def matter_file(call: Call, row_id: int) -> dict[str, Any]:
    matter = find(call, row_id)
    context = call.begin()
    known = milestones(context, matter)
    at = call.query["at"] or len(known)
    if at > len(known):
        raise NotFound("not_found")
    then = file_at(context, matter, known[at - 1].moment)
    return {"milestones": known, "at": at, **vars(then)}


@room.post(
    "/matters/<row:row_id>/documents",
    "Keep a file as it is; the case officer is told of what somebody else puts in.",
    name="upload_matter_document",
    who="The case officer, and registrars, managers and secretaries of the body.",
    body=shapes.Received,
    upload=True,
    answer=Document,
    status=201,
    errors=(404, 413),
)
def receive_document(call: Call, row_id: int) -> Created:
    matter = find(call, row_id)
    file, title, sender = call.body["file"], call.body["title"], call.body["sender"]
    document = receive(call.begin(), matter, file.read(), file.filename or "", title, sender)
    return Created(document, f"/matters/{matter.id}/documents/{document.id}/content")


subjects.steps(room, MATTER, find, shapes.Matter)
subjects.history(room, MATTER.noun, find)
subjects.papers(room, MATTER.noun, find)


def _created(call: Call, matter: Matter) -> Created:
    call.session.flush()
    provision, reason = (call.body[name] for name in SECRECY)
    if provision or reason:
        mark(call.context, matter, provision, reason)
    call.session.refresh(matter)
    return Created(matter, f"/matters/{matter.id}")


def _unchanged(call: Call, row_id: int) -> Matter:
    matter = find(call, row_id)
    if call.expected(matter) not in (None, matter.version):
        raise Stale("stale")
    return matter


def _require(call: Call, matter: Matter, roles: tuple[str, ...]) -> None:
    if not may(call.context, matter, roles):
        raise lacking(roles)


def _written(call: Call, texts: Mapping[str, Any]) -> dict[str, Any]:
    """What `revise` takes; raises NotFound for an assignee or signatory who is nobody here."""
    written = dict(texts)
    if "sections" in texts:
        written["sections"] = [Text(**section) for section in texts["sections"]]
    if "points" in texts:
        call.persons(point["assignee_id"] for point in texts["points"])
        written["points"] = [Proposed(**point) for point in texts["points"]]
    if "signatories" in texts:
        call.persons(signatory["person_id"] for signatory in texts["signatories"])
        written["signatories"] = [
            Signing(each["name"], each["title"], each["is_acting"], each["person_id"])
            for each in texts["signatories"]
        ]
    return written


def _meant(call: Call, meaning: Mapping[str, Any]) -> Recipient | RecipientGroup:
    if (meaning["recipient_id"] is None) == (meaning["group_id"] is None):
        raise Invalid("recipient_unknown", name=meaning["name"])
    if meaning["group_id"] is not None:
        return distribution.group(call.session, call.organisation_id, meaning["group_id"])
    entry = [meaning["recipient_id"]]
    return distribution.recipients_named(call.session, call.organisation_id, entry)[0]
