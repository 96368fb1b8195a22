"""The slope of any loss over all pairs: full batch, a panel of rows at a time, so that no V x V product is kept.

Tied: x = W W^T, dW/dt = R W / 2 with R = pull - H h(x), which is -1/2 the gradient of the loss in W. Untied:
x = W C^T, dW/dt = R C / 2 and dC/dt = R^T W / 2. Both grow at the same rate from a small start. Small tied starts
and small untied ones therefore share a clock.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.targets import Objective
from core.training.losses import Loss

Array = NDArray[np.float32]
Slope = Callable[[Array], tuple[Array, float]]
"""Stacked embeddings -> their time derivative, and the loss. Tied: W of shape (V, d). Untied: W above C, (2V, d).

The loss is (l - l_min) / (l_0 - l_min), l summed over pairs, l_0 at zero embeddings, l_min the least with every x_ij
free: 1 when nothing is known, 0 when every pair is fitted. Under Setting 3.1 with the quartic loss it is
||W W^T - M*||^2 / ||M*||^2.
"""

_PANEL = 64  # rows: a panel and its temporaries stay in the second-level cache


def tied_slope(objective: Objective, loss: Loss) -> Slope:
    """For one matrix W; pull and weight must be symmetric, so that half of the pairs tell the other half."""
    depth = loss.depth(objective)

    def slope(w: Array) -> tuple[Array, float]:
        change, total = np.zeros_like(w), 0.0
        for begin in range(0, len(w), _PANEL):
            end = min(begin + _PANEL, len(w))
            rows = slice(begin, end)
            x = w[rows] @ w[:end].T
            for columns, times in ((slice(0, begin), 2), (rows, 1)):
                _, sums = loss.residual(x[:, columns], *_part(objective, rows, columns))
                total += times * float(sums.sum(dtype=np.float64))
            change[rows] += x @ w[:end]
            change[:begin] += x[:, :begin].T @ w[rows]
        change *= np.float32(0.5)
        return change, 1 + total / depth

    return slope


def untied_slope(objective: Objective, loss: Loss) -> Slope:
    """For W above C; pull and weight may be asymmetric: rows are words, columns contexts."""
    depth, size = loss.depth(objective), len(objective.pull)

    def slope(stacked: Array) -> tuple[Array, float]:
        w, c = stacked[:size], stacked[size:]
        change, total = np.zeros_like(stacked), 0.0
        for begin in range(0, size, _PANEL):
            rows = slice(begin, begin + _PANEL)
            x = w[rows] @ c.T
            _, sums = loss.residual(x, *_part(objective, rows, slice(None)))
            total += float(sums.sum(dtype=np.float64))
            change[:size][rows] = x @ c
            change[size:] += x.T @ w[rows]
        change *= np.float32(0.5)
        return change, 1 + total / depth

    return slope


def untied_qwem_slope(matrix: Array) -> Slope:
    """QWEM with two matrices: R C = M* C - W (C^T C) needs no pair by itself."""
    size = len(matrix)
    total = float(np.einsum("ij,ij->", matrix, matrix, dtype=np.float64))

    def slope(stacked: Array) -> tuple[Array, float]:
        w, c = stacked[:size], stacked[size:]
        product = matrix @ np.hstack([c, w])
        dim = w.shape[1]
        w_gram, c_gram = w.T @ w, c.T @ c
        along = np.einsum("ij,ij->", w, product[:, :dim], dtype=np.float64)
        fitted = np.einsum("ij,ij->", w_gram, c_gram, dtype=np.float64)
        change = np.vstack([product[:, :dim] - w @ c_gram, product[:, dim:] - c @ w_gram])
        change *= np.float32(0.5)
        return change, float(1 + (fitted - 2 * along) / total)

    return slope


def _part(objective: Objective, rows: slice, columns: slice) -> tuple[Array, Array | None]:
    weight = objective.weight
    return objective.pull[rows, columns], None if weight is None else weight[rows, columns]
