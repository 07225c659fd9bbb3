"""The verbs of the secrecy room: try, mark, change, lift, and who is on the list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from casework.db import lock
from casework.errors import Conflict, Forbidden, Invalid, NotFound
from casework.matters.entries import entry_of
from casework.matters.queries import find
from casework.matters.service import REVIEW_USED
from casework.people.policy import OFFICIALS, READERS, holds_any, lacking, lift, may, may_oneself
from casework.secrecy.models import NeedToKnow, SecrecyMark
from casework.secrecy.queries import current_mark, knowing, listed_ids
from casework.text.door import cleaned_line

if TYPE_CHECKING:
    from casework.context import Context
    from casework.matters.models import Matter
    from casework.people.models import Person

TRIERS = ("registrar", "committee_secretary", "case_officer")
MARKERS = (*TRIERS, "manager")
# Who keeps the list, if on it: those employed to the matter, not those elected.
KEEPERS = (*OFFICIALS, "case_officer")
# Who lets somebody in from outside the list, so that no matter is ever closed to all.
GRANTERS = ("manager", "chief_executive")
# A statute by letters and a place in it by figures: OSL 26 kap. 1 §, OSL 26:1.
PROVISION = re.compile(r"[^\W\d_].*\d")
LONGEST_PROVISION, LONGEST_REASON = 200, 500
TRIED = "Sekretessen prövades inför expediering."


def review_secrecy(context: Context, matter: Matter, provision: str = "") -> Matter:
    """Note that secrecy was tried before dispatch. With a provision an unmarked matter is marked.

    What is marked stays so, also if nothing was cited now: a mark is lifted by `lift_mark`. Raises
    Forbidden for all but TRIERS, and as `mark` does.
    """
    lock(context.session, matter)
    if not may(context, matter, TRIERS):
        raise Forbidden("forbidden")
    cited = cleaned_line(provision)
    if cited and cited != matter.secrecy_provision:
        mark(context, matter, cited, TRIED)
    matter.secrecy_reviewed_at = context.moment
    context.record(matter, "secrecy_reviewed", provision=matter.secrecy_provision)
    return matter


def take_back_secrecy_review(context: Context, matter: Matter) -> Matter:
    """The review was not to be noted: it is done again before dispatch. The mark stays.

    Raises Forbidden as `review_secrecy` does, Conflict if there is none, or if something left on
    it.
    """
    lock(context.session, matter)
    if not may(context, matter, TRIERS):
        raise Forbidden("forbidden")
    if matter.secrecy_reviewed_at is None:
        raise Conflict("secrecy_review_missing")
    if matter.state in REVIEW_USED:
        raise Conflict("secrecy_review_used")
    before = matter.secrecy_reviewed_at.isoformat()
    matter.secrecy_reviewed_at = None
    context.record(
        matter, "secrecy_review_taken_back", before=before, provision=matter.secrecy_provision
    )
    return matter


def mark(
    context: Context, matter: Matter, provision: str, reason: str, *, is_confirmed: bool = False
) -> Matter:
    """Mark the matter secret by a provision, or change the mark that it has.

    A mark reminds; each request is tried anew (OSL 5:5). Whoever sets the first one is on the list
    from then. Raises Forbidden for all but MARKERS, or for who may not know of a marked matter,
    Invalid for no provision of a statute, no reason or the mark that stands, and Conflict for a
    change that nobody has confirmed.
    """
    lock(context.session, matter)
    _require(context, matter, MARKERS)
    cited, why = _provision(provision), _reason(reason)
    before = matter.secrecy_provision
    if before == cited:
        raise Invalid("secrecy_mark_is_the_same", provision=cited)
    if before:
        _end_mark(context, matter, why, is_confirmed)
    context.session.add(
        SecrecyMark(
            organisation_id=matter.organisation_id,
            matter_id=matter.id,
            provision=cited,
            reason=why,
            since=context.moment,
            set_by_id=context.actor.person_id,
        )
    )
    matter.secrecy_provision = cited
    context.record(matter, "secrecy_marked", provision=cited, reason=why, before=before)
    if not before and context.actor.person_id is not None:
        _list(context, matter, context.actor.person_id, why)
    context.session.flush()
    return matter


def lift_mark(
    context: Context, matter: Matter, reason: str, *, is_confirmed: bool = False
) -> Matter:
    """Lift the mark: the matter is read by roles again, and the list ends.

    Raises Forbidden as `mark` does, Conflict if there is no mark or nobody has confirmed, Invalid
    for no reason.
    """
    lock(context.session, matter)
    _require(context, matter, MARKERS)
    if not matter.secrecy_provision:
        raise Conflict("secrecy_mark_missing")
    why, before = _reason(reason), matter.secrecy_provision
    _end_mark(context, matter, why, is_confirmed)
    for row in knowing(context.session, matter):
        _unlist(context, row, why)
    matter.secrecy_provision = ""
    context.record(matter, "secrecy_lifted", reason=why, before=before)
    context.session.flush()
    return matter


def add_person(context: Context, matter: Matter, person: Person, reason: str) -> NeedToKnow:
    """Put somebody on the list of a marked matter, a stand-in too: nobody gets there by standing
    in. A manager or chief executive does it from outside, and the record says so.

    Raises Forbidden for all others, Conflict if the matter is not marked, or for somebody who is on
    the list, has a conflict of interest or holds no role in which they would read the matter, and
    Invalid for no reason.
    """
    lock(context.session, matter)
    if not matter.secrecy_provision:
        raise Conflict("secrecy_mark_missing")
    is_outside = not keeps_list(context, matter)
    if is_outside and not may_grant(context, matter):
        raise lacking(KEEPERS)
    why = _reason(reason)
    _require_can_read(context, matter, person)
    row = _list(context, matter, person.id, why)
    action = "secrecy_granted" if is_outside else "secrecy_person_added"
    context.record(matter, action, name=person.name, reason=why)
    return row


def remove_person(context: Context, matter: Matter, person: Person, reason: str) -> NeedToKnow:
    """Take somebody off the list.

    Raises Forbidden for who does not keep it, NotFound for who has no row there, Conflict for the
    last one of a matter that no officer prepares, and Invalid for no reason.
    """
    lock(context.session, matter)
    if not keeps_list(context, matter):
        raise lacking(KEEPERS)
    rows = knowing(context.session, matter)
    row = next((each for each in rows if each.person_id == person.id), None)
    if row is None:
        raise NotFound("secrecy_not_listed", name=person.name)
    if len(rows) == 1 and matter.case_officer_id is None:
        raise Conflict("secrecy_last_one", name=person.name)
    why = _reason(reason)
    _unlist(context, row, why)
    context.record(matter, "secrecy_person_removed", name=person.name, reason=why)
    context.session.flush()
    return row


def matter_of_list(context: Context, matter_id: int) -> Matter:
    """The matter for whoever reads or changes its list: who sees it, and who lets others in.

    The session shows everything from here on. Raises NotFound, and Forbidden for all others.
    """
    session, own = context.session, context.organisation_id
    entry = entry_of(session, matter_id)
    matter = None if entry is not None else find(session, own, matter_id)
    lift(session)
    if matter is None:
        matter = find(session, own, matter_id)
        if not may_grant(context, matter):
            raise _not_for_you(matter)
    return matter


def keeps_list(context: Context, matter: Matter) -> bool:
    """Whether the actor may change the list: an official who may know of the matter."""
    return may(context, matter, KEEPERS) and _knows(context, matter)


def may_grant(context: Context, matter: Matter) -> bool:
    """Whether the actor may let somebody in without being on the list, by an own appointment."""
    own = context.actor.person_id
    if own is None or own in context.services.recused(context, [matter]):
        return False
    return may_grant_of(context, matter.body_id)


def may_grant_of(context: Context, body_id: int) -> bool:
    """`may_grant` of a matter of the body, without a conflict of interest in it."""
    return may_oneself(context, body_id, GRANTERS)


def may_mark(context: Context, matter: Matter) -> bool:
    """Whether the actor may mark the matter, or change or lift its mark."""
    return may(context, matter, MARKERS) and _knows(context, matter)


def _require(context: Context, matter: Matter, roles: tuple[str, ...]) -> None:
    if context.actor.person_id is None:
        return  # the system registers, and marks what it registers
    if not may(context, matter, roles):
        raise lacking(roles)
    if not _knows(context, matter):
        raise _not_for_you(matter)


def _not_for_you(matter: Matter) -> Forbidden:
    day = matter.registered_on.isoformat()
    return Forbidden(
        "secrecy_not_for_you", registration_number=matter.registration_number, registered_on=day
    )


def _knows(context: Context, matter: Matter) -> bool:
    own = context.actor.person_id
    return own is not None and context.services.may_know(context, matter, own)


def _require_can_read(context: Context, matter: Matter, person: Person) -> None:
    if person.id in listed_ids(context.session, matter):
        raise Conflict("secrecy_already_listed", name=person.name)
    if person.id in context.services.recused(context, [matter]):
        raise Conflict("is_recused", name=person.name)
    if not holds_any(context.session, person.id, matter, context.today, READERS):
        raise Conflict("secrecy_cannot_read", name=person.name)


def _end_mark(context: Context, matter: Matter, why: str, is_confirmed: bool) -> None:
    if not is_confirmed:
        raise Conflict("secrecy_change_unconfirmed", provision=matter.secrecy_provision)
    row = current_mark(context.session, matter)
    if row is not None:
        row.until = context.moment
        row.ended_by_id = context.actor.person_id
        row.ended_because = why
        context.session.flush()  # before a new one: only one of a matter stands at a time


def _list(context: Context, matter: Matter, person_id: int, why: str) -> NeedToKnow:
    row = NeedToKnow(
        organisation_id=matter.organisation_id,
        matter_id=matter.id,
        person_id=person_id,
        reason=why,
        since=context.moment,
        added_by_id=context.actor.person_id,
    )
    context.session.add(row)
    context.session.flush()
    return row


def _unlist(context: Context, row: NeedToKnow, why: str) -> None:
    row.until = context.moment
    row.removed_by_id = context.actor.person_id
    row.removed_because = why


def _provision(text: str) -> str:
    cited = cleaned_line(text)
    if not PROVISION.search(cited) or len(cited) > LONGEST_PROVISION:
        raise Invalid("secrecy_provision_wrong", limit=LONGEST_PROVISION)
    return cited


def _reason(text: str) -> str:
    why = cleaned_line(text)
    if not why or len(why) > LONGEST_REASON:
        raise Invalid("secrecy_reason_missing", limit=LONGEST_REASON)
    return why
