"""What the paper predicts before training: closed forms, no gradient descent.

Time is that of gradient flow, dW/dt = (M* - W W^T) W / 2. A loss is ||W W^T - M*||_F^2 / ||M*||_F^2, so
that it starts at 1 and ends at the floor of rank d. Losses of Theorem 1 are g/4 ||M*||^2 times that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.frozen import frozen
from core.spectrum import Spectrum, singular_basis

FloatArray = NDArray[np.floating[Any]]
Table = Any  # a symmetric matrix, or what multiplies like one
State = tuple[FloatArray, FloatArray]  # W in the Ritz basis, and its singular values

_KRYLOV_BLOCKS = 8
_ROUNDING = 1e-6  # of the length that a product with M* may have, in single precision
_MAX_EXPONENT = 2.0


@dataclass(frozen=True, eq=False)
class Trajectory:
    """A predicted run.

    times : (T,), in units of gradient flow.
    singular_values : (T, d), descending at each time.
    loss : (T,), relative to ||M*||^2.
    """

    times: FloatArray
    singular_values: FloatArray
    loss: FloatArray


@dataclass(frozen=True, eq=False)
class Reduced:
    """M* and a start W(0), seen in the few directions that matter for the flow from that start.

    values : (K,), Ritz values. coordinates : (K, d), W(0) in the Ritz basis. total : ||M*||_F^2.
    """

    values: FloatArray
    coordinates: FloatArray
    total: float


def lemma_31(values: FloatArray, s0_squared: FloatArray, times: FloatArray) -> FloatArray:
    """s_k^2(t) from an aligned start (paper, Lemma 3.1). Shape (T, K).

    s_k^2(t) = s_k^2(0) e^(lambda_k t) / (1 + s_k^2(0) / lambda_k (e^(lambda_k t) - 1)), for lambda_k > 0.
    Exact for an aligned start; for a random one it leaves out alignment, and worsens as the start grows.
    """
    # Multiplied through by e^(-lambda t), so that late times underflow to the limit, not overflow.
    decay = np.exp(-np.multiply.outer(times, values))
    return s0_squared / (decay + s0_squared / values * (1 - decay))


def rise_times(values: FloatArray, s0_squared: FloatArray) -> FloatArray:
    """tau_k = ln(lambda_k / s_k^2(0)) / lambda_k: when half of mode k's variance is there. Shape (K,).

    NaN for a mode that is never learned (lambda_k <= 0).
    """
    learned = _learnable(values)
    return np.log(learned / s0_squared) / learned


def step_size_rise_times(values: FloatArray, s0_squared: FloatArray, dt: float) -> FloatArray:
    """The same when steps of dt replace the flow (beyond the paper). Shape (K,).

    In its linear phase mode k grows by g_k = 1 + dt lambda_k / 2 a step, so ln(lambda_k / s_k^2(0)) takes
    dt / (2 ln g_k) times that long, which is later than tau_k and tends to it as dt goes to 0.
    """
    learned = _learnable(values)
    return dt * np.log(learned / s0_squared) / (2 * np.log1p(dt * learned / 2))


def _learnable(values: FloatArray) -> FloatArray:
    """The eigenvalues, NaN where they are not positive: no such mode is learned."""
    values = np.asarray(values, np.float64)
    return np.where(values > 0, values, np.nan)


def step_widths(values: FloatArray) -> FloatArray:
    """ln(81) / lambda_k: the time in which mode k rises from 10 % to 90 % of its variance. Shape (K,).

    NaN for a mode that is never learned.

    Two steps look separate only where their rise times lie further apart than that.
    """
    return np.log(81) / _learnable(values)


def plateaus(values: FloatArray, total: float) -> FloatArray:
    """Loss after 0, 1, ..., K modes are learned, relative to ||M*||^2, the loss at W = 0. Shape (K + 1,).

    Step k lowers the loss g/4 ||W W^T - M*||^2 by g lambda_k^2 / 4 (Theorem 1).
    """
    learned = np.maximum(values, 0) ** 2
    return 1 - np.concatenate([[0.0], np.cumsum(learned)]) / total


def aligned_start(vectors: FloatArray, start: NDArray) -> FloatArray:
    """The s_k^2(0) that serve Lemma 3.1 best from a random start (beyond the paper). Shape (min(K, d),).

    The squared diagonal of R in the QR factorisation of W(0)^T V_d: mode k starts with what the modes
    before it leave over. Good to 0.5 % of a rise time at a start of 1e-8, 4 % at 1e-4, poor at 1e-2.
    """
    r = np.asarray(np.linalg.qr(start.astype(np.float64).T @ vectors, mode="r"))
    return np.diag(r[: min(r.shape)]).astype(np.float64) ** 2


def reduce(matrix: Table, spectrum: Spectrum, start: NDArray) -> Reduced:
    """Ritz pairs of M* in the span of its top eigenvectors and of the block Krylov space of W(0).

    The flow moves W inside the span of W0, M* W0, M*^2 W0, ...; the top eigenvectors, which matter
    longest, are put in exactly, and a few blocks hold the rest (tests compare with all V eigenpairs).
    """
    size = len(matrix)
    basis: FloatArray = spectrum.vectors
    block: FloatArray = start.astype(np.float64)
    scale = np.linalg.norm(block, axis=0).max(initial=0.0)
    for _ in range(_KRYLOV_BLOCKS):
        if basis.shape[1] >= size:
            break
        for _ in range(2):  # once leaves rounding along the basis, twice is enough
            block = block - basis @ (basis.T @ block)
        block, r = np.linalg.qr(block)
        block = block[:, np.abs(np.diag(r)) > _ROUNDING * scale]  # what rounding leaves is orthogonal to nothing
        block = block[:, : size - basis.shape[1]]
        if not block.shape[1]:
            break
        basis = np.hstack([basis, block])
        block = (matrix @ block.astype(np.float32)).astype(np.float64)
        scale = np.abs(spectrum.values).max(initial=0.0)
    projected = basis.T @ (matrix @ basis.astype(np.float32))
    values, rotation = np.linalg.eigh((projected + projected.T) / 2)
    return Reduced(values, rotation.T @ (basis.T @ start), spectrum.total)


def exact_flow(reduced: Reduced, times: FloatArray) -> Trajectory:
    """Gradient flow from any start, alignment included (Riccati; beyond the paper).

    W W^T(t) = E W0 (I + W0^T N W0)^-1 W0^T E, E = exp(M* t / 2), N = M*^-1 (exp(M* t) - I), applied in
    increments W -> E W L^-T with L L^T = I + W^T N W: in one go the inner matrix is singular to rounding.
    ``times`` must not decrease.
    """
    values = reduced.values

    def advance(state: State, elapsed: float) -> State:
        pieces = max(1, int(np.ceil(abs(values).max() * elapsed / _MAX_EXPONENT)))
        exponent = values * elapsed / pieces
        e = np.exp(exponent / 2)
        n = elapsed / pieces * _relative(np.expm1, exponent)
        for _ in range(pieces):
            state = _riccati(state, e, n)
        return state

    return _collect(reduced, times, _states(reduced, np.diff(times, prepend=0.0), advance))


def exact_descent(reduced: Reduced, dt: float, steps: NDArray[np.int64]) -> Trajectory:
    """The same map for gradient descent with steps of dt (beyond the paper): the second prediction.

    With g_k = 1 + dt lambda_k / 2, n steps are E_k = g_k^n and N_k = dt (g_k^(2n) - 1) / (g_k^2 - 1).
    Exact while a mode is small. It settles on s_k^2 = lambda_k (1 + dt lambda_k / 4), where training settles on
    lambda_k: 3.6 % too high in s_1 at dt lambda_1 = 0.3, 1.2 % at 0.1, 11 % at 1.
    ``steps`` are step numbers, not decreasing.
    """
    growth = 1 + dt * reduced.values / 2
    largest = np.abs(np.log(np.maximum(np.abs(growth), 1e-3))).max()
    batch = max(1, int(_MAX_EXPONENT / (2 * largest)))

    def advance(state: State, count: float) -> State:
        left = int(count)
        while left > 0:
            now = min(batch, left)
            powers = growth ** (2 * np.arange(now))[:, None]
            state = _riccati(state, growth**now, dt * powers.sum(axis=0))
            left -= now
        return state

    counts = np.diff(steps, prepend=0).astype(np.float64)
    return _collect(reduced, steps * dt, _states(reduced, counts, advance))


def _relative(function, x: FloatArray) -> FloatArray:
    """function(x) / x with its limit 1 at 0."""
    safe = np.where(np.abs(x) < 1e-12, 1.0, x)
    return np.where(np.abs(x) < 1e-12, 1.0, function(safe) / safe)


def _riccati(state: State, e: FloatArray, n: FloatArray) -> State:
    """E W L^-T with L L^T = I + W^T N W."""
    x, _ = state
    inner = np.eye(x.shape[1]) + x.T @ (n[:, None] * x)
    return _turned((e[:, None] * x) @ np.linalg.inv(np.linalg.cholesky(inner)).T)


def _turned(x: FloatArray) -> State:
    """W in its own singular basis, so that its columns stay graded, and its singular values."""
    singular, rotation = singular_basis(x.T @ x)
    return x @ rotation, singular


def _states(reduced: Reduced, increments: FloatArray, advance: Callable[[State, float], State]) -> Iterator[State]:
    state = _turned(reduced.coordinates)
    for increment in increments:
        if increment > 0:
            state = advance(state, increment)
        yield state


def _collect(reduced: Reduced, times: FloatArray, states: Iterator[State]) -> Trajectory:
    singular, loss = [], []
    for x, s in states:
        along = float(reduced.values @ (x**2).sum(axis=1))
        singular.append(s)
        loss.append(1 + ((s**4).sum() - 2 * along) / reduced.total)
    return Trajectory(frozen(np.asarray(times, np.float64)), frozen(np.array(singular)), frozen(np.array(loss)))
