"""How the minutes name people, tasks and what was only told, each once and in plain words."""

from __future__ import annotations

import pytest

from casework.meetings.minutes.paper import minutes_item
from casework.meetings.models import AgendaItem, Meeting
from casework.meetings.wording import task_of, with_title
from casework.people.models import Body


@pytest.mark.parametrize(
    ("name", "title", "shown"),
    [
        ("Eva Lund", "Regional utvecklare", "Eva Lund, regional utvecklare"),
        ("Eva Lund", "VD", "Eva Lund, VD"),
        ("Eva Lund", "IT-chef", "Eva Lund, IT-chef"),
        ("Eva Lund", "", "Eva Lund"),
        ("Regiondirektören", "Regiondirektör", "Regiondirektören"),
    ],
)
def test_a_title_is_said_once(name: str, title: str, shown: str) -> None:
    """In running text it has a small letter, unless it is an abbreviation."""
    assert with_title(name, title) == shown


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("Nämnden ger direktören i uppdrag att redovisa planen.", "Redovisa planen"),
        ("Ta fram en plan", "Ta fram en plan"),
        ("", ""),
    ],
)
def test_a_task_is_what_is_to_be_done(text: str, task: str) -> None:
    """The decision above it says already who gave it to whom."""
    assert task_of(text) == task


@pytest.mark.parametrize(
    ("kind", "item_type", "text"),
    [
        ("committee", "information", "Nämnden noterar informationen till protokollet."),
        ("committee", "notification", "Nämnden noterar anmälan till protokollet."),
        ("advisory_forum", "information", "Nämnden noterar informationen."),
    ],
)
def test_what_was_only_told_is_noted(kind: str, item_type: str, text: str) -> None:
    """By the body's name, and to the minutes where there are any."""
    meeting = Meeting(body=Body(kind=kind, name="Nämnden"))
    item = AgendaItem(
        meeting=meeting,
        title="Lägesbild",
        item_type=item_type,
        outcome="noted",
        outcome_reason="",
        late_reason="",
        summary="",
    )
    assert [point.text for point in minutes_item(item, 1).points] == [text]
