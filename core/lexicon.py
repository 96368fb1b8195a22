"""Words to numbers: which characters make a word, and a table that numbers words as they are met."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.frozen import frozen
from core.reading import RECORD

LETTERS = ("latin", "unicode")
JOINERS = "\u200c\u200d"
# The only two characters outside ASCII whose lower case holds a letter a-z: Kelvin sign, dotted I.
_FOLDED = (("\u212a".encode(), b"k"), ("\u0130".encode(), b"i "))
_SLOTS, _BYTES = 1 << 12, 1 << 16


@dataclass(frozen=True)
class WordSpec:
    """What a word is. ``letters``: *latin*, runs of a-z and A-Z; or *unicode*, runs of letters, digits and the marks on
    them in any script (General_Category L, N, M, and the two joiners). ``lower``: case is folded.

    Scripts that are written without spaces give one long word for each run. A run of more than 1,000 bytes is no word.
    """

    letters: str = "latin"
    lower: bool = True

    def __post_init__(self) -> None:
        if self.letters not in LETTERS:
            raise InputError(f"letters is {self.letters!r}, and must be one of {', '.join(LETTERS)}")


class Lexicon:
    """Numbers words in the order they are first met; those given at the start come first.

    A lexicon that does not ``learn`` answers UNKNOWN (-2) for every other word.
    """

    def __init__(self, spec: WordSpec, words: Iterable[str] = (), *, learn: bool = True) -> None:
        self._spec = spec
        self._classes = _classes(spec.letters)
        self._folded = _folded(spec.lower)
        self._secret = np.uint64(secrets.randbits(64))
        self._types = 0
        self._slots = np.full(_SLOTS, -1, np.int32)
        self._keys = np.empty(_SLOTS, np.uint64)
        self._starts = np.zeros(_SLOTS // 2 + 1, np.int64)
        self._letters = np.empty(_BYTES, np.uint8)
        self._learn = True
        self.scan(" ".join(words).encode())
        self._learn = learn

    def scan(self, block: bytes, open_tokens: int = 0) -> tuple[NDArray[np.int32], int]:
        """Word numbers of clean text with END (-1) after each document that has a word, and the number of words
        since the last end. ``open_tokens`` is that number before the block."""
        from core._kernels import scan

        text = np.frombuffer(self._prepared(block), np.uint8)
        stream = np.empty(len(text) + 1, np.int32)
        at = written = 0
        while True:
            at, more, open_tokens, self._types = scan(
                text,
                at,
                self._classes,
                self._folded,
                self._secret,
                self._learn,
                open_tokens,
                self._types,
                self._slots,
                self._keys,
                self._starts,
                self._letters,
                stream[written:],
            )
            written += more
            if at == len(text):
                return stream[:written].copy(), open_tokens
            self._grow(len(text) - at)

    @property
    def types(self) -> int:
        """How many different words there are."""
        return self._types

    def joined(self) -> bytes:
        """All words in order, with a space between them: a text whose words are 0, 1, 2 ..."""
        starts = self._starts[: self._types + 1]
        return np.insert(self._letters[: starts[-1]], starts[1:-1], ord(" ")).tobytes()

    def _prepared(self, block: bytes) -> bytes:
        if block.isascii() or not self._spec.lower:
            return block
        if self._spec.letters == "unicode":
            return block.decode().lower().encode()
        for character, letters in _FOLDED:
            block = block.replace(character, letters)
        return block

    def _grow(self, longest: int) -> None:
        """Room for twice as many words if there is no place for one more, and for the bytes of a word this long."""
        from core._kernels import spread

        if self._types == len(self._starts) - 1:
            self._slots, self._keys = spread(self._slots, self._keys, 2 * len(self._slots))
            self._starts = _longer(self._starts, len(self._slots) // 2 + 1)
        used = int(self._starts[self._types])
        if used + longest > len(self._letters):
            self._letters = _longer(self._letters, 2 * (used + longest))


def _longer(array: NDArray[Any], size: int) -> NDArray[Any]:
    longer = np.empty(size, array.dtype)
    longer[: len(array)] = array
    return longer


@cache
def _classes(letters: str) -> NDArray[np.uint8]:
    """The class of each character by its code point; 128 long where all others separate."""
    from core._kernels import DOCUMENT, LETTER, MARK, SEPARATOR

    if letters == "latin":
        classes = np.full(128, SEPARATOR, np.uint8)
        for begin, end in ("az", "AZ"):
            classes[ord(begin) : ord(end) + 1] = LETTER
    else:
        kinds = {"L": LETTER, "N": LETTER, "M": MARK}
        categories = map(unicodedata.category, map(chr, range(0x110000)))
        classes = np.fromiter((kinds.get(one[0], SEPARATOR) for one in categories), np.uint8, 0x110000)
        classes[[ord(joiner) for joiner in JOINERS]] = MARK
    classes[RECORD[0]] = DOCUMENT
    return frozen(classes)


@cache
def _folded(lower: bool) -> NDArray[np.uint8]:
    """The byte that each byte of ASCII counts as."""
    folded = np.arange(256, dtype=np.uint8)
    if lower:
        folded[ord("A") : ord("Z") + 1] += ord("a") - ord("A")
    return frozen(folded)
