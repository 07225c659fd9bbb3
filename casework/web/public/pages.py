"""Pages for those without an account: the recipient's own page, the notice board, the check."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from flask import (
    Blueprint,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from casework.board.models import BoardNotice
from casework.board.queries import up as notices_up
from casework.board.watch import absences, seal
from casework.context import STOCKHOLM, Actor
from casework.distribution.links import asks_to_sign_in, dispatch_of
from casework.distribution.service import acknowledge, is_noted, note_fetched
from casework.documents.contexts import item_from_json, paragraphs
from casework.errors import Forbidden, NotFound, Refusal, TooLarge
from casework.meetings.minutes.verification import checksum_of, genuine, told, verify_checksum
from casework.people.models import Organisation
from casework.phrases import sentence
from casework.publishing import public_pages
from casework.secrecy.readings import note_readings
from casework.web.components.lines import document_line
from casework.web.files import attachment
from casework.web.frame.forms import AcknowledgeForm
from casework.web.frame.language import reader_language
from casework.web.frame.proxies import caller_address
from casework.web.frame.session import PUBLIC, installation, permits, signed_in, slow_down
from casework.web.shapes import ExcerptPage

if TYPE_CHECKING:
    from flask import Response as Reply
    from werkzeug.wrappers import Response

    from casework.context import Context
    from casework.distribution.models import Dispatch
    from casework.documents.contexts import Block
    from casework.meetings.models import Correction, MinutesItem
    from casework.web.frame.session import SignedInUser

SHORTEST_CHECKSUM = 16
LARGEST_CHECKED = 20 * 1024 * 1024  # bytes; minutes are a few hundred kilobytes
NOTHING = sha256(b"").hexdigest()
# How browsers say that they ask for a page before anybody has asked them to show it.
PREFETCHES = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
GENUINE_BESIDE = ("certificate", "excerpt")
blueprint = Blueprint("public", __name__)


@blueprint.get("/r/<token>")
@permits(PUBLIC)
def excerpt(token: str) -> Reply:
    """The § behind a personal link. Fetching it acknowledges nothing: scanners fetch links too."""
    with installation().database.read() as session:
        context, dispatch = _found(session, token)
        is_news = _is_fetched() and not is_noted(context, dispatch)
        page = render_template(
            "recipient.html", excerpt=_page(context, dispatch, token), form=_form(context)
        )
    if is_news:
        with installation().database.unit_of_work() as session:
            note_fetched(*_found(session, token))
    _note_read(context, dispatch, "")
    return _private(page)


def _form(context: Context) -> Any:
    """The form of the receipt; who has signed in confirms in their own name."""
    form: Any = AcknowledgeForm()
    if context.actor.person_id is not None:
        form.name.data = context.actor.name
        form.name.render_kw = {"readonly": True}
    return form


def _is_fetched() -> bool:
    """Whether the page itself was asked for: not its head alone, nor beforehand by a browser."""
    headers = (request.headers.get(name, "") for name in PREFETCHES)
    return request.method == "GET" and not any("prefetch" in each.lower() for each in headers)


@blueprint.post("/r/<token>")
@permits(PUBLIC)
def confirm(token: str) -> Response:
    """The recipient says that the excerpt has come."""
    form = AcknowledgeForm()
    with installation().database.unit_of_work() as session:
        context, dispatch = _found(session, token)
        if not form.validate_on_submit():
            page = render_template(
                "recipient.html", excerpt=_page(context, dispatch, token), form=form
            )
            return _private(page, 422)
        named = context.actor.name if context.actor.person_id else form.name.data
        acknowledge(context, dispatch, named or "")
    flash(_("Tack, mottagandet är bekräftat."), "success")
    return redirect(url_for(".excerpt", token=token), 303)


@blueprint.get("/r/<token>/pdf")
@permits(PUBLIC)
def excerpt_pdf(token: str) -> Reply:
    """The excerpt as it was sent."""
    with installation().database.read() as session:
        context, dispatch = _found(session, token)
        press = context.services.press
        document = press.document(session, dispatch.excerpt.document_id)
        file = attachment(session, press.read(document), document)
        _note_read(context, dispatch, "/documents")
    return _private(file)


@blueprint.get("/board")
@permits(PUBLIC)
def board() -> str:
    """What is up: assemblies to come (KL 5:13) and notices (KL 8:12), each under its owner."""
    with installation().database.read() as session:
        organisations = session.scalars(select(Organisation).order_by(Organisation.id)).all()
        today = installation().context(session, 0).today
        midnight = datetime.combine(today, time(), STOCKHOLM)
        owners = [
            (
                each,
                session.scalars(public_pages.announced(each.id, midnight)).all(),
                session.scalars(notices_up(each.id)).all(),
            )
            for each in organisations
        ]
        announced = [meeting for _owner, meetings, _notices in owners for meeting in meetings]
        known = public_pages.publications(session, announced)
        return render_template(
            "public/board.html",
            owners=[each for each in owners if each[1] or each[2]],
            agendas={each.id: public_pages.public_agenda(each, known, today) for each in announced},
            organisation=organisations[0].name if len(organisations) == 1 else "",
            seal=seal,
        )


@blueprint.get("/board/<int:notice_id>")
@permits(PUBLIC)
def board_notice(notice_id: int) -> str:
    """One notice that is up, with how to appeal."""
    with installation().database.read() as session:
        notice = session.scalar(
            select(BoardNotice).where(
                BoardNotice.id == notice_id, BoardNotice.taken_down_at.is_(None)
            )
        )
        if notice is None:
            raise NotFound("not_found")
        owner = session.get_one(Organisation, notice.organisation_id)
        return render_template(
            "public/board_notice.html",
            notice=notice,
            absences=absences(notice),
            meeting_id=public_pages.meeting_announced(session, notice),
            organisation=owner.name,
        )


@blueprint.get("/check")
@permits(PUBLIC)
def check() -> str:
    """Whether an excerpt on paper is what the minutes say: by the checksum that it prints."""
    asked = request.args.get("checksum", "").strip().lower().replace(" ", "")
    with installation().database.read() as session:
        found = genuine(session, asked) if len(asked) >= SHORTEST_CHECKSUM else None
        return _check_page(session, asked=asked, found=found)


@blueprint.post("/check")
@permits(PUBLIC)
def check_file() -> str | tuple[str, int]:
    """Whether a PDF is minutes attested here, and who signed; no more than they publish."""
    try:
        if address := caller_address():
            slow_down(f"{address} check")
    except Refusal as refusal:
        problem = sentence(refusal.code, refusal.params, reader_language())
        with installation().database.read() as session:
            return _check_page(session, problem=problem), 429
    upload = request.files.get("file")
    with installation().database.read() as session:
        try:
            checksum = checksum_of(upload.stream, LARGEST_CHECKED) if upload else NOTHING
        except TooLarge as refusal:
            problem = sentence(refusal.code, refusal.params, reader_language())
            return _check_page(session, problem=problem), 413
        if not upload or checksum == NOTHING:
            problem = sentence("pdf_wanted", {}, reader_language())
            return _check_page(session, problem=problem), 422
        known = verify_checksum(session, checksum)
        lines = list(told(known, upload.filename or "PDF", reader_language(), in_full=False))
        is_genuine = known.is_sound and (known.is_attested or known.kind in GENUINE_BESIDE)
        return _check_page(session, is_genuine=is_genuine, lines=lines)


def _check_page(session: Any, **shown: Any) -> str:
    organisation = session.scalar(select(Organisation.name).order_by(Organisation.id).limit(1))
    empty = {"asked": "", "found": None, "problem": "", "is_genuine": False, "lines": ()}
    return render_template("public/check.html", organisation=organisation, **(empty | shown))


def _found(session: Any, token: str) -> tuple[Context, Dispatch]:
    """The dispatch behind the link, and who asks: the recipient, or the reader who has signed in.

    Of a marked matter nobody is shown anything before they have signed in.
    """
    casework = installation()
    moment, secret = casework.context(session, 0).moment, casework.settings.secret_key
    if not asks_to_sign_in(session, secret, token, moment):
        dispatch = dispatch_of(session, secret, token, moment)
        actor = Actor(None, dispatch.recipient_name)
    else:
        reader = _signed_in()
        dispatch = dispatch_of(session, secret, token, moment, reader.person_id)
        actor = Actor(reader.person_id, reader.name)
    return casework.context(session, dispatch.organisation_id, actor, moment), dispatch


def _note_read(context: Context, dispatch: Dispatch, part: str) -> None:
    """Log what somebody who has signed in is shown of a marked matter, before it is sent."""
    if context.actor.person_id is None or request.method != "GET":
        return
    matter_id, address = dispatch.excerpt.matter_id, f"/dispatches/{dispatch.id}{part}"
    with installation().database.unit_of_work() as session:
        writing = replace(context, session=session)
        note_readings(writing, [matter_id], face="web", address=address)


def _signed_in() -> SignedInUser:
    """Whoever has signed in; anybody else is asked to, and comes back here."""
    if not current_user.is_authenticated:
        if request.method != "GET":
            raise Forbidden("sign_in_first")
        back = url_for(".excerpt", token=(request.view_args or {})["token"])
        abort(redirect(url_for("session.enter", next=back), 303))
    return signed_in()


def _page(context: Context, dispatch: Dispatch, token: str) -> ExcerptPage:
    item, content = dispatch.excerpt.minutes_item, _sent(dispatch)
    meeting = item.minutes.meeting
    press = context.services.press
    document = press.document(context.session, dispatch.excerpt.document_id)
    pdf = document_line(document, url_for(".excerpt_pdf", token=token))
    return ExcerptPage(
        **press.names_in(context.session, document.id),
        meeting_date=meeting.day,
        section=item.section_number,
        title=content["title"],
        number=content["registration_number"],
        lead_in=content["decision_lead_in"],
        points=tuple(point["text"] for point in content["points"]),
        pdf=pdf,
        recipient=dispatch.recipient_name,
        expires=dispatch.link_expires_at.astimezone(STOCKHOLM).date(),
        sections=_sections(content),
        heading=content["decision_heading"],
        acknowledged=dispatch.acknowledged_at,
    )


def _sent(dispatch: Dispatch) -> dict[str, Any]:
    """The wording that was certified and sent, whether or not it has been corrected since."""
    item, sent = dispatch.excerpt.minutes_item, dispatch.excerpt.content_sha256
    wordings: list[MinutesItem | Correction] = [item, *item.corrections]
    return next(each.content for each in wordings if each.content_sha256 == sent)


def _sections(content: dict[str, Any]) -> tuple[tuple[str, tuple[Block, ...]], ...]:
    """What follows the decision in the §: each heading with its text, as minuted."""
    item = item_from_json(content)
    found = [("Rättelse", paragraphs(item.correction))] if item.correction else []
    found += [(section.heading, section.blocks) for section in item.sections]
    if item.recipients:
        found.append(("Utdrag till", paragraphs(*item.recipients)))
    return tuple(found)


def _private(page: Any, status: int = 200) -> Reply:
    """Never kept by a cache, never indexed, and its address never told to the next page.

    The form on it still says which site it was sent from: `no-referrer` would hide that too.
    """
    reply: Reply = make_response(page)
    if status != 200:
        reply.status_code = status
    reply.headers["Cache-Control"] = "private, no-store"
    reply.headers["X-Robots-Tag"] = "noindex, nofollow"
    reply.headers["Referrer-Policy"] = "strict-origin"
    return reply
