"""Whether the zip of a Word file is decent, seen from its directory before anything is unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib

from casework.errors import Invalid, TooLarge

PART_BYTES = 24 * 1024 * 1024
TOTAL_BYTES = 200 * 1024 * 1024
MEMBERS = 4000
USUAL = "word/document.xml"
BEGINNING = 4096
DOCUMENT_TYPE = b"<!DOCTYPE"
BROKEN = (zipfile.BadZipFile, zlib.error, ValueError, OSError, NotImplementedError, EOFError)


def opened(data: bytes) -> zipfile.ZipFile:
    """The zip, once its directory is seen to be decent; raises Invalid or TooLarge."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):  # an OLE container: Word's encryption, or old .doc
        raise Invalid("incoming_encrypted", kind="Word")
    if data.count(b"PK\x01\x02") > MEMBERS:
        raise TooLarge("incoming_bomb")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except BROKEN as error:
        raise Invalid("incoming_broken", kind="Word") from error
    members = archive.infolist()
    texts = (each.file_size for each in members if each.filename.endswith((".xml", ".rels")))
    if sum(each.file_size for each in members) > TOTAL_BYTES or max(texts, default=0) > PART_BYTES:
        raise TooLarge("incoming_bomb")
    return archive


def require_decent(data: bytes) -> None:
    """Refuse at once what needs no process apart: no zip, a bomb, a text with entities."""
    with opened(data) as archive:
        if USUAL not in archive.namelist():
            return
        member = archive.getinfo(USUAL)
        try:
            with archive.open(member) as stream:
                beginning = stream.read(BEGINNING)
        except (*BROKEN, RuntimeError) as error:
            raise Invalid("incoming_broken", kind="Word") from error
    if DOCUMENT_TYPE in beginning or not is_packed_usually(member):
        raise Invalid("incoming_broken", kind="Word")


def is_packed_usually(member: zipfile.ZipInfo) -> bool:
    """Other methods cannot be unpacked in bounds."""
    return member.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
