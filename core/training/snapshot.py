"""What every model of this package takes, starts from and yields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError


class Diverged(ArithmeticError):
    """Training left every bound; the message says at which step and why."""


Stopped = Callable[[], bool]
"""Asked at every step, from the thread that trains: a model that is told so yields nothing more."""


def never() -> bool:
    """Nobody stops this training."""
    return False


MIN_INIT, MAX_INIT = 1e-15, 10.0


def check_init_scale(sigma: float) -> None:
    """Raise InputError unless single precision can hold a start of this size and its squares."""
    if not MIN_INIT <= sigma <= MAX_INIT:
        raise InputError(
            f"init scale is {sigma:g}, and must be from {MIN_INIT:g} to {MAX_INIT:g}; at exactly 0 nothing is ever "
            "learned, because the gradient vanishes there"
        )


@dataclass(frozen=True)
class TrainSpec:
    """All that a run depends on besides its matrix.

    dim : d, embedding dimension. init_scale : sigma, standard deviation of the entries of W(0).
    dt : time of gradient flow that one step stands for; stable while dt lambda_1 < 2 and
        dt (lambda_1 - lambda_min) < 4.
    steps : number of steps. every : steps between snapshots. seed : of the start.
    """

    dim: int
    init_scale: float
    dt: float
    steps: int
    every: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        if self.dim < 1:
            raise InputError(f"dimension is {self.dim}, and must be at least 1")
        check_init_scale(self.init_scale)
        if not 0 < self.dt < np.inf:
            raise InputError(f"step size is {self.dt:g}, and must be above 0")
        if self.steps < 1 or self.every < 1:
            raise InputError("steps and the steps between snapshots must be at least 1")
        if self.seed < 0:
            raise InputError(f"seed is {self.seed}, and must be 0 or more")

    def snapshot_steps(self) -> NDArray[np.int64]:
        """The step numbers at which snapshots are taken, the last step included."""
        return np.unique(np.append(np.arange(0, self.steps, self.every), self.steps))


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The model after some steps.

    step, time : how far, in steps and in gradient-flow time (step * dt where steps are fixed).
    loss : from 1, nothing known, to 0, every pair fitted: see ``pairs.Slope``. For QWEM
        ||W W^T - M*||^2 / ||M*||^2.
    singular_values : float64 array of shape (d,), descending, of W.
    embeddings : float32 array of shape (V, d), W in its own singular basis (its columns are orthogonal,
        longest first). W and W times a rotation are the same model: same loss, same gradient flow.
    contexts : the same of C, turned with W, where words and contexts have a matrix each; else None.
    """

    step: int
    time: float
    loss: float
    singular_values: NDArray[np.float64]
    embeddings: NDArray[np.float32]
    contexts: NDArray[np.float32] | None = None


def initial_embeddings(vocab_size: int, spec: TrainSpec) -> NDArray[np.float32]:
    """W(0): independent normal entries with standard deviation sigma, shape (V, d).

    Raises InputError where d is larger than V.
    """
    if spec.dim > vocab_size:
        raise InputError(f"dimension is {spec.dim}, larger than the vocabulary of {vocab_size} words")
    entries = np.random.default_rng(spec.seed).standard_normal((vocab_size, spec.dim))
    return (spec.init_scale * entries).astype(np.float32)
