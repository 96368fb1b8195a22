"""The matrices that embeddings factorise: M* of the paper, PMI and PPMI.

All are dense symmetric arrays of shape (V, V), rows and columns in the order of ``counts.words``.
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


def unigram_probability(counts: Cooccurrence) -> NDArray[np.float64]:
    """P_i: array of shape (V,), the share of each word among the kept tokens."""
    return counts.unigram / counts.unigram.sum()


def m_star(counts: Cooccurrence) -> NDArray[np.float32]:
    """M*_ij = (P_ij - P_i P_j) / [(P_ij + P_i P_j) / 2] under Setting 3.1 (paper, section 3).

    From -2 (never together) through 0 (as often as chance) towards +2. Equal to 2 tanh(PMI / 2).
    Computed in float64, returned in float32.
    """
    return _fill(counts, _contrast(_pair_ratios(counts)), UNSEEN)


def pmi(counts: Cooccurrence) -> NDArray[np.float32]:
    """PMI_ij = ln(P_ij / P_i P_j). Pairs never seen have no logarithm and are set to 0.

    That is the M_0^PMI of Levy and Goldberg (2014): unseen counts as *as often as chance*, which
    is the reason why its spectrum is a poor guide where many pairs are unseen.
    """
    return _fill(counts, np.log(_pair_ratios(counts)), 0.0)


def ppmi(counts: Cooccurrence) -> NDArray[np.float32]:
    """PPMI_ij = max(PMI_ij, 0); unseen pairs are 0 (Levy and Goldberg, 2014)."""
    return _fill(counts, np.maximum(np.log(_pair_ratios(counts)), 0), 0.0)


TARGETS: dict[str, Callable[[Cooccurrence], NDArray[np.float32]]] = {
    "mstar": m_star,
    "pmi": pmi,
    "ppmi": ppmi,
}


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
        m_star=float(_contrast(ratio)),
    )


def _contrast(ratio: Any) -> Any:
    """M*_ij from P_ij / (P_i P_j): -2 at 0, 0 at 1, towards 2."""
    return 2 * (ratio - 1) / (ratio + 1)


def _pair_ratios(counts: Cooccurrence) -> NDArray[np.float64]:
    """P_ij / (P_i P_j) of the seen pairs j <= i, in the order of ``counts.lower``."""
    if counts.total_weight == 0:
        raise InputError("no two of these words stand together: there are no pair statistics")
    p = unigram_probability(counts)
    lower = counts.lower.tocoo()
    return lower.data / counts.total_weight / (p[lower.row] * p[lower.col])


def _fill(counts: Cooccurrence, seen: NDArray[np.float64], unseen: float) -> NDArray[np.float32]:
    """Spread values of the seen pairs over a symmetric matrix; every other entry is ``unseen``."""
    lower = counts.lower.tocoo()
    matrix = np.full((counts.vocab_size, counts.vocab_size), unseen, np.float32)
    matrix[lower.row, lower.col] = seen
    matrix[lower.col, lower.row] = seen
    return frozen(matrix)
