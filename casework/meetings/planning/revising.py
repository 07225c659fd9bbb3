"""Changing what was planned of a meeting, and telling those who have been summoned."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from casework.context import STOCKHOLM
from casework.db import lock
from casework.errors import Conflict, Invalid, Stale
from casework.meetings.demands import require_secretary
from casework.meetings.letters import TOLD, out_of_reach, send_change
from casework.meetings.planning.plan import (
    check_doors,
    require_day_to_come,
    require_free,
    watch_summons,
)
from casework.meetings.planning.urgent_reports import follow_meetings
from casework.meetings.wording import clock

if TYPE_CHECKING:
    from casework.context import Context
    from casework.meetings.models import Meeting
    from casework.people.models import Body

OFFICES = {"chair", "secretary"}
OFFICES_STAND = ("attesting", "attested", "cancelled")
REVISABLE = (*TOLD, *("group_meetings", "chair", "secretary"))
HELD = ("ended", "minutes_drafted")  # the hour at which it was closed can still be mended


def revise_meeting(
    context: Context, meeting: Meeting, *, expected_version: int | None = None, **given: Any
) -> None:
    """Change what was planned: the fields of REVISABLE. The day stands once the summons has gone,
    and where the law has it announced, the hour too (KL 5:13).

    `ended_at`, when the meeting was closed, is mended until its minutes wait for signatures.

    `chair` and `secretary` may change until the minutes wait for signatures, the rest until the
    meeting opens. Those who were summoned are told of what they must know before they come.
    Raises Forbidden for all but secretary and chair, Stale when somebody else was
    first, Conflict when it is too late or the body already meets then, Invalid for what cannot be.
    """
    require_secretary(context, meeting)
    lock(context.session, meeting)
    if expected_version not in (None, meeting.version):
        raise Stale("stale")
    changed = {name: value for name, value in given.items() if getattr(meeting, name) != value}
    if not changed:
        return
    _check_state(meeting, changed)
    _check_plan(context, meeting, changed)
    former = {name: getattr(meeting, name) for name in changed}
    for name, value in changed.items():
        setattr(meeting, name, value)
    context.session.flush()
    told_end = {"from": former["ended_at"].isoformat()} if "ended_at" in changed else {}
    context.record(meeting, "revised", fields=sorted(changed), **told_end)
    if meeting.state == "planned" and {"starts_at", "secretary"} & changed.keys():
        watch_summons(context, meeting, meeting.body)
    if "starts_at" in changed:
        follow_meetings(context, meeting.body_id)
    if meeting.state == "summoned" and set(TOLD) & changed.keys():
        told = {name: _told(former[name]) for name in TOLD if name in former}
        count = send_change(context, meeting, told)
        missed = out_of_reach(context, meeting)
        context.record(meeting, "change_sent", letters=count, out_of_reach=missed)


def _told(value: Any) -> Any:
    """A moment as the letter tells it; the day is the same."""
    return clock(value) if isinstance(value, datetime) else value


def _check_state(meeting: Meeting, changed: dict[str, Any]) -> None:
    if meeting.state in OFFICES_STAND and OFFICES & changed.keys():
        raise Conflict("attestation_begun")
    if "ended_at" in changed and meeting.state not in HELD:
        raise Conflict("end_stands")
    if meeting.state not in ("planned", "summoned") and changed.keys() - OFFICES - {"ended_at"}:
        raise Conflict("meeting_begun")
    if meeting.state == "summoned" and "starts_at" in changed:
        _check_hour(meeting, changed["starts_at"])


def _check_hour(meeting: Meeting, starts_at: datetime) -> None:
    """Those who were summoned to a day come on that day."""
    law = meeting.body.legal.law
    if law.summons_binds:
        raise Conflict("meeting_announced_already", statute=law.summons_statute)
    if starts_at.astimezone(STOCKHOLM).date() != meeting.day:
        raise Conflict("meeting_summoned_already")


def _check_plan(context: Context, meeting: Meeting, changed: dict[str, Any]) -> None:
    now = {name: getattr(meeting, name) for name in REVISABLE} | changed
    if "starts_at" in changed:
        require_day_to_come(context, now["starts_at"])
        require_free(context, meeting.body, now["starts_at"])
    if now["ends_at"] is not None and now["ends_at"] < now["starts_at"]:
        raise Invalid("meeting_ends_before_start")
    if "ended_at" in changed:
        _check_end(context, meeting, changed["ended_at"])
    if "is_public" in changed:
        check_doors(meeting.body, is_public=changed["is_public"])
    if changed.get("remote_link"):
        _check_remote_link(meeting.body, changed["remote_link"])
    attesters = [each.person_id for each in meeting.attestations if each.capacity == "attester"]
    if now["secretary"] is not None and now["secretary"].id in attesters:
        raise Conflict("secretary_attests")


def _check_end(context: Context, meeting: Meeting, ended_at: datetime | None) -> None:
    """It ended after all that was done at it, its last break too, and not tomorrow.

    A reservation would else have come after the end (KL 4:27).
    """
    breaks = [each.ended_at for each in meeting.breaks if each.ended_at is not None]
    concluded = [each.concluded_at for each in meeting.agenda if each.concluded_at is not None]
    given = [each.given_at for item in meeting.agenda for each in item.statements]
    first = max([meeting.starts_at, *breaks, *concluded, *given])
    if ended_at is None or not first <= ended_at <= context.moment:
        raise Invalid("ended_wrong_hour", first=clock(first))


def _check_remote_link(body: Body, link: str) -> None:
    if not body.allows_remote:
        raise Conflict("remote_not_allowed", body=body.name)
    if urlsplit(link).scheme != "https" or not urlsplit(link).netloc:
        raise Invalid("remote_link_wrong")
