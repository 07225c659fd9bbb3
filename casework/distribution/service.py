"""The verbs of distribution: the address book, settling recipients, excerpts and their dispatch."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Select, select, update

from casework.addresses import checked_address
from casework.board.queries import notice_of
from casework.context import SYSTEM
from casework.db import lock
from casework.distribution import papers
from casework.distribution.addressees import Expanded, expand
from casework.distribution.letters import excerpt_letter, tell_of_failure
from casework.distribution.models import (
    POST,
    Dispatch,
    Excerpt,
    Recipient,
    RecipientGroup,
    RecipientGroupMember,
)
from casework.distribution.queries import DISPATCHERS
from casework.distribution.ways import settle_way
from casework.errors import Conflict, Invalid
from casework.mail.reasons import plain
from casework.meetings.queries import latest_decided_item
from casework.people.models import Organisation, Person
from casework.people.policy import lacking, may, roles_of
from casework.people.sorting import sort_key
from casework.text.door import cleaned_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from casework.context import Context
    from casework.matters.models import Matter, MatterRecipient
    from casework.meetings.models import MinutesItem

_Entry = TypeVar("_Entry", Recipient, RecipientGroup)

KEEPERS = {"registrar", "committee_secretary", "administrator"}
TO_THE_MINUTE = timedelta(minutes=1)
NOTHING: Mapping[str, Any] = MappingProxyType({})


def add_recipient(context: Context, *, name: str, email: str, note: str = "") -> Recipient:
    """A new entry in the address book; raises Conflict if the name is taken."""
    require_keeper(context)
    require_free(context, Recipient, name)
    recipient = Recipient(
        organisation_id=context.organisation_id,
        name=_filled(name),
        sort_key=sort_key(name),
        email=checked_address(email),
        note=cleaned_line(note),
    )
    context.session.add(recipient)
    context.record(recipient, "created", name=name, email=email)
    return recipient


def add_group(context: Context, *, name: str, members: Sequence[Recipient]) -> RecipientGroup:
    """A new group with its members in order; raises Conflict if the name is taken."""
    require_keeper(context)
    require_free(context, RecipientGroup, name)
    group = RecipientGroup(
        organisation_id=context.organisation_id, name=_filled(name), sort_key=sort_key(name)
    )
    context.session.add(group)
    set_members(context, group, members)
    return group


def set_members(context: Context, group: RecipientGroup, members: Sequence[Recipient]) -> None:
    """Who is in the group from now on; what was dispatched before stays as it was."""
    require_keeper(context)
    wanted = list(dict.fromkeys(recipient.id for recipient in members))
    kept = {member.recipient_id: member for member in group.members}
    group.members = [
        kept.get(recipient_id)
        or RecipientGroupMember(
            organisation_id=context.organisation_id, recipient_id=recipient_id, position=0
        )
        for recipient_id in wanted
    ]
    for position, member in enumerate(group.members, start=1):
        member.position = position
    context.record(group, "members_set", members=[recipient.name for recipient in members])


def settle_recipients(context: Context, matter: Matter) -> list[str]:
    """Tie each recipient as written to the address book entry or group of the same name.

    Returns the names that still mean nobody; a person ties those by hand (`settle_as`).
    """
    _require_settler(context, matter)
    for written in matter.recipients:
        if not written.is_settled:
            recipient = _named(context, Recipient, written.name)
            if recipient is not None and not recipient.is_active:
                continue
            group = None if recipient else _named(context, RecipientGroup, written.name)
            written.recipient_id = recipient.id if recipient else None
            written.group_id = group.id if group else None
    left = [written.name for written in matter.recipients if not written.is_settled]
    context.record(matter, "recipients_settled", unsettled=left)
    return left


def settle_as(
    context: Context,
    matter: Matter,
    written: MatterRecipient,
    meaning: Recipient | RecipientGroup,
) -> None:
    """Say whom a recipient as written means; raises Conflict for one who is not in use."""
    _require_settler(context, matter)
    if isinstance(meaning, Recipient) and not meaning.is_active:
        raise Conflict("recipient_inactive", name=meaning.name)
    is_group = isinstance(meaning, RecipientGroup)
    written.group_id = meaning.id if is_group else None
    written.recipient_id = None if is_group else meaning.id
    context.record(matter, "recipient_settled", written=written.name, meaning=meaning.name)


def make_excerpt(context: Context, matter: Matter) -> Excerpt:
    """The excerpt of the matter's newest decision as it stands; made once for each wording.

    A corrected § gives a new excerpt, which supersedes the one before. Raises Conflict before
    attestation (KL 5:69).
    """
    visit = latest_decided_item(context, matter)
    item = visit.minutes_item if visit else None
    if item is None or visit is None or item.minutes.locked_at is None:
        raise Conflict("minutes_not_attested")
    wording = item.in_force
    before = newest_excerpt(context, item)
    if before is not None and before.content_sha256 == wording.content_sha256:
        return before
    excerpt = Excerpt(
        organisation_id=context.organisation_id,
        minutes_item_id=item.id,
        matter_id=matter.id,
        content_sha256=wording.content_sha256,
        made_at=context.moment,
        certified_by_id=context.actor.person_id,
        document_id=_draw_up(context, matter, item, before),
        supersedes_id=before.id if before else None,
    )
    excerpt.minutes_item, excerpt.matter = item, matter
    context.session.add(excerpt)
    context.record(excerpt, "certified", sha256=wording.content_sha256, by=context.actor.name)
    return excerpt


def queue_excerpts(context: Context, matter: Matter) -> list[Dispatch]:
    """Freeze the list of recipients and queue one dispatch, with its own letter, for each."""
    return _queue(context, make_excerpt(context, matter), expand(context, matter))


def correction_waits(context: Context, matter: Matter) -> bool:
    """Whether a § that has gone out was corrected since, and the correction has not gone out."""
    visit = latest_decided_item(context, matter)
    item = visit.minutes_item if visit else None
    if item is None or item.in_force is item:
        return False
    sent = context.session.execute(
        _excerpts(context, item).with_only_columns(Excerpt.content_sha256, Excerpt.dispatches.any())
    ).first()
    return sent is not None and sent[1] and sent[0] != item.in_force.content_sha256


def dispatch_correction(context: Context, matter: Matter) -> list[Dispatch]:
    """Send the corrected § to everybody who was sent the one that it replaces, and to nobody else.

    Raises Conflict when nothing has been dispatched, or nothing corrected since.
    """
    if not may(context, matter, DISPATCHERS):
        raise lacking(DISPATCHERS)
    excerpt = make_excerpt(context, matter)
    if excerpt.supersedes_id is None or excerpt.dispatches:
        raise Conflict("nothing_to_send_again")
    before = context.session.get_one(Excerpt, excerpt.supersedes_id)
    frozen = [
        Expanded(context.session.get_one(Recipient, each.recipient_id), each.group_name)
        for each in before.dispatches
    ]
    return _queue(context, excerpt, frozen)


def _queue(context: Context, excerpt: Excerpt, addressees: Sequence[Expanded]) -> list[Dispatch]:
    expires = context.moment + timedelta(days=context.services.settings.link_days)
    queued = []
    for position, addressee in enumerate(addressees, start=1):
        dispatch = Dispatch(
            organisation_id=context.organisation_id,
            excerpt_id=excerpt.id,
            recipient_id=addressee.recipient.id,
            body_id=excerpt.matter.body_id,
            position=position,
            recipient_name=addressee.recipient.name,
            recipient_email=addressee.recipient.email,
            group_name=addressee.group_name,
            link_expires_at=expires,
            queued_at=context.moment,
        )
        dispatch.excerpt = excerpt
        context.services.engine.start(dispatch, "dispatch", follows=True)
        context.session.add(dispatch)
        queued.append(dispatch)
    context.session.flush()
    for dispatch in queued:
        settle_way(context, dispatch)
        to = "" if dispatch.way == POST else dispatch.recipient_email
        context.record(dispatch, "queued", to=to, group=dispatch.group_name, way=dispatch.way)
        send_letter(context, dispatch)
    context.record(excerpt, "dispatched", recipients=[each.recipient_name for each in queued])
    return queued


def send_letter(context: Context, dispatch: Dispatch) -> None:
    """Queue the dispatch's letter; where it can go nowhere the dispatch waits for a person, and
    so does what goes by post."""
    if dispatch.way == POST:
        context.services.engine.fire(context.caused_by(dispatch, "post"), dispatch, "hold")
        return
    message = excerpt_letter(context, dispatch)
    if message.state == "failed":
        fail(context, dispatch, message.error_code, message.error_params)


def fail(
    context: Context, dispatch: Dispatch, failure: str, params: Mapping[str, Any] = NOTHING
) -> None:
    """The letter did not arrive, for a reason that has a sentence (`casework.mail.reasons`)."""
    dispatch.failure, dispatch.reason = failure, plain(failure, params)
    if dispatch.state == "queued":
        context.services.engine.fire(context.caused_by(dispatch, "letter"), dispatch, "fail")
        tell_of_failure(context, dispatch)


def is_noted(context: Context, dispatch: Dispatch) -> bool:
    """Whether what is kept of the personal link says already that it is fetched now."""
    last = dispatch.link_last_fetched_at
    return last is not None and context.moment - last < TO_THE_MINUTE


def note_fetched(context: Context, dispatch: Dispatch) -> None:
    """Something has fetched the personal link, perhaps a scanner before the letter was delivered.

    It is nobody's act, so the entry is the system's own, and there is one; of a link that asks its
    reader to sign in it is that reader's. When it was fetched last is kept to the minute and
    changes no version: a machine would else stand in the way of whoever mends the dispatch.
    """
    lock(context.session, dispatch)
    if dispatch.link_fetched_at is None:
        dispatch.link_fetched_at = dispatch.link_last_fetched_at = context.moment
        if context.actor.person_id is None:
            replace(context, actor=SYSTEM).record(dispatch, "link_fetched")
        else:
            context.record(dispatch, "read_signed_in")
    elif not is_noted(context, dispatch):
        context.session.execute(
            update(Dispatch)
            .where(Dispatch.organisation_id == dispatch.organisation_id, Dispatch.id == dispatch.id)
            .values(link_last_fetched_at=context.moment)
        )


def acknowledge(context: Context, dispatch: Dispatch, name: str) -> None:
    """A person with the recipient confirms having received the excerpt; a second time changes
    nothing. It is the one thing that shows that somebody has read."""
    if dispatch.acknowledged_at is not None:
        return
    dispatch.acknowledged_at = context.moment
    dispatch.acknowledged_by = _filled(name)
    context.services.engine.fire(
        context.given().caused_by(dispatch, "link"), dispatch, "acknowledge"
    )


def _draw_up(context: Context, matter: Matter, item: MinutesItem, before: Excerpt | None) -> int:
    meeting = item.minutes.meeting
    organisation = context.session.get_one(Organisation, context.organisation_id)
    certifier = (
        context.session.get(Person, context.actor.person_id) if context.actor.person_id else None
    )
    press = context.services.press
    content = papers.excerpt(
        item,
        meeting,
        organisation,
        notice_of(context.session, item.organisation_id, "minutes", item.minutes_id),
        certified_by=certifier.name if certifier else context.actor.name,
        certifier_title=certifier.title if certifier else "",
        certified_on=context.today,
        excerpt_id=_designation(context, item, before),
        check_url=f"{context.services.settings.base_url}/check",
    )
    names = press.names_in(context.session, item.minutes.document_id)
    document = press.draw_up(
        context,
        matter,
        replace(content, **names),
        title=f"Protokollsutdrag {meeting.body.short_name} § {item.section_number}",
        name=papers.filename(item, meeting, matter.registration_number),
        is_record=True,
        supersedes=press.document(context.session, before.document_id) if before else None,
    )
    return document.id


def _designation(context: Context, item: MinutesItem, before: Excerpt | None) -> str:
    """`RUN-2025-45`, and `RUN-2025-45-R1` once it has been corrected.

    Signed corrections alone are counted, as in the § itself: one may have been withdrawn. The
    first part is that of the excerpt `before` it, whatever the body is called by now.
    """
    signed = sum(each.minutes.locked_at is not None for each in item.corrections)
    suffix = f"-R{signed}" if signed else ""
    number = f"-{item.year}-{item.section_number}"
    short_name = item.agenda_item.meeting.body.short_name
    if before is not None:
        former = context.services.press.document(context.session, before.document_id).snapshot
        short_name = str(former["excerpt_id"]).partition(number)[0] if former else short_name
    return f"{short_name}{number}{suffix}"


def newest_excerpt(context: Context, item: MinutesItem) -> Excerpt | None:
    """The excerpt of a § that has not been superseded, if one has been made."""
    found: Excerpt | None = context.session.scalar(_excerpts(context, item))
    return found


def _excerpts(context: Context, item: MinutesItem) -> Select[Any]:
    """The newest of a §."""
    return (
        select(Excerpt)
        .where(
            Excerpt.organisation_id == context.organisation_id, Excerpt.minutes_item_id == item.id
        )
        .order_by(Excerpt.id.desc())
        .limit(1)
    )


def _named(context: Context, model: type[_Entry], name: str) -> _Entry | None:
    return context.session.scalar(
        select(model).where(
            model.organisation_id == context.organisation_id, model.name == cleaned_line(name)
        )
    )


def require_free(context: Context, model: type[_Entry], name: str) -> None:
    """Raise Conflict if another entry of the address book, or another group, has the name."""
    if _named(context, model, name) is not None:
        raise Conflict("recipient_taken", name=name)


def require_keeper(context: Context) -> None:
    """Raise Forbidden for whoever does not keep the address book."""
    if context.actor.person_id is None:
        return
    held = roles_of(
        context.session, context.organisation_id, context.actor.person_id, context.today
    )
    if not held & KEEPERS:
        raise lacking(sorted(KEEPERS))


def _require_settler(context: Context, matter: Matter) -> None:
    roles = ("case_officer", "registrar", "committee_secretary")
    if not may(context, matter, roles):
        raise lacking(roles)


def _filled(text: str) -> str:
    name = cleaned_line(text)
    if not name:
        raise Invalid("name_missing")
    return name
