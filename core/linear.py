"""Concepts that are differences of words: task vectors of word pairs, their Gram spectrum, signal over noise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.frozen import frozen

FloatArray = NDArray[np.floating[Any]]
Pairs = Sequence[tuple[int, int]]

LEAST_PAIRS = 2
_TRIES = 1_000


def task_vectors(embeddings: NDArray, pairs: Pairs) -> FloatArray:
    """R: the differences b - a of the pairs (a, b), a row each (paper, section on task vectors). Shape (N, d), float64.

    Raises
    ------
    InputError
        Fewer than 2 pairs, or a number that is no word's.
    """
    numbers = _checked(pairs, len(embeddings))
    exact = np.asarray(embeddings)[numbers].astype(np.float64)
    return exact[:, 1] - exact[:, 0]


def gram_spectrum(vectors: NDArray) -> FloatArray:
    """Eigenvalues of G = R R^T, descending, none below 0: squared singular values of R, and zeros. Shape (N,)."""
    exact = np.asarray(vectors, np.float64)
    found = np.zeros(len(exact))
    squared = np.linalg.svd(exact, compute_uv=False) ** 2
    found[: len(squared)] = squared
    return found


def snr(eigenvalues: FloatArray, rank: int) -> float:
    """lambda_max(G) rank(G) / Tr G: the largest eigenvalue over the mean of those that are not 0 by shape.

    From 1, all alike, to ``rank``, all pairs one difference. NaN where all are 0.
    """
    total = float(np.sum(eigenvalues))
    return float(np.max(eigenvalues)) * rank / total if total > 0 else float("nan")


def mean_task_vector(embeddings: NDArray, pairs: Pairs) -> FloatArray:
    """Mean of the rows of R. Shape (d,)."""
    return task_vectors(embeddings, pairs).mean(axis=0)


def power(vectors: FloatArray, values: FloatArray, pairs: Pairs) -> FloatArray:
    """Share of the mean task vector's squared length along each eigen-feature. Shape (K,); sums to 1.

    ``vectors`` (V, K), ``values`` (K,): eigenpairs of M*, so that W = V Lambda^(1/2).
    """
    squared = (np.sqrt(np.maximum(values, 0)) * mean_task_vector(vectors, pairs)) ** 2
    total = float(squared.sum())
    return squared / total if total > 0 else np.full(len(squared), np.nan)


def null_power(vectors: FloatArray, values: FloatArray, pairs: Pairs, *, nulls: int = 20, seed: int = 0) -> FloatArray:
    """The same of the same words paired at random, a row each time. Shape (nulls, K)."""
    return np.array([power(vectors, values, null_pairs(pairs, seed + n)) for n in range(nulls)])


def null_pairs(pairs: Pairs, seed: int) -> tuple[tuple[int, int], ...]:
    """The same words paired at random, in random order, none of the pairs a true one or a word with itself.

    Raises
    ------
    InputError
        These words allow no other pairs.
    """
    random = np.random.default_rng(seed)
    forbidden = {frozenset(pair) for pair in pairs}
    words = np.array([word for pair in pairs for word in pair])
    for _ in range(_TRIES):
        drawn = random.permutation(words).reshape(-1, 2).tolist()
        sets = {frozenset(pair) for pair in drawn}
        if len(sets) == len(drawn) and not sets & forbidden and all(len(one) == 2 for one in sets):
            return tuple((int(a), int(b)) for a, b in drawn)
    raise InputError("the words of these pairs cannot be paired in another way: bring more pairs of different words")


def _checked(pairs: Pairs, size: int) -> NDArray[np.int64]:
    if len(pairs) < LEAST_PAIRS:
        raise InputError(f"{len(pairs)} pairs, and a direction common to them needs {LEAST_PAIRS} or more")
    numbers = np.array(pairs, np.int64)
    if numbers.min() < 0 or numbers.max() >= size:
        raise InputError(f"word numbers go from {numbers.min()} to {numbers.max()}, and must be from 0 to {size - 1}")
    return frozen(numbers)
