"""Bytes to characters: encodings, byte order marks, bytes that mean nothing; line ends become newlines."""

from __future__ import annotations

import codecs
import io
import itertools
import re
from collections.abc import Iterable, Iterator

from core.errors import InputError
from core.reading.text import Received, problem

# UTF-32 before UTF-16, whose little-endian mark it begins with.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MARK_BYTES = 4
# Codecs from text to text, of names of hosts, and of source code: no file is written in them.
UNFIT = {
    "idna",
    "punycode",
    "undefined",
    "unicode_escape",
    "unicode-escape",
    "raw_unicode_escape",
    "raw-unicode-escape",
}
BYTE_MARK = "\ufeff"
UNKNOWN = "\ufffd"
_SURROGATES = re.compile("[\ud800-\udfff]")


def codec(encoding: str) -> str:
    """Python's name of an encoding. Raises InputError where there is none such, or it is none of texts."""
    wrong = InputError(
        f"encoding {encoding[:100]!r} is not known: try utf-8, utf-16, cp1252 or another one of Python's"
    )
    try:
        b"a".decode(encoding)  # refuses codecs that are none of texts, as bytes.decode does
    except UnicodeDecodeError:
        pass  # known, and an "a" alone is not valid in it
    except (LookupError, ValueError) as error:
        raise wrong from error
    found = codecs.lookup(encoding)
    if found.name in UNFIT or found.incrementaldecoder is None:
        raise wrong
    return found.name


def marked_encoding(head: bytes) -> str:
    """The encoding that the first bytes of a text announce; UTF-8 if they do not."""
    return next((name for mark, name in MARKS if head.startswith(mark)), "utf-8")


def decoded(
    chunks: Iterable[bytes], encoding: str, *, name: str, received: Received, inside: bool = False
) -> Iterator[str]:
    """The characters of a text, all line ends as newlines, without a byte order mark; ``inside``: not from its start.

    Each byte that means nothing becomes one U+FFFD and is counted in ``received.replaced``.

    Raises
    ------
    InputError
        The encoding is not known, or the text holds NUL characters.
    """
    if encoding == "auto":
        head, chunks = (b"", chunks) if inside else _headed(iter(chunks))
        found = marked_encoding(head)
    else:
        found = codec(encoding)
    received.encoding = found
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(found)(_errors(found)), translate=True)
    for chunk, last in itertools.chain(((chunk, False) for chunk in chunks), [(b"", True)]):
        try:
            piece = decoder.decode(chunk, last)
        except UnicodeError as error:
            raise problem(name, f"cannot be read as {found}") from error
        if "\0" in piece:
            raise problem(name, "not plain text, it holds NUL bytes (binary, or UTF-16?)")
        if piece:
            yield sound(piece if inside else piece.removeprefix(BYTE_MARK), received)
            inside = True


def sound(piece: str, received: Received) -> str:
    """The piece with U+FFFD for what is no character; counted."""
    if piece.isascii():
        return piece
    try:
        piece.encode()  # several times faster than a search
    except UnicodeEncodeError:
        piece, number = _SURROGATES.subn(UNKNOWN, piece)
        received.replaced += number
    return piece


def _headed(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    head = b""
    while len(head) < MARK_BYTES and (chunk := next(chunks, b"")):
        head += chunk
    return head, itertools.chain([head], chunks)


def _errors(encoding: str) -> str:
    """The error handler that leaves one lone surrogate for each byte that means nothing."""
    if encoding in ("utf-8", "ascii"):
        return "surrogateescape"  # the same as ours, but compiled
    codecs.register_error("staircase-bytes", _escaped)
    return "staircase-bytes"


def _escaped(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    end = max(error.end, error.start + 1)
    return "".join(chr(0xDC00 + byte) for byte in error.object[error.start : end]), end
