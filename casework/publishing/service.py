"""The verbs of publishing: show what was tried, hold it, take it back. Each is in the record.

Secrecy and personal data are tried before anything is on the web: minutes are not public by
themselves beyond the notice of their attestation (KL 8:9–12; OSL; SKR's questions and answers of
2021). A verb is told the checksum of the words that were `seen`, and refuses any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.db import lock
from casework.errors import Conflict, Invalid, Stale
from casework.people.policy import lacking, may
from casework.publishing.models import Publication
from casework.publishing.wording import is_secret, is_untried, wording_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from casework.context import Context
    from casework.meetings.models import AgendaItem, Meeting
    from casework.publishing.wording import Wording

PUBLISHERS = ("committee_secretary", "registrar")


@dataclass(frozen=True)
class Seen:
    """The title or § (`kind`) of an item, and the checksum of the words that were looked at."""

    item: AgendaItem
    kind: str
    checksum: str


@dataclass(frozen=True)
class Shown:
    """From which day it is shown, and until which, both included; None for today and for no end."""

    first: date | None = None
    last: date | None = None


def publish(
    context: Context, seen: Seen, shown: Shown = Shown(), *, reason: str = ""
) -> Publication:
    """Show it to everybody; with a `reason` where something was found that may be somebody's.

    Raises Forbidden for anybody but the secretary and the registrar; Conflict for what is not
    attested or summoned, is secret or untried; Stale for other words than were seen; Invalid
    without a reason, or for days that have passed.
    """
    _begin(context, seen.item.meeting)
    return _published(context, seen, shown, reason.strip())


def publish_many(
    context: Context, meeting: Meeting, seen: Sequence[Seen], shown: Shown = Shown()
) -> list[Publication]:
    """Show all of these; raises as `publish`, and Invalid if anything was found in one of them."""
    _begin(context, meeting)
    if not seen:
        raise Invalid("publishing_nothing_chosen")
    return [_published(context, each, shown, "") for each in seen]


def hold(context: Context, seen: Seen, reason: str) -> Publication:
    """Tried, and not shown: what the law has on the board by itself leaves it too.

    Raises as `publish`, Invalid without a reason, and Conflict for what is shown: take it back.
    """
    meeting = seen.item.meeting
    _begin(context, meeting)
    row = _row(context, seen.item, seen.kind)
    if row is not None and row.state == "published":
        raise Conflict("publishing_take_it_back")
    return _kept_from_all(context, row, seen, "held", reason)


def take_back(context: Context, seen: Seen, reason: str) -> Publication:
    """Shown no longer, from now on; raises Conflict for what is not published, Invalid without
    a reason."""
    _begin(context, seen.item.meeting)
    row = _row(context, seen.item, seen.kind)
    if row is None or row.state != "published":
        raise Conflict("publishing_not_published")
    return _kept_from_all(context, row, seen, "taken_back", reason)


def _begin(context: Context, meeting: Meeting) -> None:
    """Hold the meeting, so that of two who decide the second sees what the first did."""
    if not may(context, meeting, PUBLISHERS):
        raise lacking(PUBLISHERS)
    lock(context.session, meeting)


def _published(context: Context, seen: Seen, shown: Shown, reason: str) -> Publication:
    wording = _require_seen(seen)
    _require_public(seen, wording)
    if wording.found and not reason:
        raise Invalid("publishing_found", title=_name(wording), kinds=_labels(wording.found))
    first = shown.first or context.today
    if shown.last is not None and shown.last < max(first, context.today):
        raise Invalid("publishing_days_wrong", first=first.isoformat(), last=shown.last.isoformat())
    row = _row(context, seen.item, seen.kind) or _new(context, seen)
    row.state, row.checksum, row.findings = "published", wording.checksum, wording.found
    row.reason, row.shows_from, row.shows_until = reason, first, shown.last
    _decided(context, row)
    _record(
        context,
        seen,
        "published",
        wording,
        reason,
        shows_from=first.isoformat(),
        **({"shows_until": shown.last.isoformat()} if shown.last else {}),
        **({"findings": wording.found} if wording.found else {}),
    )
    return row


def _kept_from_all(
    context: Context, row: Publication | None, seen: Seen, state: str, reason: str
) -> Publication:
    if not reason.strip():
        raise Invalid("input_missing", field={"sv": "Skäl", "en": "Reason"})
    wording = _require_seen(seen)
    row = row or _new(context, seen)
    row.state, row.checksum, row.findings = state, wording.checksum, wording.found
    row.reason, row.shows_from, row.shows_until = reason.strip(), None, None
    _decided(context, row)
    _record(context, seen, f"publishing_{state}", wording, reason.strip())
    return row


def _require_seen(seen: Seen) -> Wording:
    wording = wording_of(seen.item, seen.kind)
    if wording is None:
        raise Conflict("publishing_not_attested")
    if seen.checksum != wording.checksum:
        raise Stale("stale")
    return wording


def _require_public(seen: Seen, wording: Wording) -> None:
    """It has been laid before the body, or attested; it is not secret, and that was tried."""
    meeting, name = seen.item.meeting, _name(wording)
    if not meeting.body.is_statutory:
        raise Conflict("publishing_not_statutory", body=meeting.body.name)
    if meeting.state == "cancelled" or meeting.summoned_at is None:
        raise Conflict("publishing_not_summoned")
    if is_secret(seen.item):
        raise Conflict("publishing_secret", title=name)
    if seen.kind == "section" and is_untried(seen.item):
        raise Conflict("publishing_untried", title=name)


def _row(context: Context, item: AgendaItem, kind: str) -> Publication | None:
    return context.session.scalar(
        select(Publication)
        .where(
            Publication.organisation_id == item.organisation_id,
            Publication.agenda_item_id == item.id,
            Publication.kind == kind,
        )
        .execution_options(populate_existing=True)
    )


def _new(context: Context, seen: Seen) -> Publication:
    row = Publication(
        organisation_id=seen.item.organisation_id,
        agenda_item_id=seen.item.id,
        kind=seen.kind,
    )
    context.session.add(row)
    return row


def _decided(context: Context, row: Publication) -> None:
    row.decided_at, row.decided_by_id = context.moment, context.actor.person_id


def _record(
    context: Context, seen: Seen, action: str, wording: Wording, reason: str, **more: object
) -> None:
    """In the meeting's record, under the item: whoever has a conflict of interest in it reads it
    not. What was found stands there by its kind alone."""
    context.record(
        seen.item.meeting,
        action,
        item_id=seen.item.id,
        kind=seen.kind,
        checksum=wording.checksum,
        **({"section": wording.section} if wording.section else {}),
        **({"reason": reason} if reason else {}),
        **more,
    )
    context.session.flush()


def _name(wording: Wording) -> str:
    title = wording.public()[0]
    return f"§\u00a0{wording.section} {title}" if wording.section else title


def _labels(kinds: Sequence[str]) -> list[dict[str, str]]:
    return [LABELS[each] for each in kinds]


# What was found, in a reader's words.
LABELS: dict[str, dict[str, str]] = {
    "personal_number": {"sv": "personnummer", "en": "personal identity number"},
    "telephone": {"sv": "telefonnummer", "en": "telephone number"},
    "address": {"sv": "adress", "en": "address"},
    "email": {"sv": "e-postadress", "en": "e-mail address"},
    "closed": {"sv": "behandlades bakom stängda dörrar", "en": "handled behind closed doors"},
    "authority": {
        "sv": "myndighetsutövning mot enskild",
        "en": "exercise of authority against an individual",
    },
}
