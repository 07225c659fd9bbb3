"""What every row with a workflow offers alike: its steps, its record, its documents."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from marshmallow import ValidationError

from casework.api.endpoint import STEP, File, Page
from casework.api.problems import blocker_json
from casework.api.schemas import common
from casework.audit import queries as record
from casework.documents import queries as documents
from casework.errors import Invalid
from casework.matters import queries as matters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Protocol

    from marshmallow import Schema
    from sqlalchemy import ColumnElement, Select

    from casework.api.endpoint import Call, Room
    from casework.audit.models import AuditEntry
    from casework.documents.models import Document
    from casework.workflow.definition import Transition
    from casework.workflow.engine import Option
    from casework.workflow.kinds import Kind

    Gate = Callable[[Call, Any, str], None]
    Readable = Callable[[Call, Any], ColumnElement[bool]]
    Require = Callable[[Call, Any], None]

    class Find(Protocol):
        """Load a row that the caller may see, by its number; raises NotFound."""

        def __call__(self, call: Call, row_id: int) -> Any: ...


def steps(
    room: Room,
    kind: Kind,
    find: Find,
    answer: type[Schema],
    *,
    body: type[Schema] = common.StepTaken,
    gate: Gate | None = None,
) -> None:
    """GET and POST `/<nouns>/<id>/actions`: the checklist, and taking a step from it.

    `gate` refuses a step before anything of it is done; what it asks for is in `body` too.
    """
    nouns, noun = kind.nouns, kind.noun

    @room.get(
        f"/{nouns}/<row:row_id>/actions",
        "Every step from here, open or with all its blockers.",
        name=f"{noun}_actions",
        answer=common.Steps,
    )
    def actions(call: Call, row_id: int) -> dict[str, Any]:
        row = find(call, row_id)
        context = call.begin()
        options = context.services.engine.options(context, row)
        return {
            "state": row.state,
            "version": row.version,
            "actions": [_step_json(call, option) for option in options],
        }

    def current(call: Call, row_id: int, trigger: str = "") -> Any:
        return find(call, row_id)

    @room.post(
        f"/{nouns}/<row:row_id>/actions/<trigger>",
        "Take a step, whole or not at all.",
        name=f"take_{noun}_action",
        who=STEP,
        body=body,
        answer=answer,
        tagged=True,
        current=current,
        errors=(404, 409, 412, *((428,) if gate else ())),
    )
    def take(call: Call, row_id: int, trigger: str) -> Any:
        row = find(call, row_id)
        if gate is not None:
            gate(call, row, trigger)
        context = call.begin()
        engine = context.services.engine
        step = engine.definition_of(row).step(trigger, row.state)
        given = _typed(step, call.body["input"]) if step else {}
        engine.fire(context.given(**given), row, trigger, call.expected(row))
        return row


def history(
    room: Room, noun: str, find: Find, nouns: str = "", readable: Readable | None = None
) -> None:
    """GET `/<nouns>/<id>/history`: the audit entries, newest first; of them those `readable`."""

    @room.get(
        f"/{nouns or f'{noun}s'}/<row:row_id>/history",
        "What has happened, newest first; the cursor is the entry's sequence.",
        name=f"{noun}_history",
        query=common.Before,
        answer=common.HistoryEntry,
        paged=True,
    )
    def entries(call: Call, row_id: int) -> Page:
        row = find(call, row_id)
        which = _of_those(readable, call, row)

        def listing(**page: Any) -> Select[AuditEntry]:
            return record.of_subject(call.organisation_id, noun, row.id, **page).where(*which)

        return call.page(listing, key=_sequence)


def papers(
    room: Room,
    noun: str,
    find: Find,
    nouns: str = "",
    readable: Readable | None = None,
    require: Require | None = None,
) -> None:
    """GET `/<nouns>/<id>/documents` and the content of each; of them those `readable`, and no
    content at all where `require` raises."""
    nouns = nouns or f"{noun}s"

    def one(call: Call, row_id: int, document_id: int) -> Document:
        row = find(call, row_id)
        if require is not None:
            require(call, row)
        which = _of_those(readable, call, row)
        own = call.organisation_id
        return documents.find(call.session, own, noun, row.id, document_id, *which)

    @room.get(
        f"/{nouns}/<row:row_id>/documents",
        "Its documents, newest first.",
        name=f"{noun}_documents",
        query=common.Before,
        answer=common.Document,
        paged=True,
    )
    def listing(call: Call, row_id: int) -> Page:
        row = find(call, row_id)
        which = _of_those(readable, call, row)

        def kept(**page: Any) -> Select[Document]:
            return documents.of_subject(call.organisation_id, noun, row.id, **page).where(*which)

        return call.page(kept)

    @room.get(
        f"/{nouns}/<row:row_id>/documents/<row:document_id>/content",
        "The file itself.",
        name=f"{noun}_document_content",
    )
    def content(call: Call, row_id: int, document_id: int) -> File:
        return file_of(call, one(call, row_id, document_id))

    @room.get(
        f"/{nouns}/<row:row_id>/documents/<row:document_id>/again",
        "The file made anew from its own data; X-Same-Bytes says yes if it is the one kept.",
        name=f"{noun}_document_again",
    )
    def again(call: Call, row_id: int, document_id: int) -> File:
        document = one(call, row_id, document_id)
        made, is_same = call.context.services.press.again(document)
        said = {"X-Same-Bytes": "yes" if is_same else "no"}
        sha256 = hashlib.sha256(made).hexdigest()
        name = matters.saved_as(call.session, document)
        return File(made, document.media_type, name, sha256, said)


def _of_those(readable: Readable | None, call: Call, row: Any) -> tuple[ColumnElement[bool], ...]:
    return () if readable is None else (readable(call, row),)


def file_of(call: Call, document: Document) -> File:
    """The file itself, under the name that it leaves by."""
    data = call.context.services.press.read(document)
    name = matters.saved_as(call.session, document)
    return File(data, document.media_type, name, document.sha256)


def _sequence(entry: AuditEntry) -> int:
    return entry.sequence


def _step_json(call: Call, option: Option) -> dict[str, Any]:
    step = option.transition
    return {
        "trigger": step.trigger,
        "label": step.label,
        "target": step.target,
        "open": option.is_open,
        "inputs": step.inputs,
        "blockers": [blocker_json(blocker, call.language) for blocker in option.blockers],
    }


def _typed(step: Transition, given: Mapping[str, Any]) -> dict[str, Any]:
    """The input with its days as days; everything in it can be stored. Raises Invalid."""
    types = {declared.name: declared for declared in step.inputs}
    typed = dict(given)
    for name, value in given.items():
        declared = types.get(name)
        field = _FIELDS.get(declared.type) if declared else None
        if declared is None or field is None or value in (None, ""):
            continue
        try:
            typed[name] = field.deserialize(value)
        except ValidationError as error:
            raise Invalid("input_wrong", field=declared.label or name) from error
    return typed


_FIELDS: dict[str, Any] = {
    "text": common.Text(),
    "line": common.Line(),
    "choice": common.Line(),
    "date": common.Day(),
    "person": common.RowId(),
    "meeting": common.RowId(),
    "body": common.RowId(),
    "integer": common.RowId(),
}
