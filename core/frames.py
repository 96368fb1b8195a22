"""What the pages keep of a run: a frame for each snapshot, seen by a camera that is fixed before the run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.frozen import frozen
from core.geometry import alignment, concept_rotation, effective_rank, imbalance, twins
from core.spectrum import Spectrum, embedding
from core.theory import FloatArray
from core.training import Snapshot

AXES = 10
LEARNED, HALF, ARRIVING = 0.9, 0.5, 0.1  # shares of a mode's variance
FOUND = 0.5  # least alignment at which a grown direction counts as the predicted one
INT16_MAX = 32_767
_HEADROOM = 1.08


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


def which(frames: Sequence[Frame]) -> tuple[int, int]:
    """How many frames of a run there are, and until which step: all that tells one look at a recipe's run from another.

    Not how many alone: a history that grows long is thinned.
    """
    return len(frames), frames[-1].step if frames else 0


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


def mirrored(frame: Frame) -> FloatArray:
    """Cosine of W and C along each concept axis, shape (K,): 1 where C is W, -1 where it is its mirror image."""
    assert frame.contexts is not None  # noqa: S101 - asked of models with two matrices
    w, c = frame.cloud.astype(np.float64), frame.contexts.astype(np.float64)
    return (w * c).sum(axis=1) / np.maximum(np.linalg.norm(w, axis=1) * np.linalg.norm(c, axis=1), 1e-300)
