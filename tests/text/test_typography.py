"""Swedish typography mends what a keyboard lacks, and never a number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.text.typography import swedish


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("enligt § 45 och kl. 9.00-11.45", "enligt §\u00a045 och kl.\u00a09.00–11.45"),
        ("§§ 4-9, 28-30 §§", "§§\u00a04–9, 28-30\u00a0§§"),
        ("åren 2026-2028", "åren 2026–2028"),
        ('"citat"', "”citat”"),
        ("10 000 kronor, 12 %", "10\u00a0000\u00a0kronor, 12\u00a0%"),
        ("1,2 miljoner kronor till 3 kranar", "1,2\u00a0miljoner kronor till 3 kranar"),
        ("ett - två", "ett – två"),
        ("2025-06-10", "2025-06-10"),
        ("RUN/78/2022-14", "RUN/78/2022-14"),
        ("063-14 75 00", "063-14 75 00"),
        ("den 30 november 2026", "den 30\u00a0november\u00a02026"),
        ("400 000 kronor", "400\u00a0000\u00a0kronor"),
        ("a - - b", "a – – b"),
    ],
)
def test_swedish_typography(typed: str, printed: str) -> None:
    """Signs stay with their numbers, ranges get a dash; dates and numbers keep their hyphens."""
    assert swedish(typed) == printed


@pytest.mark.parametrize(
    "kept",
    [
        *("https://exempel.se/a?ar=2024-2025", "www.exempel.se/9.00-10.00", "a-2024-2025@b.se"),
        *("KS-2014/742.912", "2024-KS-0123", "BUN 2026-0012.3", "RS130245", "KS 2024-2025"),
        *("dnr\u00a02024-2031", "SFS 2017:725", "10.50-12.50 kr", "100 - 50", "resultat - 500"),
        *("9.75-8.25", "2026-11-30", "-12,5", "1.234-5.678", "556677-8899"),
    ],
)
def test_typography_leaves_numbers_and_addresses_alone(kept: str) -> None:
    """What a thing is found by, or what it costs, reads letter by letter as it was written."""
    assert swedish(kept).replace("\u00a0", " ") == kept.replace("\u00a0", " ")


@given(st.text(alphabet="12 -–.:\"'aKS/§%kr\u00a0", max_size=30))
def test_typography_done_twice_is_done_once(text: str) -> None:
    """A text that is edited is set again, and must not change by that."""
    assert swedish(swedish(text)) == swedish(text)


def test_an_endless_word_is_no_address() -> None:
    """So long a word is not searched for an address again from each of its letters."""
    assert swedish('"' + "a" * 300 + "@exempel.se") == '"' + "a" * 300 + "@exempel.se"
    assert swedish('"' + "a" * 400 + "@exempel.se").startswith("”")
    assert "1–1" in swedish("§§ " + "1-" * 200 + "A")
