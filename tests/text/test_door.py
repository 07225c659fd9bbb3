"""What passes the door is what a reader sees, and passes it again unchanged."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.text.door import cleaned, cleaned_data, cleaned_line

ODD = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "aåö9 \n\t\r\0\u00ad\u200b\u200c\u200d\u202e\u2028\u202f\u3164\ud800ب क्👩⚕"
        ),
    )
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Till\N{SOFT HYPHEN}byggnad", "Tillbyggnad"),
        ("ordet\N{ZERO WIDTH SPACE}", "ordet"),
        ("\N{ZERO WIDTH NO-BREAK SPACE}Rubrik", "Rubrik"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}fdp.exe", "fdp.exe"),
        ("A\N{COMBINING RING ABOVE}re", "Åre"),
        ("nul\0\x07", "nul"),
        ("en\r\nannan\rrad\x0boch\N{LINE SEPARATOR}en", "en\nannan\nrad\noch\nen"),
        ("6\N{THIN SPACE}300\N{NARROW NO-BREAK SPACE}kronor", "6\xa0300\xa0kronor"),
        ("§\N{NO-BREAK SPACE}45", "§\xa045"),
        ("ett\N{EM SPACE}mellanslag\N{IDEOGRAPHIC SPACE}", "ett mellanslag "),
        ("\ud83dhalv", "halv"),
        ("a\N{ZERO WIDTH JOINER}b", "ab"),
        ("می\N{ZERO WIDTH NON-JOINER}خواهم", "می\N{ZERO WIDTH NON-JOINER}خواهم"),
        ("क्\N{ZERO WIDTH JOINER}ष", "क्\N{ZERO WIDTH JOINER}ष"),
        ("👩\N{ZERO WIDTH JOINER}👩", "👩\N{ZERO WIDTH JOINER}👩"),
        ("+ 3 procent, 2*3*4\t#1", "+ 3 procent, 2*3*4\t#1"),
    ],
)
def test_what_is_kept(typed: str, kept: str) -> None:
    """Unseen characters go, spaces keep their meaning, joiners stay where a script needs them."""
    assert cleaned(typed) == kept


@given(ODD)
def test_clean_text_stays_as_it_is(text: str) -> None:
    """NFC, without control characters; twice is once."""
    once = cleaned(text)
    assert cleaned(once) == once == unicodedata.normalize("NFC", once)
    assert not [one for one in once if unicodedata.category(one) == "Cc" and one not in "\n\t"]
    once.encode()
    line = cleaned_line(text)
    assert cleaned_line(line) == line
    assert not set(line) & set("\n\t\r")


def test_data_is_cleaned_to_its_depth_but_not_what_is_secret() -> None:
    """As JSON gives it, and a password stays to the letter."""
    typed = {"titel\0": ["a\0", {"password": "hemligt\u00ad"}], "n": 1, "x": None}
    assert cleaned_data(typed) == {"titel": ["a", {"password": "hemligt\u00ad"}], "n": 1, "x": None}


def test_a_heap_of_marks_is_cut_off() -> None:
    """A letter bears thirty marks and no more (UAX 15, 13); what languages need is far fewer."""
    assert cleaned("Å" + "\u0338" * 3000 + "r") == "Å" + "\u0338" * 30 + "r"
    for text in ("Ẹ̀", "a\u0338\u030a", "क्षि", "\u0344" * 40):
        assert cleaned(cleaned(text)) == cleaned(text)
