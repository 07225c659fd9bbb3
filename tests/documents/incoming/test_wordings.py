"""What documents say, in the words they really use: one small text for each kind of wording."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.reading import scores
from casework.documents.incoming import read_document, to_json

GOAL = 0.95
HEAD = "Ny lekpark vid Kvarngatan\n\n"
POINTS = "Förslag till beslut\n\n1. Parken anläggs.\n\n"
SENT = "Beslutet skickas till\n\nHammarö kommun\n\nPolismyndigheten\n\n"


def read(text: str) -> dict[str, Any]:
    return to_json(read_document(text.encode(), "a.txt"))


def points(answer: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(point["text"], point["proposed_to"]) for point in answer["decision_points"]]


def recipients(answer: dict[str, Any]) -> list[str]:
    return [each["name"] for each in answer["recipients"]]


def signatories(answer: dict[str, Any]) -> list[tuple[str, str | None, bool]]:
    return [(who["name"], who["title"], who["acting"]) for who in answer["signatories"]]


@pytest.mark.parametrize(
    ("heading", "body", "to"),
    [
        ("Miljönämndens beslut", "Miljönämnden", None),
        ("Kultur- och fritidsnämndens förslag till beslut", "Kultur- och fritidsnämnden", None),
        ("Kommunstyrelsens arbetsutskotts beslut", "Kommunstyrelsens arbetsutskott", None),
        ("Beslut i regionstyrelsen", "regionstyrelsen", None),
        ("Förslag till servicenämndens beslut", "servicenämnden", None),
        ("Förslag till beslut i kommunstyrelsen", "kommunstyrelsen", None),
        ("Vårdnämndens förslag till regionfullmäktige", "Vårdnämnden", "regionfullmäktige"),
        ("Förslag till kommunfullmäktige", "kommunfullmäktige", "kommunfullmäktige"),
        ("Rekommendation", None, None),
        ("Hemställan", None, None),
    ],
)
def test_the_heading_says_who_decides(heading: str, body: str | None, to: str | None) -> None:
    """The points are those under it; the genitive names the body, "till" another one."""
    answer = read(f"{HEAD}{heading}\n\n1. Parken anläggs.\n2. Kostnaden är 3 mnkr.\n")
    assert points(answer) == [("Parken anläggs.", to), ("Kostnaden är 3 mnkr.", to)]
    assert answer["body"] == body


@pytest.mark.parametrize(
    "heading",
    [
        *("Paragrafen skickas till", "Utdraget expedieras till", "Protokollet skickas till"),
        *("Mottagare", "Meddelas", "Delgivning", "Expedieringslista", "Beslut expedierat till"),
        *("För verkställighet", "Kopia på beslutet till", "Beslutet ska skickas till", "Delges"),
        *("Underrättelse skickas till", "Beslutsexpediering", "För kännedom till"),
    ],
)
def test_recipients_stand_under_many_headings(heading: str) -> None:
    """One for each line."""
    answer = read(f"{HEAD}{POINTS}{heading}\n\nHammarö kommun\nPolismyndigheten\n")
    assert recipients(answer) == ["Hammarö kommun", "Polismyndigheten"]


@pytest.mark.parametrize(
    ("after", "who"),
    [
        ("Eva Tun\nKultursekreterare", [("Eva Tun", "Kultursekreterare", False)]),
        ("Rektor Łucja Nowak", [("Łucja Nowak", "Rektor", False)]),
        ("Jan van der Meer, tf. teknisk chef", [("Jan van der Meer", "teknisk chef", True)]),
        ("Bilaga 2 – Ritning", []),
        ("Sida 4 (4)", []),
        ("Besöksadress: Torget 2", []),
        ("Hur man överklagar\n\nBeslutet kan överklagas inom tre veckor till domstolen.", []),
    ],
)
def test_what_follows_the_recipients_is_none(after: str, who: list[Any]) -> None:
    """A name with a title signs, an attachment is one, and the page's foot is neither."""
    answer = read(f"{HEAD}{POINTS}{SENT}{after}\n")
    assert recipients(answer) == ["Hammarö kommun", "Polismyndigheten"]
    assert signatories(answer) == who
    assert [each["title"] for each in answer["attachments"]] == ["Ritning"] * ("Bilaga" in after)


@pytest.mark.parametrize("heading", ["", "Beslut\n\n"])
def test_what_is_proposed_to_another_body_is_told_apart(heading: str) -> None:
    """One's own decision beside a proposal onward, under a heading or under none."""
    answer = read(
        f"{HEAD}{heading}Vattennämnden beslutar\n\natt godkänna planen.\n\n"
        "Vattennämnden föreslår kommunfullmäktige besluta\n\n"
        "att anvisa 4 miljoner kronor, och\natt lånet löper på tio år.\n"
    )
    assert answer["body"] == "Vattennämnden"
    assert points(answer) == [
        ("att godkänna planen.", None),
        ("att anvisa 4 miljoner kronor, och", "kommunfullmäktige"),
        ("att lånet löper på tio år.", "kommunfullmäktige"),
    ]
    assert not any(point["uncertain"] for point in answer["decision_points"])


def test_what_an_administration_proposes_is_the_bodys_own() -> None:
    """No other body decides than the one that the administration writes to."""
    answer = read(
        f"{HEAD}Förslag till beslut\n\nParkförvaltningen föreslår att parknämnden beslutar\n\n"
        "att anlägga parken.\n"
    )
    assert (answer["body"], points(answer)) == ("parknämnden", [("att anlägga parken.", None)])


@pytest.mark.parametrize(
    "line",
    [
        *("Till byggnadsnämnden", "Stabschef Ylva Orre", "BN § 31", "0552-550 00", "Bilaga 3"),
        *("Version 3.1", "Utskriftsdatum 2026-02-02", "kl. 9.00–11.30", "Munkfors kommun"),
        *("Plan- och bygglovsenheten", "Handläggare: Ylva Orre", "2 (5)", "Ylva Orre 0552-550 00"),
    ],
)
def test_the_title_is_never_a_line_of_the_letterhead(line: str) -> None:
    """Whatever stands above it."""
    answer = read(f"{line}\n\n{HEAD}{POINTS}")
    assert answer["title"] == HEAD.strip()
    assert points(answer) == [("Parken anläggs.", None)]


@pytest.mark.parametrize(
    "number",
    [
        *("KS-2019/551.118", "BN2023:7.214", "2022-VN-0071", "2017/SN 0312 44", "RS180077"),
        *("21RS0456", "TN.2024.77", "25/00456", "Ks 2025/44", "UN 2025-0031.2", "MBN 2025-7-3"),
    ],
)
def test_a_registration_number_is_whole_as_written(number: str) -> None:
    """Beside its label or under it, before a date; never a part of it, never the date."""
    for label in (f"Dnr: {number}", f"Diarienummer {number} 2025-06-07", f"Diarienr\n{number}"):
        answer = read(f"{label}\n2025-06-07\n\n{HEAD}{POINTS}")
        assert (answer["registration_number"], answer["date"]) == (number, "2025-06-07"), label
    assert read(f"Diarienummer\n2025-06-07\n\n{HEAD}{POINTS}")["registration_number"] is None


def test_a_head_of_one_line_gives_its_facts() -> None:
    """A unit, a day and a number with single spaces between them."""
    answer = read(f"Parkkontoret 2025-09-12 PN/31/2025\n\n{HEAD}{POINTS}")
    assert [answer[name] for name in ("title", "date", "registration_number")] == [
        *("Ny lekpark vid Kvarngatan", "2025-09-12", "PN/31/2025"),
    ]
    assert answer["uncertain"] == []


def test_sub_points_stay_inside_their_point() -> None:
    """Letters under a number, and numbers whose line before ends in "och"."""
    answer = read(
        f"{HEAD}Förslag till beslut\n\n1. Parkchefen ges i uppdrag att\n   a) rita parken,\n"
        "   b) visa ritningen senast 2026-04-01, och\n2. Parken anläggs.\n"
    )
    assert [text for text, _ in points(answer)] == [
        "Parkchefen ges i uppdrag att\na) rita parken,\nb) visa ritningen senast 2026-04-01, och",
        "Parken anläggs.",
    ]
    [given] = answer["assignments"]
    assert (given["assignee"], given["due"]) == ("Parkchefen", "2026-04-01")


@pytest.mark.parametrize(
    ("sentence", "given"),
    [
        ("Gatukontoret och parkkontoret får i uppdrag att mäta upp platsen.",
         [("Gatukontoret", None), ("parkkontoret", None)]),
        ("Parkchefen uppdras att återkomma i mars.", [("Parkchefen", "mars")]),
        ("Parkchefen ska återkomma senast 2026-03-01.", [("Parkchefen", "2026-03-01")]),
        ("Planen antas, och Mark- och parkenheten får i uppdrag att följa den.",
         [("Mark- och parkenheten", None)]),
        ("Parken anläggs.", []),
    ],
)  # fmt: skip
def test_assignments_name_everybody_who_gets_one(sentence: str, given: list[Any]) -> None:
    """Two get one each; what was given years ago in the story of the matter is none."""
    answer = read(
        f"{HEAD}Förslag till beslut\n\n1. {sentence}\n\nBakgrund\n\n"
        "Nämnden beslutade 2018 att ge kansliet i uppdrag att utreda lekparker.\n"
    )
    assert [(each["assignee"], each["due"]) for each in answer["assignments"]] == given
    assert not any(each["uncertain"] for each in answer["assignments"])


def test_a_mandate_is_no_assignment() -> None:
    """Who may do what stands by itself."""
    answer = read(f"{HEAD}Beslut\n\n1. Parkchefen bemyndigas att teckna avtalet.\n")
    assert answer["mandates"] == [
        {"holder": "Parkchefen", "text": "teckna avtalet", "uncertain": False}
    ]
    assert answer["assignments"] == []


@pytest.mark.parametrize(
    "name",
    [
        *("Šárka Dvořáková", "Björn Järnsida af Wetterstedt", "Aziz al-Rashid", "Bo Ek"),
        *("Ylva Chef", "Juan de la Cruz", "Máire Ní Bhriain", "Trần Văn An"),
        "Per Erik Olof Sven Lund",
    ],
)
def test_names_of_every_kind_sign(name: str) -> None:
    """Letters beyond å, ä and ö, particles, short names, and names that are also words."""
    answer = read(f"{HEAD}{POINTS}I tjänsten\n\n{name}\nEnhetschef\n")
    assert signatories(answer) == [(name, "Enhetschef", False)]
    assert not answer["signatories"][0]["uncertain"]


def test_rows_in_columns_are_a_table() -> None:
    """Amounts after tabs stay in their cells."""
    answer = read(f"{HEAD}{POINTS}Kostnad\n\nPost\tKronor\nGungor\t41 000\nStaket\t7 500\n")
    assert answer["tables"] == [
        {"rows": [["Post", "Kronor"], ["Gungor", "41 000"], ["Staket", "7 500"]]}
    ]
    assert "| Gungor | 41 000 |" in answer["sections"][0]["text"]


def test_the_unicode_form_makes_no_difference() -> None:
    """A text from a Mac, with no-break spaces in its headings, is the same text."""
    text = f"{HEAD}{POINTS}{SENT}I tjänsten\n\nÅsa Öst\nEnhetschef\n"
    other = text.replace("å", "a\u030a").replace("ö", "o\u0308").replace("till ", "till\u00a0")
    assert read(other.replace("Förslag till", "Förslag\u00a0till")) == read(text)


def test_every_value_says_where_it_stands() -> None:
    """A place for each single value and for each entry of a list."""
    answer = read(f"{HEAD}{POINTS}{SENT}")
    assert answer["places"]["title"] == {"unit": "line", "number": 1, "page": None}
    assert answer["places"]["recipients.1"]["number"] == 11
    assert "decision_points.0" in answer["places"]


def test_our_own_thirty_documents_are_read_right() -> None:
    """Precision and recall of every field, and nothing wrong told as certain."""
    for name, score in scores(("txt",)).items():
        assert score.precision >= GOAL, (name, score.precision)
        assert score.recall >= GOAL, (name, score.missed)
        assert score.wrong_and_certain == []


@pytest.mark.parametrize("word", ["Alternativ", "Förslag", "Variant"])
def test_of_several_alternatives_none_is_certain(word: str) -> None:
    """Which one the body is to take is not said, and so no point is told as certain."""
    two = f"Förslag till beslut\n\n{word} A\n\n1. Parken anläggs.\n\n{word} B\n\n1. Parken utgår.\n"
    read_points = read(HEAD + two)["decision_points"]
    assert read_points
    assert all(point["uncertain"] for point in read_points)
    one = read(f"{HEAD}Förslag till beslut\n\n{word} A\n\n1. Parken anläggs.\n")
    assert [point["uncertain"] for point in one["decision_points"]] == [False]
