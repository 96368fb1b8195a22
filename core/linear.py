"""Concepts that are differences of words: task vectors of word pairs, their Gram matrix, signal over noise.

R has a row b - a for each of N pairs (a, b) of one family: *man* and *woman*, *king* and *queen*. If all differ alike,
R is of rank one, G = R R^T has one large eigenvalue, and analogies are parallelograms (paper, task vectors).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.frozen import frozen
from core.marchenko_pastur import rank_of

FloatArray = NDArray[np.floating[Any]]
Pairs = Sequence[tuple[int, int]]

LEAST_PAIRS = 2
FEWEST_PAIRS = 3  # from which a direction that pairs share is looked for: any two share one
NULLS = 20
_SWAPS = 50  # tries for each pair to find another partner for its word


@dataclass(frozen=True, eq=False)
class Gram:
    """What the Gram matrix of N task vectors in d dimensions says.

    eigenvalues : (N,), descending, none below 0; of the smallest, N - d are 0 where N > d.
    agreement : (u . 1)^2 / N, with u the first eigenvector. 1 where all pairs have an equal part in the largest
        eigenvalue, in the same direction; about 1 / N where they have not, or half of them point the other way. Turning
        a pair round changes it, and changes no eigenvalue: it tells a concept of these pairs from a direction that
        their words merely have in common (beyond the paper). NaN where all is 0.
    """

    eigenvalues: FloatArray
    agreement: float


def task_vectors(embeddings: NDArray, pairs: Pairs) -> FloatArray:
    """R: the differences b - a of the pairs (a, b) of word numbers, a row each. Shape (N, d), float64.

    Raises
    ------
    InputError
        Fewer than 2 pairs, or a number that is no word's.
    """
    numbers = check_pairs(pairs, len(embeddings))
    exact = np.asarray(embeddings)[numbers].astype(np.float64)
    return exact[:, 1] - exact[:, 0]


def gram(vectors: NDArray) -> Gram:
    """Eigenvalues of G = R R^T, and whether the rows of R, shape (N, d), agree in its first eigenvector."""
    exact = np.asarray(vectors, np.float64)
    wide = not 0 < exact.shape[1] < len(exact)
    squared, basis = np.linalg.eigh(exact @ exact.T if wide else exact.T @ exact)  # the smaller of the two
    eigenvalues = np.zeros(len(exact))
    eigenvalues[: len(squared)] = np.maximum(squared[::-1], 0)
    eigenvalues[rank_of(eigenvalues) :] = 0
    first = basis[:, -1] if wide else exact @ basis[:, -1]
    length = float(first @ first)
    agrees = float(first.sum() ** 2) / (len(exact) * length) if eigenvalues[0] > 0 else float("nan")
    return Gram(frozen(eigenvalues), agrees)


def gram_spectrum(vectors: NDArray) -> FloatArray:
    """Eigenvalues of G = R R^T, descending, none below 0; those that are rounding of the largest are 0. Shape (N,)."""
    return gram(vectors).eigenvalues


def snr(eigenvalues: FloatArray, rank: int) -> float:
    """lambda_max(G) rank(G) / Tr G: the largest eigenvalue over their mean (paper). ``rank``: min(N, d) as a rule.

    From 1, all eigenvalues alike, to ``rank``, all pairs one difference. So part of its rise with d is that of the
    rank, and families of more pairs have more of it. Noise with equal columns has about (1 + sqrt(N / d))^2 for
    N <= d, at most 4; the words of a family paired at random often more: see ``null_pairs``. NaN where all are 0.
    """
    total = float(np.sum(eigenvalues))
    return float(np.max(eigenvalues)) * rank / total if total > 0 and rank > 0 else float("nan")


def mean_task_vector(embeddings: NDArray, pairs: Pairs) -> FloatArray:
    """Mean of the rows of R, what people would call the concept. Shape (d,). Raises InputError as ``task_vectors``."""
    return task_vectors(embeddings, pairs).mean(axis=0)


def power(vectors: FloatArray, values: FloatArray, pairs: Pairs) -> FloatArray:
    """Share of the mean task vector's squared length along each eigen-feature (paper, Fig. 6). Shape (K,); sums to 1.

    ``vectors`` (V, K), ``values`` (K,): eigenpairs of M*, so that W = V Lambda^(1/2) and the share of feature k goes
    as lambda_k (mean of v_k at b less v_k at a)^2. A feature with a negative eigenvalue has none. NaN where the mean is
    0. Early features are large for any pairs: compare with ``null_power``.

    Raises
    ------
    InputError
        As ``task_vectors``; or there is not one eigenvalue for each eigenvector.
    """
    if vectors.ndim != 2 or np.shape(values) != vectors.shape[1:]:
        raise InputError(f"{np.size(values)} eigenvalues do not go with eigenvectors of shape {vectors.shape}")
    squared = np.maximum(values, 0) * mean_task_vector(vectors, pairs) ** 2
    total = float(squared.sum())
    return squared / total if total > 0 else np.full(len(squared), np.nan)


def null_power(
    vectors: FloatArray, values: FloatArray, pairs: Pairs, *, nulls: int = NULLS, seed: int = 0
) -> FloatArray:
    """``power`` of the same words paired at random, a row each time. Shape (nulls, K), or (0, K) if they cannot be.

    Raises
    ------
    InputError
        As ``power``.
    """
    drawn = many_nulls(pairs, nulls, seed)
    return np.array([power(vectors, values, one) for one in drawn]).reshape(-1, vectors.shape[1])


def null_pairs(pairs: Pairs, seed: int) -> tuple[tuple[int, int], ...]:
    """The same words, each as often, paired at random and either way round. No true pair, none twice, none with itself.

    A hard null: where pairs join words of two kinds, as capitals and countries, half of the random ones do, too, half
    of those the other way round, so that the largest eigenvalue is large here as well.

    Raises
    ------
    InputError
        These words allow no other pairs, or none were found.
    """
    random = np.random.default_rng(seed)
    slots = random.permutation([word for pair in pairs for word in pair]).reshape(-1, 2)
    wrong = _wrong(slots, pairs)
    for _ in range(_SWAPS * len(slots)):
        if not wrong:
            return tuple((int(a), int(b)) for a, b in slots)
        other = slots.copy()
        here, there = (wrong[0], random.integers(2)), (random.integers(len(slots)), random.integers(2))
        other[here], other[there] = slots[there], slots[here]
        if len(left := _wrong(other, pairs)) <= len(wrong):
            slots, wrong = other, left
    raise InputError("the words of these pairs cannot be paired otherwise: bring more pairs, of different words")


def many_nulls(pairs: Pairs, count: int, seed: int) -> tuple[tuple[tuple[int, int], ...], ...]:
    """``null_pairs`` so many times, with seeds that follow ``seed``; none where these words allow no other pairs."""
    try:
        return tuple(null_pairs(pairs, seed + n) for n in range(count))
    except InputError:
        return ()


def _wrong(slots: NDArray[np.int64], pairs: Pairs) -> list[int]:
    """Numbers of the pairs that are true ones, words with themselves, or there before."""
    seen = {frozenset(pair) for pair in pairs}
    wrong = []
    for number, pair in enumerate(map(frozenset, slots.tolist())):
        if len(pair) < 2 or pair in seen:
            wrong.append(number)
        seen.add(pair)
    return wrong


def check_pairs(pairs: Pairs, vocab_size: int) -> NDArray[np.int64]:
    """The pairs as an array of shape (N, 2). Raises InputError as ``task_vectors``."""
    numbers = np.array(pairs, np.int64).reshape(-1, 2)
    if len(numbers) < LEAST_PAIRS:
        raise InputError(f"pairs are {len(numbers)}, and must be {LEAST_PAIRS} or more to have something in common")
    if numbers.min() < 0 or numbers.max() >= vocab_size:
        raise InputError(f"word numbers are {numbers.min()} to {numbers.max()}, and must be 0 to {vocab_size - 1}")
    return numbers
