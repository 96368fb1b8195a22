"""A recipe with its prediction: all that is known of a run before it is trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from core.compare import Prediction, miss, predict
from core.frames import Camera, Frame
from core.problem import Problem, RunSpec, plan
from core.spectrum import Concept, concept
from core.training import TrainSpec


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of a run before training. Times are shown as t * lambda_1."""

    spec: RunSpec
    problem: Problem
    plan: TrainSpec
    prediction: Prediction
    camera: Camera

    @classmethod
    def of(cls, spec: RunSpec, problem: Problem) -> Self:
        """Plan a run and predict it. Raises InputError where the recipe cannot be cooked."""
        train_spec = plan(problem, spec)
        prediction = predict(problem, train_spec, two_matrices=spec.two_matrices)
        return cls(spec, problem, train_spec, prediction, Camera(problem.spectrum, spec.dim))

    @property
    def words(self) -> tuple[str, ...]:
        return self.problem.counts.words

    @property
    def clock(self) -> float:
        """lambda_1, the clock of the prediction: time is shown as t * lambda_1."""
        return self.problem.lambda_1

    @property
    def rate(self) -> float:
        """The clock of the run: its own growth of a first concept, which for QWEM is lambda_1 too."""
        return self.problem.clock

    @property
    def end(self) -> float:
        """The planned end of the run, as t * lambda_1."""
        return self.prediction.end * self.clock

    @property
    def concepts(self) -> int:
        """How many concepts have an axis, a card and a colour: those that can be learned, at least one."""
        return max(1, min(self.camera.axes, self.problem.learnable))

    def concept(self, k: int, top: int = 8, normalised: bool = False) -> Concept:
        """Words at the two ends of concept k."""
        return concept(self.problem.spectrum, self.words, k, top=top, normalised=normalised)


def largest_miss(known: Known, frames: Sequence[Frame]) -> float:
    """Largest difference between trained and predicted singular values that charts show, as a share of the target.

    At the snapshots of the run; the prediction for its step size is interpolated to their times.
    """
    modes, descent = known.concepts, known.prediction.descent
    times = np.array([one.time for one in frames]) * known.rate
    trained = np.array([one.singular_values[:modes] for one in frames])
    theory = [np.interp(times, descent.times * known.clock, column) for column in descent.singular_values[:, :modes].T]
    return miss(trained, np.array(theory).T, known.prediction.targets[:modes])
