"""What a run is asked for, the matrix it is posed on, and its plan."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.counts import Cooccurrence
from core.errors import InputError
from core.sources import load_statistics
from core.spectrum import Spectrum, decompose
from core.targets import m_star
from core.theory import aligned_start, step_size_rise_times, step_widths
from core.training import TrainSpec, initial_embeddings

FRAMES = 200
MAX_STEPS = 1_000_000
_SPARE_EIGENPAIRS = 30
_FAINT = 0.02


@dataclass(frozen=True)
class RunSpec:
    """All that a run depends on; the same spec gives the same run.

    data : bundled name or path of statistics. vocab_size : V. dim : d. init_scale : sigma.
    step_size : dt lambda_1, dimensionless. seed : of W(0). until : train until this many concepts are
    learned, by the prediction; 0 for all d. Modes fainter than a fiftieth of the first are not waited for.
    """

    data: str = "wikipedia"
    vocab_size: int | None = None
    dim: int = 50
    init_scale: float = 1e-6
    step_size: float = 0.3
    seed: int = 0
    until: int = 0


@dataclass(frozen=True, eq=False)
class Problem:
    """Statistics, their M*, and its top eigenpairs: what predictions and runs share."""

    counts: Cooccurrence
    matrix: NDArray[np.float32]
    spectrum: Spectrum

    @cached_property
    def learnable(self) -> int:
        """How many of the eigenvalues known here are positive beyond rounding: no other mode is ever learned."""
        values = self.spectrum.values
        rounding = len(self.matrix) * np.finfo(np.float32).eps * np.abs(values).max()
        return int((values > rounding).sum())


def pose(counts: Cooccurrence, matrix: NDArray[np.float32], dim: int) -> Problem:
    """Enough of the spectrum of M* to predict runs of dimension d. ``matrix`` is ``m_star(counts)``.

    Raises InputError where d is below 1 or above V.
    """
    size = counts.vocab_size
    if not 1 <= dim <= size:
        raise InputError(f"dimension is {dim}, and must be from 1 to the {size} words there are")
    return Problem(counts, matrix, decompose(matrix, min(size, dim + _SPARE_EIGENPAIRS)))


def load_problem(spec: RunSpec) -> Problem:
    """The problem of a spec. Raises InputError where its statistics cannot be had."""
    counts = load_statistics(spec.data, spec.vocab_size)
    return pose(counts, m_star(counts), spec.dim)


def plan(problem: Problem, spec: RunSpec, *, time: float | None = None, steps: int | None = None) -> TrainSpec:
    """Step size and length of a run: as asked, or until the predicted end of the last concept wanted.

    ``time`` is in units of gradient flow.

    Raises
    ------
    InputError
        A knob is out of range, or the run would take more than ``MAX_STEPS`` steps.
    """
    if not 0 < spec.step_size < np.inf:
        raise InputError(f"step size is {spec.step_size:g}, and must be above 0")
    if not problem.learnable:
        raise InputError("M* of this text has no positive eigenvalue: there is nothing to learn")
    dt = spec.step_size / float(problem.spectrum.values[0])
    sketch = TrainSpec(spec.dim, spec.init_scale, dt, steps=1, seed=spec.seed)
    if steps is None:
        length = time if time is not None else _predicted_end(problem, spec, sketch)
        if not 0 < length < np.inf:
            raise InputError(f"time is {length:g}, and must be above 0")
        steps = max(1, round(length / dt))
    if steps > MAX_STEPS:
        raise InputError(f"that takes {steps:,} steps, above the limit of {MAX_STEPS:,}")
    every = max(1, -(-steps // FRAMES))
    return TrainSpec(spec.dim, spec.init_scale, dt, steps, every, spec.seed)


def _predicted_end(problem: Problem, spec: RunSpec, sketch: TrainSpec) -> float:
    """When the last of the wanted concepts has risen, and its width once more."""
    start = initial_embeddings(problem.counts.vocab_size, sketch)
    wanted = min(spec.dim, problem.learnable, spec.until or spec.dim)
    values = problem.spectrum.values[:wanted]
    wanted = int((values >= _FAINT * values[0]).sum())
    values = values[:wanted]
    s0_squared = aligned_start(problem.spectrum.vectors[:, :wanted], start)
    risen = step_size_rise_times(values, s0_squared, sketch.dt)
    return float(np.max(np.maximum(risen, 0) + step_widths(values)))


def flops(problem: Problem, train_spec: TrainSpec) -> float:
    """Floating-point operations of a run: two for each entry of M* and each dimension, every step."""
    return 2.0 * train_spec.steps * len(problem.matrix) ** 2 * train_spec.dim
