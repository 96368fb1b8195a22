"""Problems and plans."""

from __future__ import annotations

import numpy as np
import pytest

from core.counts import Cooccurrence
from core.errors import InputError
from core.problem import MAX_STEPS, Problem, RunSpec, load_problem, plan, under_setting_31
from core.spectrum import decompose
from core.training import train


@pytest.fixture(scope="module")
def problem() -> Problem:
    return load_problem(RunSpec(vocab_size=100, dim=5))


def test_a_problem_is_m_star_with_its_top_eigenpairs(problem: Problem) -> None:
    assert problem.counts.vocab_size == 100
    assert problem.matrix.shape == (100, 100)
    assert problem.spectrum.rank >= 5
    expected = np.linalg.eigvalsh(problem.matrix.astype(np.float64))[::-1][: problem.spectrum.rank]
    assert problem.spectrum.values == pytest.approx(expected, abs=1e-5)
    assert problem.learnable == (expected > 0).sum()


@pytest.mark.parametrize("dim", [0, -1, 101])
def test_a_problem_of_an_impossible_dimension(dim: int) -> None:
    with pytest.raises(InputError, match=f"dimension is {dim}.*100 words"):
        load_problem(RunSpec(vocab_size=100, dim=dim))


def test_a_plan_takes_the_step_size_in_units_of_the_first_eigenvalue(problem: Problem) -> None:
    spec = plan(problem, RunSpec(dim=5, init_scale=1e-5, step_size=0.25, seed=9), steps=77)
    assert (spec.dim, spec.init_scale, spec.steps, spec.seed) == (5, 1e-5, 77, 9)
    assert spec.dt * problem.spectrum.values[0] == pytest.approx(0.25)


def test_the_length_of_a_plan_is_time_over_step(problem: Problem) -> None:
    spec = plan(problem, RunSpec(dim=5), time=2.0)
    assert spec.steps * spec.dt == pytest.approx(2.0, abs=spec.dt / 2)
    assert plan(problem, RunSpec(dim=5), time=1e-9).steps == 1


@pytest.mark.parametrize("steps", [1, 199, 200, 201, 5_000])
def test_a_plan_has_about_two_hundred_frames(problem: Problem, steps: int) -> None:
    frames = len(plan(problem, RunSpec(dim=5), steps=steps).snapshot_steps())
    assert min(steps + 1, 100) <= frames <= 201


@pytest.mark.parametrize("until", [1, 3, 5])
def test_a_plan_ends_when_the_wanted_concepts_are_learned(problem: Problem, until: int) -> None:
    spec = plan(problem, RunSpec(dim=5, init_scale=1e-6, until=until))
    share = list(train(problem.matrix, spec))[-1].singular_values ** 2 / problem.spectrum.values[:5]
    assert (share[:until] > 0.85).all()
    if until == 1:
        assert share[2] < 0.5, "longer than asked for"


def test_by_default_a_plan_learns_all_it_can(problem: Problem) -> None:
    specs = [plan(problem, RunSpec(dim=5, until=until)) for until in (0, 5, 99)]
    assert specs[0] == specs[1] == specs[2]


@pytest.mark.parametrize("step_size", [0.0, -0.3, float("nan"), float("inf")])
def test_a_plan_with_an_impossible_step(problem: Problem, step_size: float) -> None:
    with pytest.raises(InputError, match="step size"):
        plan(problem, RunSpec(dim=5, step_size=step_size))


@pytest.mark.parametrize("time", [0.0, -1.0, float("nan"), float("inf")])
def test_a_plan_with_an_impossible_time(problem: Problem, time: float) -> None:
    with pytest.raises(InputError, match="time"):
        plan(problem, RunSpec(dim=5), time=time)


def test_a_plan_that_would_never_end(problem: Problem) -> None:
    with pytest.raises(InputError, match="above the limit of 1,000,000"):
        plan(problem, RunSpec(dim=5), steps=MAX_STEPS + 1)
    with pytest.raises(InputError, match="above the limit"):
        plan(problem, RunSpec(dim=5, step_size=1e-7))


@pytest.mark.parametrize(("knob", "value"), [("init_scale", 0.0), ("init_scale", -1.0), ("seed", -1)])
def test_a_plan_passes_on_what_the_training_refuses(problem: Problem, knob: str, value: float) -> None:
    with pytest.raises(InputError, match=knob.replace("_", " ")):
        plan(problem, RunSpec(dim=5, **{knob: value}))


def test_nothing_to_learn(wikipedia: Cooccurrence) -> None:
    matrix = -np.eye(300, dtype=np.float32)
    with pytest.raises(InputError, match="nothing to learn"):
        plan(under_setting_31(wikipedia, matrix, decompose(matrix, 5)), RunSpec(dim=5))
