"""What all viewers share: statistics, spectra, predictions and canned runs, each computed once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.compare import Camera, Frame, Prediction, neighbours, predict
from core.counts import Cooccurrence
from core.problem import Problem, RunSpec, flops, plan, pose
from core.runs import Run
from core.sources import load_statistics
from core.spectrum import Concept, Spectrum, concept, decompose
from core.targets import TARGETS, m_star
from core.training import Snapshot, train

CANNED = RunSpec(vocab_size=2_000, dim=30, init_scale=1e-6, step_size=0.1, seed=3, until=10)
_NEIGHBOURS = 8
_SHARED_SECONDS = 20
_FLOPS_A_SECOND = 5e10  # of one core of a small server, single precision


@dataclass(frozen=True, eq=False)
class Lab:
    """A recipe with its prediction: all that is known before training."""

    spec: RunSpec
    problem: Problem
    prediction: Prediction
    camera: Camera

    @property
    def words(self) -> tuple[str, ...]:
        return self.problem.counts.words

    @property
    def clock(self) -> float:
        """lambda_1: time is shown as t * lambda_1."""
        return float(self.problem.spectrum.values[0])

    @property
    def end(self) -> float:
        """The planned end of the run, as t * lambda_1."""
        return self.prediction.end * self.clock

    def run(self) -> Run[Frame]:
        """A run of this recipe, not yet started."""
        return Run(train(self.problem.matrix, self.prediction.plan), self.camera.frame)

    @cached_property
    def start(self) -> Frame:
        """The model before its first step."""
        return self.camera.frame(next(train(self.problem.matrix, self.prediction.plan)))

    @property
    def sharable(self) -> bool:
        """Whether a run is short enough to be trained while a page waits, for everybody."""
        return self.seconds < _SHARED_SECONDS

    @property
    def seconds(self) -> float:
        """A guess at how long a run takes on one core."""
        return flops(self.problem, self.prediction.plan) / _FLOPS_A_SECOND

    @property
    def concepts(self) -> int:
        """How many concepts have an axis, a card and a colour."""
        return self.camera.axes

    def concept(self, k: int, top: int = 8, normalised: bool = False) -> Concept:
        return concept(self.problem.spectrum, self.words, k, top=top, normalised=normalised)


@dataclass(frozen=True, eq=False)
class Finished:
    """A run that is over: its frames, its last snapshot, neighbours in its final space; why it broke off, if so."""

    frames: Sequence[Frame]
    last: Snapshot
    message: str = ""

    @cached_property
    def neighbours(self) -> NDArray[np.int32]:
        """Shape (V, 8), nearest first."""
        return neighbours(self.last.embeddings, _NEIGHBOURS)


@st.cache_resource(max_entries=3, show_spinner="Reading the statistics …")
def statistics(data: str, vocab_size: int | None) -> Cooccurrence:
    """Counts, shared and read-only."""
    return load_statistics(data, vocab_size)


@st.cache_resource(max_entries=3, show_spinner=False)
def matrix(data: str, vocab_size: int | None) -> NDArray[np.float32]:
    """M*, shared and read-only."""
    return m_star(statistics(data, vocab_size))


@st.cache_resource(max_entries=12, show_spinner="Finding the concepts …")
def spectrum(name: str, data: str, vocab_size: int | None, rank: int) -> Spectrum:
    """The top of the spectrum of one of the targets. Only M* itself is kept, being large."""
    if name == "mstar":
        return decompose(matrix(data, vocab_size), rank)
    return decompose(TARGETS[name](statistics(data, vocab_size)), rank)


@st.cache_resource(max_entries=6, show_spinner="Finding the concepts …")
def _problem(data: str, vocab_size: int | None, dim: int) -> Problem:
    return pose(statistics(data, vocab_size), matrix(data, vocab_size), dim)


@st.cache_resource(max_entries=8, show_spinner="Predicting the run …")
def lab(spec: RunSpec) -> Lab:
    """The prediction of a recipe. Raises InputError where the recipe cannot be cooked."""
    problem = _problem(spec.data, spec.vocab_size, spec.dim)
    train_spec = plan(problem, spec)
    return Lab(spec, problem, predict(problem, train_spec), Camera(problem.spectrum, spec.dim))


@st.cache_resource(show_spinner=False)
def first_run() -> Run[Frame]:
    """The run that everybody sees first, started; until it is over it can be watched."""
    run = lab(CANNED).run()
    run.start()
    return run


@st.cache_resource(max_entries=4, show_spinner="Training this run, for everybody …")
def canned(spec: RunSpec) -> Finished:
    """A whole run, trained once and shared by all viewers; one that diverges ends where it does."""
    run = first_run() if spec == CANNED else lab(spec).run()
    run.start()
    run.wait()
    return finished(run)


def finished(run: Run[Frame]) -> Finished:
    """What is left of a run that is over."""
    assert run.latest is not None  # noqa: S101 - step 0 is always there
    return Finished(run.history, run.latest, run.message)
