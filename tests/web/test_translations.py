"""English whole: every page string is translated, and what is shipped is what was written."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING

from babel.messages.mofile import read_mo

from .catalogue import MO, gathered, kept

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

MEND = "run `python tests/web/catalogue.py`, translate, run it again"


def _list(text: str | list[str] | tuple[str, ...]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def test_catalogue_holds_what_the_pages_say() -> None:
    """No string of a page is missing from the catalogue, and none in it is obsolete."""
    assert {message.id for message in kept()} == {message.id for message in gathered()}, MEND


def test_no_string_is_untranslated() -> None:
    """An English reader never meets Swedish because somebody forgot."""
    lacking = [message.id for message in kept() if message.id and not all(_list(message.string))]
    assert lacking == [], MEND
    assert not [message.id for message in kept() if message.fuzzy]


def test_placeholders_survive_translation() -> None:
    """A translation names the same parameters as its original."""
    for message in filter(lambda message: message.id, kept()):
        for original, text in zip(_list(message.id), _list(message.string), strict=True):
            assert _placeholders(text) == _placeholders(original)


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)s", text))


def test_compiled_catalogue_matches_its_source() -> None:
    """The .mo in the wheel says what the .po says."""
    shipped = read_mo(BytesIO(MO.read_bytes()))
    assert _said(shipped) == _said(kept()), MEND


def _said(catalog: Catalog) -> list[tuple[list[str], list[str]]]:
    """Original and translation, singular and plural; which container holds them is no matter."""
    return sorted((_list(message.id), _list(message.string)) for message in catalog if message.id)
