"""Commands about minutes: whether a PDF is what was attested."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from casework.cli.documents import content_of
from casework.cli.terminal import json_option, language, opened
from casework.meetings.verification import told, verify

if TYPE_CHECKING:
    from casework.meetings.verification import Verified


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
