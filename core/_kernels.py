"""The two loops that numpy cannot express: scanning bytes into word numbers, and counting pairs.

Compiled by numba on first use, which is why nothing imports this module at its top.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

SEPARATOR, LETTER, NEWLINE = 0, 1, 2


def _byte_classes() -> NDArray[np.uint8]:
    classes = np.full(256, SEPARATOR, np.uint8)
    classes[ord("a") : ord("z") + 1] = LETTER
    classes[ord("A") : ord("Z") + 1] = LETTER
    classes[[ord("\n"), ord("\r")]] = NEWLINE
    return classes


class Lexicon:
    """Numbers words in the order they are first met, in an open-addressing hash table.

    ``slots`` (a power of two long) holds word numbers or -1; the letters of word n are
    ``letters[starts[n]:starts[n + 1]]``.
    """

    def __init__(self) -> None:
        self._classes = _byte_classes()
        self._slots = np.full(1 << 16, -1, np.int32)
        self._hashes = np.empty(1 << 15, np.uint64)
        self._starts = np.zeros((1 << 15) + 1, np.int64)
        self._letters = np.empty(1 << 20, np.uint8)
        self._types = 0

    def scan(self, block: bytes, open_tokens: int) -> tuple[NDArray[np.int32], NDArray[np.int64], int]:
        """Word numbers of the block, lengths of the documents that end in it, tokens left open."""
        if not block:
            return np.empty(0, np.int32), np.empty(0, np.int64), open_tokens
        text = np.frombuffer(block, np.uint8)
        (ids, sizes, open_tokens, self._types, self._slots, self._hashes, self._starts, self._letters) = _scan(
            text,
            self._classes,
            open_tokens,
            self._types,
            self._slots,
            self._hashes,
            self._starts,
            self._letters,
        )
        return ids, sizes, open_tokens

    def words(self) -> list[str]:
        letters, starts = self._letters.tobytes(), self._starts
        return [letters[starts[n] : starts[n + 1]].decode("ascii") for n in range(self._types)]


@njit(cache=True, nogil=True)
def _grown(array, size):
    larger = np.empty(size, array.dtype)
    larger[: len(array)] = array
    return larger


@njit(cache=True, nogil=True)
def _rehash(hashes, types, size):
    slots = np.full(size, -1, np.int32)
    mask = np.uint64(size - 1)
    for word in range(types):
        slot = hashes[word] & mask
        while slots[slot] >= 0:
            slot = (slot + np.uint64(1)) & mask
        slots[slot] = word
    return slots


@njit(cache=True, nogil=True)
def _same(text, begin, length, letters, start, stop):
    if stop - start != length:
        return False
    for n in range(length):  # noqa: SIM110 - numba compiles the loop, not a generator
        if (text[begin + n] | 0x20) != letters[start + n]:
            return False
    return True


@njit(cache=True, nogil=True)
def _scan(text, classes, open_tokens, types, slots, hashes, starts, letters):
    """One pass over the bytes: find words (FNV-1a hash), number them, cut documents at newlines."""
    ids = np.empty(len(text) // 2 + 1, np.int32)
    sizes = np.empty(np.sum((text == 10) | (text == 13)) + 1, np.int64)
    tokens, documents, position, size = 0, 0, 0, len(text)
    while position < size:
        kind = classes[text[position]]
        if kind != LETTER:
            if kind == NEWLINE and open_tokens > 0:
                sizes[documents] = open_tokens
                documents += 1
                open_tokens = 0
            position += 1
            continue
        begin = position
        key = np.uint64(14695981039346656037)
        while position < size and classes[text[position]] == LETTER:
            key = (key ^ np.uint64(text[position] | 0x20)) * np.uint64(1099511628211)
            position += 1
        # A multiplication carries upwards only: fold the high bits down to where the mask looks.
        key ^= key >> np.uint64(32)
        length = position - begin
        mask = np.uint64(len(slots) - 1)
        slot = key & mask
        word = slots[slot]
        while word >= 0 and not (
            hashes[word] == key and _same(text, begin, length, letters, starts[word], starts[word + 1])
        ):
            slot = (slot + np.uint64(1)) & mask
            word = slots[slot]
        if word < 0:
            word = types
            types += 1
            if types > len(hashes):
                hashes = _grown(hashes, 2 * len(hashes))
                starts = _grown(starts, len(hashes) + 1)
            while starts[word] + length > len(letters):
                letters = _grown(letters, 2 * len(letters))
            for n in range(length):
                letters[starts[word] + n] = text[begin + n] | 0x20
            starts[word + 1] = starts[word] + length
            hashes[word] = key
            slots[slot] = word
            if 2 * types > len(slots):
                slots = _rehash(hashes, types, 2 * len(slots))
        ids[tokens] = word
        tokens += 1
        open_tokens += 1
    return (
        ids[:tokens].copy(),
        sizes[:documents].copy(),
        open_tokens,
        types,
        slots,
        hashes,
        starts,
        letters,
    )


@njit(cache=True, nogil=True)
def count_band(ids, bounds, window, first, last, table):
    """Add the pair weights of some documents to a band of the packed lower triangle.

    ``table`` holds rows ``first <= i < last`` of the triangle ``j <= i``, row after row. Each unordered
    pair of positions at distance n <= window adds ``window + 1 - n`` once.
    """
    base = first * (first + 1) // 2
    for document in range(len(bounds) - 1):
        end = bounds[document + 1]
        for a in range(bounds[document], end):
            here = ids[a]
            for b in range(a + 1, min(a + window, end - 1) + 1):
                there = ids[b]
                high, low = (here, there) if here > there else (there, here)
                if first <= high < last:
                    index = np.int64(high) * (high + 1) // 2 - base + low
                    table[index] += window + 1 - (b - a)
