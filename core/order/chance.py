"""What chance does: lists of random words, the same words paired at random, guessing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.linear import Pairs, null_pairs
from core.theory import FloatArray

NULLS = 19  # a list that is no better than these beats them all once in 20
_ONCE_IN = 20
_ALIKE, _NEAR = 1.5, 25
_RIVALS = 1_000


def similar_lists(words: NDArray[np.int64], size: int, count: int, seed: int) -> list[NDArray[np.int64]]:
    """So many lists of as many other words of similar frequency, drawn at random. Word numbers are frequency ranks."""
    random = np.random.default_rng(seed)
    return [_similar(words, size, random) for _ in range(count)]


def _similar(words: NDArray[np.int64], size: int, random: np.random.Generator) -> NDArray[np.int64]:
    """For each word one from 1/1.5 to 1.5 times its rank, or 25 places either way; where none is left, from all."""
    free = np.ones(size, bool)
    free[words] = False
    drawn = []
    for word in words:
        low = max(0, min(int(word / _ALIKE), word - _NEAR))
        window = low + np.flatnonzero(free[low : max(int(word * _ALIKE), word + _NEAR) + 1])
        drawn.append(int(random.choice(window if len(window) else np.flatnonzero(free))))
        free[drawn[-1]] = False
    return np.array(drawn, np.int64)


def guessing(count: int) -> float:
    """What *apart* exceeds at most once in 20 for ``count`` words whose order is drawn by lot, for each word anew.

    Each word then has 0 to count - 1 others behind its own name, equally often. 1 for two words: they cannot be told
    from guessing.
    """
    spread = np.ones(1)
    for _ in range(count):
        spread = np.convolve(spread, np.full(count, 1 / count))
    above = 1 - np.cumsum(spread)
    return int(np.argmax(above <= 1 / _ONCE_IN)) / (count * (count - 1))


def paired_anew(
    embeddings: FloatArray, pairs: Pairs, count: int, seed: int
) -> tuple[FloatArray, list[Sequence[tuple[int, int]]]]:
    """The same words paired at random, ``count`` times, and embeddings of these and the 1,000 most frequent words.

    Who answers an analogy wrong among these words does so among all, so that chance is never underrated by leaving
    out the rest.

    Raises
    ------
    InputError
        These words allow no other pairs.
    """
    drawn = [null_pairs(pairs, seed + n) for n in range(count)]
    kept = np.union1d(np.ravel(pairs), np.arange(min(_RIVALS, len(embeddings))))
    place = {int(word): number for number, word in enumerate(kept)}
    return np.asarray(embeddings)[kept], [[(place[a], place[b]) for a, b in one] for one in drawn]
