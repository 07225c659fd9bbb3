"""The maker of .docx documents: the organisation's Word templates, compiled once."""

from __future__ import annotations

import zlib
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from casework.documents.template import Template
from casework.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_PACKED = f"zlib {zlib.ZLIB_RUNTIME_VERSION}"
_MADE_OF = ", ".join(
    f"{package} {version(package)}" for package in ("docxtpl", "python-docx", "jinja2", "lxml")
)


class WordRenderer:
    """Fills in `templates_dir`/documents/<kind>/template.docx."""

    # To be changed by hand too, if compile.py or docx_*.py come to give other bytes.
    name = f"{_MADE_OF}, {_PACKED}"
    first = f"docxtpl 0.20.2, python-docx 1.2.0, jinja2 3.1.6, lxml 6.1.3, {_PACKED}"

    def __init__(self, templates_dir: Path) -> None:
        self.root = templates_dir / "documents"

    def make(self, kind: str, data: Mapping[str, Any], template: Template | None = None) -> bytes:
        """The document as .docx, with today's template unless a former one is given.

        Raises NotFound without a template, Invalid for a faulty one.
        """
        from casework.documents.compile import compile_template  # lxml and Word, where one is made

        [content] = (template or self.template(kind)).files.values()
        return compile_template(content).render(data)

    def fitted(self, data: Any) -> Any:
        """The data itself: whoever opens a Word file has other fonts."""
        return data

    def template(self, kind: str) -> Template:
        """The Word file and the packages that fill it in; raises NotFound."""
        path = self.root / kind / "template.docx"
        if not path.is_file():
            raise NotFound("template_missing", kind=kind)
        return Template(self.name, {f"{kind}/template.docx": path.read_bytes()})
