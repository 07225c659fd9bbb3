"""Pictures and text of a file's pages, made in a process apart: a hostile file kills only that.

Run as a module it reads a PDF or a picture on stdin, writes one .svg a page into a folder, and
answers `{"pages": [{"ratio", "text"}]}` or `{"refused": code}`. An archival PDF cannot hold
another PDF's pages, whose fonts and colours nobody vouches for; a picture of them it can.
"""

from __future__ import annotations

import base64
import io
import json
import math
import resource
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from casework.errors import Invalid, TooLarge
from casework.text.typography import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pypdf import PdfReader

# Pixels per inch: small print can be read, and 600 pages can still be sent.
RESOLUTION = 144
# The long side of A3 in points; a larger page is made smaller.
LONGEST = 1191
# Of a page's text; what a screen reader says in ten minutes.
CHARACTERS = 7_000
# Seconds of processor to open a file, and then for each page.
SECONDS_TO_OPEN, SECONDS_A_PAGE = 20, 2
# A pack that nobody can open is refused, and so is a file that would make one.
MOST_PAGES = 3000
MEGABYTE = 1024 * 1024
PAGE_BYTES = MEGABYTE
MEMORY = 2048 * MEGABYTE

_PAGE = """#set page(width: auto, height: auto, margin: 0pt)
#let picture = image({source})
#context {{
  let (width, height) = measure(picture)
  let smaller = calc.min(1, {longest}pt / calc.max(width, height))
  image({source}, width: width * smaller)
}}
"""
_WRAPPER = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
    '<image width="{width}" height="{height}" href="data:image/png;base64,{data}"/></svg>'
)
_PNG = b"\x89PNG\r\n\x1a\n"


def page_pictures(data: bytes, folder: Path, pages: int, size: int) -> list[dict[str, Any]]:
    """Puts 1.svg, 2.svg ... into `folder`; gives each page's `ratio` (width/height) and `text`.

    A picture is a file of one page. Raises Invalid (pack_file_broken, pack_file_locked) for what
    cannot be shown, and TooLarge for more than so many `pages` (pack_too_many_pages) or bytes of
    pictures (pack_too_large).
    """
    command = [sys.executable, "-P", "-m", "casework.documents.pack_pictures"]
    arguments = [str(folder), str(pages), str(size)]
    try:
        run = subprocess.run([*command, *arguments], input=data, capture_output=True, check=True)  # noqa: S603 -- our own module; the file goes in as data
        answer = json.loads(run.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise Invalid("pack_file_broken") from error
    refused = answer.get("refused")
    limits = {"pack_too_many_pages": pages, "pack_too_large": size // MEGABYTE}
    if refused in limits:
        raise TooLarge(refused, limit=limits[refused])
    if refused:
        raise Invalid(refused)
    return list(answer["pages"])


def unlocked(data: bytes) -> PdfReader | None:
    """The PDF, or None if it wants a password; only for a process that a hostile file may kill."""
    from pypdf import PdfReader  # only that process pays for it
    from pypdf.errors import DependencyError

    try:
        reader = PdfReader(io.BytesIO(data))
    except DependencyError:  # a cipher that is not installed, and would want its password
        return None
    return None if reader.is_encrypted else reader


def _draw(data: bytes, folder: Path, most_pages: int, most_bytes: int) -> dict[str, Any]:
    if b"%PDF-" not in data[:1024]:
        (folder / "file").write_bytes(data)
        return _drawn(folder, ['"file"'], [""], most_bytes)
    reader = unlocked(data)
    if reader is None:
        return {"refused": "pack_file_locked"}
    count = len(reader.pages)
    if count > most_pages:
        return {"refused": "pack_too_many_pages"}
    _allow(SECONDS_TO_OPEN + SECONDS_A_PAGE * count)
    (folder / "file.pdf").write_bytes(data)
    sources = [f'"file.pdf", page: {number}' for number in range(1, count + 1)]
    return _drawn(folder, sources, map(_text, reader.pages), most_bytes)


def _drawn(
    folder: Path, sources: list[str], texts: Iterable[str], most_bytes: int
) -> dict[str, Any]:
    """A file with each of the pages, and what is told of it."""
    pages = []
    pictures = zip(_pictures(folder, sources), texts, strict=True)
    for number, (picture, text) in enumerate(pictures, start=1):
        width, height = _measures(picture)
        most_bytes -= (folder / f"{number}.svg").write_text(_wrapped(picture), encoding="ascii")
        if most_bytes < 0:
            return {"refused": "pack_too_large"}
        pages.append({"ratio": width / height, "text": text})
    return {"pages": pages}


def _pictures(folder: Path, sources: list[str]) -> Iterator[bytes]:
    """Each page as PNG; a colour scan that would fill too much is drawn coarser."""
    import typst  # only this process pays for it

    compiler = typst.Compiler(root=folder, ignore_system_fonts=True)

    def draw(source: str, resolution: float) -> bytes:
        page = _PAGE.format(source=source, longest=LONGEST)
        png = compiler.compile(input=page.encode(), format="png", ppi=resolution)
        return _grey(cast("bytes", png))  # one page and no output path: always bytes

    for source in sources:
        picture = draw(source, RESOLUTION)
        excess = len(picture) / PAGE_BYTES
        yield picture if excess <= 1 else draw(source, RESOLUTION / math.sqrt(excess))


def _wrapped(png: bytes) -> str:
    """The picture inside an SVG.

    The typesetter keeps every PNG that it meets unpacked, 8 MB a page, but one in an SVG packed.
    """
    width, height = _measures(png)
    data = base64.b64encode(png).decode()
    return _WRAPPER.format(width=width, height=height, data=data)


def _measures(png: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def _grey(png: bytes) -> bytes:
    """An opaque picture without colour as one channel for four, half the size; others as is.

    PNG's filters foretell a byte from its own channel alone, so that rows whose channels are
    filtered to the same bytes are grey, and one channel of them is a filtered row itself.
    """
    width, height = _measures(png)
    filtered = zlib.decompress(b"".join(_chunks(png, b"IDAT")))
    stride = 1 + 4 * width
    grey = bytearray()
    for start in range(0, len(filtered), stride):
        row = filtered[start + 1 : start + stride]
        red = row[0::4]
        if red != row[1::4] or red != row[2::4]:
            return png
        grey += filtered[start : start + 1] + red
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        _PNG
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(grey, 1))
        + _chunk(b"IEND", b"")
    )


def _chunks(png: bytes, wanted: bytes) -> Iterator[bytes]:
    at = len(_PNG)
    while at < len(png):
        size = int.from_bytes(png[at : at + 4], "big")
        if png[at + 4 : at + 8] == wanted:
            yield png[at + 8 : at + 8 + size]
        at += 12 + size


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def _text(page: Any) -> str:
    """What stands on the page, in one line; "" for a scanned page."""
    try:
        words = printable(page.extract_text()).split()
    except Exception:  # pypdf raises of every kind; the picture is still there to be seen
        return ""
    return " ".join(words)[:CHARACTERS]


def _allow(seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))


def main() -> None:
    """Read stdin, write pictures and answer; whatever goes wrong inside is a broken file."""
    _allow(SECONDS_TO_OPEN)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        folder, pages, size = sys.argv[1:]
        answer = _draw(sys.stdin.buffer.read(), Path(folder), int(pages), int(size))
    except Exception:  # pypdf and typst raise of every kind on broken files
        answer = {"refused": "pack_file_broken"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
