"""The two losses of the paper, as functions of x_ij = w_i . c_j, and their slopes.

A loss is a sum over pairs of l(x) in units of g, shifted so that l(0) = 0. The logistic one is doubled, so that both
agree near zero up to the third order: the quartic is the beginning of its series.

    quartic   l(x) = H x^2 / 4 - pull x / 2                  QWEM, (g/4) ||W W^T - M*||^2 + const under Setting 3.1
    logistic  l(x) = 2 H ln cosh(x/2) - pull x / 2           twice SGNS, with H = G / g and pull = H M*

In both, dl/dx = (H h(x) - pull) / 2, where h(x) = x or 2 tanh(x/2).
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import entr

from core.targets import Objective

Array = NDArray[np.float32]
_BLOCK = 256


class Loss(Protocol):
    """A loss over pairs."""

    def residual(self, x: Array, pull: Array, weight: Array | None) -> tuple[Array, NDArray[np.floating]]:
        """pull - H h(x) for some rows, written over ``x``, and the sum of l(x) over each row. Shapes (n, m), (n,)."""

    def depth(self, objective: Objective) -> float:
        """How far the sum of l lies below 0 at its unconstrained minimum, x_ij free."""


class Quartic:
    """QWEM: minimal at x = M*."""

    def residual(self, x: Array, pull: Array, weight: Array | None) -> tuple[Array, NDArray[np.floating]]:
        weighted = x if weight is None else weight * x
        sums = np.einsum("ij,ij->i", weighted, x) / 4 - np.einsum("ij,ij->i", pull, x) / 2
        return np.subtract(pull, weighted, out=x), sums

    def depth(self, objective: Objective) -> float:
        return sum(_blockwise(objective, lambda pull, weight: pull**2 / (4 * weight)))


class Logistic:
    """SGNS: minimal at tanh(x/2) = M*/2, which lies at minus infinity for pairs never seen."""

    def residual(self, x: Array, pull: Array, weight: Array | None) -> tuple[Array, NDArray[np.floating]]:
        along = np.einsum("ij,ij->i", pull, x)
        size = np.abs(x)
        decay = np.exp(-size)
        rest = 1 + decay
        curve = np.log(rest)
        size *= np.float32(0.5)
        curve += size
        curve -= np.float32(np.log(2))  # ln cosh(x/2) = |x|/2 + ln((1 + e^-|x|) / 2)
        np.subtract(1, decay, out=decay)
        decay /= rest
        decay *= 2
        np.copysign(decay, x, out=decay)  # 2 tanh(x/2)
        if weight is not None:
            curve *= weight
            decay *= weight
        return np.subtract(pull, decay, out=x), 2 * curve.sum(axis=1) - along / 2

    def depth(self, objective: Objective) -> float:
        def below(pull: NDArray, weight: NDArray) -> NDArray:
            share = np.clip(0.5 + pull / weight / 4, 0, 1)  # A / G
            return 2 * weight * (np.log(2) - entr(share) - entr(1 - share))

        return sum(_blockwise(objective, below))


def _blockwise(objective: Objective, function) -> list[float]:
    """Sums of function(pull, weight) over blocks of rows, in float64."""
    pull, weight = objective.pull, objective.weight
    sums, least = [], np.finfo(np.float32).tiny  # words that stand with nobody weigh nothing: 0 / 0
    for begin in range(0, len(pull), _BLOCK):
        rows = slice(begin, begin + _BLOCK)
        block = pull[rows].astype(np.float64)
        heavy = np.ones(1) if weight is None else np.maximum(weight[rows].astype(np.float64), least)
        sums.append(float(function(block, heavy).sum()))
    return sums
