"""What happens at the table, and the minutes of it, in and out."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from casework.api.schemas.common import (
    UPLOADED,
    Flag,
    Line,
    PersonName,
    RowId,
    Text,
    listed,
    shown,
)
from casework.api.schemas.meetings import AgendaItem, Present, Signature
from casework.documents.minutes_item import PROCEEDINGS
from casework.meetings.minutes.changes import KINDS
from casework.meetings.models import CAPACITIES, CHOICES, PROPOSAL_KINDS, STAGES, STATEMENT_KINDS

SIDES = ("first", "second")


class Arrival(Schema):
    """Somebody takes a seat, or changes capacity."""

    person_id = RowId(required=True)
    capacity = fields.String(required=True, validate=validate.OneOf(CAPACITIES))
    serves_for_id = RowId(allow_none=True, load_default=None)
    is_remote = Flag(load_default=False)


class Somebody(Schema):
    """A person."""

    person_id = RowId(required=True)


class Why(Schema):
    """The reason that the record keeps."""

    reason = Text(required=True)


class NewRecusal(Somebody):
    """A conflict of interest, and the substitute who serves instead."""

    reason = Line(load_default="")
    substitute_id = RowId(allow_none=True, load_default=None)


class NewProposal(Schema):
    """A proposal from the floor."""

    mover_id = RowId(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(PROPOSAL_KINDS))
    text = Text(load_default="")
    point = fields.Integer(
        allow_none=True,
        load_default=None,
        strict=True,
        validate=validate.Range(1, 1000),
        metadata={"description": "The decision point that an amendment would change; null: all."},
    )
    supporter_ids = listed(RowId(), load_default=list)


class GivenBallot(Somebody):
    """How a person voted."""

    choice = fields.String(required=True, validate=validate.OneOf(CHOICES))


class Votes(Schema):
    """The count of a secret vote."""

    yes = fields.Integer(required=True, strict=True, validate=validate.Range(0, 1000))
    no = fields.Integer(required=True, strict=True, validate=validate.Range(0, 1000))
    abstains = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 1000))


class Question(Schema):
    """What the chair asks next: yes for the first, no for the second; null is the papers' own."""

    stage = fields.String(required=True, validate=validate.OneOf(STAGES))
    first_id = RowId(allow_none=True, attribute="first", load_default=None)
    second_id = RowId(allow_none=True, attribute="second", load_default=None)


class NewQuestion(Schema):
    """How the chair's next question, named as the item showed it, was settled: found, or a vote."""

    question = fields.Nested(Question, required=True)
    method = fields.String(
        load_default="acclamation", validate=validate.OneOf(("acclamation", "vote"))
    )
    winner = fields.String(allow_none=True, load_default=None, validate=validate.OneOf(SIDES))
    ballots = listed(GivenBallot, load_default=list)
    count = fields.Nested(Votes, allow_none=True, load_default=None)
    lot = fields.String(allow_none=True, load_default=None, validate=validate.OneOf(SIDES))


class QuestionPut(Schema):
    """The question that is taken back."""

    proposition_id = RowId(required=True)


class NewStatement(Somebody):
    """A reservation, a separate statement, a note, or that somebody takes no part."""

    kind = fields.String(required=True, validate=validate.OneOf(STATEMENT_KINDS))
    text = Text(load_default="")
    favours_id = RowId(allow_none=True, load_default=None)


class Notes(Schema):
    """What the secretary writes on an item, and the text that it was begun from."""

    field = fields.String(required=True, validate=validate.OneOf(("summary", "outcome_reason")))
    text = Text(required=True)
    base = Text(required=True)


class Order(Schema):
    """The items of the agenda that the caller reads, in their new order and in that they had."""

    item_ids = listed(RowId(), required=True)
    seen_ids = listed(RowId(), required=True)


class ItemChange(Schema):
    """The fields of an item to change; the others stay."""

    title = Line()
    presenter = Line()
    section = Line(metadata={"description": "One of the body's; the item goes last in it."})
    summary = Text()
    minutes_planned = fields.Integer(allow_none=True, strict=True, validate=validate.Range(1, 600))
    is_closed = Flag()
    is_election = Flag()
    exercises_authority = Flag()


class Quorum(Schema):
    """How many serve, of how many seats, and how many more are needed."""

    seats = fields.Integer(required=True)
    serving = fields.Integer(required=True)
    missing = fields.Integer(required=True)
    statute = fields.String(required=True)


class Proposal(Schema):
    """What somebody moved."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    mover = fields.Nested(PersonName, required=True)
    text = fields.String(required=True)
    point = fields.Integer(allow_none=True)
    withdrawn_at = fields.AwareDateTime(allow_none=True)


class Ballot(Schema):
    """How somebody voted."""

    person = fields.Nested(PersonName, required=True)
    choice = fields.String(required=True)


class Proposition(Schema):
    """A question that was put, and how it was settled."""

    id = fields.Integer(required=True)
    stage = fields.String(required=True)
    first_id = fields.Integer(allow_none=True)
    second_id = fields.Integer(allow_none=True)
    method = fields.String(required=True)
    winner = fields.String(required=True)
    is_casting = fields.Boolean(required=True)
    yes_votes = fields.Integer(allow_none=True)
    no_votes = fields.Integer(allow_none=True)
    abstentions = fields.Integer(allow_none=True)
    ballots = shown(Ballot, required=True)


class Statement(Schema):
    """A reservation, a separate statement, a note, or that somebody took no part."""

    id = fields.Integer(required=True)
    person = fields.Nested(PersonName, required=True)
    kind = fields.String(required=True)
    text = fields.String(required=True)


class Recusal(Schema):
    """Who is not there for the item, and who serves instead."""

    person = fields.Nested(PersonName, required=True)
    substitute = fields.Nested(PersonName, allow_none=True)


class TableItem(AgendaItem):
    """An item with everything that is recorded on it."""

    present = shown(Present, required=True)
    quorum = fields.Nested(Quorum, required=True)
    question = fields.Nested(Question, allow_none=True)
    basis = fields.String(required=True)
    recusals = shown(Recusal, required=True)
    elected_chair = fields.Nested(PersonName, allow_none=True, required=True)
    floor_proposals = shown(Proposal, required=True)
    propositions = shown(Proposition, required=True)
    statements = shown(Statement, required=True)


class MinutesItem(Schema):
    """A § as it stands today, with its version; `content` is what is printed."""

    id = fields.Integer(required=True)
    section_number = fields.Integer(required=True)
    year = fields.Integer(required=True)
    content = fields.Dict(required=True)
    content_sha256 = fields.String(required=True)
    version = fields.Integer(required=True)


class EditedItem(Schema):
    """A § to save: plain points, and Markdown under each heading by its name.

    Without `sections` what stands under the headings stays.
    """

    title = Line(required=True)
    lead_in = Line(load_default="")
    points = listed(Text(), load_default=list)
    sections = fields.Dict(
        keys=fields.String(validate=validate.OneOf(tuple(PROCEEDINGS))),
        values=Text(),
        load_default=None,
    )
    note = Line(load_default="")


def _confirmed() -> fields.List[Any]:
    return listed(
        fields.String(validate=validate.OneOf(KINDS)),
        load_default=list,
        metadata={
            "description": "What the change touches beyond spelling, once it has been read again:"
            " amount (also a number or a day), name, outcome."
        },
    )


class CorrectedItem(EditedItem):
    """A § to correct; `corrects` is the `content_sha256` of the wording that was read."""

    corrects = Line(required=True, longest=64)
    confirmed = _confirmed()


class MendedWords(Schema):
    """The words of a decision with a slip mended, and in more than a word what went wrong."""

    lead_in = Text(load_default="")
    points = listed(Text(), required=True)
    reason = Text(required=True)
    confirmed = _confirmed()


class SaidWords(Schema):
    """The words of a decision: its lead-in, and each point without its number."""

    lead_in = fields.String(required=True)
    points = fields.List(fields.String(), required=True)


class Mending(Schema):
    """A slip that was mended in the record of what was decided."""

    number = fields.Integer(required=True)
    former = fields.Nested(SaidWords, required=True)
    words = fields.Nested(SaidWords, required=True)
    reason = fields.String(required=True)
    mended_at = fields.AwareDateTime(required=True)


class Change(Schema):
    """A § that is not what it was: as recorded at the table, or in force; and as to be signed."""

    section = fields.Integer(required=True)
    before = fields.String(required=True)
    after = fields.String(required=True)
    reasons = fields.List(fields.String(), required=True)


class Revision(Schema):
    """A version of a §."""

    number = fields.Integer(required=True)
    content = fields.Dict(required=True)
    content_sha256 = fields.String(required=True)
    revised_at = fields.AwareDateTime(required=True)
    note = fields.String(required=True)


class Correction(Schema):
    """A correction of an attested §, and whether it has been signed."""

    number = fields.Integer(required=True)
    reason = fields.String(required=True)
    content = fields.Dict(required=True)
    minutes_id = fields.Integer(required=True)


class Missing(Schema):
    """What a § lacks of KL 5:67."""

    section = fields.Integer(required=True)
    point = fields.Integer(required=True)
    what = fields.String(required=True)


class GivenPdf(Schema):
    """A PDF to verify."""

    file = fields.Raw(
        required=True, data_key=UPLOADED, metadata={"type": "string", "format": "binary"}
    )


class Verified(Schema):
    """Whether a PDF is what was attested here, or a draft, certificate or excerpt, and who signed.

    `unrecorded`, `altered` and `removed` name whose signature differs from the sealed record.
    """

    sha256 = fields.String(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    dated = fields.Date(required=True, allow_none=True)
    section = fields.Integer(required=True, allow_none=True)
    is_attested = fields.Boolean(required=True)
    is_withdrawn = fields.Boolean(required=True)
    signatures = shown(Signature, required=True)
    awaited = fields.List(fields.String(), required=True)
    unrecorded = fields.List(fields.String(), required=True)
    altered = fields.List(fields.String(), required=True)
    removed = fields.List(fields.String(), required=True)
