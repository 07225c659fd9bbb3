"""What a body may not delegate (KL 6:38): shown to whoever is to vouch that it is none of these."""

from __future__ import annotations

STATUTE = "KL 6:38"

UNDELEGABLE: dict[str, dict[str, str]] = {
    "direction": {
        "sv": "Verksamhetens mål, inriktning, omfattning eller kvalitet",
        "en": "The aims, direction, extent or quality of the operations",
    },
    "assembly": {
        "sv": "Framställningar eller yttranden till fullmäktige, och yttranden när nämndens beslut "
        "i dess helhet eller ett beslut av fullmäktige har överklagats",
        "en": "Proposals or opinions to the assembly, and opinions when a decision of the whole "
        "committee or of the assembly has been appealed",
    },
    "authority": {
        "sv": "Myndighetsutövning mot enskilda, om ärendet är principiellt eller annars av större "
        "vikt",
        "en": "The exercise of authority against individuals, if the matter is one of principle "
        "or otherwise of greater weight",
    },
    "citizen_proposal": {
        "sv": "Ärenden som väckts genom medborgarförslag och överlåtits till nämnden",
        "en": "Matters raised by a citizen proposal and handed over to the committee",
    },
    "other_statute": {
        "sv": "Ärenden som enligt lag eller annan författning inte får delegeras",
        "en": "Matters that by law or other statute may not be delegated",
    },
}
