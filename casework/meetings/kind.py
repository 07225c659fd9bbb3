"""What a meeting is, and what is signed of one."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from casework.meetings import effects, guards, laws, letters, queries
from casework.meetings.agenda import reporting
from casework.meetings.minutes import signing, withdrawal
from casework.meetings.models import Meeting, Minutes
from casework.meetings.planning import urgent_reports
from casework.meetings.table import outcome
from casework.people.policy import MEMBERS, READERS
from casework.workflow.kinds import Kind, Needs, Offers, Page, Readers, by_name

MEETING = Kind(
    model=Meeting,
    find=queries.find,
    name=lambda meeting: f"{meeting.body.short_name} {meeting.day.isoformat()}",
    page=Page(endpoint="meetings.show", argument="meeting_id", path="meetings"),
    nouns="meetings",
    open_entries=queries.open_entries,
    open_papers=queries.open_papers,
    require_open_papers=queries.require_open_papers,
    loads=(selectinload(Meeting.body),),
    readers=Readers(roles=READERS, members=MEMBERS, laid_open=Meeting.summoned_at),
    offers=Offers(
        guards=by_name(
            guards.has_agenda,
            guards.has_chair_present,
            guards.has_six_points,
            guards.has_day_ahead,
            guards.has_supplement,
            guards.supplement_in_time,
            guards.supplement_sent,
            guards.summons_in_time,
            guards.summons_may_be_late,
            guards.urgent_decisions_reported,
            guards.all_items_decided,
            guards.not_adjourned,
            guards.on_meeting_day,
            guards.day_has_come,
            guards.nothing_recorded,
            guards.has_attesters,
            guards.has_signers,
            guards.all_signed,
            guards.immediate_signed,
        ),
        effects=by_name(
            reporting.add_missing_reports,
            effects.send_summons,
            effects.send_supplement,
            effects.begin_session,
            effects.end_session,
            effects.release_items,
            outcome.settle_items,
            effects.send_cancellation,
            effects.draft_minutes,
            effects.notify_signers,
            effects.sign_as_secretary,
            effects.void_signatures,
            effects.lock_minutes,
            effects.post_notice,
        )
        | {"follow_meetings": urgent_reports.follow_meeting},
        papers={
            "summons": effects.draw_up_summons,
            "supplement": effects.draw_up_supplement,
            "minutes": effects.draw_up_minutes,
        },
        laws={"send_for_attestation": (laws.says_what_was_decided,)},
    ),
    needs=(
        Needs(
            states=(
                *("planned", "summoned", "in_session", "ended", "minutes_drafted"),
                *("attesting", "attested", "cancelled"),
            ),
            fired=("attest",),
            taken=("send_for_attestation",),
        ),
        Needs(workflow="meeting", ended=("summons",)),
    ),
    tones={"planned": "neutral", "minutes_drafted": "attention"},
    deadlines=("attestation", "summons"),
    reminder=letters.legal_reminder,
    places=("#agenda", "#attestation", "#minutes", "#attendance"),
)


def _minutes_of_what_is_seen() -> Select[int]:
    return select(Minutes.id).join(Meeting, Meeting.id == Minutes.meeting_id)


def _section_of(minutes: Minutes) -> str:
    return f"{MEETING.name(minutes.meeting)} §\u00a0{minutes.first_section}"


MINUTES = Kind(
    model=Minutes,
    find=queries.any_minutes,
    name=_section_of,
    line=lambda minutes: (
        MEETING.name(minutes.meeting) if minutes.kind == "meeting" else _section_of(minutes)
    ),
    page=Page(
        endpoint="meetings.show",
        argument="meeting_id",
        path="meetings",
        row="meeting_id",
        anchor="#attestation",
    ),
    nouns="minutes",
    has_file=False,
    loads=(selectinload(Minutes.meeting).selectinload(Meeting.body),),
    rows=_minutes_of_what_is_seen,
    offers=Offers(
        guards=by_name(guards.signed_by_all, guards.signed_by_itself),
        effects=by_name(signing.set_locked, withdrawal.withdraw_signing),
    ),
    needs=(Needs(states=("open", "withdrawn"), fired=("lock",)),),
    places=("#attestation",),
)

KINDS = (MEETING, MINUTES)
OFFERS = {
    "matter": Offers(
        guards=by_name(guards.minutes_attested),
        checks=by_name(effects.require_unbiased),
        laws={
            "withdraw": (laws.lies_before_no_body, laws.is_not_sent_back_by_body),
            "refer_back": (laws.lies_before_no_body,),
            "strike_off": (laws.lies_before_no_body, laws.is_not_sent_back_by_body),
        },
    ),
    "assignment": Offers(checks=by_name(effects.require_unbiased)),
    "delegated_decision": Offers(effects=by_name(urgent_reports.watch_urgent_report)),
}
