"""Fields and schemas that several nouns share: texts, numbers, days, states, steps, problems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import current_app
from marshmallow import Schema, ValidationError, fields, validate
from werkzeug.datastructures import FileStorage

from casework.documents.received import check_file
from casework.text.door import cleaned_line

if TYPE_CHECKING:
    from datetime import date, datetime

    from casework.documents.received import CheckedFile
    from casework.workflow.definition import State

UPLOADED = "file"
LARGEST_ID = 2**63 - 1
FIRST_YEAR, LAST_YEAR = 1950, 2150
LONGEST_LINE = 500
LONGEST_TEXT = 100_000
MOST = 500
LARGEST_PAGE = 200


class Text(fields.String):
    """A text of at most `longest` characters, as Markdown where it is shown."""

    def __init__(self, longest: int = LONGEST_TEXT, **options: Any) -> None:
        super().__init__(validate=validate.Length(max=longest), **options)


class Line(Text):
    """A text of one line: a name, a title, a place."""

    def __init__(self, longest: int = LONGEST_LINE, **options: Any) -> None:
        super().__init__(longest, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **options)
        return cleaned_line(text)


class Password(Text):
    """A password, to the letter as it was typed, whatever its field is called."""


class RowId(fields.Integer):
    """The number of a row."""

    def __init__(self, **options: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(1, LARGEST_ID), **options)


class Asked(fields.Integer):
    """A number as an address or a form writes it: digits alone."""

    def __init__(self, largest: int = LARGEST_ID, **options: Any) -> None:
        super().__init__(validate=validate.Range(1, largest), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> int:
        if not (isinstance(value, str) and value.isascii() and value.isdigit()):
            raise self.make_error("invalid", input=value)
        number: int = super()._deserialize(value[:20], attr, data, **options)
        return number


class Flag(fields.Boolean):
    """True or false as JSON writes them, and nothing that merely resembles them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Day(fields.Date):
    """A calendar day in the years that the legal calendar can count in."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> date:
        day: date = super()._deserialize(value, attr, data, **options)
        return _in_range(day)


class SentFile(fields.Raw):
    """A file that may be attached, looked at before the transaction, for that takes seconds.

    Raises as `casework.documents.received.check_file` does.
    """

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> CheckedFile:
        if not isinstance(value, FileStorage):
            raise ValidationError("Not a file.")
        limit: int = current_app.config["MAX_CONTENT_LENGTH"]
        return check_file(value.read(), value.filename or "", limit)


class Moment(fields.AwareDateTime):
    """A point in time with its offset from UTC."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> datetime:
        moment: datetime = super()._deserialize(value, attr, data, **options)
        _in_range(moment.date())
        return moment


def listed(each: fields.Field[Any] | type[Schema], **options: Any) -> fields.List[Any]:
    """A list of a reasonable length."""
    inner = each if isinstance(each, fields.Field) else fields.Nested(each)
    return fields.List(inner, validate=validate.Length(max=MOST), **options)


def shown(each: type[Schema], **options: Any) -> fields.List[Any]:
    """A list in an answer."""
    return fields.List(fields.Nested(each), **options)


def _in_range(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValidationError(f"The year must be between {FIRST_YEAR} and {LAST_YEAR}.")
    return day


class Label(Schema):
    """A name in both languages."""

    sv = fields.String(required=True)
    en = fields.String(required=True)


def _state(row: Any) -> State:
    """The row's state as its own workflow version describes it."""
    engine = current_app.extensions["casework"].services.engine
    state: State = engine.definition_of(row).states[row.state]
    return state


LABELLED: dict[str, Any] = {"type": "object", "additionalProperties": {"type": "string"}}


def state_label(row: Any) -> dict[str, str]:
    """The name of the row's state, in both languages."""
    return dict(_state(row).label)


class StateFields(Schema):
    """What every row that moves through a workflow tells of itself."""

    id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    workflow = fields.String(required=True)
    workflow_version = fields.Integer(required=True)
    state = fields.String(required=True)
    state_label = fields.Function(lambda row: state_label(row), metadata=LABELLED)


class PersonName(Schema):
    """A person, as others are shown."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    title = fields.String(required=True)
    party_code = fields.String(required=True)


class Blocker(Schema):
    """A reason why a step is blocked; `place` is the part of the subject where it is mended."""

    code = fields.String(required=True)
    sentence = fields.String(required=True)
    statute = fields.String(required=True)
    place = fields.String(required=True)


class StepInput(Schema):
    """What a step asks for; `type` as in the workflow file."""

    name = fields.String(required=True)
    type = fields.String(required=True)
    required = fields.Boolean(required=True)
    label = fields.Nested(Label, allow_none=True)
    choices = fields.List(fields.String())


class Step(Schema):
    """A step from here, open or blocked with every reason."""

    trigger = fields.String(required=True)
    label = fields.Nested(Label, required=True)
    target = fields.String(required=True)
    open = fields.Boolean(required=True)
    inputs = shown(StepInput, required=True)
    blockers = shown(Blocker, required=True)


class Steps(Schema):
    """Every step that people take from here."""

    state = fields.String(required=True)
    version = fields.Integer(required=True)
    actions = shown(Step, required=True)


class StepTaken(Schema):
    """What the step asks for, by name: texts, numbers of persons, days as ISO 8601."""

    input = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), load_default=dict)


class HistoryEntry(Schema):
    """An entry of the record, with its place in the chain."""

    sequence = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    actor = fields.String(required=True, attribute="actor_name")
    action = fields.String(required=True)
    detail = fields.Dict(required=True)
    cause = fields.String(required=True)
    hash = fields.String(required=True)
    previous_hash = fields.String(required=True)


class Document(Schema):
    """A stored document; `size` in bytes, `is_record` once it has left the house."""

    id = fields.Integer(required=True)
    number = fields.Integer(allow_none=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    filename = fields.String(required=True)
    media_type = fields.String(required=True)
    size = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    drawn_up_at = fields.AwareDateTime(required=True)
    is_record = fields.Boolean(required=True)
    supersedes_id = fields.Integer(allow_none=True)


class Deadline(Schema):
    """A day to keep; `raw_on` is the day before it was moved past a holiday."""

    id = fields.Integer(required=True)
    subject_type = fields.String(required=True)
    subject_id = fields.Integer(required=True)
    name = fields.String(required=True)
    rule = fields.String(required=True)
    started_on = fields.Date(required=True)
    raw_on = fields.Date(required=True)
    due_on = fields.Date(required=True)
    statute = fields.String(required=True)
    state = fields.String(required=True)


class Upload(Schema):
    """A file from outside, kept as it is."""

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})
    title = Line(load_default="")


class Before(Schema):
    """A page of a list that begins with the newest: what is older than the cursor `before`."""

    before = Asked(load_default=None)
    limit = Asked(LARGEST_PAGE, load_default=50)


class After(Schema):
    """A page of a list in alphabetical order: what comes after the cursor `after`."""

    after = Asked(load_default=None)
    limit = Asked(LARGEST_PAGE, load_default=50)


class Problem(Schema):
    """A refusal (RFC 9457): `detail` is one sentence in the reader's language."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)
    blockers = shown(Blocker)
    errors = fields.Dict()
    current = fields.Raw()
