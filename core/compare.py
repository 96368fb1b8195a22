"""Where theory and training meet: predictions of a planned run, and how well a run kept to them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.problem import Problem, theory_plan
from core.spectrum import Spectrum
from core.theory import (
    FloatArray,
    Table,
    Trajectory,
    aligned_start,
    exact_descent,
    exact_flow,
    lemma_31,
    plateaus,
    reduce,
    rise_times,
    step_size_rise_times,
    step_widths,
)
from core.training import TrainSpec, initial_embeddings

_COMPARED_ABOVE = 0.05


@dataclass(frozen=True, eq=False)
class Prediction:
    """A QWEM run before it starts: what the theory says of it. Other models are drawn beside it on their own clock.

    plan : the planned training, on the clock of the theory.
    targets : (d,), sqrt(lambda_k), 0 for modes that are never learned.
    flow, descent : the exact flow, and the same for this step size, at the planned snapshots.
    lemma : (T, d), s_k by Lemma 3.1 at the same times, from the aligned start that is nearest to this one.
    flow_times, descent_times : (d,), rise times tau_k of either; NaN where never.
    widths : (d,), 10 % to 90 % of a step. plateaus : (d + 1,), loss between steps.
    """

    plan: TrainSpec
    targets: FloatArray
    flow: Trajectory
    descent: Trajectory
    lemma: FloatArray
    flow_times: FloatArray
    descent_times: FloatArray
    widths: FloatArray
    plateaus: FloatArray

    @property
    def end(self) -> float:
        """The planned end of the run."""
        return self.plan.steps * self.plan.dt

    @property
    def floor(self) -> float:
        """The least loss that d dimensions allow."""
        return float(self.plateaus[-1])


def predict(problem: Problem, train_spec: TrainSpec, *, two_matrices: bool = False) -> Prediction:
    """Everything that can be said about a run from M* and W(0) alone. No gradient descent.

    Untied QWEM is tied QWEM on the table [[0, M*], [M*, 0]] from the start (W, C) / sqrt(2), as long as W^T W - C^T C,
    which never changes, is small (beyond the paper). That table has the eigenvalues +-lambda_k, so two matrices also
    learn the negative ones, with W = -C.
    """
    train_spec = theory_plan(problem, train_spec)
    spectrum, matrix, start = _as_tied(problem, train_spec, two_matrices)
    top = spectrum.head(train_spec.dim)
    s0_squared = aligned_start(top.vectors, start)
    reduced = reduce(matrix, spectrum, start)
    steps = train_spec.snapshot_steps()
    with np.errstate(invalid="ignore", divide="ignore"):
        return Prediction(
            plan=train_spec,
            targets=top.targets,
            flow=exact_flow(reduced, steps * train_spec.dt),
            descent=exact_descent(reduced, train_spec.dt, steps),
            lemma=_by_lemma(top.values, s0_squared, steps * train_spec.dt),
            flow_times=rise_times(top.values, s0_squared),
            descent_times=step_size_rise_times(top.values, s0_squared, train_spec.dt),
            widths=step_widths(top.values),
            plateaus=plateaus(top.values, spectrum.total),
        )


def _by_lemma(values: FloatArray, s0_squared: FloatArray, times: FloatArray) -> FloatArray:
    """s_k(t) by Lemma 3.1, (T, d); 0 for what is never learned."""
    learned = values > 0
    found = np.zeros((len(times), len(values)))
    found[:, learned] = np.sqrt(lemma_31(values[learned], s0_squared[learned], times))
    return found


class _Doubled:
    """[[0, M], [M, 0]] as far as ``reduce`` needs it: its size, and products with tall blocks."""

    def __init__(self, matrix: NDArray[np.float32]) -> None:
        self._matrix = matrix

    def __len__(self) -> int:
        return 2 * len(self._matrix)

    def __matmul__(self, block: NDArray) -> NDArray:
        size = len(self._matrix)
        return np.vstack([self._matrix @ block[size:], self._matrix @ block[:size]])


def _as_tied(problem: Problem, train_spec: TrainSpec, two_matrices: bool) -> tuple[Spectrum, Table, NDArray]:
    """Spectrum, table and start of the tied QWEM run whose future is that of the run asked for."""
    size, spectrum = problem.counts.vocab_size, problem.spectrum
    if not two_matrices:
        return spectrum, problem.matrix, initial_embeddings(size, train_spec)
    stacked = np.vstack([spectrum.vectors, spectrum.vectors * spectrum.signs]) / np.sqrt(2)
    start = initial_embeddings(2 * size, train_spec) / np.float32(np.sqrt(2))
    return replace(spectrum, vectors=stacked), _Doubled(problem.matrix), start


def deviation(trained: FloatArray, predicted: FloatArray, targets: FloatArray) -> float:
    """Largest relative difference between two (T, d) histories of singular values.

    Over all times and the modes above 5 % of their target; 0 where there is none. Says nothing about
    modes still smaller than that, where a large ratio would be a small matter.
    """
    grown = (targets > 0) & (trained > _COMPARED_ABOVE * targets)
    if not grown.any():
        return 0.0
    return float(np.abs(trained[grown] / predicted[grown] - 1).max())


def miss(trained: FloatArray, predicted: FloatArray, targets: FloatArray) -> float:
    """Largest difference between two (T, d) histories of singular values, as a share of the target sqrt(lambda_k)."""
    known = targets > 0
    return float((np.abs(trained - predicted)[:, known] / targets[known]).max())
