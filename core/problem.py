"""What a run is asked for, the matrix it is posed on, and its plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.counts import Cooccurrence
from core.errors import InputError
from core.sources import load_statistics
from core.spectrum import Spectrum, decompose, extremes
from core.spectrumfile import KNOWN, KnownSpectrum, load_spectrum
from core.targets import Objective, m_star, setting_31, word2vec_weights
from core.theory import Table, aligned_start, step_size_rise_times, step_widths
from core.training import (
    GENSIM,
    MODELS,
    Sentences,
    Snapshot,
    Stopped,
    TrainSpec,
    initial_embeddings,
    never,
    train_gensim,
    train_model,
)

FRAMES = 200
MAX_STEPS = 1_000_000
_SPARE_EIGENPAIRS = 30
_FAINT, _FAINT_WANTED = 0.02, 0.12
_NOTHING = 1e-5
_LATER = 1.5
_SENTENCE_FLOPS = 1e5


@dataclass(frozen=True)
class RunSpec:
    """All that a run depends on; the same spec gives the same run.

    data : name of statistics, as ``load_statistics`` of core.sources takes it. vocab_size : V. dim : d.
    init_scale : sigma.
    step_size : dt lambda_1, dimensionless; lambda_1 is the fastest rate of growth of the model that is trained. gensim
        takes half of it as its learning rate. seed : of the start.
    until : train until this many concepts are learned, by the prediction; 0 for all d. Modes fainter than an eighth of
        the first are not waited for; of all d, than a fiftieth.
    model : a name of ``MODELS``. untied : a matrix each for words and contexts; gensim always has both.
    negatives : k, for models with word2vec's weights. asymmetric : negatives drawn for the context only, as word2vec
        does with two matrices; else the weights are symmetrised.
    """

    data: str = "wikipedia"
    vocab_size: int | None = None
    dim: int = 50
    init_scale: float = 1e-6
    step_size: float = 0.3
    seed: int = 0
    until: int = 0
    model: str = "qwem"
    untied: bool = False
    negatives: int = 1
    asymmetric: bool = False

    @property
    def pairwise_weights(self) -> bool:
        """Whether pairs weigh as in word2vec, not all the same."""
        return not MODELS[self.model].setting_31

    @property
    def two_matrices(self) -> bool:
        """Whether words and contexts have a matrix each."""
        return self.untied or self.model in GENSIM

    @property
    def draws_for_contexts(self) -> bool:
        """Whether negatives are drawn for the context only, which makes the weights asymmetric."""
        return self.asymmetric or self.model in GENSIM

    @property
    def explained(self) -> bool:
        """Whether the theory of the paper is about this model."""
        return self.model == "qwem"


@dataclass(frozen=True, eq=False)
class Problem:
    """Statistics, their M* (a table, or what multiplies like it), its top eigenpairs, and what the model is pulled to.

    spectrum : of M*; by magnitude where the model has two matrices. objective : of the model; for QWEM it is M*.
    clock : the largest eigenvalue of ``objective.pull``. Its inverse is the unit of time on all charts: a small
        first concept grows e-fold in one unit. It is lambda_1 of M* under Setting 3.1.
    fastest : what a step must be short against, so that dt ``fastest`` < 2 is stable: the clock; with two matrices the
        largest singular value; with one and word2vec's weights at least half of the most negative eigenvalue's size.
    """

    counts: Cooccurrence
    matrix: Table
    spectrum: Spectrum
    objective: Objective
    clock: float
    fastest: float

    @cached_property
    def lambda_1(self) -> float:
        """The largest eigenvalue of M*, the clock of the theory."""
        positive = self.spectrum.values[self.spectrum.signs > 0]
        return float(positive[0]) if len(positive) else float("nan")

    @cached_property
    def learnable(self) -> int:
        """How many of the eigenvalues known here are positive beyond rounding: no other mode is ever learned."""
        values = self.spectrum.values
        rounding = max(self.matrix.shape[0] * np.finfo(np.float32).eps, _NOTHING) * np.abs(values).max()
        return int((values > rounding).sum())


def pose(
    counts: Cooccurrence,
    matrix: NDArray[np.float32],
    spec: RunSpec,
    *,
    spectrum: Spectrum | None = None,
    weights: Objective | None = None,
) -> Problem:
    """The problem of a recipe. ``matrix`` is ``m_star(counts)``.

    ``spectrum`` and ``weights`` : ``top_spectrum`` and word2vec's weights for this recipe, where known already.

    Raises
    ------
    InputError
        d is below 1 or above V; the model is unknown, or cannot be as asked for.
    """
    _check_model(spec)
    spectrum = spectrum or top_spectrum(matrix, spec.dim, by_magnitude=spec.two_matrices)
    if not spec.pairwise_weights:
        return under_setting_31(counts, matrix, spectrum)
    objective = weights or word2vec_weights(counts, negatives=spec.negatives, asymmetric=spec.draws_for_contexts)
    clock, lowest, largest = extremes(objective.pull)
    # One matrix cannot learn what is below zero, but too long a step would shake it up: dt (clock - lowest) < 4.
    fastest = largest if spec.two_matrices else max(clock, -lowest / 2)
    return Problem(counts, matrix, spectrum, objective, clock, fastest)


def under_setting_31(counts: Cooccurrence, matrix: Table, spectrum: Spectrum) -> Problem:
    """The problem of a model for which every pair weighs the same: it is pulled to M* itself."""
    clock = float(np.max(spectrum.values, where=spectrum.signs > 0, initial=-np.inf))
    return Problem(counts, matrix, spectrum, setting_31(matrix), clock, fastest=float(spectrum.values[0]))


def top_spectrum(matrix: NDArray[np.float32], dim: int, *, by_magnitude: bool = False) -> Spectrum:
    """Enough of the spectrum of M* to predict runs of dimension d. Raises InputError where d is below 1 or above V."""
    size = len(matrix)
    if not 1 <= dim <= size:
        raise InputError(f"dimension is {dim}, and must be from 1 to the {size} words there are")
    return decompose(matrix, min(size, dim + _SPARE_EIGENPAIRS), by_magnitude=by_magnitude)


def _check_model(spec: RunSpec) -> None:
    if spec.model not in MODELS:
        raise InputError(f"model is '{spec.model}', and must be one of {', '.join(MODELS)}")
    if spec.asymmetric and not (spec.pairwise_weights and spec.two_matrices):
        raise InputError("asymmetric negatives need word2vec's weights and two matrices (--untied)")


def pose_known(known: KnownSpectrum, spec: RunSpec) -> Problem:
    """The problem of a recipe where the top of the spectrum of M* is all there is: no pair was kept.

    M* is what its eigenpairs make up, so d must leave some of them over.

    Raises
    ------
    InputError
        The model needs pairs, or d is too large.
    """
    _check_model(spec)
    if spec.vocab_size not in (None, known.vocab_size):
        raise InputError(
            f"these eigenpairs are of all {known.vocab_size:,} words together, and not of {spec.vocab_size:,}"
        )
    most = known.spectrum.rank - _SPARE_EIGENPAIRS
    if spec.model != "qwem" or spec.two_matrices:
        raise InputError(
            f"of {known.vocab_size:,} words only eigenpairs are known here: QWEM with one matrix, no other model"
        )
    if not 1 <= spec.dim <= most:
        raise InputError(f"dimension is {spec.dim}, and must be from 1 to {most}, fewer than the eigenpairs known")
    return under_setting_31(known.without_pairs(), known.matrix(), known.spectrum.head(spec.dim + _SPARE_EIGENPAIRS))


def load_problem(spec: RunSpec) -> Problem:
    """The problem of a spec. Raises InputError where its statistics cannot be had."""
    if spec.data in KNOWN:
        return pose_known(load_spectrum(KNOWN[spec.data]), spec)
    counts = load_statistics(spec.data, spec.vocab_size)
    return pose(counts, m_star(counts), spec)


def plan(problem: Problem, spec: RunSpec, *, time: float | None = None, steps: int | None = None) -> TrainSpec:
    """Step size and length of a run: as asked, or until the predicted end of the last concept wanted.

    ``time`` is in units of gradient flow of the model. Models that the theory is not about get half as long again.

    Raises
    ------
    InputError
        A knob is out of range, or the run would take more than ``MAX_STEPS`` steps.
    """
    if not 0 < spec.step_size < np.inf:
        raise InputError(f"step size is {spec.step_size:g}, and must be above 0")
    if not problem.learnable or not problem.clock > 0:
        raise InputError("M* of this text has no positive eigenvalue: there is nothing to learn")
    dt = spec.step_size / problem.fastest
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


def theory_plan(problem: Problem, train_spec: TrainSpec) -> TrainSpec:
    """The same run on the clock of the theory: as many steps, each as long in units of the first concept's growth."""
    return replace(train_spec, dt=train_spec.dt * problem.clock / problem.lambda_1)


def _predicted_end(problem: Problem, spec: RunSpec, sketch: TrainSpec) -> float:
    """When the last of the wanted concepts has risen, and its width once more. In units of the model's own flow."""
    start = initial_embeddings(problem.counts.vocab_size, sketch)
    wanted = min(spec.dim, problem.learnable, spec.until or spec.dim)
    values = problem.spectrum.values[:wanted]
    wanted = int((values >= (_FAINT_WANTED if spec.until else _FAINT) * values[0]).sum())
    values = values[:wanted]
    s0_squared = aligned_start(problem.spectrum.vectors[:, :wanted], start)
    risen = step_size_rise_times(values, s0_squared, theory_plan(problem, sketch).dt)
    end = float(np.max(np.maximum(risen, 0) + step_widths(values)))
    return end * problem.lambda_1 / problem.clock * (1 if spec.explained else _LATER)


def simulate(
    problem: Problem,
    spec: RunSpec,
    train_spec: TrainSpec,
    sentences: Sentences | None = None,
    stopped: Stopped = never,
) -> Iterator[Snapshot]:
    """Train: the snapshots of a planned run. ``sentences`` : for gensim, else it is given pairs drawn from P_ij.

    ``stopped`` : asked at every step; once it holds, nothing more comes.

    Raises
    ------
    InputError, Diverged
        As the models do.
    """
    if spec.model not in GENSIM:
        return train_model(spec.model, problem.objective, train_spec, untied=spec.untied, stopped=stopped)
    return train_gensim(
        problem.counts,
        problem.objective,
        train_spec,
        skip_gram=spec.model == "gensim-sg",
        negatives=spec.negatives,
        learning_rate=spec.step_size / 2,
        sentences=sentences,
        stopped=stopped,
    )


def flops(problem: Problem, spec: RunSpec, train_spec: TrainSpec) -> float:
    """Floating-point operations of a run: two for each entry of M*, each dimension and each matrix, every step.

    A measured three times that for losses that look at every pair; gensim's sentences as what takes as long.
    """
    if spec.model in GENSIM:
        time, objective = train_spec.steps * train_spec.dt, problem.objective
        return time * objective.positive / (spec.step_size / 2 * objective.mean_weight) * _SENTENCE_FLOPS
    once = 2.0 * train_spec.steps * problem.matrix.size * train_spec.dim * (2 if spec.two_matrices else 1)
    return once if spec.model == "qwem" else 3 * once
