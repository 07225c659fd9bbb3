"""What a matter is."""

from __future__ import annotations

from casework.matters import effects, guards, initiatives, letters, queries
from casework.matters.models import Matter
from casework.people.policy import READERS
from casework.workflow.kinds import Kind, Needs, Offers, Page, Readers, by_name

MATTER = Kind(
    model=Matter,
    find=queries.find,
    name=lambda matter: str(matter.registration_number),
    line=lambda matter: f"{matter.registration_number} {matter.title}",
    page=Page(endpoint="matters.show", argument="matter_id", path="matters"),
    nouns="matters",
    readers=Readers(roles=READERS),
    matter_of=lambda matter: int(matter.id),
    offers=Offers(
        guards=by_name(
            guards.has_case_officer,
            guards.has_decision_points,
            guards.has_text,
            guards.has_signatories,
            guards.secrecy_reviewed,
            guards.not_sole_drafter,
            guards.not_an_initiative,
        ),
        turns={"not_sole_drafter": guards.drafted_by_another},
        effects=by_name(
            effects.set_case_officer,
            effects.change_officer,
            effects.reset_secrecy_review,
            effects.close_matter,
            initiatives.watch_initiative,
        ),
        papers={"proposal": effects.draw_up_proposal},
    ),
    needs=(
        Needs(
            trigger="schedule",
            states=("on_agenda",),
            fired=("release", "table", "reconsider", "withdraw"),
        ),
        Needs(guard="not_sole_drafter", taken=("submit",)),
        Needs(
            workflow="decision-matter",
            fired=("schedule", "decide", "propose", "refer_back", "attest"),
            taken=("change_officer",),
            ended=("initiative",),
        ),
        Needs(
            workflow="advisory-matter",
            fired=("schedule", "recommend", "propose", "refer_back", "attest"),
            taken=("change_officer",),
        ),
        Needs(
            workflow="information-matter",
            fired=("schedule", "note"),
            taken=("change_officer",),
        ),
    ),
    knows=(
        *("registered", "in_preparation", "in_review", "ready", "presidium_review", "decided"),
        *("dispatched", "executing", "closed", "archived", "withdrawn", "struck_off"),
    ),
    tones={
        "registered": "neutral",
        "in_review": "attention",
        "closed": "done",
        "archived": "done",
    },
    deadlines=("initiative", "review"),
    reminder=letters.reminder,
    places=(
        *("#text", "#decision-points", "#signatories", "#recipients", "#secrecy"),
        *("#assignments", "#dispatches", "#ways", "#meetings"),
    ),
)

KINDS = (MATTER,)
OFFERS: dict[str, Offers] = {}
