"""What a section of a proposal is for, by the words that officials head it with."""

from __future__ import annotations

import re
from typing import NamedTuple


class Role(NamedTuple):
    """`label` for the reader; `said` what a heading of that role says."""

    label: dict[str, str]
    said: re.Pattern[str]


def _said(words: str) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE)


ROLES = {
    "summary": Role(
        {"sv": "Sammanfattning", "en": "Summary"},
        _said(r"samman(?:fattning|drag)|\bi korthet\b|\bkort om\b"),
    ),
    "background": Role(
        {"sv": "Bakgrund", "en": "Background"},
        _said(r"bakgrund|beskrivning|redogörelse|^ärendet$"),
    ),
    "assessment": Role(
        {"sv": "Bedömning", "en": "Assessment"},
        _said(r"bedömning|övervägande|\bskäl|motivering|synpunkter"),
    ),
    "consequences": Role(
        {"sv": "Konsekvenser och kostnad", "en": "Consequences and cost"},
        _said(r"konsekvens|ekonomi|kostnad|finansiering"),
    ),
}
DEFAULT = ("summary",)


def role_of(heading: str) -> str:
    """The first of ROLES whose words the heading has, "" for none."""
    return next((code for code, role in ROLES.items() if role.said.search(heading.strip())), "")
