"""What may be somebody's is found however it is written, and a clean text is left alone."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.publishing.findings import PERSONAL_NUMBER, as_public, findings, runs

DASHES = ["", "-", "+", "–", "‑", "−", "\u00ad", " ", "\u00a0", " - ", " – ", "\u200b-", "\n", "  "]
WORDS = st.text(alphabet="abcåÖ .,:;()/§\n–-", max_size=30)
FIGURES = st.text(alphabet="0123456789 -–.:/", max_size=20)


@st.composite
def personal_numbers(draw: st.DrawFn) -> str:
    """A personal identity or coordination number with dashes and blanks in any of its joints."""
    month, day = draw(st.integers(1, 12)), draw(st.integers(1, 31))
    day += draw(st.sampled_from([0, 60]))
    joint = st.sampled_from(DASHES)
    century = draw(st.sampled_from(["", "19", "20"]))
    first = draw(joint) if century else ""
    parts = [f"{draw(st.integers(0, 99)):02}", f"{month:02}", f"{day:02}"]
    last = f"{draw(st.integers(0, 99)):02}{draw(joint)}{draw(st.integers(0, 99)):02}"
    return century + first + draw(joint).join(parts) + draw(joint) + last


@given(FIGURES, WORDS, personal_numbers(), WORDS, FIGURES)
def test_a_personal_number_is_always_found(
    figures: str, before: str, number: str, after: str, more: str
) -> None:
    """Folkbokföringslagen 18 and 18 a §§: with whatever around it, in whatever form, also with a
    wrong control digit; what looks more like a telephone number is found as that."""
    text = f"{figures}x{before}{number}{after}x{more}"
    assert findings(text), text


@given(st.text(max_size=60))
def test_the_runs_are_the_text(text: str) -> None:
    """Nothing is lost between the findings, and they come in order, none upon another."""
    found = findings(text)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert [run.what for run in runs(text) if run.what] == [each.what for each in found]
    if all(each.what != PERSONAL_NUMBER for each in found):
        assert as_public(text) == text


@pytest.mark.parametrize(
    ("text", "what", "words"),
    [
        ("Ansökan från 850709-9805 i Ås", "personal_number", "850709-9805"),
        ("85 07 09 98 05", "personal_number", "85 07 09 98 05"),
        ("850769–9801", "personal_number", "850769–9801"),
        ("19850709/9805", "personal_number", "19850709/9805"),
        ("född 850769.9801.", "personal_number", "850769.9801"),
        ("20030415-T142", "personal_number", "20030415-T142"),
        ("ring 070-123 45 67 i dag", "telephone", "070-123 45 67"),
        ("0701234567", "telephone", "0701234567"),
        ("+46 (0)63-14 75 00", "telephone", "+46 (0)63-14 75 00"),
        ("0046 63 147500", "telephone", "0046 63 147500"),
        ("bor på Storgatan 12 B", "address", "Storgatan 12 B"),
        ("Olof Palmes väg 5", "address", "Palmes väg 5"),
        ("Norra vägen 7", "address", "Norra vägen 7"),
        ("Box 654", "address", "Box 654"),
        ("c/o Andersson", "address", "c/o Andersson"),
        ("Trusta 110, 834 98 Brunflo", "address", "834 98 Brunflo"),
        ("skriv till a.b@exempel.se.", "email", "a.b@exempel.se"),
    ],
)
def test_what_is_found_and_where(text: str, what: str, words: str) -> None:
    """Each kind by itself, with its place."""
    assert [(each.what, text[each.start : each.end]) for each in findings(text)] == [(what, words)]


@pytest.mark.parametrize(
    "text",
    [
        "Den 2025-06-10 – 2026-01-12, kl. 09.00–11.45",
        "Bevilja 12 400 000 kronor för 2026 och 1 050 000 000 kronor totalt",
        "850 000 2026",
        "Åren 2025-06-10/2026-01-12, 2025-06-10: 1450, RUN 850709/985 och 4507099/2025",
        "Väg 84, Riksväg 45, länsväg 321 och E14",
        "Verksamhetsplan 2026, Regional plan 2025–2028, kulturplan 2",
        "RUN/78/2022-3, KL 6:34, 13 kap. 5 §, SFS 2017:725",
        "Organisationsnummer 212000-2528",
        "Åren 2019, 2020 och 2021; 25 procent",
        "Handlingsplan för rumsligt perspektiv",
    ],
)
def test_other_figures_and_words_are_left_alone(text: str) -> None:
    """Days, amounts, roads, plans, statutes and organisations."""
    assert findings(text) == []


def test_what_is_certain_is_masked() -> None:
    """By its form, or by its control digit; what only may be a number is shown to who decides."""
    assert as_public("Till 850709-9805 och 85 07 09 98 05") == (
        "Till [personnummer] och [personnummer]"
    )
    assert as_public("Till 850709/9805, inte 850709/9806") == (
        "Till [personnummer], inte 850709/9806"
    )
    assert as_public("Fakturan 8507099806") == "Fakturan 8507099806"
    assert findings("Fakturan 8507099806")


@pytest.mark.parametrize("part", ["2025-06-03 ", "0 ", "a@", "5-", "c/o ", "1 000 "])
def test_a_long_text_is_read_in_one_go(part: str) -> None:
    """A hostile text of fifty thousand characters ends at all (some would take minutes)."""
    findings((part * 50_000)[:50_000])
