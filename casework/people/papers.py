"""What documents and letters say of the office of a body: its own, else the organisation's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.documents.contexts import Office

if TYPE_CHECKING:
    from casework.people.models import Body, Organisation


def office_of(organisation: Organisation, body: Body) -> Office:
    """How the body's office is reached; never the installation's sender, which nobody reads."""
    return Office(
        address=body.address or organisation.address,
        phone=body.phone or organisation.phone,
        email=body.email or organisation.email,
    )
