"""The roles that somebody can be given on a page."""

from __future__ import annotations

from casework.people.policy import ROLES, Appointed
from casework.web.bodies.pages import role_label


def role_choices() -> list[tuple[str, str]]:
    """Every role that one is appointed to, by its name."""
    return [(name, role_label(name)) for name, role in ROLES.items() if isinstance(role, Appointed)]
