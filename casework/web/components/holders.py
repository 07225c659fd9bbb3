"""Choosing who holds a task: from a list, or by name where the list would be too long to read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from wtforms import StringField
from wtforms.validators import StopValidation

from casework.errors import Invalid, Refusal
from casework.people.models import Person
from casework.people.queries import persons_with
from casework.people.sorting import sort_key
from casework.phrases import sentence
from casework.web.frame.asked import fitting, row_number
from casework.web.frame.language import reader_language

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from sqlalchemy import Select

    from casework.context import Context

MOST_LISTED = 60  # more than that nobody reads through
MOST_SUGGESTED = 300
MOST_TOLD = 5
LONGEST = 300


@dataclass(frozen=True)
class Holders:
    """Those to choose among by their number; `is_long`: by name, and not all are suggested."""

    labels: Mapping[int, str] = field(default_factory=dict)
    is_long: bool = False

    def written(self, value: Any) -> str:
        """What stands in the field of whoever has this number; what was written stays."""
        text = str(value or "")
        return self.labels.get(row_number(text), text)


def holders(context: Context, among: Select[Person], kept: Iterable[int | None] = ()) -> Holders:
    """Whom a page offers: those of `among`, and whoever holds the task already (`kept`)."""
    rows = list(context.session.scalars(among.limit(MOST_SUGGESTED)))
    known = {person.id for person in rows}
    rows += _persons(context, {each for each in kept if each is not None} - known)
    return Holders(_labels(rows), is_long=len(rows) > MOST_LISTED)


def chosen(
    context: Context, among: Select[Person], written: str, kept: Iterable[int | None] = ()
) -> int | None:
    """The number of the person that the field says: by number or by name, None for nobody.

    Raises NotFound for a number that nobody has, Invalid for a name that nobody of them has, or
    more than one. Whether a number may be chosen is for the verb to say.
    """
    text = fitting(written.strip(), LONGEST)
    if not text:
        return None
    if text.isdecimal():
        return persons_with(context.session, context.organisation_id, [row_number(text)])[0].id
    name = sort_key(text.split(",")[0].strip())
    rows = list(
        context.session.scalars(
            among.where(Person.sort_key.contains(name, autoescape=True)).limit(MOST_SUGGESTED)
        )
    )
    known = {person.id for person in rows}
    holding = _persons(context, {each for each in kept if each is not None} - known)
    rows += [person for person in holding if name in person.sort_key]
    labels = _labels(rows)
    exactly = [key for key, label in labels.items() if label == text]
    found = exactly or [person.id for person in rows if person.sort_key == name] or list(labels)
    if not found:
        raise Invalid("holder_unknown", written=text)
    if len(found) > 1:
        told = [labels[key] for key in found[:MOST_TOLD]]
        raise Invalid("holder_ambiguous", written=text, found=told)
    return found[0]


class HolderField(StringField):
    """A person written by name, with suggestions; once it is valid `data` is their number."""

    data: Any

    def __init__(
        self, label: str, offered: Holders, find: Callable[[str], int | None], **options: Any
    ) -> None:
        super().__init__(label, **options)
        self.offered, self.find = offered, find

    def __call__(self, **options: Any) -> Markup:
        drawn: Markup = super().__call__(
            **options, list=f"{self.id}-among", maxlength=LONGEST, autocomplete="off"
        )
        labels = Markup().join(
            Markup('<option value="{}">').format(label) for label in self.offered.labels.values()
        )
        return drawn + Markup('<datalist id="{}-among">{}</datalist>').format(self.id, labels)

    def pre_validate(self, form: Any) -> None:
        try:
            self.data = self.find(self.data or "")
        except Refusal as refusal:
            told = sentence(refusal.code, refusal.params, reader_language())
            raise StopValidation(told) from refusal

    def _value(self) -> str:
        return self.offered.written(self.data)


def _persons(context: Context, person_ids: Collection[int]) -> list[Person]:
    if not person_ids:
        return []
    return list(persons_with(context.session, context.organisation_id, sorted(person_ids)))


def _labels(rows: Iterable[Person]) -> dict[int, str]:
    """Name and title; namesakes of the same title are told apart by their address or number."""
    labels: dict[int, str] = {}
    taken: set[str] = set()
    for person in rows:
        label = f"{person.name}, {person.title}" if person.title else person.name
        if label in taken:
            label += f", {person.email or person.id}"
        taken.add(label)
        labels[person.id] = label
    return labels
