"""What embeddings are asked: Google's analogies, pairs of words that people rated, and the words a visitor types.

The benchmarks are those that gensim installs, read without importing it: Google's questions (Mikolov et al. 2013),
WordSim-353 (Finkelstein et al. 2002) and SimLex-999 (Hill et al. 2015), lower-cased.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from core.errors import InputError

TITLES = {"wordsim353": "WordSim-353", "simlex999": "SimLex-999"}
SIMILARITY = tuple(TITLES)
MAX_PAIRS, MAX_WORDS, MAX_CHARACTERS = 500, 1_000, 50_000
_FILES = {"questions": "questions-words.txt", "wordsim353": "wordsim353.tsv", "simlex999": "simlex999.txt"}
_SHOWN = 80
_BULLET = re.compile(r"^\s*(?:[-*\u2022\u2013]\s+|\(?\d{1,3}[.)]\s+)")
_BETWEEN_PAIRS = re.compile(r"[,;\uff0c\uff1b\u3001]|::")
_BETWEEN_WORDS = re.compile(r" -{1,3} | ?(?:[-=]{1,3}>|[/:=|\u2012-\u2015\u2190-\u21ff]) ?| ")
_BETWEEN_LISTED = re.compile(r"[\s,;:/|=\u2012-\u2015\uff0c\uff1b\u3001]+")
_AROUND = " \t\"'`\u00b4\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb()[]{}<>.!?"

Pair = tuple[str, str]


@dataclass(frozen=True)
class Family:
    """Questions of one kind. Of a question a, b, a', b' the expected answer is b'.

    pairs : both halves of every question, without duplicates, in the order they first appear. questions : as listed.
    """

    name: str
    pairs: tuple[Pair, ...]
    questions: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True)
class Listed:
    """What a visitor typed, as word numbers, and everything that came to nothing, as typed.

    pairs : pairs with both words known. words : the words known, of such pairs or listed, without duplicates.
    unknown : words that are not in the vocabulary. duplicates : pairs or words that were there before.
    odd : what could not be read as a pair or a word.
    """

    pairs: tuple[tuple[int, int], ...]
    words: tuple[int, ...]
    unknown: tuple[str, ...]
    duplicates: tuple[str, ...]
    odd: tuple[str, ...]


@cache
def families() -> tuple[Family, ...]:
    """Google's 14 families of analogies, 19,544 questions, lower-cased.

    Raises
    ------
    InputError
        gensim, whose copy this is, is not installed.
    """
    listed: dict[str, list[tuple[str, str, str, str]]] = {}
    name = ""
    for line in _lines("questions"):
        if line.startswith(":"):
            name = line[1:].strip()
            listed[name] = []
        else:
            a, b, c, d = line.lower().split()
            listed[name].append((a, b, c, d))
    return tuple(Family(name, _pairs(questions), tuple(questions)) for name, questions in listed.items())


@cache
def rated_pairs(name: str) -> tuple[tuple[str, str, float], ...]:
    """Two words, lower-cased, and how alike people found them; ``name`` is one of ``SIMILARITY``. From 0 to 10.

    As in the file: WordSim-353 has *money cash* twice, with two ratings, and *tiger tiger*. It rates what is related,
    SimLex-999 what is alike (*coast shore*, but not *coffee cup*).

    Raises
    ------
    InputError
        There is no such set, or gensim, whose copy this is, is not installed.
    """
    if name not in SIMILARITY:
        raise InputError(f"there is no set of rated pairs {name!r}; there are: {', '.join(SIMILARITY)}")
    rows = (line.lower().split("\t") for line in _lines(name) if not line.startswith("#"))
    return tuple((first, second, float(rating)) for first, second, rating in rows)


def in_vocabulary(family: Family, index: Mapping[str, int]) -> tuple[tuple[int, int], ...]:
    """The family's pairs whose both words are known, as numbers. The word with number 0 is one like any other."""
    return tuple((index[a], index[b]) for a, b in family.pairs if a in index and b in index)


def read_pairs(text: str, index: Mapping[str, int]) -> Listed:
    """Pairs as people type them: one a line, or several with commas, semicolons or ``::`` between them.

    The two words stand apart by a space, ``:``, ``/``, ``=``, an arrow, or a hyphen with spaces around it; or by a
    comma, where the line holds nothing else. Hyphens and apostrophes inside a word belong to it. Words are looked up
    as typed, then in lower case.

    Raises
    ------
    InputError
        There are more than 500 pairs, or more than 50,000 characters.
    """
    _check_length(text)
    typed = [item for line in text.splitlines() for item in _items(line)]
    if len(typed) > MAX_PAIRS:
        raise InputError(f"these are {len(typed):,} pairs, and at most {MAX_PAIRS:,} are read")
    pairs: dict[tuple[int, int], None] = {}
    unknown: dict[str, None] = {}
    duplicates, odd = [], []
    for item in typed:
        words = [word for word in (part.strip(_AROUND) for part in _BETWEEN_WORDS.split(item)) if word]
        if len(words) != 2 or words[0].lower() == words[1].lower():
            odd.append(_short(item))
            continue
        first, second = (_place(word, index) for word in words)
        if first is None or second is None:
            unknown |= {_short(word): None for word in words if _place(word, index) is None}
        elif (first, second) in pairs:
            duplicates.append(" ".join(words))
        else:
            pairs[first, second] = None
    known = tuple(dict.fromkeys(word for pair in pairs for word in pair))
    return Listed(tuple(pairs), known, tuple(unknown), tuple(dict.fromkeys(duplicates)), tuple(odd))


def read_words(text: str, index: Mapping[str, int]) -> Listed:
    """Words as people type them, with spaces, commas, slashes or lines between them. Looked up as in ``read_pairs``.

    Raises
    ------
    InputError
        There are more than 1,000 words, or more than 50,000 characters.
    """
    _check_length(text)
    lines = (_BULLET.sub("", line) for line in text.splitlines())
    typed = [part for line in lines for part in _BETWEEN_LISTED.split(line) if part]
    if len(typed) > MAX_WORDS:
        raise InputError(f"these are {len(typed):,} words, and at most {MAX_WORDS:,} are read")
    known: dict[int, None] = {}
    unknown: dict[str, None] = {}
    duplicates, odd = [], []
    for part in typed:
        word = part.strip(_AROUND)
        place = _place(word, index)
        if not any(letter.isalnum() for letter in word):
            odd.append(_short(part))
        elif place is None:
            unknown[_short(word)] = None
        elif place in known:
            duplicates.append(word)
        else:
            known[place] = None
    return Listed((), tuple(known), tuple(unknown), tuple(dict.fromkeys(duplicates)), tuple(odd))


def _items(line: str) -> list[str]:
    """What should be pairs: the parts of a line, or the whole of it where it is two words and a comma."""
    line = " ".join(_BULLET.sub("", line).split())
    parts = [part.strip() for part in _BETWEEN_PAIRS.split(line) if part.strip(_AROUND)]
    if len(parts) == 2 and not any(_BETWEEN_WORDS.search(part.strip(_AROUND)) for part in parts):
        return [" ".join(parts)]
    return parts


def _place(word: str, index: Mapping[str, int]) -> int | None:
    return index.get(word, index.get(word.lower()))


def _short(typed: str) -> str:
    return typed if len(typed) <= _SHOWN else typed[: _SHOWN - 1] + "\u2026"


def _check_length(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise InputError(f"these are {len(text):,} characters, and at most {MAX_CHARACTERS:,} are read")


def _pairs(questions: Iterable[tuple[str, str, str, str]]) -> tuple[Pair, ...]:
    return tuple(dict.fromkeys(half for a, b, c, d in questions for half in ((a, b), (c, d))))


def _lines(name: str) -> list[str]:
    """The lines of gensim's copy of a set. gensim itself takes seconds to import, and is not."""
    found = find_spec("gensim")
    if found is None or not found.submodule_search_locations:
        raise InputError("gensim is not installed, and the questions are those that come with it")
    path = Path(found.submodule_search_locations[0], "test", "test_data", _FILES[name])
    try:
        return [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}; it comes with gensim") from error
