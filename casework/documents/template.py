"""Templates as they stood when a document was made: kept under their hash, and found again."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from casework.errors import Conflict, NotFound, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from casework.documents.store import FileStore

    Read = Callable[[str], bytes]

_ZIP = b"PK"


@dataclass(frozen=True)
class Template:
    """All but the data that shapes a document.

    `maker` is the program that makes it, with its version ("typst 0.15.0"); `files` are contents
    by their path from templates/documents.
    """

    maker: str
    files: Mapping[str, bytes]

    @cached_property
    def manifest(self) -> bytes:
        """A line for the maker, and one for each file: its path and its sha256."""
        files = [f"{path} {_sha256(content)}" for path, content in self.files.items()]
        return "".join(f"{line}\n" for line in (self.maker, *files)).encode()

    @cached_property
    def hash(self) -> str:
        """The sha256 of the manifest, and so the name of the whole."""
        return _sha256(self.manifest)

    def keep(self, files: FileStore) -> str:
        """Put it into the store and give its hash; where the manifest is, everything is."""
        if not files.path(self.hash).is_file():
            for content in self.files.values():
                files.put(content)
            files.put(self.manifest)
        return self.hash

    @contextmanager
    def unpacked(self) -> Iterator[Path]:
        """A folder with `documents/` in it, as a maker wants it, while it is needed."""
        with TemporaryDirectory(prefix="casework-template-") as folder:
            for path, content in self.files.items():
                file = Path(folder) / "documents" / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
            yield Path(folder)


def kept_template(name: str, kind: str, word_maker: str, *stores: FileStore) -> Template | None:
    """The template of that hash from the first store that has it; None if it was never kept.

    Before makers were recorded a Word template's hash was that of its file: of such a one
    `word_maker` is the maker. Raises Conflict (template_damaged) if a part of it is lost.
    """
    manifest = _found(name, *stores)
    if manifest is None:
        return None
    if manifest.startswith(_ZIP):
        return Template(word_maker, {f"{kind}/template.docx": manifest})
    maker, sums = _read(manifest)
    return Template(maker, {path: _part(sha256, *stores) for path, sha256 in sums.items()})


def kept_files(name: str, read: Read) -> list[str]:
    """The sha256 of each file that a kept template is made up of, [] if it is not kept.

    `read` gives the content of a file, or raises NotFound. Raises Conflict (template_damaged).
    """
    try:
        manifest = read(name)
    except NotFound:
        return []
    return [name] if manifest.startswith(_ZIP) else [name, *_read(manifest)[1].values()]


def _found(sha256: str, *stores: FileStore) -> bytes | None:
    """The file from the first store that has it whole; raises Conflict if it is damaged in all."""
    damaged: Refusal | None = None
    for store in stores:
        try:
            return store.read(sha256)
        except NotFound:
            continue
        except Conflict as refusal:
            damaged = refusal
    if damaged:
        raise Conflict("template_damaged") from damaged
    return None


def _part(sha256: str, *stores: FileStore) -> bytes:
    content = _found(sha256, *stores)
    if content is None:
        raise Conflict("template_damaged")
    return content


def _read(manifest: bytes) -> tuple[str, dict[str, str]]:
    """The maker, and the sha256 of each file by its path; no path leads out of the folder."""
    try:
        maker, *lines = manifest.decode().splitlines()
        sums = dict(line.rsplit(" ", 1) for line in lines)
    except ValueError as error:  # no lines at all, no text, or a line of one word
        raise Conflict("template_damaged") from error
    for path in map(PurePosixPath, sums):
        if path.is_absolute() or ".." in path.parts or "\0" in str(path):
            raise Conflict("template_damaged")
    return maker, sums


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
