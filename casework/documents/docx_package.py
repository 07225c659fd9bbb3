"""A .docx as a zip: reads an untrusted one within bounds, and writes the same bytes every time."""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO
from typing import TYPE_CHECKING

from casework.errors import Invalid, TooLarge

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_MEMBERS = 1000
MAX_UNPACKED = 40 * 1024 * 1024  # bytes; a template with a few photographs stays far below

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_VERSION = 20
_UTF8_NAME = 0x800
_DEFLATED = 8
_MIDNIGHT_1980 = (0, 0x21)  # the zip format's first moment: a fixed time gives the same bytes
_LEVEL = 1  # a document is read a few times and rendered often: speed before size


def read_members(data: bytes) -> dict[str, bytes]:
    """Every member of a .docx by name; raises Invalid or TooLarge for what is no decent .docx.

    What the directory declares is what the zip reader unpacks at most, so a bomb is refused
    before anything of it is unpacked.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            size = sum(entry.file_size for entry in entries)
            if len(entries) > MAX_MEMBERS or size > MAX_UNPACKED:
                raise TooLarge("template_too_large", limit_mb=MAX_UNPACKED // 1024**2)
            members = {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError):
        # RuntimeError is what an encrypted or strangely packed member raises
        raise Invalid("template_not_docx") from None
    if "word/document.xml" not in members or "[Content_Types].xml" not in members:
        raise Invalid("template_not_docx")
    return members


class Package:
    """The members that are alike in every document of a template, packed once."""

    def __init__(self, members: Mapping[str, bytes]) -> None:
        self._prefix = bytearray()
        self._directory = bytearray()
        self._count = len(members)
        for name, data in members.items():
            entry, listing = _pack(name, data, len(self._prefix))
            self._prefix += entry
            self._directory += listing

    def with_parts(self, parts: Mapping[str, bytes]) -> bytes:
        """The whole .docx: the prepared members, then `parts`."""
        archive, directory = bytearray(self._prefix), bytearray(self._directory)
        for name, data in parts.items():
            entry, listing = _pack(name, data, len(archive))
            archive += entry
            directory += listing
        count = self._count + len(parts)
        end = _END.pack(b"PK\5\6", 0, 0, count, count, len(directory), len(archive), 0)
        return bytes(archive + directory + end)


def _pack(name: str, data: bytes, offset: int) -> tuple[bytes, bytes]:
    """A zip member as (local entry, directory entry), with a fixed time."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(data) + packer.flush()
    label = name.encode()
    common = (_VERSION, _UTF8_NAME, _DEFLATED, *_MIDNIGHT_1980, zlib.crc32(data))
    sizes = (len(packed), len(data), len(label))
    local = _LOCAL.pack(b"PK\3\4", *common, *sizes, 0)
    listing = _CENTRAL.pack(b"PK\1\2", _VERSION, *common, *sizes, 0, 0, 0, 0, 0, offset)
    return local + label + packed, listing + label
