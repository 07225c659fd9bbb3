"""Files that people send to be attached: told by their content, and looked at in a process apart.

Run as a module it reads a file on stdin, its ending is the argument, and it answers
`{"pages": number or null}` or `{"refused": code}`. A hostile file can only kill that process.
"""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Any

from casework.documents.pack_pictures import MOST_PAGES, unlocked
from casework.errors import Invalid, TooLarge

MEGABYTE = 1024 * 1024
SECONDS = 20
MEMORY = 1024 * MEGABYTE
# Of a Word file; a report of hundreds of pages with its pictures stays below.
MEMBERS, UNPACKED = 4000, 200 * MEGABYTE

# How each kind begins, and the endings that its name may have. A PDF may have a little before it.
_PDF, _ZIP = b"%PDF-", b"PK\x03\x04"
_DRAWING = b'#set page(width: auto, height: auto)\n#image("picture")'
_LOCKED_WORD = b"\xd0\xcf\x11\xe0"
_BEGINNINGS = {
    _ZIP: (".docx",),
    b"\x89PNG\r\n\x1a\n": (".png",),
    b"\xff\xd8\xff": (".jpg", ".jpeg"),
}


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be attached; `pages` is None where it has none of its own (Word)."""

    content: bytes
    filename: str
    pages: int | None


def check_file(content: bytes, filename: str, most_bytes: int) -> CheckedFile:
    """The file, if it is a whole PDF, Word file, PNG or JPEG, and named as what it is.

    Raises TooLarge (too_large, attachment_too_many_pages), and Invalid: attachment_empty,
    attachment_kind_unknown, attachment_misnamed, attachment_locked, attachment_has_macros,
    attachment_broken. It takes seconds: call it before a transaction, not in one.
    """
    if len(content) > most_bytes:
        raise TooLarge("too_large", limit_mb=most_bytes // MEGABYTE)
    if not content:
        raise Invalid("attachment_empty")
    name, ending = PurePath(filename).name, PurePath(filename).suffix.lower()
    endings = _endings(content)
    if ending not in endings:
        raise Invalid("attachment_misnamed", filename=name, any_of=list(endings))
    answer = _looked_at(content, ending)
    refused = answer.get("refused")
    if refused == "attachment_too_many_pages":
        raise TooLarge(refused, limit=MOST_PAGES)
    if refused:
        raise Invalid(refused, filename=name)
    return CheckedFile(content, filename, answer["pages"])


def _endings(content: bytes) -> tuple[str, ...]:
    if _PDF in content[:1024]:
        return (".pdf",)
    if content.startswith(_LOCKED_WORD):
        raise Invalid("incoming_encrypted")
    for beginning, endings in _BEGINNINGS.items():
        if content.startswith(beginning):
            return endings
    raise Invalid("attachment_kind_unknown")


def _looked_at(content: bytes, ending: str) -> dict[str, Any]:
    command = [sys.executable, "-P", "-m", "casework.documents.received", ending]
    try:
        with TemporaryDirectory(prefix="casework-received-") as folder:
            run = subprocess.run(  # noqa: S603 -- our own module; the file goes in as data
                command,
                input=content,
                capture_output=True,
                cwd=folder,
                timeout=2 * SECONDS,
                check=True,
            )
        answer: dict[str, Any] = json.loads(run.stdout)
    except (subprocess.SubprocessError, ValueError):
        return {"refused": "attachment_broken"}
    return answer


def _pdf(content: bytes) -> dict[str, Any]:
    reader = unlocked(content)
    if reader is None:
        return {"refused": "attachment_locked"}
    pages = len(reader.pages)
    if pages > MOST_PAGES:
        return {"refused": "attachment_too_many_pages"}
    return {"pages": pages} if pages else {"refused": "attachment_broken"}


def _word(content: bytes) -> dict[str, Any]:
    """A whole zip with a Word text in it, of a decent size unpacked, and without programs."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        names = {entry.filename for entry in entries}
        is_bomb = len(entries) > MEMBERS or sum(each.file_size for each in entries) > UNPACKED
        if is_bomb or not names >= {"[Content_Types].xml", "word/document.xml"}:
            return {"refused": "attachment_broken"}
        if any(PurePath(name).name.lower() == "vbaproject.bin" for name in names):
            return {"refused": "attachment_has_macros"}
        return {"refused": "attachment_broken"} if archive.testzip() else {"pages": None}


def _picture(content: bytes) -> dict[str, Any]:
    """One page, if the typesetter can draw it."""
    import typst  # only this process pays for it

    Path("picture").write_bytes(content)
    compiler = typst.Compiler(root=Path.cwd(), ignore_system_fonts=True)
    compiler.compile(input=_DRAWING, format="png", ppi=1)
    return {"pages": 1}


_LOOKS = {".pdf": _pdf, ".docx": _word, ".png": _picture, ".jpg": _picture, ".jpeg": _picture}


def main() -> None:
    """Read stdin and answer; whatever goes wrong inside is a broken file."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        answer = _LOOKS[sys.argv[1]](sys.stdin.buffer.read())
    except Exception:  # pypdf, zipfile and typst raise of every kind on broken files
        answer = {"refused": "attachment_broken"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
