"""One text to ranges of bytes that can be read apart, with the same documents in the same order."""

from __future__ import annotations

import codecs
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

from core.errors import InputError
from core.reading.archives import HEAD_BYTES, opened, packed, told
from core.reading.decoding import BYTE_MARK, UNKNOWN, codec, marked_encoding
from core.reading.text import LINE, PARAGRAPH, WHOLE, Limits, Reading, Text, problem

FIRST_WINDOW, LAST_WINDOW = 1 << 16, 1 << 22
NEWLINE = rb"(?:\r\n|\r(?!\n)|\n)"
OVERLAP = 64

# A pattern of bytes, and within how many bytes of a start in the dark its matches may be false.
Ends = tuple[re.Pattern[bytes], int]


def shards(text: Text, reading: Reading, limits: Limits, shard_bytes: int) -> list[Text]:
    """Cut a plain text where documents end, into ranges of about ``shard_bytes``, or of one longer document.

    Reads around the cuts only. What cannot be cut is returned whole: tables, compressed texts, pipes, one document,
    encodings of more than a byte a character other than UTF-8. A text in memory is pickled whole with each shard.

    Raises
    ------
    InputError
        ``shard_bytes`` is not positive, the encoding is unknown, or the text is too large or cannot be read.
    """
    if shard_bytes < 1:
        raise InputError(f"shard_bytes is {shard_bytes}, and must be at least 1")
    ends, size = _ends(reading), text.size
    if text.kind or text.member or text.start or text.stop is not None or ends is None or size is None:
        return [text]
    if limits.raw_bytes is not None and size > limits.raw_bytes:
        raise problem(text.name, f"larger than the {limits.raw_bytes:,} bytes allowed")
    with told(text), opened(text) as file:
        head = file.read(HEAD_BYTES)
        if packed(head) or (reading.encoding == "auto" and marked_encoding(head) != "utf-8"):
            return [text]
        bounds = [0, *_cuts(file, ends, size, shard_bytes), size]
    return [replace(text, start=start, stop=stop) for start, stop in pairwise(bounds)] if len(bounds) > 2 else [text]


def _ends(reading: Reading) -> Ends | None:
    """The bytes that end documents; they need not be all ends, but each must be one. None: there are none to find."""
    encoding = "utf-8" if reading.encoding == "auto" else codec(reading.encoding)
    separator = newlines(reading.separator)
    if separator == WHOLE or not (encoding == "utf-8" or _single_bytes(encoding)):
        return None
    if separator == LINE:
        return re.compile(rb"\n"), 0
    if separator == PARAGRAPH:
        return re.compile(rb"\n[ \t\r]*\n"), 0
    try:
        parts = [part.encode(encoding) for part in separator.split("\n")]
    except UnicodeEncodeError:
        return None
    if BYTE_MARK in separator or UNKNOWN in separator:
        return None  # these are made or removed while decoding
    return re.compile(NEWLINE.join(map(re.escape, parts))), sum(len(part) + 2 for part in parts)


def newlines(separator: str) -> str:
    """A separator as it will be met in decoded text."""
    return separator.replace("\r\n", "\n").replace("\r", "\n")


def _single_bytes(encoding: str) -> bool:
    """Whether each byte is a character, and the first 128 are ASCII. Python's codecs of this kind hold a table."""
    table = hasattr(
        sys.modules[getattr(codecs.lookup(encoding).incrementaldecoder, "__module__", "")], "decoding_table"
    )
    ascii_bytes = bytes(range(128))
    return encoding in ("ascii", "iso8859-1") or (table and ascii_bytes.decode(encoding) == ascii_bytes.decode())


def _cuts(file: Any, ends: Ends, size: int, shard_bytes: int) -> Iterator[int]:
    cut: int | None = 0
    while cut is not None and cut + shard_bytes < size:
        cut = _next_end(file, ends, cut + shard_bytes, size)
        if cut is not None and cut < size:
            yield cut


def _next_end(file: Any, ends: Ends, after: int, size: int) -> int | None:
    """Where the first document ends that surely ends after this byte; None if none does.

    Separators are met from left to right and do not overlap: of "-----", "---" is only the first three. A match
    counts only if no other one, and no unseen one before the window, overlaps it from the left.
    """
    pattern, dark = ends
    buffer, base, window, clear = b"", after, FIRST_WINDOW, after + dark
    keep = max(OVERLAP, dark)
    file.seek(after)
    while data := file.read(min(window, size - base - len(buffer))):
        buffer += data
        at_end, place = base + len(buffer) >= size, 0
        while match := pattern.search(buffer, place):
            if match.end() == len(buffer) and not at_end:
                break  # a newline may follow that belongs to it
            if base + match.start() >= clear:
                return base + match.end()
            clear, place = max(clear, base + match.end()), match.start() + 1
        base, buffer = base + max(0, len(buffer) - keep), buffer[-keep:]
        window = min(2 * window, LAST_WINDOW)
    return None
