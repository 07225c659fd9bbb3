"""Commands about documents: check a template, read an incoming file, make everything again."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from sqlalchemy import select

from casework.app import now
from casework.cli.terminal import json_option, language, only_organisation, opened
from casework.config import load_settings
from casework.documents import incoming
from casework.documents.docx_check import check_file
from casework.documents.models import Document
from casework.documents.store import verify_document
from casework.errors import NotFound, TooLarge
from casework.matters.incoming import matter_from
from casework.people.queries import body_named
from casework.phrases import sentence


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
@click.option("--body", "body_name", default="", help="The body that it is for, with --create.")
def document_read(file: Path, as_json: bool, create: bool, body_name: str) -> None:
    """Read an incoming .docx, .txt or text PDF; what is uncertain is marked, nothing invented."""
    read = incoming.read_document(content_of(file), file.name)
    if as_json:
        print(json.dumps(incoming.to_json(read), ensure_ascii=False, indent=2))
    else:
        print(incoming.to_text(read, language()))
    if create:
        casework = opened()
        with casework.acting(only_organisation(casework), moment=now()) as context:
            matter = matter_from(context, read, content_of(file), body_named(context, body_name))
            params = {"number": matter.registration_number, "title": matter.title}
            told = sentence("matter_made", params, language())
        print(told, file=sys.stderr if as_json else sys.stdout)


@document.command("verify")
def document_verify() -> None:
    """Make every generated document again and compare, byte for byte; exit 1 on a difference."""
    casework = opened()
    press = casework.services.press
    count, faulty = 0, 0
    with casework.database.read() as session:
        for row in session.scalars(select(Document).order_by(Document.id)):
            count += 1
            code = verify_document(row, press.makers, press.files)
            if code is not None:
                faulty += 1
                told = sentence(code, {"sha256": row.sha256, "kind": row.kind}, language())
                print(f"{row.filename}: {told}")
    print(sentence("documents_verified", {"count": count, "faulty": faulty}, language()))
    sys.exit(1 if faulty else 0)


def content_of(file: Path) -> bytes:
    """The bytes of a file; raises NotFound for none, TooLarge past the installation's limit."""
    limit = load_settings().max_upload
    try:
        if file.stat().st_size > limit:
            raise TooLarge("too_large", limit_mb=limit // (1024 * 1024))
        return file.read_bytes()
    except OSError as error:
        raise NotFound("file_unreadable", path=str(file)) from error
