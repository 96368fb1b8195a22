"""Scores of a list against the rank, beside chance, and where it arrives (the rule is at the head of the package)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.frozen import frozen
from core.linear import Pairs, task_vectors
from core.order.chance import NULLS, guessing, paired_anew, similar_lists
from core.order.scores import (
    ANALOGIES,
    APART,
    BEGINS,
    DIRECTION,
    LEAST_PAIRS,
    LEAST_WORDS,
    TOGETHER,
    Ranks,
    Words,
    pair_scores,
    word_scores,
)
from core.theory import FloatArray

_NULL_RANKS = 8
_EVERY, _SPACED = {TOGETHER: 40, DIRECTION: 20}, {TOGETHER: 20, DIRECTION: 14}


@dataclass(frozen=True, eq=False)
class Curve:
    """One score of one list against the rank d.

    question : together, apart, direction or analogies. ranks : int64 array of shape (R,), ascending. scores : (R,).
    others : (3, R), the smallest, the median and the largest of 19 random lists in its place, straight lines between
    eight ranks. chance : (R,), what must be exceeded. rank : where the list arrives; None for never. It misleads where
    the score dipped between two of ``ranks``, which nobody saw.
    """

    question: str
    ranks: NDArray[np.int64]
    scores: FloatArray
    others: FloatArray
    chance: FloatArray
    rank: int | None

    @property
    def threshold(self) -> FloatArray:
        """Shape (R,): halfway to the best score, or chance where that is more."""
        return np.maximum(halfway(self.question, self.scores), self.chance)

    @property
    def arrived(self) -> float | None:
        """The score where the list arrives."""
        return None if self.rank is None else float(self.scores[np.searchsorted(self.ranks, self.rank)])


@dataclass(frozen=True)
class Leaning:
    """How a list stands on concept k, among the first so many.

    share : of the squared length of the list's mean vector (of pairs: of their mean difference) that lies along k; or
    of the squared differences from it. positive : to which end. same : how many of its ``count`` vectors point there,
    or lie beyond the mean.
    """

    k: int
    share: float
    positive: bool
    same: int
    count: int


def order_of_words(embeddings: FloatArray, words: Sequence[int], *, nulls: int = NULLS, seed: int = 0) -> list[Curve]:
    """When a list of word numbers belongs together, and when it can be told apart: two curves.

    ``embeddings`` (V, K): V_K Lambda_K^(1/2), columns in order of eigenvalue; fastest in Fortran order. *together*
    misleads for a list of which much is left out, whose neighbours are right and not in it; *apart* for words that are
    unlike each other anyway: random words are told apart long before months are.

    Raises
    ------
    InputError
        Fewer than 2 words, one of them twice, a number that is no word's, or more than half of all words.
    """
    known = _checked(words, len(embeddings))
    drawn = similar_lists(known, len(embeddings), nulls, seed)
    return _curves(
        (TOGETHER, APART),
        lambda ranks: word_scores(embeddings, [known], ranks)[0],
        lambda ranks: word_scores(embeddings, drawn, ranks),
        most=embeddings.shape[1],
        guessed=guessing(len(known)),
    )


def order_of_pairs(embeddings: FloatArray, pairs: Pairs, *, nulls: int = NULLS, seed: int = 0) -> list[Curve]:
    """When the differences of pairs of word numbers point one way, and when that answers analogies: two curves.

    ``embeddings`` as for words. Raises InputError for fewer than 3 pairs, a pair that is there twice, a number that is
    no word's, or words that allow no other pairs.
    """
    different = len(set(pairs))
    if different < max(LEAST_PAIRS, len(pairs)):
        raise InputError(f"{different} different pairs of {len(pairs)}: at least {LEAST_PAIRS} are needed, each once")
    task_vectors(embeddings, pairs)  # refuses numbers that are no word's
    fewer, drawn = paired_anew(embeddings, pairs, nulls, seed)
    return _curves(
        (DIRECTION, ANALOGIES),
        partial(pair_scores, embeddings, pairs),
        lambda ranks: np.array([pair_scores(fewer, one, ranks) for one in drawn]),
        most=embeddings.shape[1],
    )


def halfway(question: str, scores: FloatArray) -> float:
    """Halfway from where a score begins to its best; NaN is no score."""
    begins = BEGINS[question]
    return (begins + float(np.fmax.reduce(scores, initial=begins))) / 2


def arrival(question: str, ranks: Ranks, scores: FloatArray, chance: FloatArray) -> int | None:
    """The smallest rank from which on scores stay at halfway or above, and above chance; None for never.

    From there to the last rank; for *direction* to that of the best score. NaN is no score.
    """
    if not np.isfinite(scores).any():
        return None
    with np.errstate(invalid="ignore"):
        passed = (scores >= halfway(question, scores)) & (scores > chance)
    if question == DIRECTION:
        passed = passed[: int(np.nanargmax(scores)) + 1]
    missed = np.flatnonzero(~passed)
    first = int(missed[-1]) + 1 if len(missed) else 0
    return int(ranks[first]) if first < len(passed) else None


def leanings(vectors: FloatArray, rank: int, *, centred: bool = False) -> list[Leaning]:
    """How a list stands on each of the first ``rank`` concepts, in their order.

    ``vectors`` : rows of the embeddings, or of ``linear.task_vectors``, shape (n, K). ``centred`` : not what they have
    in common, but how they differ from their mean. The concept that a list needed last is seldom the one with the
    largest share.
    """
    cut = vectors[:, :rank]
    mean = cut.mean(axis=0)
    rows = cut - mean if centred else cut * np.where(mean < 0, -1, 1)
    squares = (rows**2).mean(axis=0) if centred else mean**2
    shares = squares / squares.sum() if squares.any() else squares
    same, positive = (rows > 0).sum(axis=0), (mean >= 0) | centred
    return [Leaning(k + 1, float(shares[k]), bool(positive[k]), int(same[k]), len(cut)) for k in range(rank)]


def rank_ladder(most: int, every: int = 40, spaced: int = 20) -> NDArray[np.int64]:
    """Ranks to look at, from 1 to ``most``: every one up to ``every``, then evenly spaced on a logarithmic scale."""
    if most <= every:
        return np.arange(1, most + 1)
    further = np.rint(np.geomspace(every, most, spaced + 1)).astype(np.int64)
    return np.union1d(np.arange(1, every + 1), further)


def _checked(words: Sequence[int], size: int) -> Words:
    numbers = np.asarray(words, np.int64)
    if len(numbers) < LEAST_WORDS:
        raise InputError(f"a list needs at least {LEAST_WORDS} words that are known here, and has {len(numbers)}")
    if len(np.unique(numbers)) < len(numbers) or numbers.min() < 0 or numbers.max() >= size:
        raise InputError(f"each word must be there once, with a number from 0 to {size - 1}")
    if 2 * len(numbers) > size:
        raise InputError(f"a list of {len(numbers)} of {size} words: at most half of all, others are needed beside it")
    return numbers


def _curves(
    questions: tuple[str, str],
    score: Callable[[Ranks], FloatArray],
    chance: Callable[[Ranks], FloatArray],
    *,
    most: int,
    guessed: float | None = None,
) -> list[Curve]:
    """Both curves; where a list arrives between two of the ranks looked at, those between are looked at too."""
    ranks = rank_ladder(most, _EVERY[questions[0]], _SPACED[questions[0]])
    looked = np.unique(np.rint(np.geomspace(1, most, min(most, _NULL_RANKS))).astype(np.int64))
    drawn = chance(looked)
    scores = score(ranks)
    build = partial(_curve_pair, questions, looked=looked, drawn=drawn, guessed=guessed)
    curves = build(ranks, scores)
    between = _unseen(ranks, [curve.rank for curve in curves])
    if not len(between):
        return curves
    order = np.argsort(np.concatenate([ranks, between]))
    every, both = np.concatenate([ranks, between])[order], np.concatenate([scores, score(between)])[order]
    return build(every, both)


def _unseen(ranks: NDArray[np.int64], arrivals: Sequence[int | None]) -> NDArray[np.int64]:
    """The ranks just below arrivals that were not looked at."""
    places = {int(np.searchsorted(ranks, rank)) for rank in arrivals if rank is not None} - {0}
    gaps = [np.arange(ranks[place - 1] + 1, ranks[place]) for place in sorted(places)]
    return np.concatenate(gaps) if gaps else np.zeros(0, np.int64)


def _curve_pair(
    questions: tuple[str, str],
    ranks: NDArray[np.int64],
    scores: FloatArray,
    *,
    looked: NDArray[np.int64],
    drawn: FloatArray,
    guessed: float | None,
) -> list[Curve]:
    """Two curves from scores (R, 2) and those of random lists, (nulls, ranks looked at, 2)."""
    found = []
    for n, question in enumerate(questions):
        levels = [function(drawn[:, :, n], axis=0) for function in (np.min, np.median, np.max)]
        others = np.stack([np.interp(ranks, looked, level) for level in levels])
        chance = np.full(len(ranks), guessed) if question == APART else others[2].copy()
        rank = arrival(question, ranks, scores[:, n], chance)
        found.append(Curve(question, frozen(ranks), frozen(scores[:, n].copy()), frozen(others), frozen(chance), rank))
    return found
