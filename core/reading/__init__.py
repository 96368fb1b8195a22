"""Any bytes a person brings to clean text: UTF-8 in which documents end with one mark and nothing surprises.

Texts are streamed: memory is a few chunks, however long they are. What is clean: NFC; no control characters but
RECORD at the end of each document; every kind of white space is a plain space; no soft hyphens, byte order marks,
bidirectional controls and characters of no width, except the joiners U+200C and U+200D, which spell words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import closing

from core.reading.archives import Progress, chunks, texts
from core.reading.cuts import newlines, shards
from core.reading.decoding import decoded, sound
from core.reading.tables import columns, documents
from core.reading.text import LINE, PARAGRAPH, WHOLE, Limits, Reading, Received, Text, problem

__all__ = (
    ["CHUNK_BYTES", "LINE", "PARAGRAPH", "RECORD", "WHOLE", "Limits", "Progress", "Reading", "Received", "Text"]
    + ["clean", "fields", "shards", "texts"]
)  # fmt: skip

CHUNK_BYTES = 1 << 22
RECORD = b"\x1e"
END = RECORD.decode()

# Beyond ASCII: line ends, white space and C1 controls, and characters that are not seen.
_BREAKS = "\x85\u2028\u2029"
_BLANKS = "\x80-\x84\x86-\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_UNSEEN = "\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
_SPECIAL = re.compile(f"([{_BREAKS}])|([{_BLANKS}])|[{_UNSEEN}]")
_ANY_SPECIAL = re.compile(f"[{_BREAKS}{_BLANKS}{_UNSEEN}]")
_ASCII_BLANKS = "".join(map(chr, range(0x21))) + "\x7f"
_BLANK_LINES = re.compile(r"\n(?:[\x00-\x09\x0b-\x20\x7f]*\n)+")
_CONTROLS_TO_SPACES = bytes(
    byte if byte > 0x20 and byte != 0x7F or byte == RECORD[0] else 0x20 for byte in range(256)
)  # fmt: skip

# Python sorts the marks on one letter in quadratic time: a megabyte of them takes hours.
_LONG_WORD, _MOST_MARKS = 1 << 10, 600  # so many marks are more bytes than a long word has
_MARKS = re.compile(rf"[^\w\x00-\x7f]{{{_MOST_MARKS},}}")


def clean(
    text: Text, reading: Reading, limits: Limits, received: Received, progress: Progress | None = None
) -> Iterator[bytes]:
    """Clean text in chunks of about ``CHUNK_BYTES``, cut only after a space or RECORD.

    Documents may be empty: two line ends are an empty line. The text is empty or ends with RECORD. ``received`` is
    brought up to date on the way; ``progress`` is called with the raw bytes (compressed ones) since its last call.

    Raises
    ------
    InputError
        The text cannot be read, decoded or parsed, is no plain text, or is longer than ``limits`` allow.
    """
    raw = chunks(text, limits, received, chunk_bytes=CHUNK_BYTES, progress=progress)
    pieces = decoded(raw, reading.encoding, name=text.name, received=received, inside=text.start > 0)
    marked: Iterator[str]
    with closing(raw):
        if text.kind:
            rows = documents(pieces, text.kind, field=reading.field, longest=limits.line_bytes, name=text.name)
            marked = (_plain(sound(piece, received)) for piece in _joined(rows, CHUNK_BYTES))
        else:
            marked = _ended(pieces, newlines(reading.separator))
        blocks = (piece.encode().translate(_CONTROLS_TO_SPACES) for piece in marked)
        for block in _whole_words(blocks, limits.line_bytes, text.name):
            yield block if block.isascii() else _composed(block, text.name)


def fields(text: Text, limits: Limits, reading: Reading | None = None) -> tuple[str, ...]:
    """The columns of a csv or the fields of the first line of a jsonl; none for other texts.

    Raises
    ------
    InputError
        The text cannot be read, or has no row of column names.
    """
    if not text.kind:
        return ()
    received, encoding = Received(), (reading or Reading()).encoding
    raw = chunks(text, limits, received, chunk_bytes=CHUNK_BYTES)
    with closing(raw):
        pieces = decoded(raw, encoding, name=text.name, received=received)
        return columns(pieces, text.kind, longest=limits.line_bytes, name=text.name)


def _joined(rows: Iterable[str], chunk_bytes: int) -> Iterator[str]:
    """Documents, each ended, many in a piece."""
    batch: list[str] = []
    size = 0
    for row in rows:
        batch.append(row.replace(END, " ") + END)
        size += len(row)
        if size >= chunk_bytes:
            yield "".join(batch)
            batch, size = [], 0
    yield "".join(batch)


def _ended(pieces: Iterable[str], separator: str) -> Iterator[str]:
    """The pieces, plain, with RECORD where a document ends (but perhaps at the very end) and nowhere else."""
    if separator not in (LINE, PARAGRAPH, WHOLE):
        yield from map(_plain, _split(pieces, separator))
        return
    blank = True  # so far, the line that the piece before left open
    for piece in pieces:
        plain = _plain(piece.replace(END, " "))
        if separator == LINE:
            plain = plain.replace("\n", END)
        elif separator == PARAGRAPH:
            opened = "\n" if blank else ""
            plain = opened + plain
            last = plain.rpartition("\n")[2]
            blank = (blank or "\n" in plain) and not last.strip(_ASCII_BLANKS)
            plain = _BLANK_LINES.sub(_end_blank_lines, plain)[len(opened) :]
        yield plain


def _end_blank_lines(match: re.Match[str]) -> str:
    return "\n" + match[0][1:].replace("\n", END)


def _split(pieces: Iterable[str], separator: str) -> Iterator[str]:
    """A literal separator, found from left to right; what may be the begin of one waits for the next piece."""
    tail = ""
    for piece in pieces:
        *done, rest = (tail + piece).split(separator)
        held = max(0, len(rest) - len(separator) + 1)
        tail = rest[held:]
        yield END.join(part.replace(END, " ") for part in [*done, rest[:held]])
    yield tail.replace(END, " ")


def _plain(piece: str) -> str:
    """Line ends beyond ASCII as newlines, other white space and C1 controls as spaces, the unseen removed."""
    if piece.isascii() or not _ANY_SPECIAL.search(piece):
        return piece
    return _SPECIAL.sub(lambda match: "\n" if match[1] else " " if match[2] else "", piece)


def _whole_words(blocks: Iterable[bytes], longest: int, name: str) -> Iterator[bytes]:
    """The same bytes, cut after white space; the last document is ended."""
    tail, ended = b"", True
    for block in blocks:
        block = tail + block
        end = max(block.rfind(b" "), block.rfind(RECORD)) + 1
        whole, tail = block[:end], block[end:]
        if len(tail) > longest or _longer_word(whole, longest):
            raise problem(name, f"more than {longest:,} bytes without white space: not plain text?")
        if whole:
            ended = whole.endswith(RECORD)
            yield whole
    if tail or not ended:
        yield tail + RECORD


def _longer_word(block: bytes, longest: int) -> bool:
    """Whether more than so many bytes stand together without white space."""
    begin = 0
    while len(block) - begin > longest:
        window = (begin, begin + longest + 1)
        begin = max(block.rfind(b" ", *window), block.rfind(RECORD, *window)) + 1
        if not begin:
            return True
    return False


def _composed(block: bytes, name: str) -> bytes:
    """The block in NFC. It ends with white space, which composes with nothing."""
    piece = block.decode()
    if _longer_word(block, _LONG_WORD):
        for match in _MARKS.finditer(piece):
            piles = "".join("^" if unicodedata.combining(character) else " " for character in match[0]).split()
            if any(len(pile) >= _MOST_MARKS for pile in piles):
                raise problem(name, f"{_MOST_MARKS} or more accents on one letter: not plain text")
    return unicodedata.normalize("NFC", piece).encode()
