"""How much of what people know is in embeddings: analogies, and similarities that people rated.

The analogy a : b :: a' : ? is answered by the word w with the largest w . (a' + b - a), all words of unit length, the
three words of the question excluded (paper, section 4; Mikolov et al. 2013). Everything is computed in float64, so
that the winner does not hang on rounding; where two are equal the more frequent word wins. A word without a vector
(all zeros) is a word like any other, whose product with all is 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.frozen import frozen
from core.questions import SIMILARITY, Family, families, in_vocabulary, rated_pairs

FloatArray = NDArray[np.float64]
Pairs = Sequence[tuple[int, int]]
_BLOCK = 20_000
_NEIGHBOURS = 5


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
        return _share(self.right, self.total)


@dataclass(frozen=True)
class Correlation:
    """Spearman's rank correlation of the cosine of two words with what people said, over ``pairs`` of ``possible``.

    nan where there are fewer than two pairs, or all cosines are equal.
    """

    name: str
    spearman: float
    pairs: int
    possible: int


@dataclass(frozen=True)
class Evaluation:
    """analogies : a score a family. similarity : WordSim-353 and SimLex-999. crossed : how analogies were asked."""

    analogies: tuple[Score, ...]
    similarity: tuple[Correlation, ...]
    crossed: bool

    @property
    def right(self) -> int:
        return sum(one.right for one in self.analogies)

    @property
    def total(self) -> int:
        """Analogies asked: those whose words are all known."""
        return sum(one.total for one in self.analogies)

    @property
    def possible(self) -> int:
        """Analogies there are, with a vocabulary that has all their words."""
        return sum(one.possible for one in self.analogies)

    @property
    def accuracy(self) -> float:
        """Share of the analogies asked, all families together; nan where nothing could be asked."""
        return _share(self.right, self.total)


@dataclass(frozen=True, eq=False)
class Crossed:
    """All pairs of one family, asked all-with-all: entry [p, q] is a : b :: a' : ? of pairs p = (a, b), q = (a', b').

    pairs : N pairs, without duplicates. given : int64 array of shape (N, N), the words answered; -1 on the diagonal,
        which is not asked, and where no word is left. scores : float64 array of shape (N, N), w . (a' + b - a) of the
        word answered. expected : the same of b'. lengths : those of a' + b - a.
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
        """Shape (N, N), whether the word answered is b'."""
        answers = np.array([second for _, second in self.pairs], np.int64)
        return frozen((self.given == answers) & self.asked)

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
        return _share(self.right, self.total)

    @property
    def hopeless(self) -> int:
        """Questions whose answer is one of their own three words (Dallas and Houston are both in Texas): never won."""
        return sum(p != q and q[1] in (*p, q[0]) for p in self.pairs for q in self.pairs)

    @property
    def cosine(self) -> float:
        """Mean cosine of a' + b - a with b': how well the parallelogram closes. nan where nothing could be asked."""
        cosines = self.expected / np.where(self.lengths > 0, self.lengths, 1)
        return float(cosines[self.asked].mean()) if self.total else float("nan")


@dataclass(frozen=True)
class Miss:
    """An analogy a : b :: c : expected that was answered by another word, and what can be said about it.

    cosine, given_cosine : of c + b - a with the expected word, and with the word given.
    rank : place of the expected word among all but a, b and c, from 1; 0 if it is one of those, and cannot be given.
    parallel : cosine of b - a with expected - c. 1 if the two pairs differ in the same way.
    neighbours : the words nearest to c, nearest first.
    """

    a: int
    b: int
    c: int
    expected: int
    given: int
    cosine: float
    given_cosine: float
    rank: int
    parallel: float
    neighbours: tuple[int, ...]


def evaluate(embeddings: NDArray[np.floating], words: Sequence[str], *, crossed: bool = True) -> Evaluation:
    """Ask embeddings of shape (V, d) Google's analogies, WordSim-353 and SimLex-999.

    ``crossed`` : the pairs in both halves of a family's questions, without duplicates, each with each other (paper);
    else the questions as listed, which for some families are fewer. Words that differ in case only are one: the
    first, as in gensim.

    Raises
    ------
    InputError
        There is not one row for each word, or a number in them is not finite.
    """
    embeddings, index = _prepared(embeddings, words)
    scores = tuple(_score(embeddings, family, index, crossed) for family in families())
    return Evaluation(scores, tuple(_correlation(embeddings, name, index) for name in SIMILARITY), crossed)


def crossed(embeddings: NDArray[np.floating], pairs: Pairs) -> Crossed:
    """Ask the analogies of pairs of word numbers all-with-all. Takes N^2 V additions, in blocks of words."""
    pairs = tuple(dict.fromkeys((int(a), int(b)) for a, b in pairs))
    count, dim = len(pairs), embeddings.shape[1]
    both = _unit(embeddings[np.array(pairs, np.int64).reshape(-1)]).reshape(count, 2, dim)
    given, scores = np.full((count, count), -1), np.full((count, count), -np.inf)
    for begin in range(0, len(embeddings), _BLOCK):
        block = _unit(embeddings[begin : begin + _BLOCK])
        first, second = both[:, 0] @ block.T, both[:, 1] @ block.T
        for row, (pair, shift) in enumerate(zip(pairs, second - first, strict=True)):
            word, score = _winners(first + shift, pairs, pair, begin)
            better = score > scores[row]
            given[row, better], scores[row, better] = word[better] + begin, score[better]
    np.fill_diagonal(given, -1)
    expected, lengths = _closing(both)
    return Crossed(pairs, frozen(given), frozen(scores), frozen(expected), frozen(lengths))


def answers(embeddings: NDArray[np.floating], a: int, b: int, c: int, count: int = 10) -> tuple[tuple[int, float], ...]:
    """The words nearest to c + b - a (a is to b as c is to ...) with their cosines, nearest first; not a, b, c."""
    asked = _unit(embeddings[[a, b, c]])
    sought = asked[2] + asked[1] - asked[0]
    cosines = _cosines(embeddings, sought)
    order = [int(word) for word in np.argsort(-cosines, kind="stable")[: count + 3] if word not in (a, b, c)]
    return tuple((word, float(cosines[word])) for word in order[:count])


def stumped(embeddings: NDArray[np.floating], pairs: Pairs, count: int) -> tuple[Miss, ...]:
    """Crossed analogies of these pairs that fail, furthest from right first, each expected word once."""
    asked = crossed(embeddings, pairs)
    gap = np.where(asked.asked & ~asked.hits & (asked.given >= 0), asked.scores - asked.expected, -np.inf)
    chosen: dict[int, tuple[int, int]] = {}
    for place in np.argsort(-gap, axis=None, kind="stable"):
        p, q = divmod(int(place), len(asked.pairs))
        if len(chosen) == count or gap[p, q] == -np.inf:
            break
        chosen.setdefault(asked.pairs[q][1], (p, q))
    return tuple(_miss(embeddings, asked, p, q) for p, q in chosen.values())


def _miss(embeddings: NDArray[np.floating], asked: Crossed, p: int, q: int) -> Miss:
    (a, b), (c, expected) = asked.pairs[p], asked.pairs[q]
    unit = _unit(embeddings[[a, b, c, expected]])
    cosines = _cosines(embeddings, unit[2] + unit[1] - unit[0])
    given = int(asked.given[p, q])
    ahead = np.flatnonzero(cosines > cosines[expected])
    rank = 0 if expected in (a, b, c) else 1 + int((~np.isin(ahead, (a, b, c))).sum())
    difference = _unit(np.array([unit[1] - unit[0], unit[3] - unit[2]]))
    near = np.argsort(-_cosines(embeddings, unit[2]), kind="stable")[: _NEIGHBOURS + 1]
    neighbours = tuple(int(word) for word in near if word != c)[:_NEIGHBOURS]
    parallel = float(difference[0] @ difference[1])
    return Miss(a, b, c, expected, given, float(cosines[expected]), float(cosines[given]), rank, parallel, neighbours)


def _score(embeddings: NDArray[np.floating], family: Family, index: dict[str, int], all_with_all: bool) -> Score:
    pairs = in_vocabulary(family, index)
    found = crossed(embeddings, pairs)
    if all_with_all:
        return Score(family.name, found.right, found.total, len(family.pairs) * (len(family.pairs) - 1))
    place = {pair: number for number, pair in enumerate(pairs)}
    known = [question for question in family.questions if all(word in index for word in question)]
    right = sum(bool(found.hits[place[index[a], index[b]], place[index[c], index[d]]]) for a, b, c, d in known)
    return Score(family.name, right, len(known), len(family.questions))


def _correlation(embeddings: NDArray[np.floating], name: str, index: dict[str, int]) -> Correlation:
    from scipy.stats import spearmanr

    rated = rated_pairs(name)
    known = [(index[a], index[b], rating) for a, b, rating in rated if a in index and b in index]
    first, second, ratings = (np.array(column) for column in zip(*known, strict=True)) if known else ([], [], [])
    spearman = float("nan")
    if len(known) > 1:
        cosines = (_unit(embeddings[first]) * _unit(embeddings[second])).sum(axis=1)
        if np.ptp(cosines) > 0 and np.ptp(ratings) > 0:
            spearman = float(spearmanr(cosines, ratings).statistic)
    return Correlation(name, spearman, len(known), len(rated))


def _prepared(embeddings: NDArray[np.floating], words: Sequence[str]) -> tuple[NDArray[np.floating], dict[str, int]]:
    """Embeddings of words that differ by more than case, and the number of each, in lower case."""
    if embeddings.ndim != 2 or len(embeddings) != len(words):
        raise InputError(f"there are {len(words):,} words, and embeddings of shape {embeddings.shape}")
    if not np.isfinite(embeddings).all():
        raise InputError("embeddings hold numbers that are not finite")
    first: dict[str, int] = {}
    for number, word in enumerate(words):
        first.setdefault(word.lower(), number)
    if len(first) < len(words):
        embeddings = embeddings[list(first.values())]
    return embeddings, {word: number for number, word in enumerate(first)}


def _winners(
    scores: FloatArray, pairs: Pairs, asked: tuple[int, int], begin: int
) -> tuple[NDArray[np.intp], FloatArray]:
    """The best word of every row of a block that begins at this word, and its score; question words are left out."""
    rows = np.arange(len(scores))
    firsts = np.array([first for first, _ in pairs]) - begin
    inside = (firsts >= 0) & (firsts < scores.shape[1])
    scores[rows[inside], firsts[inside]] = -np.inf
    for word in asked:
        if 0 <= word - begin < scores.shape[1]:
            scores[:, word - begin] = -np.inf
    best = scores.argmax(axis=1)
    return best, scores[rows, best]


def _closing(both: FloatArray) -> tuple[FloatArray, FloatArray]:
    """b' . (a' + b - a) and the length of a' + b - a, pairs (a, b) in rows, (a', b') in columns. (N, N)."""
    first, second = both[:, 0], both[:, 1]
    shift = second - first
    expected = (first * second).sum(axis=1) + shift @ second.T
    squares = (first**2).sum(axis=1) + 2 * shift @ first.T + (shift**2).sum(axis=1)[:, None]
    return expected, np.sqrt(np.maximum(squares, 0))


def _cosines(embeddings: NDArray[np.floating], sought: FloatArray) -> FloatArray:
    """Cosine of every word with a vector of shape (d,), a block of words at a time. Shape (V,)."""
    unit = _unit(sought[None])[0]
    blocks = range(0, len(embeddings), _BLOCK)
    return np.concatenate([_unit(embeddings[begin : begin + _BLOCK]) @ unit for begin in blocks])


def _unit(rows: NDArray[np.floating]) -> FloatArray:
    """Rows of length 1 in float64; a row of zeros stays."""
    exact = rows.astype(np.float64)
    lengths = np.linalg.norm(exact, axis=1, keepdims=True)
    return exact / np.where(lengths > 0, lengths, 1)


def _share(right: int, total: int) -> float:
    return right / total if total else float("nan")
