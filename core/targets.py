"""The matrices that embeddings factorise: M* of the paper, PMI and its kin, and how models weigh their entries.

All are dense arrays of shape (V, V), rows and columns in the order of ``counts.words``, and symmetric unless said
otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.counts import Cooccurrence
from core.errors import InputError
from core.frozen import frozen

UNSEEN = -2.0
SUBSAMPLE = 1e-5
NEGATIVE_POWER = 0.75
SHIFT = 5  # k of shifted PMI


def unigram_probability(counts: Cooccurrence) -> NDArray[np.float64]:
    """P_i: array of shape (V,), the share of each word among the kept tokens."""
    return counts.unigram / counts.unigram.sum()


def m_star(counts: Cooccurrence) -> NDArray[np.float32]:
    """M*_ij = (P_ij - P_i P_j) / [(P_ij + P_i P_j) / 2] under Setting 3.1 (paper, section 3).

    From -2 (never together) through 0 (as often as chance) towards +2. Equal to 2 tanh(PMI / 2).
    Computed in float64, returned in float32.
    """
    return _dense(counts, "mstar")


def pmi(counts: Cooccurrence) -> NDArray[np.float32]:
    """PMI_ij = ln(P_ij / P_i P_j). Pairs never seen have no logarithm and are set to 0.

    That is the M_0^PMI of Levy and Goldberg (2014): unseen counts as *as often as chance*, which
    is the reason why its spectrum is a poor guide where many pairs are unseen.
    """
    return _dense(counts, "pmi")


def ppmi(counts: Cooccurrence) -> NDArray[np.float32]:
    """PPMI_ij = max(PMI_ij, 0); unseen pairs are 0 (Levy and Goldberg, 2014)."""
    return _dense(counts, "ppmi")


def spmi(counts: Cooccurrence) -> NDArray[np.float32]:
    """PMI_ij - ln k with k = 5: what word2vec with 5 negatives would fit with no limit on d (Levy and Goldberg, 2014).

    Pairs never seen are set to 0 as in ``pmi``, which here is not *as often as chance* but five times as often.
    """
    return _dense(counts, "spmi")


def sppmi(counts: Cooccurrence) -> NDArray[np.float32]:
    """max(PMI_ij - ln k, 0) with k = 5; unseen pairs are 0 (Levy and Goldberg, 2014)."""
    return _dense(counts, "sppmi")


TARGETS: dict[str, Callable[[Cooccurrence], NDArray[np.float32]]] = {
    "mstar": m_star,
    "pmi": pmi,
    "ppmi": ppmi,
    "spmi": spmi,
    "sppmi": sppmi,
}


@dataclass(frozen=True)
class Formula:
    """A target entry by entry: ``seen`` of P_ij / (P_i P_j), and the number ``unseen`` at pairs never seen."""

    seen: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    unseen: float


def formula(name: str) -> Formula:
    """What stands in the entries of the target of this name, one of ``TARGETS``."""
    formulas = {
        "mstar": Formula(contrast, UNSEEN),
        "pmi": Formula(np.log, 0.0),
        "ppmi": Formula(lambda ratio: np.maximum(np.log(ratio), 0), 0.0),
        "spmi": Formula(lambda ratio: np.log(ratio / SHIFT), 0.0),
        "sppmi": Formula(lambda ratio: np.maximum(np.log(ratio / SHIFT), 0), 0.0),
    }
    return formulas[name]


@dataclass(frozen=True, eq=False)
class Objective:
    """What a model is pulled to, pair by pair. With A = Psi+ P_ij, B = Psi- P_i P_j and G = A + B of the paper:

    pull : float32 array of shape (V, V), (G_ij / g) M*_ij = 2 (A_ij - B_ij) / g. Its top eigenvalue is the rate at
        which a small start grows.
    weight : float32 array of shape (V, V), G_ij / g, 1 on average; None where G_ij = g everywhere (Setting 3.1).
    positive : sum of A. mean_weight : g, the mean of G_ij. Both in units of Psi.
    """

    pull: NDArray[np.float32]
    weight: NDArray[np.float32] | None
    positive: float
    mean_weight: float

    def told(self) -> Objective:
        """The same without its tables, for those who need the numbers only."""
        nothing = np.empty((0, 0), np.float32)
        return Objective(nothing, nothing, self.positive, self.mean_weight)


def setting_31(matrix: Any) -> Objective:
    """Psi+ = Psi- = 1 / (P_ij + P_i P_j): every pair weighs the same, g = 1 (paper, Setting 3.1).

    ``matrix`` is ``m_star(counts)``, or what multiplies like it; A_ij = 1/2 + M*_ij / 4.
    """
    table = matrix if isinstance(matrix, np.ndarray) else matrix @ np.ones(len(matrix), np.float32)
    positive = len(matrix) ** 2 / 2 + float(table.sum(dtype=np.float64)) / 4
    return Objective(matrix, None, positive, mean_weight=1.0)


def word2vec_weights(counts: Cooccurrence, *, negatives: float = 1, asymmetric: bool = False) -> Objective:
    """Word2vec's own weights: Psi+ = keep_i keep_j, and k negatives a kept pair from P_j^(3/4) (paper, section 2).

    keep_i = clip(1e-5 / P_i + sqrt(1e-5 / P_i), 0, 1). A word is a centre as often as the kept pairs make it one, so
    B_ij = k m_i n_j with m_i = sum_j A_ij and n_j ~ P_j^(3/4). It is symmetrised, k/2 (m_i n_j + m_j n_i), unless
    ``asymmetric``: then rows are words, columns are contexts, as in word2vec with two matrices.

    Raises
    ------
    InputError
        ``negatives`` is not a positive number, or no two words stand together.
    """
    if not 0 < negatives < np.inf:
        raise InputError(f"negatives is {negatives:g}, and must be above 0")
    p = unigram_probability(counts)
    positive = _fill(counts, kept_pairs(counts)[2], 0.0)
    centre = positive.sum(axis=1, dtype=np.float64)
    drawn = p**NEGATIVE_POWER / (p**NEGATIVE_POWER).sum()
    chance = np.outer(negatives * centre, drawn).astype(np.float32)
    if not asymmetric:
        chance = np.float32(0.5) * (chance + chance.T)
    both = positive + chance
    g = float(both.mean(dtype=np.float64))
    pull, weight = (positive - chance) * np.float32(2 / g), both / np.float32(g)
    return Objective(frozen(pull), frozen(weight), float(centre.sum()), g)


def keep_probability(counts: Cooccurrence) -> NDArray[np.float64]:
    """keep_i = clip(1e-5 / P_i + sqrt(1e-5 / P_i), 0, 1), word2vec's subsampling. Shape (V,)."""
    p = unigram_probability(counts)
    return np.clip(SUBSAMPLE / p + np.sqrt(SUBSAMPLE / p), 0, 1)


def kept_pairs(counts: Cooccurrence) -> tuple[NDArray[np.integer], NDArray[np.integer], NDArray[np.float64]]:
    """Rows, columns and A_ij = keep_i keep_j P_ij of the seen pairs j <= i, in the order of ``counts.lower``."""
    keep, p = keep_probability(counts), unigram_probability(counts)
    lower = counts.lower.tocoo()
    return lower.row, lower.col, pair_ratios(counts) * (keep * p)[lower.row] * (keep * p)[lower.col]


def pair_ratios(counts: Cooccurrence, first: int = 0, last: int | None = None) -> NDArray[np.float64]:
    """P_ij / (P_i P_j) of the seen pairs j <= i in rows ``first <= i < last``, in the order of ``counts.lower``.

    Raises InputError where no pair was seen at all.
    """
    if counts.total_weight == 0:
        raise InputError("no two of these words stand together: there are no pair statistics")
    p, lower = unigram_probability(counts), counts.lower
    last = counts.vocab_size if last is None else last
    begin, end = lower.indptr[[first, last]]
    rows = np.repeat(p[first:last], np.diff(lower.indptr[first : last + 1]))
    return lower.data[begin:end] / counts.total_weight / (rows * p[lower.indices[begin:end]])


def meetings(weight: float, window: int) -> float:
    """About how many meetings a weight stands for.

    A pair at a distance of up to L counts L + 1 - distance: (L + 1) / 2 on average, if all distances are as frequent.
    """
    return 2 * weight / (window + 1)


@dataclass(frozen=True)
class PairFacts:
    """One pair of words under the microscope.

    count : symmetrised weight of the pair. expected : the weight that chance would give, total * P_i P_j.
    joint : P_ij. chance : P_i P_j. pmi : ln(joint / chance), None if never seen together. m_star : M*_ij.
    """

    count: int
    expected: float
    joint: float
    chance: float
    pmi: float | None
    m_star: float


def pair_facts(counts: Cooccurrence, i: int, j: int) -> PairFacts:
    """Counts, probabilities, PMI and M* of the words with numbers i and j."""
    p = unigram_probability(counts)
    seen = counts.count(i, j)
    joint, chance = seen / counts.total_weight, float(p[i] * p[j])
    ratio = joint / chance
    return PairFacts(
        count=seen,
        expected=chance * counts.total_weight,
        joint=joint,
        chance=chance,
        pmi=math.log(ratio) if seen else None,
        m_star=float(contrast(ratio)),
    )


def share_beyond(matrix: NDArray[np.float32], bound: float) -> float:
    """Share of entries with |M*_ij| above a bound: how much of a table is all or nothing (health gauge)."""
    return float(np.count_nonzero(np.abs(matrix) > bound) / matrix.size)


def contrast(ratio: Any) -> Any:
    """M*_ij from P_ij / (P_i P_j): -2 at 0, 0 at 1, towards 2."""
    return 2 * (ratio - 1) / (ratio + 1)


def _dense(counts: Cooccurrence, name: str) -> NDArray[np.float32]:
    one = formula(name)
    return _fill(counts, one.seen(pair_ratios(counts)), one.unseen)


def _fill(counts: Cooccurrence, seen: NDArray[np.float64], unseen: float) -> NDArray[np.float32]:
    """Spread values of the seen pairs over a symmetric matrix; every other entry is ``unseen``."""
    lower = counts.lower.tocoo()
    matrix = np.full((counts.vocab_size, counts.vocab_size), unseen, np.float32)
    matrix[lower.row, lower.col] = seen
    matrix[lower.col, lower.row] = seen
    return frozen(matrix)
