"""What a change of a decision's words touches: asked twice, or another decision (FL 36)."""

from __future__ import annotations

import pytest

from casework.meetings.minutes.changes import another_outcome, says_why, touched


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("beviljar 40 000 kronor", "beviljar 4 000 000 kronor", "amount"),
        ("beviljar 40 000 kronor", "beviljar 40 000 euro", "amount"),
        ("beviljar 40 000 kr", "beviljar 40 tkr", "amount"),
        ("beviljar fyrtio tusen kronor", "beviljar fyrtio miljoner kronor", "amount"),
        ("betalas senast 2026-03-01", "betalas senast 2026-08-01", "amount"),
        ("betalas senast den 1 mars", "betalas senast den 1 maj", "amount"),
        ("höjs med 2,5 %", "höjs med 25 %", "amount"),
        ("höjs med 5 procent", "höjs med 5 promille", "amount"),
        ("ger regiondirektören i uppdrag att utreda", "ger områdeschefen i uppdrag att utreda",
         "name"),
        ("stöd till Hyttans bryggeri AB", "stöd till Gruvans bryggeri AB", "name"),
        ("Hyttan beviljas stöd för år ett", "Gruvan beviljas stöd för år ett", "name"),
        ("nämnden godkänner planen", "nämnden antar planen", "outcome"),
        ("nämnden avlsår förslaget", "nämnden avslår förslaget", "outcome"),
    ],
)  # fmt: skip
def test_what_matters_is_asked_twice(before: str, after: str, kind: str) -> None:
    """Amounts and days, names of parties and posts, and words of outcome."""
    assert kind in {each.kind for each in touched([before], [after])}
    assert another_outcome([before], [after]) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Nämnden godkänner rapporten om bredbannd", "Nämnden godkänner rapporten om bredband"),
        ("betalar 40 000 kronor till lägret", "betalar 40000 kronor till lägret"),
        ("Chefen får i uppdrag att utreda  frågan", "Chefen får i uppdrag att utreda frågan"),
        ("Nämnden ställer sig bakom att", "Nämnden ställer sig bakom at"),
    ],
)  # fmt: skip
def test_a_slip_is_only_mended(before: str, after: str) -> None:
    """A misspelt word asks nothing twice, and is no other decision."""
    assert touched([before], [after]) == []
    assert another_outcome([before], [after]) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("RUN ger regiondirektören i uppdrag att se över stödet",
         "RUN avslår förslaget att se över stödet"),
        ("Nämnden bifaller ansökan", "Nämnden avslår ansökan"),
        ("Nämnden bifaller ansökan", "Nämnden bifaller inte ansökan"),
        ("Nämnden godkänner ej avtalet", "Nämnden godkänner avtalet"),
        ("att godkänna planen", "att återremittera planen"),
        ("att bordlägga ärendet", "att bifalla ärendet"),
        ("Ansökan beviljas", "Ansökan lämnas utan åtgärd"),
        ("Föreningen får 40 000 kronor", "Föreningen får inga pengar alls"),
        ("Nämnden ger direktören i uppdrag att utreda frågan", "Nämnden utreder frågan"),
        ("Nämnden godkänner planen",
         "Nämnden godkänner planen och ger chefen i uppdrag att utreda"),
        ("Nämnden föreslår fullmäktige att anta planen", "Nämnden antar planen"),
        ("Stöd lämnas till bygdens samlingslokaler", "Alla vägar i länet asfalteras i vår"),
    ],
)  # fmt: skip
def test_another_outcome_is_no_slip(before: str, after: str) -> None:
    """JO 3339-2013: what decides something else is a new decision."""
    assert another_outcome([before], [after]) is not None


def test_a_point_more_or_less_is_another_outcome() -> None:
    assert another_outcome(["ett", "två"], ["ett"]) is not None
    assert another_outcome(["ett"], ["ett", "två"]) is not None


def test_a_heading_that_is_written_anew_names_nobody() -> None:
    """The first word of a sentence has its capital from the sentence."""
    assert touched(["Handlingsplan för regional utveckling"], ["Rätt rubrik"]) == []


def test_two_amounts_that_change_places_are_found() -> None:
    """Hyttan 40 and Gruvan 50 is not Hyttan 50 and Gruvan 40."""
    before, after = (
        ["Hyttan får 40 kr", "Gruvan får 50 kr"],
        ["Hyttan får 50 kr", "Gruvan får 40 kr"],
    )
    assert [(each.kind, each.before, each.after) for each in touched(before, after)] == [
        ("amount", "40", "50"),
        ("amount", "50", "40"),
    ]


def test_known_names_are_found_in_lower_case_too() -> None:
    found = touched(["stöd till bygdegården"], ["stöd till kvarnen"], ["Bygdegården"])
    assert [each.kind for each in found] == ["name"]


@pytest.mark.parametrize(
    "reason", ["Rättelse.", "Skrivfel", " ", "Rättelse rättelse", "a b c d e f"]
)
def test_one_word_says_not_why(reason: str) -> None:
    assert not says_why(reason)


def test_a_reason_says_why() -> None:
    assert says_why("Fel belopp i punkt 2.")
