"""How much of what people know is in embeddings: analogies, and similarities that people rated.

a : b :: c : ? is answered by the word w with the largest w . (c + b - a), all words of unit length, the three words of
the question excluded (paper, section 4; Mikolov et al. 2013). Everything is computed in float64, so that winners do not
hang on rounding; of equals the first word wins, which is the most frequent. A word without a vector (all zeros) stays
in the game: its product with all others is 0. Embeddings are arrays of shape (V, d) of finite numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.frozen import frozen
from core.questions import SIMILARITY, Family, families, in_vocabulary, rated_pairs

FloatArray = NDArray[np.float64]
_BLOCK = 2_000  # words at a time: the scores of a family then stay in the processor's cache
_NAN = float("nan")


@dataclass(frozen=True)
class Score:
    """Analogies of one family: ``right`` of the ``total`` whose words are all known, of the ``possible`` there are."""

    name: str
    right: int
    total: int
    possible: int

    @property
    def accuracy(self) -> float:
        """From 0 to 1; nan where nothing could be asked."""
        return self.right / self.total if self.total else _NAN


@dataclass(frozen=True)
class Correlation:
    """Spearman's rank correlation of the cosine of two words with what people said, over ``pairs`` of ``possible``.

    nan where there are fewer than two pairs, or all are equal.
    """

    name: str
    spearman: float
    pairs: int
    possible: int


@dataclass(frozen=True)
class Evaluation:
    """analogies : a score a family. similarity : WordSim-353 and SimLex-999. crossed : as in ``evaluate``."""

    analogies: tuple[Score, ...]
    similarity: tuple[Correlation, ...]
    crossed: bool

    @property
    def overall(self) -> Score:
        """All families together, so that large ones count for more."""
        numbers = [(one.right, one.total, one.possible) for one in self.analogies]
        return Score("all", *(sum(column) for column in zip(*numbers, strict=True)))

    @property
    def accuracy(self) -> float:
        """From 0 to 1; nan where nothing could be asked."""
        return self.overall.accuracy

    @property
    def total(self) -> int:
        """Analogies asked: those whose words are all known."""
        return self.overall.total

    @property
    def possible(self) -> int:
        """Analogies there are, for a vocabulary that has all their words."""
        return self.overall.possible


@dataclass(frozen=True, eq=False)
class Crossed:
    """N pairs asked all-with-all: entry [p, q] of an array is about a : b :: a' : ? of pairs p = (a, b), q = (a', b').

    pairs : without duplicates, so that nothing is asked on the diagonal. given : int64 array of shape (N, N), the words
        answered; -1 on the diagonal, and where no word is left to answer. scores : float64 array of shape (N, N),
        w . (a' + b - a) of these words. expected : the same of b'. lengths : those of a' + b - a.
    """

    pairs: tuple[tuple[int, int], ...]
    given: NDArray[np.int64]
    scores: FloatArray
    expected: FloatArray
    lengths: FloatArray

    @property
    def asked(self) -> NDArray[np.bool_]:
        """Shape (N, N): all but the diagonal."""
        return ~np.eye(len(self.pairs), dtype=bool)

    @cached_property
    def hits(self) -> NDArray[np.bool_]:
        """Shape (N, N): whether the word answered is b'."""
        seconds = np.array([second for _, second in self.pairs], np.int64)
        return frozen(self.given == seconds)

    @property
    def right(self) -> int:
        return int(self.hits.sum())

    @property
    def total(self) -> int:
        """N (N - 1)."""
        return len(self.pairs) * (len(self.pairs) - 1)

    @property
    def accuracy(self) -> float:
        """From 0 to 1; nan where nothing could be asked."""
        return self.right / self.total if self.total else _NAN

    @property
    def hopeless(self) -> int:
        """Questions whose answer is one of their own words, and excluded: Houston and Dallas are both in Texas."""
        return sum(p != q and q[1] in (*p, q[0]) for p in self.pairs for q in self.pairs)

    @property
    def cosines(self) -> FloatArray:
        """Shape (N, N): cosine of a' + b - a with b', 0 where there is none."""
        return self.expected / np.where(self.lengths > 0, self.lengths, 1)

    @property
    def cosine(self) -> float:
        """Mean of ``cosines``, how well parallelograms close; nan where nothing could be asked."""
        return float(self.cosines[self.asked].mean()) if self.total else _NAN


def evaluate(embeddings: NDArray[np.floating], words: Sequence[str], *, crossed: bool = True) -> Evaluation:
    """Ask embeddings of shape (V, d) Google's analogies, and compare their cosines with WordSim-353 and SimLex-999.

    ``crossed`` : the pairs in both halves of a family's questions, without duplicates, each with each other (paper);
    else the questions as listed, which in four families are fewer. A question whose answer is one of its own words
    is asked, and lost. Words that differ in case only count as one, the first (as in gensim).

    Raises
    ------
    InputError
        There is not one row for each word, or a number is not finite.
    """
    embeddings, index = _folded(embeddings, words)
    scores = tuple(_score(embeddings, family, index, crossed) for family in families())
    return Evaluation(scores, tuple(_correlation(embeddings, name, index) for name in SIMILARITY), crossed)


def crossed(embeddings: NDArray[np.floating], pairs: Sequence[tuple[int, int]]) -> Crossed:
    """Ask the analogies of pairs of word numbers all-with-all: N^2 V additions, a block of words at a time."""
    pairs = tuple(dict.fromkeys((int(a), int(b)) for a, b in pairs))
    numbers = np.array(pairs, np.int64).reshape(-1, 2)
    first, second = unit_rows(embeddings[numbers[:, 0]]), unit_rows(embeddings[numbers[:, 1]])
    given, scores = np.full((len(pairs),) * 2, -1), np.full((len(pairs),) * 2, -np.inf)
    for begin in range(0, len(embeddings) if len(pairs) > 1 else 0, _BLOCK):
        near_first, near_second = _products(np.stack([first, second]), embeddings[begin : begin + _BLOCK])
        block, rows = np.empty_like(near_first), np.arange(len(pairs))
        for p, shift in enumerate(near_second - near_first):
            np.add(near_first, shift, out=block)
            _leave_out(block, numbers[p] - begin, numbers[:, 0] - begin)
            best = block.argmax(axis=1)
            better = (block[rows, best] > scores[p]) & (rows != p)
            given[p, better], scores[p, better] = best[better] + begin, block[rows, best][better]
    shift = second - first
    squares = (first**2).sum(axis=1) + 2 * shift @ first.T + (shift**2).sum(axis=1)[:, None]
    lengths = np.sqrt(np.maximum(squares, 0))
    expected = (first * second).sum(axis=1) + shift @ second.T
    return Crossed(pairs, frozen(given), frozen(scores), frozen(expected), frozen(lengths))


def answers(embeddings: NDArray[np.floating], a: int, b: int, c: int, count: int = 10) -> tuple[tuple[int, float], ...]:
    """The words nearest to c + b - a (a is to b as c is to ...) with their cosines, nearest first, a, b, c excluded."""
    unit = unit_rows(embeddings[[a, b, c]])
    cosines = cosines_with(embeddings, unit[2] + unit[1] - unit[0])
    return tuple((word, float(cosines[word])) for word in nearest(cosines, count, (a, b, c)))


def _score(embeddings: NDArray[np.floating], family: Family, index: Mapping[str, int], all_with_all: bool) -> Score:
    found = crossed(embeddings, in_vocabulary(family, index))
    if all_with_all:
        return Score(family.name, found.right, found.total, len(family.pairs) * (len(family.pairs) - 1))
    place = {pair: number for number, pair in enumerate(found.pairs)}
    asked = [[index[word] for word in one] for one in family.questions if all(word in index for word in one)]
    right = sum(bool(found.hits[place[a, b], place[c, d]]) for a, b, c, d in asked)
    return Score(family.name, right, len(asked), len(family.questions))


def _correlation(embeddings: NDArray[np.floating], name: str, index: Mapping[str, int]) -> Correlation:
    from scipy.stats import spearmanr

    rated = rated_pairs(name)
    known = [(index[one], index[other], rating) for one, other, rating in rated if one in index and other in index]
    first, second = (
        unit_rows(embeddings[list(side)]) for side in ([one for one, *_ in known], [one for _, one, _ in known])
    )
    cosines, ratings = (first * second).sum(axis=1), [one for *_, one in known]
    differ = len(set(cosines.tolist())) > 1 and len(set(ratings)) > 1
    return Correlation(name, float(spearmanr(cosines, ratings).statistic) if differ else _NAN, len(known), len(rated))


def _folded(embeddings: NDArray[np.floating], words: Sequence[str]) -> tuple[NDArray[np.floating], dict[str, int]]:
    """Embeddings of words that differ in more than case, and the number of each word, in lower case."""
    if embeddings.ndim != 2 or len(embeddings) != len(words):
        raise InputError(f"there are {len(words):,} words, and embeddings of shape {embeddings.shape}")
    if not np.isfinite(embeddings).all():
        raise InputError("the embeddings hold numbers that are not finite")
    first: dict[str, int] = {}
    for number, word in enumerate(words):
        first.setdefault(word.lower(), number)
    if len(first) < len(words):
        embeddings = embeddings[list(first.values())]
    return embeddings, {word: number for number, word in enumerate(first)}


def _leave_out(scores: FloatArray, columns: NDArray[np.integer], of_rows: NDArray[np.integer]) -> None:
    """Words of a question cannot be its answer: some columns of all rows, and one of each; any outside are passed."""
    width = scores.shape[1]
    scores[:, columns[(columns >= 0) & (columns < width)]] = -np.inf
    rows = np.flatnonzero((of_rows >= 0) & (of_rows < width))
    scores[rows, of_rows[rows]] = -np.inf


def cosines_with(embeddings: NDArray[np.floating], sought: FloatArray) -> FloatArray:
    """Cosine of every word with a vector of shape (d,). Shape (V,)."""
    unit, blocks = unit_rows(sought[None]), range(0, len(embeddings), _BLOCK)
    return np.concatenate([_products(unit, embeddings[begin : begin + _BLOCK])[0] for begin in blocks])


def nearest(cosines: FloatArray, count: int, excluded: Sequence[int]) -> tuple[int, ...]:
    """The ``count`` words of the largest cosines, largest first, those excluded left out; of equals the first."""
    order = np.argsort(-cosines, kind="stable")[: count + len(excluded)].tolist()
    return tuple(word for word in order if word not in excluded)[:count]


def _products(units: FloatArray, rows: NDArray[np.floating]) -> FloatArray:
    """Products of vectors (..., d) with rows (b, d) as if those were of length 1. Shape (..., b)."""
    exact = rows.astype(np.float64)
    return units @ exact.T / _lengths(exact)


def unit_rows(rows: NDArray[np.floating]) -> FloatArray:
    """Rows of length 1 in float64; a row of zeros stays."""
    exact = rows.astype(np.float64)
    return exact / _lengths(exact)[:, None]


def _lengths(rows: FloatArray) -> FloatArray:
    """Lengths of rows, 1 for a row of zeros."""
    lengths = np.linalg.norm(rows, axis=1)
    return np.where(lengths > 0, lengths, 1)
