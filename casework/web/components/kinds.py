"""Where a subject is shown in the web, and what a reader calls it, as its Kind says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for

from casework.kinds import gathered

if TYPE_CHECKING:
    from casework.workflow.kinds import Kind


def name_of(subject: Any) -> str:
    """What a person calls the subject."""
    return gathered().of(subject).name(subject)


def address_of(kind: Kind, subject: Any) -> str:
    """The address of the subject's page; of what has none of its own, where it is shown."""
    return numbered(kind, getattr(subject, kind.page.row))


def numbered(kind: Kind, row_id: int) -> str:
    """The address of the page with that number."""
    where: dict[str, Any] = {kind.page.argument: row_id}
    return url_for(kind.page.endpoint, **where) + kind.page.anchor
