"""What each role is called."""

from __future__ import annotations

LABELS: dict[str, dict[str, str]] = {
    "case_officer": {"sv": "handläggare", "en": "case officer"},
    "assignee": {"sv": "ansvarig för uppdraget", "en": "responsible for the assignment"},
    "decider": {"sv": "beslutsfattare", "en": "decision-maker"},
    "registrar": {"sv": "registrator", "en": "registrar"},
    "manager": {"sv": "chef", "en": "manager"},
    "committee_secretary": {"sv": "nämndsekreterare", "en": "committee secretary"},
    "chief_executive": {"sv": "regiondirektör", "en": "chief executive"},
    "chair": {"sv": "ordförande", "en": "chair"},
    "vice_chair": {"sv": "vice ordförande", "en": "vice chair"},
    "member": {"sv": "ledamot", "en": "member"},
    "substitute": {"sv": "ersättare", "en": "substitute"},
    "urgent_decider": {
        "sv": "utsedd att besluta i brådskande ärenden",
        "en": "appointed to decide urgent matters",
    },
    "administrator": {"sv": "administratör", "en": "administrator"},
    "auditor": {"sv": "revisor", "en": "auditor"},
}
