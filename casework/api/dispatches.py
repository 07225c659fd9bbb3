"""Dispatches and other letters: what is known of each, and mending those that did not arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.api import matters, subjects
from casework.api.endpoint import Room
from casework.api.schemas import distribution as shapes
from casework.distribution import mending, queries, undelivered
from casework.distribution.kind import DISPATCH
from casework.distribution.service import dispatch_correction

if TYPE_CHECKING:
    from casework.api.endpoint import Call, Page
    from casework.distribution.models import Dispatch
    from casework.mail.models import Message

room = Room("dispatches")

DISPATCHERS = "Secretaries and registrars of the body."
MENDERS = "Secretaries and registrars of the body; administrators for letters about accounts."


@room.get(
    "/dispatches",
    "Dispatches, newest first: of a matter, of an excerpt, of a body, in a state, with a word.",
    query=shapes.DispatchesAsked,
    answer=shapes.Dispatch,
    paged=True,
)
def list_dispatches(call: Call) -> Page:
    asked = call.query
    return call.page(
        queries.dispatches,
        call.organisation_id,
        matter_id=asked["matter_id"],
        excerpt_id=asked["excerpt_id"],
        body_id=asked["body_id"],
        state=asked["state"],
        question=asked["q"],
    )


@room.post(
    "/matters/<row:row_id>/dispatches/correction",
    "Send the corrected § to everybody who was sent the one that it replaces, and to nobody else.",
    who=DISPATCHERS,
    answer=shapes.Dispatch,
    status=201,
    paged=True,
    errors=(404, 409),
)
def send_correction(call: Call, row_id: int) -> Page:
    matter = matters.find(call, row_id)
    sent = dispatch_correction(call.begin(), matter)
    call.session.flush()
    return call.whole(sent)


def find(call: Call, row_id: int) -> Dispatch:
    return queries.dispatch(call.session, call.organisation_id, row_id)


@room.get("/dispatches/<row:row_id>", "A dispatch.", answer=shapes.Dispatch, tagged=True)
def read_dispatch(call: Call, row_id: int) -> Dispatch:
    return find(call, row_id)


@room.post(
    "/dispatches/<row:row_id>/send-again",
    "A new letter with a new link, to another address if given; never while one is on its way.",
    who=DISPATCHERS,
    body=shapes.SentAgain,
    answer=shapes.Dispatch,
    tagged=True,
    current=read_dispatch,
    errors=(404, 409, 412),
)
def send_again(call: Call, row_id: int) -> Dispatch:
    row = find(call, row_id)
    expected = call.expected(row)
    mending.send_again(call.begin(), row, **call.body, expected_version=expected)
    return row


@room.post(
    "/dispatches/<row:row_id>/sent-otherwise",
    "Note that it went by post, by hand or through another system, on which day and by whom.",
    who=DISPATCHERS,
    body=shapes.SentOtherwise,
    answer=shapes.Dispatch,
    tagged=True,
    current=read_dispatch,
    errors=(404, 409, 412),
)
def sent_otherwise(call: Call, row_id: int) -> Dispatch:
    row = find(call, row_id)
    expected = call.expected(row)
    mending.sent_otherwise(call.begin(), row, **call.body, expected_version=expected)
    return row


@room.post(
    "/dispatches/<row:row_id>/give-up",
    "Do no more about it, for a reason.",
    who=DISPATCHERS,
    body=shapes.GivenUp,
    answer=shapes.Dispatch,
    tagged=True,
    current=read_dispatch,
    errors=(404, 409, 412),
)
def give_up(call: Call, row_id: int) -> Dispatch:
    row = find(call, row_id)
    expected = call.expected(row)
    mending.give_up(call.begin(), row, call.body["reason"], expected)
    return row


@room.post(
    "/dispatches/<row:row_id>/returned",
    "Note that a letter that had been sent came back.",
    who=DISPATCHERS,
    body=shapes.Returned,
    answer=shapes.Dispatch,
    tagged=True,
    current=read_dispatch,
    errors=(404, 409, 412),
)
def returned(call: Call, row_id: int) -> Dispatch:
    row = find(call, row_id)
    expected = call.expected(row)
    mending.returned(call.begin(), row, call.body["reason"], expected)
    return row


subjects.steps(room, DISPATCH, find, shapes.Dispatch)
subjects.history(room, DISPATCH.noun, find, DISPATCH.nouns)


@room.get(
    "/letters",
    "Letters that did not arrive and are no dispatch, newest first; those that the caller mends.",
    who=MENDERS,
    query=shapes.LettersAsked,
    answer=shapes.Letter,
    paged=True,
)
def list_letters(call: Call) -> Page:
    asked = call.query
    return call.page(
        undelivered.undelivered,
        call.context,
        state=asked["state"],
        body_id=asked["body_id"],
        question=asked["q"],
    )


@room.post(
    "/letters/<row:row_id>/send-again",
    "Try it from the beginning, to another address if given.",
    who=MENDERS,
    body=shapes.LetterSentAgain,
    answer=shapes.Letter,
    errors=(404, 409),
)
def send_letter_again(call: Call, row_id: int) -> Message:
    letter = undelivered.find(call.context, row_id)
    undelivered.send_again(call.begin(), letter, **call.body)
    return _as_stored(call, letter)


@room.post(
    "/letters/<row:row_id>/give-up",
    "Do no more about it, for a reason.",
    who=MENDERS,
    body=shapes.GivenUp,
    answer=shapes.Letter,
    errors=(404, 409),
)
def give_letter_up(call: Call, row_id: int) -> Message:
    letter = undelivered.find(call.context, row_id)
    undelivered.give_up(call.begin(), letter, call.body["reason"])
    return _as_stored(call, letter)


def _as_stored(call: Call, letter: Message) -> Message:
    call.session.flush()
    call.session.refresh(letter)
    return letter
