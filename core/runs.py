"""A run: what it is asked for, its plan, the thread that carries it out, and its file."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.counts import Cooccurrence
from core.errors import InputError
from core.files import written
from core.sources import load_statistics
from core.spectrum import Spectrum, decompose
from core.targets import m_star
from core.theory import aligned_start, step_size_rise_times, step_widths
from core.training import Diverged, Snapshot, TrainSpec, initial_embeddings

FRAMES = 200
MAX_STEPS = 1_000_000
MAX_HISTORY = 400
_SPARE_EIGENPAIRS = 30
_FAINT = 0.02

Kept = TypeVar("Kept")


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


class State(Enum):
    """Where a run stands."""

    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    DIVERGED = "diverged"
    FAILED = "failed"


class Run(Generic[Kept]):
    """Draws snapshots in a thread, and keeps of each what ``keep`` returns.

    Only the owner of the thread writes; readers get copies. What the run computes does not depend on
    when it is paused, how it is paced, or who looks.
    """

    def __init__(self, snapshots: Iterator[Snapshot], keep: Callable[[Snapshot], Kept], *, pace: float = 0.0) -> None:
        """``pace``: least number of seconds between two snapshots, so that people can watch."""
        self.pace = pace
        self.message = ""
        self._snapshots = snapshots
        self._keep = keep
        self._history: list[Kept] = []
        self._latest: Snapshot | None = None
        self._changed = threading.Condition()
        self._state = State.READY
        self._single = 0
        self._goal: Callable[[Kept], bool] | None = None
        self._thread = threading.Thread(target=self._work, daemon=True, name="staircase-run")

    @property
    def state(self) -> State:
        return self._state

    @property
    def alive(self) -> bool:
        """Whether more snapshots may still come."""
        return self._state in (State.READY, State.RUNNING, State.PAUSED)

    @property
    def under_way(self) -> bool:
        """Whether it was started and has not ended."""
        return self._state in (State.RUNNING, State.PAUSED)

    @property
    def over(self) -> bool:
        """Whether it was started and nothing more will be kept."""
        return self.wait(0)

    @property
    def history(self) -> tuple[Kept, ...]:
        """What was kept so far, oldest first."""
        with self._changed:
            return tuple(self._history)

    @property
    def latest(self) -> Snapshot | None:
        """The newest snapshot, whole."""
        return self._latest

    def start(self) -> None:
        """Begin, or go on after a pause. Without effect on a run that has ended."""
        with self._changed:
            if self._state is State.READY:
                self._thread.start()
            if self.alive:
                self._become(State.RUNNING)

    resume = start

    def pause(self) -> None:
        """Stop drawing after the snapshot that is being computed."""
        with self._changed:
            if self._state is State.RUNNING:
                self._become(State.PAUSED)

    def step(self) -> None:
        """Draw one more snapshot, then pause."""
        with self._changed:
            if self._state is State.READY:
                self._thread.start()
            if self.alive:
                self._single += 1
                self._become(State.PAUSED)

    def run_until(self, goal: Callable[[Kept], bool]) -> None:
        """Go on, unpaced, until ``goal`` holds of what was kept; then pause."""
        with self._changed:
            self.start()
            self._goal = goal if self.alive else None
            self._changed.notify_all()

    def stop(self) -> None:
        """End for good; what was kept stays."""
        with self._changed:
            if self.alive:
                self._become(State.STOPPED)

    def wait(self, timeout: float | None = None) -> bool:
        """Block until the thread has ended; False after ``timeout`` seconds, or if it never began."""
        if self._thread.ident is None:
            return False
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _become(self, state: State) -> None:
        self._state = state
        self._goal = None
        if state is not State.PAUSED:
            self._single = 0
        self._changed.notify_all()

    def _work(self) -> None:
        try:
            while self._may_go_on():
                snapshot = next(self._snapshots, None)
                if snapshot is None:
                    self._end(State.FINISHED)
                    return
                self._record(snapshot)
        except Diverged as reason:
            self._end(State.DIVERGED, str(reason))
        except Exception as reason:  # the thread has no caller: the page shows it
            self._end(State.FAILED, f"{type(reason).__name__}: {reason}")
        finally:
            self._snapshots = iter(())  # lets go of the matrices

    def _end(self, state: State, message: str = "") -> None:
        with self._changed:
            if self._state is not State.STOPPED:
                self.message = message
                self._become(state)

    def _may_go_on(self) -> bool:
        """Wait for leave to draw the next snapshot; False if the run was stopped."""
        with self._changed:
            if self._history and self.pace > 0:
                self._changed.wait_for(self._is_hurried, self.pace)
            self._changed.wait_for(lambda: self._state is not State.PAUSED or self._single > 0)
            if self._state is State.PAUSED:
                self._single -= 1
            return self._state is not State.STOPPED

    def _is_hurried(self) -> bool:
        return self._state is not State.RUNNING or self._goal is not None

    def _record(self, snapshot: Snapshot) -> None:
        kept = self._keep(snapshot)
        with self._changed:
            self._latest = snapshot
            self._history.append(kept)
            if len(self._history) > MAX_HISTORY:
                del self._history[1::2]
            if self._goal is not None and self._goal(kept):
                self._become(State.PAUSED)


def save_run(path: Path, spec: RunSpec, words: tuple[str, ...], snapshots: list[Snapshot]) -> None:
    """Write a finished run to one .npz file, whole or not at all; no pickle inside.

    Keys: ``spec`` (JSON), ``words`` (V,), ``embeddings`` (V, d) of the last snapshot, and ``steps``,
    ``times``, ``loss`` (T,) and ``singular_values`` (T, d) of all.
    """
    with written(path) as partial, partial.open("wb") as file:
        np.savez_compressed(
            file,
            spec=np.array(json.dumps(asdict(spec))),
            words=np.array(words),
            embeddings=snapshots[-1].embeddings,
            steps=np.array([one.step for one in snapshots]),
            times=np.array([one.time for one in snapshots]),
            loss=np.array([one.loss for one in snapshots]),
            singular_values=np.array([one.singular_values for one in snapshots]),
        )
