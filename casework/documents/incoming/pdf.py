"""The text of a PDF, taken in a process of its own: a hostile file can only kill that process.

Run as a module it reads a PDF on stdin and writes `{"pages": [...]}` or `{"refused": code}`.
"""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys

from casework.errors import Invalid, TooLarge

PAGES = 300
CHARACTERS = 1_500_000
SECONDS = 20
MEMORY = 1024 * 1024 * 1024
# Under one line's usual leading, so that the gap between two paragraphs shows as an empty line.
LINE_HEIGHT_WEIGHT = 0.8


def pdf_pages(data: bytes) -> list[str]:
    """The text of each page; raises Invalid or TooLarge for what cannot be read."""
    if b"%PDF-" not in data[:1024]:
        raise Invalid("incoming_broken", kind="PDF")
    command = [sys.executable, "-P", "-m", "casework.documents.incoming.pdf"]
    try:
        run = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS, check=True)  # noqa: S603 -- our own module; the file goes in as data
        answer = json.loads(run.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise Invalid("incoming_broken", kind="PDF") from error
    return _pages(answer)


def _pages(answer: dict[str, object]) -> list[str]:
    refused = answer.get("refused")
    if refused == "incoming_too_many_pages":
        raise TooLarge(refused, limit=PAGES)
    if refused:
        raise Invalid(str(refused), kind="PDF")
    pages = answer["pages"]
    return [str(page) for page in pages] if isinstance(pages, list) else []


def _extract(data: bytes) -> dict[str, object]:
    from pypdf import PdfReader  # only this process pays for it
    from pypdf.errors import DependencyError

    try:
        reader = PdfReader(io.BytesIO(data))
    except DependencyError:  # AES, for which pypdf needs a library that we do not carry
        return {"refused": "incoming_encrypted"}
    if reader.is_encrypted:
        return {"refused": "incoming_encrypted"}
    if len(reader.pages) > PAGES:
        return {"refused": "incoming_too_many_pages"}
    pages: list[str] = []
    for page in reader.pages:
        pages.append(
            page.extract_text(
                extraction_mode="layout", layout_mode_font_height_weight=LINE_HEIGHT_WEIGHT
            )
        )
        if sum(map(len, pages)) > CHARACTERS:
            return {"refused": "incoming_too_much_text"}
    return {"pages": pages}


def main() -> None:
    """Read stdin, write the answer; whatever goes wrong inside pypdf is a broken file."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        answer = _extract(sys.stdin.buffer.read())
    except Exception:  # pypdf raises of every kind on broken files
        answer = {"refused": "incoming_broken"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
