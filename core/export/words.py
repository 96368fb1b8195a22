"""Words as formats of lines and columns can hold them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_SPACES = frozenset({"Zs", "Zl", "Zp"})
_CONTROLS = frozenset({"Cc", "Cs"})


def joined(words: Sequence[str]) -> tuple[str, ...]:
    """The words in one piece each, all different: as the formats of word2vec need them, which end a word at a space.

    White space and control characters become _, an empty word is _. Where two words would be the same then, the later
    (rarer) ones get as many _ at their ends as it takes.
    """
    pieces = [_joined(word) for word in words]
    unchanged = {piece for word, piece in zip(words, pieces, strict=True) if word == piece}
    taken: set[str] = set()
    for n, word in enumerate(words):
        while pieces[n] in taken or (pieces[n] != word and pieces[n] in unchanged):
            pieces[n] += "_"
        taken.add(pieces[n])
    return tuple(pieces)


def _joined(word: str) -> str:
    return "".join("_" if _breaks(sign) else sign for sign in word) or "_"


def celled(word: str) -> str:
    """The word as a cell of a table with tabs between cells: tabs, line ends and control characters become spaces."""
    return "".join(" " if unicodedata.category(sign) in _CONTROLS or _ends_line(sign) else sign for sign in word)


def _breaks(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) in _SPACES | _CONTROLS


def _ends_line(sign: str) -> bool:
    return unicodedata.category(sign) in ("Zl", "Zp")
