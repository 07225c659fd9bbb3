"""The maker of .docx documents: the organisation's Word templates, compiled once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from casework.documents.compile import compile_template
from casework.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class WordRenderer:
    """Fills in `templates_dir`/documents/<kind>/template.docx."""

    def __init__(self, templates_dir: Path) -> None:
        self.root = templates_dir / "documents"

    def make(self, kind: str, data: Mapping[str, Any]) -> bytes:
        """The document as .docx; raises NotFound without a template, Invalid for a faulty one."""
        return compile_template(self._template(kind)).render(data)

    def template_hash(self, kind: str) -> str:
        return hashlib.sha256(self._template(kind)).hexdigest()

    def _template(self, kind: str) -> bytes:
        path = self.root / kind / "template.docx"
        if not path.is_file():
            raise NotFound("template_missing", kind=kind)
        return path.read_bytes()
