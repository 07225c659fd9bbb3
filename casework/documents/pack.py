"""The meeting pack: the agenda and all papers of a meeting as one accessible PDF.

The whole pack is one document, set at once: papers put together afterwards lose their tags. Our
own papers are set from their data, a PDF from elsewhere as pictures of its pages with their text
beside them for those who listen, a picture as a page, .txt and .md as text. Any other file is named
on a page of its own with its checksum, and comes separately.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from casework.documents import pack_text
from casework.documents.contexts import AgendaEntry, ProposalContext, SummonsContext, to_json
from casework.documents.pack_pictures import MEGABYTE, MOST_PAGES, page_pictures
from casework.documents.pack_setting import set_pack
from casework.documents.typeset import Typesetter
from casework.errors import Invalid, TooLarge

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    Progress = Callable[[int, int], None]

# A pack that nobody can open, or that fills the disk, is refused.
MOST_BYTES = 500 * MEGABYTE
LONGEST_TITLE = 250
WORKING = "casework-pack-"
SHOWN_AS_PICTURES = {".pdf", ".png", ".jpg", ".jpeg"}
PREPARED_AT_ONCE = min(4, os.cpu_count() or 1)


@dataclass(frozen=True)
class Attachment:
    """A file as it was received.

    `read` gives its bytes. It is called from another thread, so it may use no session, and as
    late as can be, so that the files of a pack are not all in memory at once.
    """

    filename: str
    read: Callable[[], bytes]


@dataclass(frozen=True)
class PackPaper:
    """A paper of an item; `title` is its bookmark, such as "Tjänsteskrivelse" or "Bilaga 1"."""

    title: str
    content: ProposalContext | Attachment


@dataclass(frozen=True)
class PackItem:
    """An entry of the agenda with its papers in order; the entry's own `documents` are not read."""

    entry: AgendaEntry
    papers: tuple[PackPaper, ...] = ()


@dataclass(frozen=True)
class PackContext:
    """A meeting's pack; `summons` tells of the meeting, and its own `agenda` is not read.

    Whoever asks for a pack decides what may stand in it: nothing is left out for secrecy here.
    """

    summons: SummonsContext
    items: tuple[PackItem, ...]


@dataclass(frozen=True)
class _Prepared:
    """A paper as its template reads it; how many `pages` and bytes of pictures it brings."""

    data: dict[str, Any]
    pages: int = 0
    size: int = 0


class PackMaker:
    """Makes packs with the templates in `templates_dir`/documents; one serves many threads.

    A pack has at most `most_pages` pages from files and `most_bytes` of pictures of them, which
    lie in `workshop` meanwhile, in a folder whose name begins with WORKING.
    """

    def __init__(
        self,
        templates_dir: Path,
        most_pages: int = MOST_PAGES,
        most_bytes: int = MOST_BYTES,
        workshop: Path | None = None,
    ) -> None:
        self.workshop = workshop
        self.templates = templates_dir / "documents"
        self.most_pages = most_pages
        self.most_bytes = most_bytes
        self._typesetter = Typesetter(templates_dir)

    def make(self, pack: PackContext, progress: Progress) -> bytes:
        """The pack as PDF; the same pack gives the same bytes.

        `progress(done, steps)` is called as each paper is prepared, and when all is set. Raises
        TooLarge (pack_too_many_pages, pack_too_large), Invalid for one of our own papers that
        cannot be set, Conflict (pack_not_set), and whatever an attachment's `read` raises.
        """
        papers = [paper for item in pack.items for paper in item.papers]
        steps = len(papers) + 1
        progress(0, steps)
        with tempfile.TemporaryDirectory(prefix=WORKING, dir=self.workshop) as name:
            root = Path(name) / "documents"
            shutil.copytree(self.templates / "_shared", root / "_shared")
            shutil.copytree(self.templates / "_pack", root / "pack")
            prepared: list[_Prepared] = []
            with closing(self._prepare(papers, root / "pack")) as ready:
                for paper in ready:
                    prepared.append(paper)
                    self._watch(prepared)
                    progress(len(prepared), steps)
            data = _data(pack, [paper.data for paper in prepared], self._typesetter.fitted)
            made = set_pack(Path(name), data)
        progress(steps, steps)
        return made

    def _prepare(self, papers: list[PackPaper], folder: Path) -> Generator[_Prepared]:
        """Each paper in order, some of them at once."""
        pool = ThreadPoolExecutor(PREPARED_AT_ONCE)
        folders = [folder / str(number) for number in range(len(papers))]
        try:
            yield from pool.map(self._paper, papers, folders)
        finally:
            pool.shutdown(cancel_futures=True)

    def _paper(self, paper: PackPaper, folder: Path) -> _Prepared:
        if isinstance(paper.content, ProposalContext):
            prepared = _Prepared({"form": "proposal", "content": to_json(paper.content)})
        else:
            prepared = self._attachment(paper.content, folder)
        prepared.data["title"] = self._settable(paper.title[:LONGEST_TITLE]).strip() or "Handling"
        return prepared

    def _attachment(self, file: Attachment, folder: Path) -> _Prepared:
        try:
            prepared = self._shown(file, folder)
        except Invalid as refusal:
            checksum = hashlib.sha256(file.read()).hexdigest()
            prepared = _Prepared({"form": "notice", "why": refusal.code, "checksum": checksum})
        prepared.data["filename"] = self._settable(file.filename)
        return prepared

    def _shown(self, file: Attachment, folder: Path) -> _Prepared:
        kind = PurePath(file.filename).suffix.lower()
        if kind in SHOWN_AS_PICTURES:
            return self._pictures(file.read(), folder)
        if kind not in {".txt", ".md"}:
            raise Invalid("pack_file_separate")
        text = self._settable(pack_text.decoded(file.read()))
        sections = pack_text.sections(text, is_markdown=kind == ".md")
        data = {"form": "text", "sections": [asdict(section) for section in sections]}
        return _Prepared(data, pages=pack_text.pages(text))

    def _pictures(self, content: bytes, folder: Path) -> _Prepared:
        folder.mkdir()
        pages = page_pictures(content, folder, self.most_pages, self.most_bytes)
        files = [folder / f"{number}.svg" for number in range(1, len(pages) + 1)]
        for page, file in zip(pages, files, strict=True):
            page["file"] = f"{folder.name}/{file.name}"
        size = sum(file.stat().st_size for file in files)
        return _Prepared({"form": "pictures", "pages": pages}, len(pages), size)

    def _settable(self, text: str) -> str:
        return pack_text.settable(text, self._typesetter.unprintable)

    def _watch(self, prepared: list[_Prepared]) -> None:
        if sum(paper.pages for paper in prepared) > self.most_pages:
            raise TooLarge("pack_too_many_pages", limit=self.most_pages)
        if sum(paper.size for paper in prepared) > self.most_bytes:
            raise TooLarge("pack_too_large", limit=self.most_bytes // MEGABYTE)


def _data(
    pack: PackContext, papers: list[dict[str, Any]], fitted: Callable[[Any], Any]
) -> dict[str, Any]:
    """The pack as its template reads it; the meeting and its agenda as they stand now are
    `fitted`, which our own papers were when they were drawn up."""
    rest = iter(papers)
    return {
        "document_date": pack.summons.document_date,
        "summons": fitted(to_json(pack.summons)),
        "items": [
            {"entry": fitted(asdict(item.entry)), "papers": [next(rest) for _ in item.papers]}
            for item in pack.items
        ],
    }
