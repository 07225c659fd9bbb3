"""The file store: every file under its own sha256, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from casework.documents.template import kept_template
from casework.errors import Conflict, NotFound, Refusal
from casework.private import made

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casework.documents.models import Document
    from casework.documents.template import Template

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

# The template was never kept; another version of the program that sets it gives other bytes.
NOT_COMPARED = frozenset({"template_changed", "typesetter_changed"})

_SHA256 = re.compile(r"[0-9a-f]{64}")


class FileStore:
    """Files in `folder`, each named by the sha256 of its content (64 hexadecimal digits)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, content: bytes) -> str:
        """Keep `content` and give its sha256; when this returns it survives a power cut."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.path(sha256)
        if _read_plain_file(path) != content:
            made(path.parent)
            _write_whole(path, content)
            _sync_folder(path.parent)
            _sync_folder(self.folder)
        return sha256

    def read(self, sha256: str) -> bytes:
        """The content. Raises NotFound, or Conflict where it is no longer what was put there."""
        content = _read_plain_file(self.path(sha256))
        if content is None:
            raise NotFound("file_missing", sha256=sha256)
        if hashlib.sha256(content).hexdigest() != sha256:
            raise Conflict("file_damaged", sha256=sha256)
        return content

    def path(self, sha256: str) -> Path:
        """Where the file lies, or would lie; raises NotFound for what is no sha256."""
        if not _SHA256.fullmatch(sha256):
            raise NotFound("file_missing", sha256=sha256[:64])
        return self.folder / sha256[:2] / sha256


# The templates that the first version came with: from the second on a document keeps its own.
FORMER = FileStore(Path(__file__).parent / "former")


def _read_plain_file(path: Path) -> bytes | None:
    """The bytes at `path`, or None if there is no ordinary file; a symbolic link is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            return file.read()
    except OSError:
        return None


def _write_whole(path: Path, content: bytes) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Maker(Protocol):
    """What makes documents of one media type: the typesetter, or the .docx renderer."""

    @property
    def name(self) -> str:
        """The program that makes them, with its version; another name may give other bytes."""

    @property
    def first(self) -> str:
        """The name of the maker whose documents kept no template."""

    def make(self, kind: str, data: Mapping[str, Any], template: Template | None = None) -> bytes:
        """The document's bytes, the same for the same data; today's template unless given."""

    def fitted(self, data: Any) -> Any:
        """The data with a sign in the place of each character that the maker has no letter for."""

    def template(self, kind: str) -> Template:
        """All but the data that shapes the document, as it stands today; raises NotFound."""


def template_of(document: Document, maker: Maker, files: FileStore) -> Template | None:
    """What a document was made with: today's, or the one that was kept; None if it never was.

    Templates that came with the program are kept with the program. Raises Conflict
    (template_damaged).
    """
    name = document.template_hash or ""
    try:
        today = maker.template(document.kind)
    except NotFound:
        today = None
    if today and today.hash == name:
        return today
    return kept_template(name, document.kind, maker.first, files, FORMER)


def verify_document(
    document: Document, makers: Mapping[str, Maker], files: FileStore
) -> str | None:
    """Make the document again with its own template; None if all is well, else a code.

    `makers` are by media type. The file is whole but could not be compared for the codes in
    NOT_COMPARED; each other (file_missing, file_damaged, template_damaged, document_differs, or
    that of the refusal to make it) is a fault. Each has a sentence. Of a document that was
    received, the file alone is checked.
    """
    try:
        content = files.read(document.sha256)
        if document.snapshot is None:
            return None
        maker = makers[document.media_type]
        template = template_of(document, maker, files)
    except Refusal as refusal:
        return refusal.code
    if template is None:
        return "template_changed"
    try:
        is_same = maker.make(document.kind, document.snapshot, template) == content
        code = None if is_same else "document_differs"
    except Refusal as refusal:
        code = refusal.code
    return "typesetter_changed" if code and template.maker != maker.name else code
