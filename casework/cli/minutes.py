"""Commands about minutes: whether a PDF is what was attested, and a § what was decided."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from casework.cli.documents import content_of
from casework.cli.speaking import json_option, language
from casework.cli.terminal import opened
from casework.documents.contexts import item_from_json
from casework.meetings.minutes.record import all_straying, printed, said
from casework.meetings.minutes.verification import told, verify
from casework.phrases import sentence

if TYPE_CHECKING:
    from casework.meetings.minutes.verification import Verified
    from casework.meetings.models import MinutesItem


@click.group()
def minutes() -> None:
    """Minutes."""


@minutes.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def minutes_verify(file: Path, as_json: bool) -> None:
    """Whether FILE is minutes attested here, byte for byte, and who signed; exit 1 if not."""
    content = content_of(file)
    with opened().database.read() as session:
        found = verify(session, content)
        if as_json:
            print(json.dumps(_plain(found), ensure_ascii=False))
        else:
            print(
                "\n".join(
                    [*told(found, str(file), language(), in_full=True), f"SHA-256 {found.sha256}"]
                )
            )
    sys.exit(0 if found.is_attested and found.is_sound else 1)


@minutes.command("compare")
@json_option
def minutes_compare(as_json: bool) -> None:
    """Every § that says something else than was recorded as decided (KL 5:65-67); exit 1 if any.

    So can only those that were written before the record kept the words: read each in the minutes
    and let it say what was decided, or correct it.
    """
    with opened().database.read() as session:
        found = [_compared(row) for row in all_straying(session)]
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    elif not found:
        print(sentence("minutes_say_what_was_decided", {}, language()))
    for each in () if as_json else found:
        print(sentence("section_strays", each, language()))
    sys.exit(1 if found else 0)


def _compared(row: MinutesItem) -> dict[str, object]:
    meeting = row.agenda_item.meeting
    return {
        "body": meeting.body.short_name,
        "day": meeting.day.isoformat(),
        "section": row.section_number,
        "decided": "; ".join(filter(None, said(row).texts)),
        "says": "; ".join(filter(None, printed(item_from_json(row.content)).texts)),
    }


def _plain(found: Verified) -> dict[str, object]:
    return {
        "sha256": found.sha256,
        "kind": found.kind or None,
        "title": found.title or None,
        "dated": found.dated.isoformat() if found.dated else None,
        "section": found.section,
        "is_attested": found.is_attested,
        "is_withdrawn": found.is_withdrawn,
        "signatures": [
            {
                "name": each.person.name_with_party,
                "capacity": each.capacity,
                "signed_at": each.signed_at.isoformat(),
                "dissent": each.dissent or None,
            }
            for each in found.signatures
        ],
        "awaited": list(found.awaited),
        "unrecorded": list(found.unrecorded),
        "altered": list(found.altered),
        "removed": list(found.removed),
        "corrections": [
            {"section": each.minutes_item.section_number, "reason": each.reason}
            for each in found.corrections
        ],
    }
