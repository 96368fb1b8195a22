"""One family of word pairs in one embedding: its spectrum, signal over noise, accuracy and cosine, and its null."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.evaluation import crossed
from core.frozen import frozen
from core.linear import FloatArray, Pairs, gram_spectrum, null_pairs, snr, task_vectors
from core.marchenko_pastur import Bulk, fit_bulk
from core.theory import lemma_31, rise_times

NULLS = 20
SCORED_NULLS = 3


@dataclass(frozen=True, eq=False)
class Reading:
    """What one family of N pairs shows in one embedding.

    dim : d. rank : of the Gram matrix, min(N, d); during a run min(N, concepts learned).
    eigenvalues : (N,), of the Gram matrix of the task vectors, descending. snr : lambda_max rank / Tr. bulk : the
        Marchenko-Pastur law fitted to them.
    right, total : crossed analogies answered right, of how many. cosine : mean cosine of a' + b - a with the word that
        is expected.
    null_snr : median and 95 % quantile of the same words paired at random ``nulls`` times. null_accuracy, null_cosine :
        mean of the first ``scored`` of those. NaN where the words allow no other pairs.
    """

    dim: int
    rank: int
    eigenvalues: FloatArray
    snr: float
    bulk: Bulk
    right: int
    total: int
    cosine: float
    nulls: int
    scored: int
    null_snr: tuple[float, float]
    null_accuracy: float
    null_cosine: float

    @property
    def accuracy(self) -> float:
        """Share of the crossed analogies answered right; NaN of none."""
        return self.right / self.total if self.total else float("nan")


def read(embeddings: NDArray, pairs: Pairs, *, nulls: int = NULLS, seed: int = 0, rank: int | None = None) -> Reading:
    """Read one family in one embedding (V, d). ``rank``: how many directions it uses, where fewer than d.

    Raises
    ------
    InputError
        Fewer than 2 pairs, or a number that is no word's.
    """
    dim = embeddings.shape[1]
    rank = min(len(pairs), dim if rank is None else rank)
    eigenvalues = gram_spectrum(task_vectors(embeddings, pairs))
    score = crossed(embeddings, pairs)
    drawn = _nulls(pairs, nulls, seed)
    noise = [snr(gram_spectrum(task_vectors(embeddings, one)), rank) for one in drawn]
    scores = [crossed(embeddings, one) for one in drawn[:SCORED_NULLS]]
    return Reading(
        dim=dim,
        rank=rank,
        eigenvalues=frozen(eigenvalues),
        snr=snr(eigenvalues, rank),
        bulk=fit_bulk(eigenvalues, rank),
        right=score.right,
        total=score.total,
        cosine=float(score.cosine),
        nulls=len(drawn),
        scored=len(scores),
        null_snr=(_quantile(noise, 0.5), _quantile(noise, 0.95)),
        null_accuracy=_mean([one.right / one.total for one in scores if one.total]),
        null_cosine=_mean([float(one.cosine) for one in scores]),
    )


def against_dimension(
    embeddings: NDArray, pairs: Pairs, dims: Sequence[int], *, nulls: int = NULLS, seed: int = 0
) -> tuple[Reading, ...]:
    """The same for the first d columns, of an embedding (V, D) with columns in order of eigenvalue.

    Raises
    ------
    InputError
        As ``read``; or a dimension is below 1 or above D.
    """
    most = embeddings.shape[1]
    if wrong := [dim for dim in dims if not 1 <= dim <= most]:
        raise InputError(f"dimension is {wrong[0]}, and must be from 1 to the {most} there are")
    return tuple(read(embeddings[:, :dim], pairs, nulls=nulls, seed=seed) for dim in dims)


def against_time(
    values: FloatArray,
    vectors: FloatArray,
    pairs: Pairs,
    *,
    times: FloatArray,
    s0_squared: FloatArray,
    nulls: int = NULLS,
    seed: int = 0,
) -> tuple[Reading, ...]:
    """The same during training as Lemma 3.1 has it: W(t) = V diag(s_k(t)). A reading for each time.

    ``values`` (K,), all positive, ``vectors`` (V, K), ``s0_squared`` (K,), s_k^2(0). rank at time t is the number of
    concepts with at least half of their variance (tau_k <= t), at most N.
    """
    learned = (np.asarray(times)[:, None] >= rise_times(values, s0_squared)).sum(axis=1)
    sizes = np.sqrt(lemma_31(values, s0_squared, np.asarray(times, np.float64)))
    return tuple(
        read(vectors * size, pairs, nulls=nulls, seed=seed, rank=int(count))
        for size, count in zip(sizes, learned, strict=True)
    )


def _nulls(pairs: Pairs, count: int, seed: int) -> list[tuple[tuple[int, int], ...]]:
    """The same words paired at random, so often; never where no other pairs are possible."""
    try:
        return [null_pairs(pairs, seed + n) for n in range(count)]
    except InputError:
        return []


def _quantile(numbers: list[float], share: float) -> float:
    return float(np.quantile(numbers, share)) if numbers else float("nan")


def _mean(numbers: list[float]) -> float:
    return float(np.mean(numbers)) if numbers else float("nan")
