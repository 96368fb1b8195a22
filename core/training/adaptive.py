"""Gradient descent with a step that is safe by construction, for losses on which no fixed step is.

A step is taken back and halved whenever the loss rises, and grows by 5 % otherwise, never beyond the step asked for.
Where nothing is ever taken back, this is plain gradient descent with that step.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.frozen import frozen
from core.spectrum import singular_basis
from core.training.pairs import Slope
from core.training.snapshot import Diverged, Snapshot, Stopped, TrainSpec, initial_embeddings, never

_GROWTH = 1.05
_NOISE = 1e-6  # of a loss that is 1 at the start: what single precision may add by itself
_SMALLEST = 1e-6
_TURN_EVERY = 16
_MAX_STEPS = 1_000_000


def descend(
    slope: Slope, vocab_size: int, spec: TrainSpec, *, untied: bool, stopped: Stopped = never
) -> Iterator[Snapshot]:
    """Yield the model at the planned times, ``spec.snapshot_steps() * spec.dt``, whatever steps lead there.

    As in ``qwem.train``, embeddings are turned into their own singular basis every few steps, W and C by the same
    rotation, so that rounding of learned directions does not seed those not yet learned.

    Raises
    ------
    InputError
        d is larger than V.
    Diverged
        Steps a millionth as long as asked for still raise the loss.
    """
    walker = _Walker(slope, initial_stack(vocab_size, spec, untied=untied), spec.dt)
    for planned in spec.snapshot_steps():
        if not walker.walk_to(float(planned * spec.dt), stopped):
            return
        yield snapshot(walker.stack, vocab_size, step=walker.steps, time=walker.time, loss=walker.loss)


def initial_stack(vocab_size: int, spec: TrainSpec, *, untied: bool) -> NDArray[np.float32]:
    """W(0), or W(0) above an independent C(0) of the same scale; shape (V, d) or (2V, d)."""
    if spec.dim > vocab_size:
        raise InputError(f"dimension is {spec.dim}, larger than the vocabulary of {vocab_size} words")
    return initial_embeddings(vocab_size * (2 if untied else 1), spec)


def snapshot(stack: NDArray[np.float32], vocab_size: int, *, step: int, time: float, loss: float) -> Snapshot:
    """The model as others see it: W in its own singular basis, and C, if there is one, turned with it."""
    w, c = stack[:vocab_size], stack[vocab_size:]
    singular, rotation = singular_basis(w.T @ w)
    turn = rotation.astype(np.float32)
    contexts = frozen(c @ turn) if len(c) else None
    return Snapshot(step, time, loss, frozen(singular), frozen(w @ turn), contexts)


class _Walker:
    """Embeddings on their way down."""

    def __init__(self, slope: Slope, stack: NDArray[np.float32], longest: float) -> None:
        self.stack, self.steps, self.time = stack, 0, 0.0
        self._slope, self._longest, self._dt = slope, longest, longest
        self._change, self.loss = slope(stack)

    def walk_to(self, time: float, stopped: Stopped) -> bool:
        """Go to a later time, in even steps no longer than allowed; False if stopped on the way."""
        while self.time < time:
            if stopped():
                return False
            left = time - self.time
            pieces = max(1, int(np.ceil(left / self._dt - 1e-6)))
            if not self._step(left / pieces):
                continue
            self.time = time if pieces == 1 else self.time + left / pieces
            if self.steps % _TURN_EVERY == 0:
                self._turn()
        return True

    def _step(self, dt: float) -> bool:
        """One step; taken back, and False, if the loss rose."""
        with np.errstate(over="ignore", invalid="ignore"):
            further = self.stack + np.float32(dt) * self._change
            change, loss = self._slope(further)
        if not loss <= self.loss + _NOISE:
            self._dt = dt / 2
            if self._dt < _SMALLEST * self._longest:
                raise Diverged(f"no step goes down any more after step {self.steps}: the loss stays at {self.loss:.4g}")
            return False
        self.stack, self._change, self.loss = further, change, loss
        self.steps += 1
        if self.steps > _MAX_STEPS:
            raise Diverged(f"after {self.steps - 1:,} steps the run is not at its end: they had to be too short")
        self._dt = min(max(self._dt, dt) * _GROWTH, self._longest)
        return True

    def _turn(self) -> None:
        _, rotation = singular_basis(self.stack.T @ self.stack)
        turn = rotation.astype(np.float32)
        self.stack, self._change = self.stack @ turn, self._change @ turn
