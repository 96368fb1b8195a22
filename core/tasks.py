"""One family of word pairs in one embedding: signal over noise, accuracy and cosine, beside those of random pairs.

Read against the dimension d, or during training: the directions that a family needs are learned early, later ones add
length and noise to its differences (paper, Figs. 4, 6 and 8).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.evaluation import crossed
from core.linear import NULLS, FloatArray, Pairs, check_pairs, gram, many_nulls, snr, task_vectors
from core.marchenko_pastur import Bulk, fit_bulk, rank_of
from core.theory import lemma_31, rise_times

SCORED = 3
HIGH = 0.95
_QUESTIONS = 1_000
_BEGUN = 0.01


@dataclass(frozen=True, eq=False)
class Reading:
    """What one family of N pairs, counted once each, shows in one embedding.

    dim : d; in ``against_time`` the number of concepts that have begun. rank : of the Gram matrix, at most min(N, d).
    eigenvalues : (N,), of the Gram matrix of the task vectors, descending. agreement : how far all pairs have an equal
        part in the first, see ``core.linear.Gram``. snr : the first over the mean of ``rank``; NaN if all is 0.
    bulk : the law of Marchenko and Pastur fitted to them; NaN where they are fewer than 5.
    right, total : crossed analogies answered right, of how many. cosine : mean cosine of a' + b - a with the word that
        is expected, words of unit length.
    nulls : so many times the same words were paired at random; 0 where the words allow no other pairs, and what
        follows is NaN. null_snr, null_agreement : median and 95 % quantile of these.
    scored : so many of them were asked analogies. null_accuracy, null_cosine : mean of these.
    """

    dim: int
    rank: int
    eigenvalues: FloatArray
    agreement: float
    snr: float
    bulk: Bulk
    right: int
    total: int
    cosine: float
    nulls: int
    null_snr: tuple[float, float]
    null_agreement: tuple[float, float]
    scored: int
    null_accuracy: float
    null_cosine: float

    @property
    def accuracy(self) -> float:
        """Share of the crossed analogies answered right, from 0 to 1."""
        return self.right / self.total


@dataclass(frozen=True)
class _Asked:
    """A family's pairs, once each, and the same words paired at random; the first ``scored`` are asked analogies."""

    pairs: Pairs
    nulls: tuple[Pairs, ...]
    scored: int


def read(
    embeddings: NDArray,
    pairs: Pairs,
    *,
    nulls: int = NULLS,
    scored: int = SCORED,
    seed: int = 0,
    rank: int | None = None,
) -> Reading:
    """Read one family in one embedding of shape (V, d), of a closed form or of a training run.

    ``nulls`` : how often the words are paired at random. At most ``scored`` of those are asked analogies, fewer where
    a thousand questions are reached before. ``rank`` : how many directions W has, where that is fewer than d.

    Raises
    ------
    InputError
        Fewer than 2 different pairs, or a number that is no word's.
    """
    return _read(embeddings, _asked(pairs, len(embeddings), nulls, scored, seed), rank)


def against_dimension(
    embeddings: NDArray,
    pairs: Pairs,
    dims: Sequence[int],
    *,
    nulls: int = NULLS,
    scored: int = SCORED,
    seed: int = 0,
) -> tuple[Reading, ...]:
    """A reading of the first d columns for each d, of an embedding (V, D) with columns in order of eigenvalue.

    Raises
    ------
    InputError
        As ``read``; or a dimension is not from 1 to D.
    """
    most = embeddings.shape[1]
    if wrong := [dim for dim in dims if not 1 <= dim <= most]:
        raise InputError(f"dimension is {wrong[0]}, and must be from 1 to the {most} there are")
    asked = _asked(pairs, len(embeddings), nulls, scored, seed)
    return tuple(_read(embeddings[:, :dim], asked) for dim in dims)


def against_time(
    values: FloatArray,
    vectors: FloatArray,
    pairs: Pairs,
    *,
    times: Sequence[float] | FloatArray,
    s0_squared: FloatArray,
    nulls: int = NULLS,
    scored: int = SCORED,
    seed: int = 0,
) -> tuple[Reading, ...]:
    """A reading for each time of a run as Lemma 3.1 has it: W(t) = V diag(s_k(t)), from an aligned start.

    ``values`` (K,), lambda_k, ``vectors`` (V, K), ``s0_squared`` (K,), s_k^2(0); times in units of gradient flow.
    W has a column for each concept with a hundredth of its variance or more. The aligned start of the lemma holds all
    of them from the first moment, faint and in equal parts, and cosines do not see how faint: no random start knows
    analogies before anything is learned. The rank is at most the number of concepts with half of their variance,
    tau_k <= t. Before the first of either, SNR is NaN, and nothing is answered right.

    Raises
    ------
    InputError
        As ``read``; or eigenvalues or squares are not positive, or not one for each eigenvector.
    """
    values, s0_squared = np.asarray(values, np.float64), np.asarray(s0_squared, np.float64)
    times = np.asarray(times, np.float64)
    if not values.shape == s0_squared.shape == vectors.shape[1:]:
        raise InputError(f"{values.size} eigenvalues and {s0_squared.size} squares for {vectors.shape[1]} eigenvectors")
    if not ((values > 0).all() and (s0_squared > 0).all()):
        raise InputError("eigenvalues and squares of the start must be positive: no other concept is learned")
    asked = _asked(pairs, len(vectors), nulls, scored, seed)
    learned = (rise_times(values, s0_squared) <= times[:, None]).sum(axis=1)
    sizes = np.sqrt(lemma_31(values, s0_squared, times))
    readings = []
    for size, rank in zip(sizes, learned, strict=True):
        begun = size**2 >= _BEGUN * values
        readings.append(_read(vectors[:, begun] * size[begun], asked, int(rank)))
    return tuple(readings)


def _asked(pairs: Pairs, vocab_size: int, nulls: int, scored: int, seed: int) -> _Asked:
    """What is asked of every embedding of one reading after another. Raises InputError as ``read``."""
    pairs = tuple(dict.fromkeys((int(a), int(b)) for a, b in pairs))
    check_pairs(pairs, vocab_size)
    questions = len(pairs) * (len(pairs) - 1)
    return _Asked(pairs, many_nulls(pairs, nulls, seed), min(scored, -(-_QUESTIONS // questions)))


def _read(embeddings: NDArray, asked: _Asked, rank: int | None = None) -> Reading:
    dim = embeddings.shape[1]
    most = dim if rank is None else min(rank, dim)
    found, *noise = (gram(task_vectors(embeddings, pairs)) for pairs in (asked.pairs, *asked.nulls))
    score, *null_scores = (crossed(embeddings, pairs) for pairs in (asked.pairs, *asked.nulls[: asked.scored]))
    rank = min(most, rank_of(found.eigenvalues))
    anything = bool(np.any(embeddings))  # where all words are nowhere they tie, and the first would be the answer
    return Reading(
        dim=dim,
        rank=rank,
        eigenvalues=found.eigenvalues,
        agreement=found.agreement,
        snr=snr(found.eigenvalues, rank),
        bulk=fit_bulk(found.eigenvalues, rank),
        right=score.right if anything else 0,
        total=score.total,
        cosine=score.cosine,
        nulls=len(noise),
        null_snr=_middle_and_high([snr(one.eigenvalues, min(most, rank_of(one.eigenvalues))) for one in noise]),
        null_agreement=_middle_and_high([one.agreement for one in noise]),
        scored=len(null_scores),
        null_accuracy=_mean([one.accuracy if anything else 0.0 for one in null_scores]),
        null_cosine=_mean([one.cosine for one in null_scores]),
    )


def _middle_and_high(numbers: Sequence[float]) -> tuple[float, float]:
    """Median and 95 % quantile; NaN of none."""
    middle, high = np.quantile(numbers, (0.5, HIGH)) if numbers else (np.nan, np.nan)
    return float(middle), float(high)


def _mean(numbers: Sequence[float]) -> float:
    return float(np.mean(numbers)) if numbers else float("nan")
