"""What a body and the organisation are called, how they are reached, and what may stand there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casework.addresses import LONGEST, checked_address
from casework.errors import Invalid
from casework.text.door import cleaned_line

if TYPE_CHECKING:
    from collections.abc import Mapping

SHORT_NAME = re.compile(r"[^\W_][\w-]{0,11}")  # it stands in numbers and file names
DECISION_STYLES: dict[str, dict[str, str]] = {
    "sentences": {"sv": "hela meningar", "en": "whole sentences"},
    "att": {"sv": "att-satser", "en": "clauses with ”att”"},
}


@dataclass(frozen=True)
class Fact:
    """One fact: what it is called, the most characters it holds, and whether it may be empty."""

    label: Mapping[str, str]
    most: int
    is_needed: bool = False


_NAME = Fact({"sv": "Namn", "en": "Name"}, 300, is_needed=True)
_SHORT_NAME = {"sv": "Kortnamn", "en": "Short name"}
_REACHED = {
    "email": Fact({"sv": "E-postadress", "en": "E-mail address"}, LONGEST),
    "address": Fact({"sv": "Postadress", "en": "Postal address"}, 300),
    "phone": Fact({"sv": "Telefon", "en": "Telephone"}, 50),
}

ORGANISATION_FACTS = {
    "name": _NAME,
    "short_name": Fact(_SHORT_NAME, 300, is_needed=True),
    **_REACHED,
}

BODY_FACTS = {
    "name": _NAME,
    "short_name": Fact(_SHORT_NAME, 12, is_needed=True),
    "unit": Fact({"sv": "Enhet", "en": "Unit"}, 200),
    **_REACHED,
    "proposal_heading": Fact(
        {"sv": "Rubrik över förslaget", "en": "Heading of the proposal"}, 200, is_needed=True
    ),
    "decision_style": Fact(
        {"sv": "Besluten skrivs som", "en": "Decisions are written as"}, 20, is_needed=True
    ),
    "proposer": Fact({"sv": "Förslagsställare", "en": "Proposer"}, 200, is_needed=True),
}


def checked_body_facts(given: Mapping[str, str]) -> dict[str, str]:
    """The facts of a body as they are stored: on one line each, with single blanks.

    Raises Invalid: too long, empty where something must stand, a short name that cannot stand in
    numbers and file names, an unknown decision style, an address that no letter can be sent to.
    """
    if "name" in given and not given["name"].strip():
        raise Invalid("body_name_missing")
    if "short_name" in given and not SHORT_NAME.fullmatch(given["short_name"].strip()):
        raise Invalid("short_name_wrong")
    found = _checked(BODY_FACTS, given)
    if found.get("decision_style", "att") not in DECISION_STYLES:
        style, known = found["decision_style"], list(DECISION_STYLES)
        raise Invalid("decision_style_unknown", style=style, known=known)
    return found


def checked_organisation_facts(given: Mapping[str, str]) -> dict[str, str]:
    """The facts of the organisation as they are stored; raises Invalid as for a body."""
    return _checked(ORGANISATION_FACTS, given)


def _checked(facts: Mapping[str, Fact], given: Mapping[str, str]) -> dict[str, str]:
    found = {name: _line(facts[name], value) for name, value in given.items()}
    if found.get("email"):
        found["email"] = checked_address(found["email"])
    return found


def _line(fact: Fact, value: str) -> str:
    text = cleaned_line(value)
    if fact.is_needed and not text:
        raise Invalid("fact_missing", fact=fact.label)
    if len(text) > fact.most:
        raise Invalid("fact_wrong", fact=fact.label, most=fact.most)
    return text
