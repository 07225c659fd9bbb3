"""A personal identity number is found however it is written, and nothing else is taken for one."""

from __future__ import annotations

import pytest

from casework.board.screening import has_personal_number, masked


@pytest.mark.parametrize(
    "number",
    [
        "811228-9874",
        "19811228-9874",
        "8112289874",
        "198112289874",
        "811228 9874",
        "811228+9874",
        "811228–9874",
        "811288-9871",  # a coordination number
        "811228-0000",  # miswritten, and somebody's all the same
        "198112280000",
        "620083-4171",  # coordination numbers of births that are not known to the day
        "710560-2283",
        "19710060-3310",
        "000101-R220",  # reserve numbers of health care
        "20030415-T142",
        "19850312-TF12",
        "19850312TF12",
        "19850312 TF12",
        "81 12 28-9874",
        "1981-12-28 9874",
        "1981-12-28-9874",
        "1981 12 28 9874",
        "811228 - 9873",
        "19811228 9873",
        *(f"811228{dash}9874" for dash in ["−", "‐", "‑", "—", "\xad", "\xad-", "－", "﹣", "‒"]),
        "811228\N{NO-BREAK SPACE}9874",
        "811228\N{NARROW NO-BREAK SPACE}-\N{ZERO WIDTH SPACE}9874",
    ],
)
def test_a_number_is_found_and_masked(number: str) -> None:
    """Folkbokföringslagen 18 and 18 a §§."""
    assert has_personal_number(f"Bidrag till {number}, yttrande")
    assert masked(f"Bidrag till {number}, yttrande") == "Bidrag till [personnummer], yttrande"


@pytest.mark.parametrize(
    "text",
    [
        "Upphandling 2025-06-10",
        "Den 2025-06-10–2025-06-12",
        "Den 2025-06-10 – 2026-01-12",
        "Den 2025-06-10 1300",
        "Den 2025-06-10 B123",
        "Telefon 070-123 45 67, 0701234560, 08-12 12 12 34",
        "Klockan 20250610T0900",
        "RUN/78/2022-3",
        "Organisationsnummer 556036-0793",
        "Plan 20250610 0900",
        "Fakturan 8112289875",
        "Fastigheten 811328-9874",
    ],
)
def test_other_figures_are_left_alone(text: str) -> None:
    """Days, register numbers, organisations, and digits that do not check."""
    assert masked(text) == text
