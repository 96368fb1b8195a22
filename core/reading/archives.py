"""A text to its bytes: from memory, disk or an address, unpacked from gzip or zip, and never more than allowed."""

from __future__ import annotations

import gzip
import io
import struct
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipExtFile

from core.errors import InputError
from core.reading.text import Limits, Received, Text, filesystems, problem
from core.reading.zips import ZIPS, go_to, members

HEAD_BYTES = 8
GZIP = b"\x1f\x8b"
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
            found = members(file, whole, limits, received or Received())
            for text in found:
                with told(text):
                    _refuse_packed(_unpacked(file, text, lambda size: None).read(HEAD_BYTES), text)
            return found


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
        entry = go_to(file, text)
        return ZipExtFile(_Tallied(file, tally), "r", entry)
    if text.start:
        file.seek(text.start)
    raw = _Tallied(file, tally, None if text.stop is None else text.stop - text.start)
    if text.start == 0 and text.stop is None and raw.peek(HEAD_BYTES).startswith(GZIP):
        return gzip.GzipFile(fileobj=raw, mode="rb")  # type: ignore[call-overload]
    return raw


def _refuse_packed(head: bytes, text: Text) -> None:
    if kind := packed(head):
        what = f"{kind} inside an archive" if text.member else kind
        raise problem(text.name, f"is {what}, not plain text: unpack it first")
