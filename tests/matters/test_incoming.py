"""The words of an incoming document pass the door on their way into the matter."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from sqlalchemy import select

from casework.documents.incoming import read_document
from casework.documents.models import Document
from casework.matters.incoming import matter_from
from tests.demo.conftest import BEGINNING, world

if TYPE_CHECKING:
    from casework.app import Casework
    from casework.demo.world import World

__all__ = ["world"]

LETTER = """Tillfälligt stöd till kultur\xadlivet

Sammanfattning
Kultur\u200blivet behöver stöd i Östersund\u202e.

Förslag till beslut
Nämnden beslutar att lämna stöd till kultur\xadlivet.

Beslutet skickas till
Länsstyrelsen\u200b Jämtlands län
"""


def test_nothing_unseen_comes_in_with_a_document(world: tuple[Casework, World]) -> None:
    """Text without soft hyphens and marks, in NFC; the file itself is kept byte for byte, under a
    name that is whole."""
    casework, made = world
    content = unicodedata.normalize("NFD", LETTER).encode()
    with casework.acting(made.organisation_id, moment=BEGINNING) as context:
        body = context.session.merge(made.committee)
        read = read_document(content, "Fo\u0308rsla\u200bg.txt")
        matter = matter_from(context, read, content, body)
        context.session.flush()
        texts = [matter.title, *(each.body for each in matter.sections)]
        texts += [each.text for each in matter.decision_points]
        texts += [each.name for each in matter.recipients]
        assert matter.title == "Tillfälligt stöd till kulturlivet"
        assert "Länsstyrelsen Jämtlands län" in texts
        for text in texts:
            assert text == unicodedata.normalize("NFC", text)
            assert not set(text) & {"\xad", "\u200b", "\u202e"}
        kept = context.session.scalars(select(Document).filter_by(kind="received")).one()
        assert kept.filename == "Förslag.txt"
        assert context.services.press.read(kept) == content
