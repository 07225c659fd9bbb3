"""Commands about minutes: whether a PDF is what was attested."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from casework.cli.documents import content_of
from casework.cli.terminal import json_option, language, opened
from casework.context import STOCKHOLM
from casework.meetings.attestation import verify
from casework.phrases import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casework.meetings.attestation import Verified
    from casework.meetings.models import Signature


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
            print("\n".join(_told(found, str(file))))
    sys.exit(0 if found.is_attested and not found.unrecorded else 1)


def _told(found: Verified, file: str) -> Iterator[str]:
    if not found.kind:
        yield sentence("pdf_unknown", {"file": file}, language())
        return
    code = "pdf_attested" if found.is_attested else "pdf_not_attested"
    params = {"title": found.title, "awaited": list(found.awaited)}
    yield sentence(code, params, language())
    for each in found.signatures:
        yield sentence("pdf_signed", _signature(each), language())
        if each.dissent:
            yield sentence("pdf_dissent", _signature(each), language())
    for name in found.unrecorded:
        yield sentence("pdf_signature_unrecorded", {"name": name}, language())
    for each_correction in found.corrections:
        row = each_correction.minutes_item
        corrected = {"section": row.section_number, "reason": each_correction.reason}
        yield sentence("pdf_corrected", corrected, language())
    yield f"SHA-256 {found.sha256}"


def _signature(each: Signature) -> dict[str, str]:
    moment = each.signed_at.astimezone(STOCKHOLM)
    return {
        "name": each.person.name_with_party,
        "capacity": sentence(f"capacity_{each.capacity}", {}, language()),
        "at": f"{moment:%Y-%m-%d %H.%M}",
        "dissent": each.dissent,
    }


def _plain(found: Verified) -> dict[str, object]:
    return {
        "sha256": found.sha256,
        "kind": found.kind or None,
        "title": found.title or None,
        "is_attested": found.is_attested,
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
        "corrections": [
            {"section": each.minutes_item.section_number, "reason": each.reason}
            for each in found.corrections
        ],
    }
