"""The text of a PDF, taken in a process of its own: it answers `{"pages": [...]}` or a refusal."""

from __future__ import annotations

import io
from typing import Any

from casework.documents.incoming.apart import answer_apart, read_apart
from casework.errors import Invalid

PAGES = 300
CHARACTERS = 1_500_000
# Under one line's usual leading, so that the gap between two paragraphs shows as an empty line.
LINE_HEIGHT_WEIGHT = 0.8


def pdf_pages(data: bytes) -> list[str]:
    """The text of each page; raises Invalid or TooLarge for what cannot be read."""
    if b"%PDF-" not in data[:1024]:
        raise Invalid("incoming_broken", kind="PDF")
    answer = read_apart("casework.documents.incoming.pdf", data, "PDF", limit=PAGES)
    return [str(page) for page in answer["pages"]]


def _extract(data: bytes) -> dict[str, Any]:
    from pypdf import PdfReader  # only this process pays for it
    from pypdf.errors import DependencyError

    try:
        reader = PdfReader(io.BytesIO(data))
    except DependencyError:  # AES, for which pypdf needs a library that we do not carry
        return {"refused": "incoming_encrypted"}
    if reader.is_encrypted:
        return {"refused": "incoming_encrypted"}
    if len(reader.pages) > PAGES:
        return {"refused": "incoming_too_many_pages"}
    pages: list[str] = []
    for page in reader.pages:
        pages.append(
            page.extract_text(
                extraction_mode="layout", layout_mode_font_height_weight=LINE_HEIGHT_WEIGHT
            )
        )
        if sum(map(len, pages)) > CHARACTERS:
            return {"refused": "incoming_too_much_text"}
    return {"pages": pages}


if __name__ == "__main__":
    answer_apart(_extract)
