"""What an assignment is: something that a body has asked somebody to do and report back on."""

from __future__ import annotations

from casework.followup import effects, guards, laws, letters, queries, telling
from casework.followup.models import Assignment
from casework.people.policy import READERS
from casework.workflow.kinds import Kind, Needs, Offers, Page, Readers, by_name

ASSIGNMENT = Kind(
    model=Assignment,
    find=queries.find,
    name=lambda assignment: str(assignment.task),
    page=Page(endpoint="assignments.show", argument="assignment_id", path="assignments"),
    nouns="assignments",
    readers=Readers(roles=READERS),
    matter_id=Assignment.matter_id,
    offers=Offers(
        guards=by_name(guards.has_report),
        effects=by_name(effects.change_assignee, effects.end_assignment, effects.move_report_back),
        laws={
            "extend": (laws.body_has_moved_it,),
            "send_back": (laws.within_the_bodys_day,),
            "cancel": (laws.body_has_ended_it,),
            "accept": (laws.body_has_heard_it,),
        },
    ),
    needs=(
        Needs(
            states=("open", "reported", "accepted", "cancelled"),
            fired=("cancel",),
            taken=("report", "change_assignee", "extend", "send_back", "accept"),
            ended=("report_back",),
        ),
    ),
    tones={"accepted": "done", "reported": "attention"},
    deadlines=("report_back",),
    reminder=letters.reminder,
    places=("#report", "#before-body"),
)

KINDS = (ASSIGNMENT,)
OFFERS = {
    "matter": Offers(
        guards=by_name(guards.no_open_assignments),
        turns={"no_open_assignments": guards.all_ended},
        effects=by_name(effects.open_assignments, effects.cancel_assignments),
    ),
    "meeting": Offers(effects=by_name(effects.list_open_assignments, telling.tell_answers)),
}
