"""The running deadlines of a page, each under the name its readers know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.deadlines import queries
from casework.phrases import sentence
from casework.web.frame.language import reader_language
from casework.web.shapes import Due

if TYPE_CHECKING:
    from casework.context import Context
    from casework.deadlines.models import Deadline


def due(deadline: Deadline) -> Due:
    """A deadline as the reader is told of it."""
    label = sentence(f"deadline_{deadline.name}", {}, reader_language())
    return Due(label, deadline.due_on, deadline.state, deadline.statute)  # type: ignore[arg-type]  # a CHECK holds it to these


def dues_of(context: Context, subject_type: str, subject_id: int) -> list[Due]:
    """Every deadline of one matter, meeting, assignment or decision, the nearest first."""
    rows = queries.of_subject(context.session, context.organisation_id, subject_type, subject_id)
    return [due(row) for row in rows]
