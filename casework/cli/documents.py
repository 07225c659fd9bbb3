"""Commands about documents: check a template, read an incoming file, make everything again."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from casework.app import now
from casework.cli.speaking import json_option, language
from casework.cli.terminal import LINE, only_organisation, opened
from casework.config import load_settings
from casework.documents import incoming
from casework.documents.docx_check import check_file
from casework.documents.proof import prove
from casework.errors import NotFound, TooLarge
from casework.matters.incoming import Beside, matter_from
from casework.people.queries import body_named
from casework.phrases import sentence
from casework.secrecy.service import mark

if TYPE_CHECKING:
    from casework.documents.proof import Proof


@click.group()
def document() -> None:
    """Templates and documents."""


@document.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--kind", help="The document kind; guessed from the folder or the best fit.")
def document_check(file: Path, kind: str | None) -> None:
    """Check a Word template against its context; one line a fault, exit 1."""
    faults = check_file(file, kind, load_settings().templates_dir)
    for fault in faults:
        told = sentence(fault.code, dict(fault.params), language())
        where = sentence("in_paragraph", {"number": fault.paragraph}, language())
        place = f"{where} ”{fault.text}”: " if fault.paragraph else ""
        print(f"{place}{told}")
    if not faults:
        print(sentence("template_holds", {"file": str(file)}, language()))
    sys.exit(1 if faults else 0)


@document.command("read")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
@click.option("--create", is_flag=True, help="Make a matter of it.")
@click.option(
    "--body", "body_name", type=LINE, default="", help="The body that it is for, with --create."
)
@click.option("--title", type=LINE, default="", help="Its title, before the one that is read.")
@click.option(
    "--kind", type=LINE, default="", help="The kind of matter, with --create: KIND-matter.yaml."
)
@click.option("--sender", type=LINE, default="", help="Who sent it.")
@click.option("--secrecy", type=LINE, default="", help="Mark it secret under this provision.")
@click.option("--secrecy-reason", type=LINE, default="", help="Why, with --secrecy.")
def document_read(
    file: Path,
    as_json: bool,
    create: bool,
    body_name: str,
    secrecy: str,
    secrecy_reason: str,
    **typed: str,
) -> None:
    """Read an incoming .docx, .txt or text PDF; what is uncertain is marked, nothing invented."""
    read = incoming.read_document(content_of(file), file.name)
    if as_json:
        print(json.dumps(incoming.to_json(read), ensure_ascii=False, indent=2))
    else:
        print(incoming.to_text(read, language()))
    if create:
        casework = opened()
        with casework.acting(only_organisation(casework), moment=now()) as context:
            body = body_named(context, body_name)
            matter = matter_from(context, read, content_of(file), body, Beside(**typed))
            if secrecy or secrecy_reason:
                context.session.flush()
                mark(context, matter, secrecy, secrecy_reason)
            params = {"number": matter.registration_number, "title": matter.title}
            told = sentence("matter_made", params, language())
        print(told, file=sys.stderr if as_json else sys.stdout)


@document.command("verify")
def document_verify() -> None:
    """Make every generated document again with its own template and compare, byte for byte.

    What another version of the typesetter sets otherwise is told, and its file proved whole. Exit
    1 at a fault.
    """
    casework = opened()
    press = casework.services.press
    count, faulty, apart = 0, 0, 0
    with casework.database.read() as session:
        for proof in prove(session, press.makers, press.files):
            count += 1
            if proof.code is not None:
                faulty += proof.is_fault
                apart += not proof.is_fault
                print(f"{proof.document.filename}: {_told(proof)}")
    print(sentence("documents_verified", {"count": count, "faulty": faulty}, language()))
    if apart:
        print(sentence("documents_not_compared", {"count": apart}, language()))
    sys.exit(1 if faulty else 0)


def _told(proof: Proof) -> str:
    """Sentences of what is wrong, and of what could be proved all the same."""
    named = {"sha256": proof.document.sha256, "kind": proof.document.kind, **proof.params}
    told = sentence(proof.code or "", named, language())
    if proof.is_fault:
        return told
    data = "data_proven" if proof.is_data_proven else "data_not_recorded"
    return f"{told} {sentence(data, {}, language())}"


def content_of(file: Path) -> bytes:
    """The bytes of a file; raises NotFound for none, TooLarge past the installation's limit."""
    limit = load_settings().max_upload
    try:
        if file.stat().st_size > limit:
            raise TooLarge("too_large", limit_mb=limit // (1024 * 1024))
        return file.read_bytes()
    except OSError as error:
        raise NotFound("file_unreadable", path=str(file)) from error
