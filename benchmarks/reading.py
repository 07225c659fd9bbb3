"""How rightly incoming documents are read, field by field, and how fast a long one is.

A value is right when it equals what the document says, after NFC and spaces.
"""

from __future__ import annotations

import resource
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from benchmarks.document_files import KINDS, documents, word, written
from benchmarks.figure import Figure
from casework.documents.incoming import read_document, to_json

_GOAL = 0.95
_SINGLE = ("title", "date", "registration_number", "body")
_SECONDS, _MEGABYTES = 2.0, 150
_PAGES, _TABLES = 200, 50


@dataclass
class Score:
    """Of one field: values read, values that are right, values there are, wrong and certain."""

    read: int = 0
    right: int = 0
    there: int = 0
    wrong_and_certain: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / self.read if self.read else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.there if self.there else 1.0


def reading() -> list[Figure]:
    """Precision (figure) beside recall (floor) of each field over the folder's documents."""
    return [
        Figure(
            name=f"{name} read from documents: precision, beside recall",
            figure=score.precision,
            floor=score.recall,
            ratio=min(score.precision, score.recall),
            goal=f"both at least {_GOAL}, none wrong and certain",
            ok=min(score.precision, score.recall) >= _GOAL and not score.wrong_and_certain,
        )
        for name, score in scores().items()
    ]


def long_document() -> list[Figure]:
    """Seconds and megabytes for a Word file of 200 pages with 50 tables, beside their bounds."""
    page = "## Avsnitt\n\n" + "Texten är lång nog för att fylla en rad och mer än så. " * 9 + "\n\n"
    rows = "\n".join("| Post | 2026 | 2027 |" for _ in range(12)) + "\n\n"
    text = "# En lång rapport\n\n" + "".join(
        page * 4 + (rows if number < _TABLES else "") for number in range(_PAGES)
    )
    content = word(text)
    start = perf_counter()
    read_document(content, "lång.docx")
    seconds = perf_counter() - start
    megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return [
        Figure("a Word file of 200 pages and 50 tables (s)", seconds, _SECONDS,
               seconds / _SECONDS, f"under {_SECONDS} s", seconds < _SECONDS),
        Figure("the memory of the process that reads it (MB)", megabytes, _MEGABYTES,
               megabytes / _MEGABYTES, f"under {_MEGABYTES} MB", megabytes < _MEGABYTES),
    ]  # fmt: skip


def scores(kinds: tuple[str, ...] = KINDS) -> dict[str, Score]:
    """The score of each field, over every document in each of these kinds of file."""
    found: dict[str, Score] = {}
    for document in documents():
        for kind in set(kinds) & set(document.get("kinds", KINDS)):
            content = written(document["text"], kind)
            answer = to_json(read_document(content, f"a.{kind}"))
            said = document["says"]
            for name, (read, right) in _compared(answer, said).items():
                _count(found.setdefault(name, Score()), read, right, f"{document['name']}.{kind}")
    return found


def _compared(
    answer: dict[str, Any], said: dict[str, Any]
) -> dict[str, tuple[list[tuple[str, bool]], list[str]]]:
    """Field -> ([(value, uncertain) as read], [value as it is])."""
    fields = {
        name: (
            [(answer[name], name in answer["uncertain"])] if answer[name] else [],
            [said[name]] if name in said else [],
        )
        for name in _SINGLE
    }
    for name, shown in _SHOWN.items():
        values = [(shown(each), each["uncertain"]) for each in answer[name]]
        fields[name] = (values, said.get(name, []))
    return fields


def _count(score: Score, read: list[tuple[str, bool]], right: list[str], where: str) -> None:
    left = Counter(map(_alike, right))
    score.read += len(read)
    score.there += len(right)
    for value, uncertain in read:
        if left[_alike(value)]:
            left[_alike(value)] -= 1
            score.right += 1
        elif not uncertain:
            score.wrong_and_certain.append(f"{where}: {value}")
    score.missed += [f"{where}: {value}" for value in left.elements()]


def _alike(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _point(point: dict[str, Any]) -> str:
    to = point["proposed_to"]
    return f"{point['text']} → {to}" if to else str(point["text"])


def _assignment(assignment: dict[str, Any]) -> str:
    return " ".join(filter(None, [assignment["assignee"], assignment["due"]]))


def _signatory(who: dict[str, Any]) -> str:
    title = f"tf. {who['title']}" if who["acting"] else who["title"]
    return f"{who['name']} / {title}" if title else str(who["name"])


_SHOWN = {
    "decision_points": _point,
    "assignments": _assignment,
    "mandates": lambda each: str(each["holder"]),
    "recipients": lambda each: str(each["name"]),
    "signatories": _signatory,
    "attachments": lambda each: str(each["title"]),
}
