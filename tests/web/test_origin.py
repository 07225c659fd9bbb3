"""The register tells who sent a matter and how it was raised, and can be corrected (OSL 5:2)."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from casework.app import create_app
from tests.demo.conftest import furnished, settings_of
from tests.documents.word_files import word_file
from tests.web.test_attachments import enter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask

    from tests.support.databases import SqliteMaker


@pytest.fixture
def app(sqlite_maker: SqliteMaker, tmp_path: Path) -> Iterator[Flask]:
    with sqlite_maker.copied("furnished", tmp_path, furnished) as (url, _):
        app = create_app(settings_of(url, tmp_path))
        yield app
        app.extensions["casework"].database.close()


@pytest.mark.parametrize("with_file", [False, True])
def test_what_was_written_at_the_registration_is_told_and_corrected(
    app: Flask, with_file: bool
) -> None:
    """On the matter's page and in the register, whether it came by its title or a document."""
    desk = enter(app, "registrator")
    page = desk.client.get("/matters/new").text
    [body] = re.findall(r'value="(\d+)">Regionala utvecklingsnämnden<', page)
    file = (BytesIO(word_file("Cykelväg", style="Title")), "a.docx")
    given = {"file": file} if with_file else {"title": "Cykelväg"}
    made = desk.post(
        "/matters/new",
        body=body,
        kind="decision",
        sender="Anna <Berg>",
        initiative="motion",
        **given,
    )
    assert made.status_code == 303, made.text
    at = made.location
    for path in (at, "/matters"):
        told = desk.client.get(path).text
        assert "Anna &lt;Berg&gt;" in told, path
        assert "Motion" in told, path
    form = desk.client.get(f"{at}/origin").text
    assert 'value="Anna &lt;Berg&gt;"' in form
    version = re.findall(r'name="version" value="(\d+)"', form)[0]
    new = {"sender": "Bo Ek", "initiative": "citizen_proposal"}
    assert desk.post(f"{at}/origin", version=version, **new).status_code == 303
    told = desk.client.get(at).text
    assert "Bo Ek" in told
    assert "Medborgarförslag" in told
    assert desk.post(f"{at}/origin", version=version, **new).status_code == 412
    assert desk.post(f"{at}/origin", sender="A" * 201, initiative="").status_code == 422
    officer = enter(app, "namndsekreterare")
    assert f"{at}/origin" not in officer.client.get(at).text
    assert officer.client.get(f"{at}/origin").status_code == 403
    assert officer.post(f"{at}/origin", **new).status_code == 403


def test_what_is_typed_beside_a_file_wins(app: Flask) -> None:
    """A file without a title is registered under the one that is typed, with its kind and sender;
    what the reading is unsure of, and what it did not read, is told."""
    desk = enter(app, "registrator")
    page = desk.client.get("/matters/new").text
    [body] = re.findall(r'value="(\d+)">Regionala utvecklingsnämnden<', page)
    given = {"body": body, "kind": "information", "sender": "Bo Ek", "initiative": ""}
    made = desk.post("/matters/new", title="Typed", file=untitled(), **given)
    assert made.status_code == 303, made.text
    told = desk.client.get(made.location).text
    assert "Typed" in told
    assert "Bo Ek" in told
    assert "Informationsärende" in told
    assert "Läsningen är osäker på detta; jämför med handlingen: Utdrag till." in told


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (lambda: untitled(), "Handlingen har ingen rubrik. Skriv en här och välj filen igen."),
        (lambda: (BytesIO(b"PK"), "a.docx"), "Filen är skadad eller är ingen Word-fil."),
    ],
)
def test_the_form_is_not_lost(app: Flask, file: Callable[[], Any], reason: str) -> None:
    """What is wrong with the file stands in the form, beside what was typed."""
    desk = enter(app, "registrator")
    page = desk.client.get("/matters/new").text
    [body] = re.findall(r'value="(\d+)">Regionala utvecklingsnämnden<', page)
    given = {"body": body, "kind": "decision", "sender": "Bo Ek", "initiative": ""}
    answer = desk.post("/matters/new", title="", file=file(), **given)
    assert answer.status_code == 422
    assert reason in answer.text
    assert 'value="Bo Ek"' in answer.text


def untitled() -> tuple[BytesIO, str]:
    text = "§ 61\nDnr RUN/9/2026\n\nBeslut\n\n1. Ån rensas.\n\nSkickas till: Åsa AB, Ånge kommun\n"
    return BytesIO(text.encode()), "a.txt"
