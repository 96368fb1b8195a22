"""A text to its bytes: from memory, disk or an address, unpacked from gzip or zip, and never more than allowed."""

from __future__ import annotations

import gzip
import io
import re
import struct
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from mimetypes import guess_type
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipExtFile, ZipFile, ZipInfo

from core.errors import InputError
from core.reading.text import Limits, Received, Text, filesystems, problem, shown

HEAD_BYTES = 8
GZIP, ZIPS = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
PACKED = {
    GZIP: "gzip",
    **dict.fromkeys(ZIPS, "a zip archive"),
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"\x28\xb5\x2f\xfd": "zstandard",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!\x1a": "a rar archive",
    b"%PDF-": "a PDF",
}
MEDIA = ("image", "audio", "video", "font")
DIRECTORY_BYTES = 1 << 10  # of the list of files in a zip, for one file, at most and on average
MASKED = 0x1 | 0x40  # flags of an encrypted file

Progress = Callable[[int], None]


def texts(name: str, source: str | bytes, limits: Limits, received: Received | None = None) -> list[Text]:
    """The texts in a source: one, or one a file of a zip (files that are no texts are noted in ``received.skipped``).

    Raises
    ------
    InputError
        The source cannot be read or is larger than allowed; or a zip is damaged, hostile, encrypted, holds another
        archive, more files than allowed or no text.
    """
    whole = Text(name, source)
    if limits.raw_bytes is not None and (whole.size or 0) > limits.raw_bytes:
        raise problem(name, f"larger than the {limits.raw_bytes:,} bytes allowed")
    with told(whole):
        if isinstance(source, str) and not whole.remote and Path(source).is_fifo():
            return [whole]  # a pipe can be read only once
        with opened(whole) as file:
            if file.read(4) not in ZIPS:
                return [whole]
            return _members(file, whole, limits, received or Received())


def chunks(
    text: Text, limits: Limits, received: Received, *, chunk_bytes: int, progress: Progress | None = None
) -> Generator[bytes, None, None]:
    """The unpacked bytes of a text, ``chunk_bytes`` at a time.

    ``progress`` is called with the raw bytes read since its last call.

    Raises
    ------
    InputError
        The source cannot be read, is damaged or cut short, is an archive, or there is more than allowed.
    """

    untold = 0

    def tally_raw(size: int) -> None:
        nonlocal untold
        untold += size
        received.raw_bytes += size
        if limits.raw_bytes is not None and received.raw_bytes > limits.raw_bytes:
            raise problem(text.name, f"larger than the {limits.raw_bytes:,} bytes allowed")

    def tally_text(size: int) -> None:
        received.text_bytes += size
        if limits.text_bytes is not None and received.text_bytes > limits.text_bytes:
            raise problem(text.name, f"larger than the {limits.text_bytes:,} bytes of text allowed")

    with ExitStack() as stack:
        with told(text):
            file = stack.enter_context(opened(text))
            stream = _Tallied(_unpacked(file, text, tally_raw), tally_text)
            if text.start == 0 and text.stop is None:
                _refuse_packed(stream.peek(HEAD_BYTES), text)
        chunk = b"begun"
        while chunk:
            with told(text):
                chunk = stream.read(chunk_bytes)
            if progress and untold:
                untold, amount = 0, untold
                progress(amount)  # may raise what it likes: that is no error of the file
            if chunk:
                yield chunk


def packed(head: bytes) -> str:
    """What compressed format these first bytes announce, or ""."""
    return next((kind for magic, kind in PACKED.items() if head.startswith(magic)), "")


@contextmanager
def opened(text: Text) -> Iterator[Any]:
    """The source as a binary file, whatever it is."""
    if isinstance(text.source, bytes):
        yield io.BytesIO(text.source)
    elif text.remote:
        with filesystems(text).open(text.source, "rb") as file:
            yield file
    else:
        with Path(text.source).open("rb") as file:
            yield file


@contextmanager
def told(text: Text) -> Iterator[None]:
    """Errors of files and archives as InputError."""
    try:
        yield
    except InputError:
        raise
    except (EOFError, zlib.error, BadZipFile, gzip.BadGzipFile, struct.error, NotImplementedError) as error:
        raise problem(text.name, f"damaged or cut short ({error})") from error
    except OSError as error:
        raise problem(text.name, error.strerror or error) from error
    except ValueError as error:  # a path or the list of files of a zip with impossible characters or numbers
        raise problem(text.name, f"cannot be opened ({error})") from error
    except Exception as error:
        if not text.remote:
            raise
        raise problem(text.name, f"cannot be read ({error})") from error  # file systems have errors of their own


class _Tallied:
    """A file that tells how much is read from it, and lets the next bytes be seen; ``left`` bytes at most."""

    def __init__(self, file: Any, tally: Progress, left: int | None = None) -> None:
        self.file, self.tally, self.left, self.ahead = file, tally, left, b""

    def read(self, size: int = -1) -> bytes:
        wanted = max(0, size - len(self.ahead)) if size >= 0 else -1
        if self.left is not None:
            wanted = self.left if wanted < 0 else min(wanted, self.left)
        data = self.file.read(wanted) if wanted else b""
        self.tally(len(data))
        if self.left is not None:
            self.left -= len(data)
        found = self.ahead + data
        end = len(found) if size < 0 else size
        self.ahead = found[end:]
        return found[:end]

    def peek(self, size: int) -> bytes:
        self.ahead = self.read(size)
        return self.ahead


def _unpacked(file: Any, text: Text, tally: Progress) -> Any:
    if text.member:
        entry = text.entry or _entry(file, text)
        file.seek(entry.header_offset)
        name, extra = _local_header(file.read(30))
        file.seek(name + extra, io.SEEK_CUR)
        return ZipExtFile(_Tallied(file, tally), "r", entry)
    if text.start:
        file.seek(text.start)
    raw = _Tallied(file, tally, None if text.stop is None else text.stop - text.start)
    if text.start == 0 and text.stop is None and raw.peek(HEAD_BYTES).startswith(GZIP):
        return gzip.GzipFile(fileobj=raw, mode="rb")  # type: ignore[call-overload]
    return raw


def _local_header(header: bytes) -> tuple[int, int]:
    """Lengths of the name and of the extra field that stand between the header and the data."""
    if not header.startswith(ZIPS[0]):
        raise BadZipFile("a file is not where the list of files says")
    return struct.unpack("<26xHH", header)


def _refuse_packed(head: bytes, text: Text) -> None:
    if kind := packed(head):
        inside = " inside an archive" if text.member else ""
        raise problem(text.name, f"is {kind}{inside}, not plain text: unpack it first")


class _Directory:
    """A zip whose list of files must be short: it is read in one piece, before anything else is known of it."""

    def __init__(self, file: Any, files: int | None, name: str) -> None:
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable
        self.file, self.name, self.files = file, name, files

    def read(self, size: int = -1) -> bytes:
        if self.files is not None and size > max(1 << 17, self.files * DIRECTORY_BYTES):
            raise problem(self.name, f"holds more than the {self.files:,} files allowed")
        return self.file.read(size)


def _members(file: Any, whole: Text, limits: Limits, received: Received) -> list[Text]:
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
    for text in kept:
        with told(text):
            _refuse_packed(_unpacked(file, text, lambda size: None).read(HEAD_BYTES), text)
    return kept


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
