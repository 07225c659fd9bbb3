"""Contexts survive their journey as JSON, and a § has one canonical text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from casework.config import shipped
from casework.documents.contexts import (
    KINDS,
    MinutesItem,
    Point,
    bullets,
    from_json,
    kind_of,
    paragraphs,
    to_json,
)
from casework.documents.minutes_item import item_checksum, item_text, proceedings
from casework.errors import Invalid


def samples(kind: str) -> list[dict[str, Any]]:
    text = (shipped("templates") / "documents" / kind / "sample.json").read_text(encoding="utf-8")
    kept: dict[str, list[dict[str, Any]]] = json.loads(text)
    return [sample["data"] for sample in kept["samples"]]


@pytest.mark.parametrize("kind", KINDS)
def test_a_context_is_the_same_after_json(kind: str) -> None:
    """A snapshot kept in the database gives back the very context that it was made from."""
    for data in samples(kind):
        context = from_json(kind, data)
        again = from_json(kind, json.loads(json.dumps(to_json(context))))
        assert again == context
        assert kind_of(again) == kind


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": None}, "title"),
        ({"title": 7}, "title"),
        ({"points": [{"number": "1", "text": "x"}]}, "points[0].number"),
        ({"points": [{"number": True, "text": "x"}]}, "points[0].number"),
        ({"points": "x"}, "points"),
        ({"officer": []}, "officer"),
        ({"surprise": "x"}, "surprise"),
        ({"sections": [{"heading": "x", "level": 2, "blocks": [{"kind": "film"}]}]}, "kind"),
    ],
)
def test_data_of_the_wrong_form_is_refused_by_name(change: dict[str, Any], field: str) -> None:
    """Whoever reads the refusal knows which field to mend."""
    with pytest.raises(Invalid) as refused:
        from_json("proposal", samples("proposal")[0] | change)
    assert refused.value.code == "context_wrong"
    assert refused.value.params["field"].endswith(field)


def test_a_missing_field_is_named() -> None:
    """Only a field without a default has to be there."""
    data = samples("proposal")[0]
    del data["recipients"]
    from_json("proposal", data)
    del data["body"]
    with pytest.raises(Invalid) as refused:
        from_json("proposal", data)
    assert refused.value.params["field"] == "body"


def test_an_unknown_kind_is_refused() -> None:
    """A kind that nobody knows is a refusal, not a KeyError."""
    with pytest.raises(Invalid):
        from_json("poster", {})


def test_the_text_of_a_section_is_all_that_is_printed_in_it() -> None:
    """The checksum of an excerpt covers every word of the §, in the order of the minutes."""
    item = MinutesItem(
        45,
        "Viljeriktning",
        "RUN/78/2022",
        points=(Point(1, "Nämnden antar."), Point(2, "Nämnden ger i uppdrag.")),
        attested_immediately=True,
        sections=proceedings(
            {"recusal": paragraphs("Ingen."), "decision_basis": bullets("Rapport")}
        ),
        recipients=("Länsstyrelsen",),
    )
    assert item_text(item) == (
        "§ 45 Viljeriktning\nDnr RUN/78/2022\nBeslut\n1. Nämnden antar.\n"
        "2. Nämnden ger i uppdrag.\nParagrafen justeras omedelbart.\nBeslutsunderlag\n"
        "– Rapport\nJäv\nIngen.\n"
        "Utdrag till\nLänsstyrelsen\n"
    )


def test_another_word_is_another_checksum() -> None:
    """A § that was changed after the excerpt was made is found out."""
    item = MinutesItem(45, "Viljeriktning", points=(Point(0, "Nämnden antar."),))
    changed = MinutesItem(45, "Viljeriktning", points=(Point(0, "Nämnden avslår."),))
    assert item_checksum(item) != item_checksum(changed)
    assert len(item_checksum(item)) == 64


def test_proceedings_leave_out_what_is_empty_and_refuse_what_is_unknown() -> None:
    """An empty block is not printed, and a misspelt one is not lost in silence."""
    assert proceedings({"recusal": ()}) == ()
    with pytest.raises(KeyError, match="recusall"):
        proceedings({"recusall": paragraphs("x")})
