"""The matters' attachments: short invented reports, set here and attached as people would."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typst

from casework.documents.received import check_file
from casework.matters.attachments import attach
from casework.matters.models import Matter

if TYPE_CHECKING:
    from datetime import date

    from casework.context import Context
    from casework.demo.road import Road

_SOURCE = b"""
#let d = json(bytes(sys.inputs.d))
#set document(title: d.title, date: none)
#set text(lang: "sv", region: "SE", size: 11pt)
#set page(flipped: d.at("landscape", default: false), numbering: "1 (1)")
#title()
#for part in d.parts [
  = #part.heading
  #for words in part.text.split("\\n") [#par(words)]
  #if part.at("new_page", default: false) [#pagebreak(weak: true)]
]
"""


def attach_files(road: Road, day: date, matter: Matter, files: list[dict[str, Any]]) -> None:
    """Each of the files that `matters.yaml` gives a matter, by its officer, in order."""
    checked = [
        (check_file(_report(each), each["filename"], road.casework.settings.max_upload), each)
        for each in files
    ]

    def act(context: Context) -> Matter:
        row = context.session.get_one(Matter, matter.id)
        for file, each in checked:
            attach(context, row, file, each["title"])
        return row

    road.step(day, road.cast.officer, "bifogar bilagorna", act)


def _report(file: dict[str, Any]) -> bytes:
    made: bytes = typst.compile(
        _SOURCE, sys_inputs={"d": json.dumps(file)}, ignore_system_fonts=True, pdf_standards="ua-1"
    )
    return made
