"""Dispatches: which arrived, which did not and why, and what a person does about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from casework.addresses import LONGEST
from casework.distribution import mending, queries
from casework.distribution.models import OTHERWISE
from casework.errors import Invalid, Refusal
from casework.mail.reasons import plain
from casework.people import queries as people
from casework.people.policy import READERS, lift, may
from casework.phrases import sentence
from casework.web.components import steps
from casework.web.components.chronicle import chronicle
from casework.web.components.known import known, reason
from casework.web.components.lines import document_line, history_entry
from casework.web.frame.asked import day_or_none, fitting, whole_number
from casework.web.frame.language import reader_language
from casework.web.frame.session import SIGNED_IN, acting, permits, reading
from casework.web.shapes import HistoryEntry
from casework.web.ways import way_label

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from werkzeug.wrappers import Response

    from casework.audit.models import AuditEntry
    from casework.context import Context
    from casework.distribution.models import Dispatch
    from casework.mail.models import Message
    from casework.web.shapes import DocumentLine, StateLabel

PAGE = 30
LONGEST_REASON = 500
# What the versions before called that something had fetched the link: nobody had opened anything.
OLDER_NAMES = {"opened": "link_fetched"}
# The fields of the page's forms before anybody has written in them.
UNWRITTEN: dict[str, Any] = {
    **dict.fromkeys(("email", "day", "by", "because", "said"), ""),
    "how": OTHERWISE[0],
    "in_address_book": True,
}

blueprint = Blueprint("dispatches", __name__, url_prefix="/dispatches")


@dataclass(frozen=True)
class Line:
    """A dispatch as one row of the list; `mends` if the reader can do something about it.

    `other_address` is what the address book has by now, where it is another.
    """

    row: Dispatch
    state: StateLabel
    known: Sequence[str]
    reason: str
    technical: str
    mends: bool
    other_address: str


@blueprint.get("")
@permits(SIGNED_IN)
def listing() -> str:
    """Every dispatch that the reader may see, newest first; those that failed with their reason."""
    asked = _asked(request.args)
    before = request.args.get("before", type=whole_number)
    with reading() as context:
        own = context.organisation_id
        rows = list(
            context.session.scalars(
                queries.dispatches(own, **asked, before=before, limit=PAGE + 1)
            ).unique()
        )
        filled = _filled(asked)
        return render_template(
            "dispatches/list.html",
            lines=_lines(context, rows[:PAGE]),
            count=queries.count_dispatches(context.session, own, **asked),
            asked=asked,
            states=_states(context),
            bodies=list(context.session.scalars(people.bodies(own))),
            filled=filled,
            older=url_for(".listing", **filled, before=rows[PAGE - 1].id)
            if len(rows) > PAGE
            else "",
            newer=url_for(".listing", **filled) if before else "",
        )


@blueprint.get("/<int:dispatch_id>")
@permits(SIGNED_IN)
def show(dispatch_id: int) -> str:
    """A dispatch: what is known, each letter that was tried, what can be done, what was done."""
    with reading() as context:
        return _page(context, find(context, dispatch_id))


@blueprint.post("/<int:dispatch_id>/send-again")
@permits(*queries.DISPATCHERS)
def send_again(dispatch_id: int) -> tuple[str, int] | Response:
    """A new letter with a new link, to the address as it was or as it is corrected."""
    written: dict[str, Any] = {
        "email": request.form.get("email", ""),
        "in_address_book": "in_address_book" in request.form,
    }

    def act(context: Context, dispatch: Dispatch) -> None:
        mending.send_again(
            context,
            dispatch,
            email=fitting(written["email"], LONGEST),
            in_address_book=written["in_address_book"],
            expected_version=_version(),
        )

    return _mended(dispatch_id, act, _("Utskicket är skickat igen."), written)


@blueprint.post("/<int:dispatch_id>/sent-otherwise")
@permits(*queries.DISPATCHERS)
def sent_otherwise(dispatch_id: int) -> tuple[str, int] | Response:
    """It went by post, by hand or through another system; the day and by whom are noted."""
    written = {name: request.form.get(name, "") for name in ("how", "day", "by")}

    def act(context: Context, dispatch: Dispatch) -> None:
        day = day_or_none(written["day"])
        if day is None:
            raise Invalid("input_missing", field={"sv": "Dag", "en": "Day"})
        mending.sent_otherwise(
            context,
            dispatch,
            how=written["how"],
            day=day,
            by=fitting(written["by"], 200),
            expected_version=_version(),
        )

    return _mended(dispatch_id, act, _("Noterat: skickat på annat sätt."), written)


@blueprint.post("/<int:dispatch_id>/give-up")
@permits(*queries.DISPATCHERS)
def give_up(dispatch_id: int) -> tuple[str, int] | Response:
    """No more is done about it; the reason stays."""
    written = {"because": request.form.get("because", "")}

    def act(context: Context, dispatch: Dispatch) -> None:
        because = fitting(written["because"], LONGEST_REASON)
        mending.give_up(context, dispatch, because, _version())

    return _mended(dispatch_id, act, _("Utskicket är uppgivet."), written)


@blueprint.post("/<int:dispatch_id>/returned")
@permits(*queries.DISPATCHERS)
def returned(dispatch_id: int) -> tuple[str, int] | Response:
    """The letter came back to the sender's mailbox."""
    written = {"said": request.form.get("said", "")}

    def act(context: Context, dispatch: Dispatch) -> None:
        said = fitting(written["said"], LONGEST_REASON)
        mending.returned(context, dispatch, said, _version())

    return _mended(dispatch_id, act, _("Noterat: brevet kom i retur."), written)


def find(context: Context, dispatch_id: int) -> Dispatch:
    """The dispatch that the person may see."""
    return queries.dispatch(context.session, context.organisation_id, dispatch_id)


def _mended(
    dispatch_id: int,
    act: Callable[[Context, Dispatch], None],
    done: str,
    written: dict[str, Any],
) -> tuple[str, int] | Response:
    """Do it and go back; if it is refused, the page again with what was written."""
    try:
        with acting() as context:
            dispatch = find(context, dispatch_id)
            lift(context.session)
            act(context, dispatch)
    except Refusal as refusal:
        problem = refusal_told(refusal)
        with reading() as context:
            page = _page(context, find(context, dispatch_id), written=written, problem=problem)
            return page, refusal.status
    flash(done, "success")
    if "listed" in request.form:
        return redirect(url_for(".listing", **_filled(_asked(request.form))), 303)
    return redirect(url_for(".show", dispatch_id=dispatch_id), 303)


def refusal_told(refusal: Refusal) -> str:
    """Why it was refused, in one sentence: of a blocked step its first reason."""
    blockers = getattr(refusal, "blockers", ())
    if blockers:
        return str(blockers[0].sentence(reader_language()))
    return sentence(refusal.code, refusal.params, reader_language())


def _asked(given: Any) -> dict[str, Any]:
    return {
        "question": given.get("q", "")[:200],
        "state": given.get("state", "")[:40],
        "body_id": given.get("body", type=whole_number),
    }


def _filled(asked: dict[str, Any]) -> dict[str, Any]:
    named = {"q": asked["question"], "state": asked["state"], "body": asked["body_id"]}
    return {name: value for name, value in named.items() if value}


def _states(context: Context) -> list[tuple[str, str]]:
    definition = context.services.engine.definitions.latest("dispatch")
    return [(each.name, each.label[reader_language()]) for each in definition.states.values()]


def _lines(context: Context, rows: Sequence[Dispatch]) -> list[Line]:
    letters = queries.letters_of(context.session, rows)
    found = []
    for row in rows:
        verbs = mending.open_verbs(context, row) if row.state == "failed" else {}
        found.append(
            Line(
                row,
                steps.state_label(context, row),
                known(row, in_brief=True),
                reason(row) if row.state == "failed" else "",
                _technical(letters.get(row.id)) if row.state == "failed" else "",
                mends=bool(verbs),
                other_address=_in_address_book(row) if verbs else "",
            )
        )
    return found


def _in_address_book(dispatch: Dispatch) -> str:
    """The recipient's address by now; "" if it is the one that was used."""
    address = dispatch.recipient.email
    return address if address != dispatch.recipient_email else ""


def _technical(letter: Message | None) -> str:
    """What the mail server said, word for word."""
    return letter.error(reader_language()) if letter else ""


def _page(
    context: Context,
    dispatch: Dispatch,
    written: dict[str, Any] | None = None,
    problem: str = "",
) -> str:
    matter, item = dispatch.excerpt.matter, dispatch.excerpt.minutes_item
    meeting = item.minutes.meeting
    letters = queries.letters(context.session, dispatch)
    return render_template(
        "dispatches/show.html",
        dispatch=dispatch,
        matter=matter,
        section=item.section_number,
        meeting=meeting,
        may_open_meeting=may(context, meeting, READERS),
        state=steps.state_label(context, dispatch),
        known=known(dispatch),
        reason=reason(dispatch) if dispatch.state == "failed" else "",
        to_print=_to_print(context, dispatch),
        waits=reason_of(letters[0]) if dispatch.state == "queued" and letters else "",
        verbs={
            name: [each.sentence(reader_language()) for each in blockers]
            for name, blockers in mending.open_verbs(context, dispatch).items()
        },
        other_address=_in_address_book(dispatch),
        letters=[(each, reason_of(each), each.error(reader_language())) for each in letters],
        way_label=way_label,
        ways=[(each, sentence(f"otherwise_{each}", {}, reader_language())) for each in OTHERWISE],
        decided=meeting.day,
        today=context.today,
        longest_reason=LONGEST_REASON,
        longest_address=LONGEST,
        written=UNWRITTEN | (written or {}),
        problem=problem,
        history=chronicle(
            context,
            dispatch,
            url_for(".show", dispatch_id=dispatch.id),
            lambda entry: _entry(context, dispatch, entry),
        ),
    )


def _to_print(context: Context, dispatch: Dispatch) -> DocumentLine | None:
    """The excerpt itself, for whoever is to post it."""
    if dispatch.state != "to_post":
        return None
    document = context.services.press.document(context.session, dispatch.excerpt.document_id)
    return document_line(document)


def reason_of(letter: Message) -> str:
    """Why the letter's last try did not succeed, in plain words."""
    code = plain(letter.error_code, letter.error_params)
    return sentence(code, {}, reader_language()) if code else ""


def _entry(context: Context, dispatch: Dispatch, entry: AuditEntry) -> HistoryEntry:
    """An entry with what it says of the address; one of a fetched link under its right name."""
    told = history_entry(context, dispatch, entry)
    older = OLDER_NAMES.get(entry.action)
    if older:
        what = sentence(f"verb_{older}", {}, reader_language())
        return HistoryEntry(told.moment, what, told.actor, told.detail)
    detail = entry.detail
    if entry.action == "address_corrected":
        changed = f"{detail['before']} → {detail['after']}"
        return HistoryEntry(told.moment, told.what, told.actor, changed)
    if entry.action == "queued":
        return HistoryEntry(told.moment, told.what, told.actor, detail.get("to", ""))
    return told


def _version() -> int | None:
    return request.form.get("version", type=whole_number)
