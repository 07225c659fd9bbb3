"""From the bytes of a Word file to its lines and what was not read."""

from __future__ import annotations

from typing import Any

from casework.documents.incoming.apart import read_apart
from casework.documents.incoming.model import Line, NotRead, Place
from casework.documents.incoming.word.decency import require_decent


def read_word(data: bytes) -> tuple[list[Line], list[NotRead]]:
    """The lines, page headers first, and what was not read; raises Invalid or TooLarge.

    Whether the zip is decent is looked at here; all that is unpacked is unpacked apart.
    """
    require_decent(data)
    answer = read_apart("casework.documents.incoming.word", data, "Word")
    lines = [_line(each) for each in answer["lines"]]
    told = [
        NotRead(kind, Place("paragraph", place) if place else None)
        for kind, place in answer["not_read"]
    ]
    return lines, told


def _line(said: dict[str, Any]) -> Line:
    return Line(
        said["text"],
        Place(said["unit"], said["place"]),
        level=said.get("level"),
        marker=said.get("marker"),
        number=said.get("number"),
        depth=said.get("depth", 0),
        whole=True,
        soft=said.get("soft", False),
        bold=said.get("bold", False),
        cells=tuple(said.get("cells", ())),
        table=said.get("table", 0),
    )
