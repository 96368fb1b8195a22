"""The files in a zip as texts: what they are called, where they are, and which nobody should unpack."""

from __future__ import annotations

import io
import re
import struct
from mimetypes import guess_type
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from core.reading.text import Limits, Received, Text, problem, shown

ZIPS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
MEDIA = ("image", "audio", "video", "font")
DIRECTORY_BYTES = 1 << 10  # of the list of files in a zip, for one file, at most and on average
MASKED = 0x1 | 0x40  # flags of an encrypted file


def members(file: Any, whole: Text, limits: Limits, received: Received) -> list[Text]:
    """The texts in a zip, one a file; files that are no texts are noted in ``received.skipped``.

    Raises
    ------
    InputError
        The archive is hostile or encrypted, or holds more than allowed or no text. What ``zipfile`` raises on damage
        goes through.
    """
    kept = []
    for entry in _entries(file, whole, limits):
        if entry.is_dir():
            continue
        member = _member(whole, entry)
        if _skipped(entry.filename):
            received.skipped.append(member.name)
        else:
            kept.append(member)
    if not kept:
        raise problem(whole.name, "holds no text file")
    if limits.files is not None and len(kept) > limits.files:
        raise problem(whole.name, f"holds {len(kept):,} files, more than the {limits.files:,} allowed")
    if limits.text_bytes is not None and sum(text.entry.file_size for text in kept if text.entry) > limits.text_bytes:
        raise problem(whole.name, f"larger than the {limits.text_bytes:,} bytes of text allowed")
    return kept


def go_to(file: Any, text: Text) -> ZipInfo:
    """Move to the first byte of what is packed of a member, and say how it is packed.

    Raises
    ------
    InputError
        There is no such member, or it is hostile. What ``zipfile`` raises on damage goes through.
    """
    entry = text.entry or _entry(file, text)
    file.seek(entry.header_offset)
    name, extra = _local_header(file.read(30))
    file.seek(name + extra, io.SEEK_CUR)
    return entry


def _local_header(header: bytes) -> tuple[int, int]:
    """Lengths of the name and of the extra field that stand between the header and the data."""
    if not header.startswith(ZIPS[0]):
        raise BadZipFile("a file is not where the list of files says")
    return struct.unpack("<26xHH", header)


class _Directory:
    """A zip whose list of files must be short: it is read in one piece, before anything else is known of it."""

    def __init__(self, file: Any, files: int | None, name: str) -> None:
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable
        self.file, self.name, self.files = file, name, files

    def read(self, size: int = -1) -> bytes:
        if self.files is not None and size > max(1 << 17, self.files * DIRECTORY_BYTES):
            raise problem(self.name, f"holds more than the {self.files:,} files allowed")
        return self.file.read(size)


def _entries(file: Any, whole: Text, limits: Limits) -> list[ZipInfo]:
    file.seek(0)
    with ZipFile(_Directory(file, limits.files, whole.name)) as archive:
        return archive.infolist()


def _entry(file: Any, text: Text) -> ZipInfo:
    """The member of a text that was not made by ``texts``."""
    found = [entry for entry in _entries(file, text, Limits()) if entry.filename == text.member]
    if not found:
        raise problem(text.name, f"there is no {text.member} in this archive")
    _member(text, found[-1])
    return found[-1]


def _member(whole: Text, entry: ZipInfo) -> Text:
    """A file of an archive as a text, unless it is one that nobody should unpack."""
    path, name = entry.filename.replace("\\", "/"), f"{whole.name}: {shown(entry.filename)}"
    if path.startswith("/") or re.match("[A-Za-z]:", path) or ".." in path.split("/"):
        raise problem(name, "a path that leads out of the archive: pack it again")
    if entry.flag_bits & MASKED:
        raise problem(name, "encrypted: pack it again without a password")
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        # zipfile unpacks other methods without a bound on memory
        raise problem(name, "packed by an unusual method: pack it again with deflate")
    return Text(name, whole.source, entry.filename, entry=entry)


def _skipped(path: str) -> bool:
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.replace("\\", "/").split("/"))
    return hidden or (guess_type(path)[0] or "").partition("/")[0] in MEDIA
