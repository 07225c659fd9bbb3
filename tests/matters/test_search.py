"""A word that stands in a matter finds it, on both engines, in any form and from its beginning."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from casework.matters.models import Matter
from casework.matters.search import matches, search_text, stem, words
from casework.matters.service import register
from tests.demo.conftest import world

if TYPE_CHECKING:
    from casework.app import Casework
    from casework.demo.world import World

__all__ = ["world"]

LETTERS = st.text("abcdefghijklmnopqrstuvwxyzåäöéïñ", min_size=1, max_size=14)


def finds(question: str, text: str) -> bool:
    """The same question as the database is asked, of one text."""
    kept = search_text([text])
    return all(f" {w}" in kept or f" {stem(w)}" in kept for w in words(question))


NUMBERS = ("RUN/6/2025", "RUN 6/2025", "run 6 2025", "RUN-6-2025", "6/2025", "6-2025", "6", "run 6")
NUMBERS += ("dnr RUN 6/2025", "RUN6/2025", "RUN\N{NO-BREAK SPACE}6/2025", "RUN 6")


@given(LETTERS, st.integers(min_value=1, max_value=14))
def test_a_word_is_found_from_its_beginning(word: str, length: int) -> None:
    """Whole, and by any of its first letters, while somebody types it."""
    assert finds(word[:length], f"före {word} efter")


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("beslut", "besluten"),
        ("besluten", "beslutet"),
        ("kommunerna", "kommun"),
        ("kommunern", "kommunerna"),
        ("verksamheten", "verksamheten"),
        ("naïve", "en naïve plan"),
        ("RUN/78/2022", "dnr run/78/2022"),
        ("BESÖKSNÄRING", "besöksnäring"),
    ],
)
def test_forms_of_a_word_meet(asked: str, written: str) -> None:
    """Lightly stemmed, folded, with every letter kept."""
    assert finds(asked, written)


def test_the_database_answers_alike(world: tuple[Casework, World]) -> None:
    """SQLite and PostgreSQL find the same, and a sign of the pattern language is a letter."""
    casework, scene = world
    with casework.acting(scene.organisation_id) as context:
        for title in ("Översyn av färdtjänsten", "Åtgärder på 100% av vägarna", "Annat"):
            register(context, kind="decision", title=title, body=scene.committee)

        def found(question: str) -> list[str]:
            context.session.flush()
            rows = context.session.scalars(select(Matter).where(matches(question)))
            return sorted(row.title for row in rows)

        assert found("färdtjänst översyn") == ["Översyn av färdtjänsten"]
        assert found("åtgärd") == ["Åtgärder på 100% av vägarna"]
        assert found("fardtjanst") == []
        assert len(found("RUN/2/")) == 1
        assert len(found("%")) == 3


def test_a_matter_is_found_by_its_number(world: tuple[Casework, World]) -> None:
    """However somebody writes it, whole or in part; a figure in the text is a word as well."""
    casework, scene = world
    moment = datetime(2025, 3, 1, 9, tzinfo=UTC)
    with casework.acting(scene.organisation_id, moment=moment) as context:
        rows = [
            register(context, kind="decision", title=f"Ärende {place}", body=scene.committee)
            for place in "abcdefghijklmnopqrst"
        ]
        context.session.flush()
        wanted = next(each for each in rows if each.register_number == 6)
        for asked in NUMBERS:
            question = asked.replace("RUN", scene.committee.series_code)
            found = list(context.session.scalars(select(Matter).where(matches(question))))
            assert found == [wanted], asked
        elsewhere = select(Matter).where(matches("ABC/6/2025") | matches("6/2024"))
        assert not list(context.session.scalars(elsewhere))
