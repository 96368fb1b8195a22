"""Where theory and training meet: predictions of a planned run, and how well a run kept to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.frozen import frozen
from core.problem import Problem, theory_plan
from core.spectrum import Spectrum, embedding, singular_basis
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
from core.training import Snapshot, TrainSpec, initial_embeddings

AXES = 10
LEARNED, HALF, ARRIVING = 0.9, 0.5, 0.1  # shares of a mode's variance
FOUND = 0.5  # least alignment at which a grown direction counts as the predicted one
INT16_MAX = 32_767
_HEADROOM = 1.08
_COMPARED_ABOVE = 0.05
_NEIGHBOUR_BLOCK = 1_000


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


def effective_rank(singular_values: FloatArray) -> float:
    """exp of the entropy of the shares s_k^2 / sum s^2 (Roy and Vetterli 2007, for variances).

    How many directions share the cloud's variance. A random start spreads it over all d, so a run begins
    at about d, falls to 1 as the first concept takes over, and climbs from there.
    """
    shares = singular_values**2 / (singular_values**2).sum()
    shares = shares[shares > 0]
    return float(np.exp(-(shares * np.log(shares)).sum()))


def alignment(snapshot: Snapshot, vectors: FloatArray) -> FloatArray:
    """Overlap of the top-k directions of W with the span of v_1..v_k, for k = 1..K. Shape (K,).

    ||V_k^T U_k||_F^2 / k, from about k/V for a random start to 1: *silent alignment*, since it rises
    while the loss is still flat. A mode ahead of its neighbours by little keeps it below 1 for long.
    """
    depth = vectors.shape[1]
    lengths = np.maximum(snapshot.singular_values[:depth], 1e-300)
    return nested_overlap(overlaps(vectors, snapshot.embeddings[:, :depth] / lengths))


def nested_overlap(squared: FloatArray) -> FloatArray:
    """From squared overlaps (u_i . v_j)^2, those of the spans of the first k of each, over k. Shape (K,)."""
    nested = np.cumsum(np.cumsum(squared, axis=0), axis=1)
    return np.diag(nested) / np.arange(1, len(squared) + 1)


def twins(embeddings: NDArray[np.float32], contexts: NDArray[np.float32], depth: int) -> FloatArray:
    """Overlap of the spans of the top k left singular vectors of W and of C, for k = 1..depth. From k/V to 1."""
    return nested_overlap(overlaps(directions(embeddings)[:, :depth], directions(contexts)[:, :depth]))


def directions(embeddings: NDArray) -> FloatArray:
    """Left singular vectors of a tall W, longest first. Shape (V, d)."""
    exact = embeddings.astype(np.float64)
    lengths, rotation = singular_basis(exact.T @ exact)
    return exact @ rotation / np.maximum(lengths, 1e-300)


def overlaps(first: FloatArray, second: FloatArray) -> FloatArray:
    """(u_i . v_j)^2 of two sets of unit vectors, (V, K) and (V, K'), in their columns (paper, Fig. 5). Shape (K, K').

    1 where two directions are one; a row that spreads over several columns is a mixture of them. Signs do not matter.
    """
    return (first.T @ second) ** 2


def mirrored(frame: Frame) -> FloatArray:
    """Cosine of W and C along each concept axis, shape (K,): 1 where C is W, -1 where it is its mirror image."""
    assert frame.contexts is not None  # noqa: S101 - asked of models with two matrices
    w, c = frame.cloud.astype(np.float64), frame.contexts.astype(np.float64)
    return (w * c).sum(axis=1) / np.maximum(np.linalg.norm(w, axis=1) * np.linalg.norm(c, axis=1), 1e-300)


def imbalance(embeddings: NDArray[np.float32], contexts: NDArray[np.float32]) -> float:
    """||W^T W - C^T C||_F. Gradient flow on any loss of W C^T keeps it (conservation law; beyond the paper).

    It stays at what the start happened to be, sigma^2 sqrt(2 V) d or so, while both sides grow by many orders of
    magnitude; rounding and finite steps let it drift by a small share of them.
    """
    w, c = embeddings.astype(np.float64), contexts.astype(np.float64)
    return float(np.linalg.norm(w.T @ w - c.T @ c))


def concept_axes(embeddings: NDArray[np.float32], spectrum: Spectrum) -> NDArray[np.float32]:
    """W turned, as a rigid body, so that its column k lies along concept k: W R of shape (V, d)."""
    return embeddings @ concept_rotation(embeddings, spectrum)


def concept_rotation(embeddings: NDArray[np.float32], spectrum: Spectrum) -> NDArray[np.float32]:
    """The rotation R of ``concept_axes``, shape (d, d).

    The rotation is the orthogonal Procrustes solution for V_d Lambda_d^(1/2), the cloud that Theorem 1
    predicts, so axes neither jump nor swap between frames: what moves is learning. Distances and angles
    between words are the model's own.
    """
    end = embedding(spectrum.head(embeddings.shape[1])).astype(np.float32)
    left, _, right = np.linalg.svd((embeddings.T @ end).astype(np.float64))
    return (left @ right).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Frame:
    """What the pages keep of a snapshot.

    singular_values : (d,). alignment : (K,), see ``alignment``. effective_rank : see there.
    learned : how many concepts have 90 % of their variance.
    cloud : int16 array of shape (K, V), coordinates along the first concepts in units of ``Camera.scale``.
    Only where words and contexts have a matrix each, else None:
    contexts : the same of C, turned with W. twins : (K,), overlap of the spans of the top k directions of W and of C.
    imbalance : ||W^T W - C^T C||_F, which gradient flow conserves.
    """

    step: int
    time: float
    loss: float
    singular_values: FloatArray
    alignment: FloatArray
    effective_rank: float
    learned: int
    cloud: NDArray[np.int16]
    contexts: NDArray[np.int16] | None = None
    twins: FloatArray | None = None
    imbalance: float | None = None


@dataclass(frozen=True, eq=False)
class Camera:
    """Turns snapshots into frames with axes and scale fixed before the run: those of its predicted end."""

    spectrum: Spectrum
    dim: int

    @property
    def axes(self) -> int:
        return min(AXES, self.dim, self.spectrum.rank)

    def extent(self, axes: Sequence[int]) -> float:
        """Half-width that holds every word along these concepts (from 1) at the predicted end."""
        end = embedding(self.spectrum.head(self.axes))
        return float(np.abs(end[:, [axis - 1 for axis in axes]]).max()) * _HEADROOM

    @cached_property
    def scale(self) -> float:
        """Length of one quantum of a coordinate; the largest has room for overshoot."""
        return 1.5 * self.extent(range(1, self.axes + 1)) / INT16_MAX

    def frame(self, snapshot: Snapshot) -> Frame:
        turn = concept_rotation(snapshot.embeddings, self.spectrum)[:, : self.axes]
        contexts = snapshot.contexts
        return Frame(
            step=snapshot.step,
            time=snapshot.time,
            loss=snapshot.loss,
            singular_values=snapshot.singular_values,
            alignment=alignment(snapshot, self.spectrum.vectors[:, : self.axes]),
            effective_rank=effective_rank(snapshot.singular_values),
            learned=learned(snapshot.singular_values, self.spectrum.values[: self.dim]),
            cloud=self._quanta(snapshot.embeddings @ turn),
            contexts=None if contexts is None else self._quanta(contexts @ turn),
            twins=None if contexts is None else twins(snapshot.embeddings, contexts, self.axes),
            imbalance=None if contexts is None else imbalance(snapshot.embeddings, contexts),
        )

    def _quanta(self, placed: NDArray[np.float32]) -> NDArray[np.int16]:
        return frozen(np.clip(np.rint(placed.T / self.scale), -INT16_MAX, INT16_MAX).astype(np.int16))


def learned(singular_values: FloatArray, values: FloatArray) -> int:
    """How many modes have 90 % of their variance lambda_k."""
    known = min(len(singular_values), len(values))
    risen = singular_values[:known] ** 2 >= LEARNED * values[:known]
    return int((risen & (values[:known] > 0)).sum())


def next_concept(frames: Sequence[Frame]) -> Callable[[Frame], bool]:
    """A goal for ``Run.run_until``: one concept more is learned than now."""
    known = frames[-1].learned if frames else 0
    return lambda frame: frame.learned > known


def neighbours(embeddings: NDArray[np.float32], count: int) -> NDArray[np.int32]:
    """The nearest words of every word by cosine, nearest first, itself left out. Shape (V, count)."""
    unit = _unit(embeddings)
    count = min(count, len(unit) - 1)
    blocks = range(0, len(unit), _NEIGHBOUR_BLOCK)
    return frozen(np.concatenate([_nearest(unit, begin, count) for begin in blocks]).astype(np.int32))


def _unit(embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows of length 1; a row of zeros stays."""
    return embeddings / np.maximum(np.linalg.norm(embeddings, axis=1, keepdims=True), 1e-30)


def _nearest(unit: NDArray[np.float32], begin: int, count: int) -> NDArray[np.intp]:
    """``neighbours`` of the words from ``begin`` on, a block of them at a time to bound memory."""
    cosine = unit[begin : begin + _NEIGHBOUR_BLOCK] @ unit.T
    own = np.arange(len(cosine))
    cosine[own, begin + own] = -2
    nearest = np.argpartition(-cosine, count - 1, axis=1)[:, :count]
    order = np.argsort(-np.take_along_axis(cosine, nearest, axis=1), axis=1, kind="stable")
    return np.take_along_axis(nearest, order, axis=1)


def similar(embeddings: NDArray[np.float32], word: int, count: int) -> list[tuple[int, float]]:
    """The nearest words of one word with their cosines, nearest first, itself left out."""
    unit = _unit(embeddings)
    cosine = unit @ unit[word]
    order = [int(other) for other in np.argsort(-cosine, kind="stable") if other != word]
    return [(other, float(cosine[other])) for other in order[:count]]
