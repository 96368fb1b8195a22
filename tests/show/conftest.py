"""A short run, trained once for all tests of the show."""

from __future__ import annotations

import pytest

from core.frames import Camera
from core.problem import RunSpec, load_problem, plan, simulate


@pytest.fixture(scope="session")
def trained():
    """(spec, problem, frames)."""
    spec = RunSpec(vocab_size=400, dim=8, step_size=0.3, seed=1, until=5)
    problem = load_problem(spec)
    camera = Camera(problem.spectrum, spec.dim)
    return spec, problem, [camera.frame(one) for one in simulate(problem, spec, plan(problem, spec))]
