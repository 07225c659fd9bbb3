"""The minutes: their §§ as they stand, what they lack, their versions, corrections and checking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casework.api import subjects
from casework.api.endpoint import Created, Room
from casework.api.meetings import SECRETARY, find
from casework.api.schemas import meetings as meeting_shapes
from casework.api.schemas import table as shapes
from casework.documents.contexts import item_from_json
from casework.errors import NotFound
from casework.meetings import queries
from casework.meetings.kind import MINUTES
from casework.meetings.minutes.correction import correct
from casework.meetings.minutes.mending import follow_record, mend
from casework.meetings.minutes.record import changes, words
from casework.meetings.minutes.text import Edited, editable, missing_points, revise
from casework.meetings.minutes.verification import checksum_of, verify_checksum
from casework.meetings.reading.for_a_person import readable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from casework.api.endpoint import Call, Page
    from casework.context import Context
    from casework.meetings.models import AgendaItem, Correction, Meeting, Minutes, MinutesItem

room = Room("minutes")

AT_SECTION = "/meetings/<row:row_id>/minutes/<row:section_id>"


@room.get(
    "/meetings/<row:row_id>/minutes",
    "The §§ as they stand today: as written, or as their newest signed correction.",
    answer=shapes.MinutesItem,
    paged=True,
)
def read_minutes(call: Call, row_id: int) -> Page:
    meeting = find(call, row_id)
    _require_minutes(call.context, meeting)
    items = readable(call.context, meeting, call.caller.person_id)
    return call.whole([_in_force(row) for row in _sections(items)])


@room.get(
    "/meetings/<row:row_id>/minutes/missing",
    "What the minutes lack of KL 5:67.",
    answer=shapes.Missing,
    paged=True,
)
def read_missing(call: Call, row_id: int) -> Page:
    meeting = find(call, row_id)
    _require_minutes(call.context, meeting)
    items = readable(call.context, meeting, call.caller.person_id)
    return call.whole(missing_points(items))


@room.put(
    AT_SECTION,
    "Change the text of a § before it is sent for attestation; every version is kept.",
    who=SECRETARY,
    body=shapes.EditedItem,
    answer=shapes.MinutesItem,
    tagged=True,
    errors=(404, 409, 412),
)
def edit_section(call: Call, row_id: int, section_id: int) -> MinutesItem:
    row = _section(call, row_id, section_id)
    edited, note = _edited(call, row)
    revise(call.begin(), row, edited, note=note, expected_version=call.expected(row))
    return row


@room.get(
    f"{AT_SECTION}/revisions",
    "Every version of a §, the first as it was recorded at the meeting.",
    answer=shapes.Revision,
    paged=True,
)
def read_revisions(call: Call, row_id: int, section_id: int) -> Page:
    return call.whole(_readable_section(call, row_id, section_id).revisions)


def _in_force_now(call: Call, row_id: int, section_id: int) -> MinutesItem | Correction:
    return _section(call, row_id, section_id).in_force


@room.post(
    f"{AT_SECTION}/corrections",
    "Begin a correction of an attested §, to be signed like the minutes.",
    who=SECRETARY,
    body=shapes.CorrectedItem,
    answer=shapes.Correction,
    status=201,
    current=_in_force_now,
    errors=(404, 409, 412),
)
def correct_section(call: Call, row_id: int, section_id: int) -> Created:
    row = _section(call, row_id, section_id)
    edited, reason = _edited(call, row)
    correction = correct(
        call.begin(),
        row,
        edited,
        reason,
        expected=call.body["corrects"],
        confirmed=call.body["confirmed"],
    )
    return Created(correction, f"/meetings/{row_id}/minutes")


@room.get(
    f"{AT_SECTION}/mendings",
    "Every slip that was mended in the record of what was decided, with its former words.",
    answer=shapes.Mending,
    paged=True,
)
def read_mendings(call: Call, row_id: int, section_id: int) -> Page:
    return call.whole(_readable_section(call, row_id, section_id).agenda_item.mendings)


@room.post(
    f"{AT_SECTION}/mendings",
    "Mend an obvious slip in the record of what was decided, while the minutes are written.",
    who=SECRETARY,
    body=shapes.MendedWords,
    answer=shapes.Mending,
    status=201,
    errors=(404, 409),
)
def mend_section(call: Call, row_id: int, section_id: int) -> Created:
    row = _section(call, row_id, section_id)
    given = call.body
    saying = words(given["lead_in"], given["points"])
    mending = mend(call.begin(), row, saying, given["reason"], confirmed=given["confirmed"])
    return Created(mending, f"/meetings/{row_id}/minutes/{row.id}/mendings")


@room.post(
    f"{AT_SECTION}/follow-record",
    "Let a draft that says something else than was decided say what was; the draft is kept.",
    who=SECRETARY,
    answer=shapes.MinutesItem,
    tagged=True,
    errors=(404, 409),
)
def follow_the_record(call: Call, row_id: int, section_id: int) -> MinutesItem:
    row = _section(call, row_id, section_id)
    follow_record(call.begin(), row)
    return row


@room.get(
    "/minutes/<row:row_id>/changes",
    "What a signer reads first: each § that does not say, word for word, what it said before.",
    answer=shapes.Change,
    paged=True,
)
def read_changes(call: Call, row_id: int) -> Page:
    minutes = _find_signed(call, row_id)
    _require_minutes(call.context, minutes.meeting)
    items = readable(call.context, minutes.meeting, call.caller.person_id)
    return call.whole(changes(minutes, items))


@room.get(
    "/meetings/<row:row_id>/signatures",
    "What is signed of a meeting: the minutes, single §§ and corrections, with who has signed.",
    answer=meeting_shapes.Minutes,
    paged=True,
)
def read_signatures(call: Call, row_id: int) -> Page:
    return call.whole(queries.all_minutes(call.session, find(call, row_id)))


@room.post(
    "/minutes/verify",
    "Whether a PDF is minutes attested here, byte for byte, and who signed.",
    who="Everybody with a token that may write.",
    body=shapes.GivenPdf,
    upload=True,
    answer=shapes.Verified,
    errors=(413,),
)
def verify_pdf(call: Call) -> Any:
    most = call.context.services.settings.max_upload
    return verify_checksum(call.session, checksum_of(call.body["file"].stream, most))


def _find_signed(call: Call, row_id: int) -> Minutes:
    return queries.any_minutes(call.session, call.organisation_id, row_id)


subjects.steps(room, MINUTES, _find_signed, meeting_shapes.Minutes)


def _sections(items: Iterable[AgendaItem]) -> list[MinutesItem]:
    return [item.minutes_item for item in items if item.minutes_item is not None]


def _section(call: Call, row_id: int, section_id: int) -> MinutesItem:
    meeting = find(call, row_id)
    found = next((row for row in _sections(meeting.agenda) if row.id == section_id), None)
    if found is None:
        raise NotFound("not_found")
    return found


def _readable_section(call: Call, row_id: int, section_id: int) -> MinutesItem:
    row = _section(call, row_id, section_id)
    _require_minutes(call.begin(), row.agenda_item.meeting)
    return row


def _in_force(row: MinutesItem) -> dict[str, Any]:
    wording = row.in_force
    return {
        "id": row.id,
        "section_number": row.section_number,
        "year": row.year,
        "content": wording.content,
        "content_sha256": wording.content_sha256,
        "version": row.version,
    }


def _require_minutes(context: Context, meeting: Meeting) -> None:
    """What is being written is the secretary's; others read it once it is with the attesters."""
    if meeting.minutes is None or not queries.may_read_minutes(context, meeting):
        raise NotFound("not_found")


def _edited(call: Call, row: MinutesItem) -> tuple[Edited, str]:
    given = call.body
    sections = given["sections"]
    if sections is None:
        sections = editable(item_from_json(row.in_force.content)).sections
    edited = Edited(given["title"], given["lead_in"], tuple(given["points"]), dict(sections))
    return edited, given["note"]
