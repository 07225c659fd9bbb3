"""The English page strings: gathers them from templates and code, keeps and compiles the catalogue.

Page strings are written in Swedish, so only English has a catalogue. After a change:
`python tests/web/catalogue.py`, translate what is empty in messages.po, and run it once more.
"""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "casework" / "web" / "translations" / "en" / "LC_MESSAGES"
PO, MO = FOLDER / "messages.po", FOLDER / "messages.mo"
SOURCES = [
    (ROOT / "casework" / "web", [("**.py", "python")]),
    (ROOT / "templates" / "web", [("**.html", "jinja2.ext:babel_extract")]),
]
SAME_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # the same strings give the same bytes
KEYWORDS = {"_": None, "_l": None, "gettext": None, "ngettext": (1, 2)}


def gathered() -> Catalog:
    """Every page string that templates and code hold, untranslated."""
    found = Catalog(
        locale="en",
        project="Casework",
        header_comment="# The English page strings; the Swedish stand in templates and code.",
        creation_date=SAME_DAY,
        revision_date=SAME_DAY,
        fuzzy=False,
    )
    for folder, methods in SOURCES:
        walked = extract_from_dir(
            folder, methods, keywords=KEYWORDS, directory_filter=lambda _: True
        )
        for _, _, message, _, _ in walked:
            found.add(message, flags=_flags(message))
    return found


def _flags(message: str | tuple[str, ...]) -> list[str]:
    text = message if isinstance(message, str) else message[0]
    return ["python-format"] if "%(" in text else []


def kept() -> Catalog:
    """The catalogue as it is kept, with its translations."""
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def compiled(catalog: Catalog) -> bytes:
    """The bytes of the .mo for `catalog`."""
    buffer = BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def refresh() -> None:
    """Bring messages.po in step with the sources, keep its translations, and compile it."""
    fresh = gathered()
    if PO.exists():
        for message in kept():
            if message.id and message.id in fresh:
                fresh[message.id].string = message.string
    with PO.open("wb") as file:
        write_po(file, fresh, sort_output=True, width=100, no_location=True)
    MO.write_bytes(compiled(kept()))


if __name__ == "__main__":
    refresh()
