"""What is known of a person beside their appointments, and what may stand there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.addresses import LONGEST, checked_address
from casework.errors import Invalid
from casework.text.door import cleaned_line

if TYPE_CHECKING:
    from collections.abc import Mapping

# Each detail and the most characters it holds.
DETAILS = {"name": 200, "title": 200, "email": LONGEST, "phone": 50, "party_code": 20}


def checked_details(given: Mapping[str, str]) -> dict[str, str]:
    """The details as they are stored, without blanks around them; raises Invalid."""
    found = {field: _line(field, value) for field, value in given.items()}
    if "name" in found and not found["name"]:
        raise Invalid("person_name_missing")
    if found.get("email"):
        found["email"] = checked_address(found["email"])
    return found


def _line(field: str, value: str) -> str:
    if field not in DETAILS:
        raise Invalid("person_field_unknown", field=field)
    text = cleaned_line(value)
    if len(text) > DETAILS[field]:
        raise Invalid("setting_text_wrong", field=field, most=DETAILS[field])
    return text
