"""QWEM under Setting 3.1: full-batch gradient descent on (g/4) ||W W^T - M*||_F^2 (Theorem 1).

One step is W += dt/2 (M* - W W^T) W: two matrix products, M* W and W (W^T W). float32, except that sums for
the loss are float64.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from core.frozen import frozen
from core.spectrum import Symmetric, singular_basis, squared_norm
from core.training.snapshot import Diverged, Snapshot, Stopped, TrainSpec, initial_embeddings, never

_RISE = 1e-3
_RUNAWAY, _LOST = 12, 2.0  # steps, and a loss, until a run that has broken is given up: it may be watched so far
_TURN_EVERY = 16  # at dt lambda_1 = 2 a column outgrows another 65,536-fold in 16 steps: float32 holds it


def train(matrix: NDArray[np.float32] | Symmetric, spec: TrainSpec, stopped: Stopped = never) -> Iterator[Snapshot]:
    """Yield the model at step 0, every ``spec.every`` steps, and at the last.

    Every few steps W is turned into its own singular basis. That changes no loss and no gradient, and it
    keeps float32 honest: a direction not yet learned lives in a column of its own, so the rounding of
    large, learned columns cannot seed it. The result depends on the matrix and the spec alone.

    Raises
    ------
    InputError
        d is larger than V.
    Diverged
        The loss rose by more than a thousandth of its start: dt was too large for this matrix or this start.
    """
    times = _times(matrix)
    w = initial_embeddings(matrix.shape[0], spec)
    total = squared_norm(matrix)
    due = {int(step) for step in spec.snapshot_steps()}
    half, lowest = np.float32(spec.dt / 2), np.inf
    broken: tuple[int, str] | None = None
    product, inner = np.empty_like(w), np.empty_like(w)
    for step in range(spec.steps + 1):
        if stopped():
            return
        with np.errstate(over="ignore", invalid="ignore"):
            times(w, product)
            gram = w.T @ w
        # Two steps in a row, because an overshooting run may look steady to every second one.
        if step in due or step % _TURN_EVERY in (0, 1):
            loss = _loss(w, product, gram, total)
            if not loss <= lowest + _RISE and not broken:
                broken = (step, _explain(step, spec, lowest, loss))
            if broken and not (step < broken[0] + _RUNAWAY and loss < _LOST):
                raise Diverged(broken[1])
            lowest = min(lowest, loss)
        if step in due or step % _TURN_EVERY == 0:
            singular, rotation = singular_basis(gram)
            turned = w @ rotation.astype(np.float32)
            if step in due:
                yield Snapshot(step, step * spec.dt, loss, frozen(singular), frozen(turned.copy()))
            if step % _TURN_EVERY == 0:
                w = turned
                np.matmul(product.copy(), rotation.astype(np.float32), out=product)
                gram = np.diag((singular**2).astype(np.float32))
        with np.errstate(over="ignore", invalid="ignore"):
            np.matmul(w, gram, out=inner)
            product -= inner
            product *= half
            w += product
    if broken:
        raise Diverged(broken[1])


def _times(matrix: NDArray[np.float32] | Symmetric) -> Callable[[NDArray, NDArray], object]:
    """M W, written over an array of its shape."""
    if isinstance(matrix, np.ndarray):
        dense = np.ascontiguousarray(matrix, np.float32)
        return lambda w, product: np.matmul(dense, w, out=product)
    return lambda w, product: np.copyto(product, matrix @ w)


def _loss(w: NDArray, product: NDArray, gram: NDArray, total: float) -> float:
    """||W W^T - M*||^2 / ||M*||^2 from ||W^T W||^2 - 2 tr(W^T M* W) + ||M*||^2, without W W^T."""
    fourth = np.einsum("ij,ij->", gram, gram, dtype=np.float64)
    along = np.einsum("ij,ij->", w, product, dtype=np.float64)
    return float(1 + (fourth - 2 * along) / total)


def _explain(step: int, spec: TrainSpec, lowest: float, loss: float) -> str:
    return (
        f"the run diverged: by step {step} the loss had risen from {lowest:.6g} to {loss:.6g}. A step of "
        f"dt = {spec.dt:.3g} overshoots; gradient descent on this loss is stable only while dt times the largest "
        "eigenvalue stays below 2, and dt times the range from the smallest to the largest below 4: choose a "
        "smaller step"
    )
