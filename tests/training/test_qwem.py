"""Training against the prediction made before it, and against gradient descent written anew."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose

from core.compare import deviation, predict
from core.errors import InputError
from core.problem import Problem, RunSpec, plan, under_setting_31
from core.spectrum import decompose
from core.targets import m_star
from core.training import Diverged, Snapshot, TrainSpec, initial_embeddings, train

DIM = 10
STARTS = [1e-8, 1e-4, 1e-2]


@pytest.fixture(scope="module", params=["wikipedia", "planted"])
def problem(request, wikipedia, plant) -> Problem:
    """Two problems of 300 words; the planted one has far stronger steps and a negative eigenvalue below."""
    matrix = m_star(wikipedia)
    if request.param == "planted":
        values = [*np.geomspace(40, 4, 12), *np.linspace(2, -3, 287), -60]
        matrix = plant(values)[0].astype(np.float32)
    return under_setting_31(wikipedia, matrix, decompose(matrix, DIM + 30))


def planned(problem: Problem, step_size: float, init_scale: float, seed: int = 0) -> TrainSpec:
    spec = RunSpec(vocab_size=300, dim=DIM, init_scale=init_scale, step_size=step_size, seed=seed)
    return plan(problem, spec)


def history(snapshots: list[Snapshot]) -> np.ndarray:
    return np.array([one.singular_values for one in snapshots])


def plain_descent(matrix: np.ndarray, spec: TrainSpec) -> np.ndarray:
    """Float64, no change of basis: singular values at the planned snapshots."""
    m, w, found = matrix.astype(np.float64), initial_embeddings(len(matrix), spec).astype(np.float64), []
    due = set(spec.snapshot_steps().tolist())
    for step in range(spec.steps + 1):
        if step in due:
            found.append(np.linalg.svd(w, compute_uv=False))
        w += spec.dt / 2 * (m @ w - w @ (w.T @ w))
    return np.array(found)


# The claim of the whole program


@pytest.mark.parametrize(("step_size", "bound"), [(0.3, 0.04), (0.1, 0.015), (0.02, 0.003)])
@pytest.mark.parametrize("init_scale", STARTS)
def test_training_keeps_to_its_prediction(problem: Problem, step_size: float, bound: float, init_scale: float) -> None:
    spec = planned(problem, step_size, init_scale, seed=int(-np.log10(init_scale)))
    prediction = predict(problem, spec)
    snapshots = list(train(problem.matrix, spec))
    trained = history(snapshots)
    grown = trained > 0.05 * prediction.targets
    assert grown.any(axis=0).all(), "the run was meant to learn every mode"
    ratio = trained / prediction.descent.singular_values
    assert np.abs(ratio[grown] - 1).max() < bound
    assert deviation(trained, prediction.descent.singular_values, prediction.targets) < bound
    losses = np.array([one.loss for one in snapshots])
    assert np.abs(losses - prediction.descent.loss).max() < bound
    assert prediction.floor <= snapshots[-1].loss <= 1.05 * prediction.floor


@pytest.mark.parametrize("init_scale", STARTS)
def test_float32_training_is_float64_descent(problem: Problem, init_scale: float) -> None:
    """From 1e-8, the rounding of learned columns could seed the modes that are not learned yet."""
    spec = planned(problem, 0.3, init_scale)
    trained, reference = history(list(train(problem.matrix, spec))), plain_descent(problem.matrix, spec)
    grown = reference > 0.05 * np.sqrt(problem.spectrum.values[:DIM])
    assert_allclose(trained[grown], reference[grown], rtol=1e-3)


def test_the_loss_falls_in_predicted_steps(plant, wikipedia) -> None:
    """Modes far apart in time: the loss rests at each plateau between two rise times."""
    matrix = plant([60.0, 20.0, 7.0, *np.linspace(0.5, -0.5, 297)])[0].astype(np.float32)
    posed = under_setting_31(wikipedia, matrix, decompose(matrix, 40))
    spec = plan(posed, RunSpec(dim=3, init_scale=1e-6, step_size=0.1))
    prediction, snapshots = predict(posed, spec), list(train(matrix, spec))
    times = np.array([one.time for one in snapshots])
    for k, (before, after) in enumerate(pairwise([0.0, *prediction.descent_times, times[-1]])):
        middle = np.abs(times - (before + after) / 2).argmin() if k < 3 else -1
        assert snapshots[middle].loss == pytest.approx(prediction.plateaus[k], rel=0.01)


# One step


def test_loss_is_the_relative_frobenius_distance(wikipedia) -> None:
    matrix = m_star(wikipedia)
    for snapshot in train(matrix, TrainSpec(dim=6, init_scale=0.1, dt=0.004, steps=60, every=20)):
        w, m = snapshot.embeddings.astype(np.float64), matrix.astype(np.float64)
        assert snapshot.loss == pytest.approx(((w @ w.T - m) ** 2).sum() / (m**2).sum(), rel=1e-5)


def test_a_step_goes_down_the_gradient(plant) -> None:
    """Central differences of ||W W^T - M||^2 / 4; a step is -dt/2 times the gradient."""
    matrix, dt, h = plant([5.0, 3.0, 1.0, -1.0, -2.0, -4.0])[0], 0.05, 1e-5
    spec = TrainSpec(dim=2, init_scale=0.7, dt=dt, steps=1)
    before, after = (one.embeddings.astype(np.float64) for one in train(matrix.astype(np.float32), spec))

    def loss(w: np.ndarray) -> float:
        return ((w @ w.T - matrix) ** 2).sum() / 4

    gradient = np.zeros_like(before)
    for place in np.ndindex(before.shape):
        nudge = np.zeros_like(before)
        nudge[place] = h
        gradient[place] = (loss(before + nudge) - loss(before - nudge)) / (2 * h)
    expected = before - dt / 2 * gradient
    assert_allclose(after @ after.T, expected @ expected.T, atol=2e-6)
    assert np.abs(after @ after.T - before @ before.T).max() > 1e-2


# What a run depends on


def test_snapshots_are_the_model_in_its_singular_basis(problem: Problem) -> None:
    spec = TrainSpec(DIM, 1e-4, 0.3 / float(problem.spectrum.values[0]), steps=100, every=30)
    snapshots = list(train(problem.matrix, spec))
    assert [one.step for one in snapshots] == [0, 30, 60, 90, 100]
    for one in snapshots:
        assert one.time == pytest.approx(one.step * spec.dt)
        assert one.embeddings.shape == (300, DIM)
        assert (np.diff(one.singular_values) <= 0).all()
        assert_allclose(np.linalg.norm(one.embeddings, axis=0), one.singular_values, rtol=1e-4)
        unit = one.embeddings / one.singular_values
        assert_allclose(unit.T @ unit, np.eye(DIM), atol=1e-3)
        with pytest.raises(ValueError, match="read-only"):
            one.embeddings[0, 0] = 1


def test_the_start_is_random_normal_of_the_scale() -> None:
    start = initial_embeddings(2_000, TrainSpec(20, 1e-3, 0.01, 1, seed=4))
    assert start.dtype == np.float32
    assert start.std() == pytest.approx(1e-3, rel=0.02)
    assert abs(start.mean()) < 2e-5
    first = next(train(np.eye(2_000, dtype=np.float32), TrainSpec(20, 1e-3, 0.01, 1, seed=4)))
    assert_allclose(first.embeddings @ first.embeddings.T, start @ start.T, atol=1e-10)


@pytest.mark.parametrize("every", [7, 40])
def test_the_result_does_not_depend_on_how_often_one_looks(problem: Problem, every: int) -> None:
    """Stopped half-way, while some modes are learned and others still rise."""
    spec = planned(problem, 0.3, 1e-6)
    spec = replace(spec, steps=spec.steps // 3, every=1)
    often = list(train(problem.matrix, spec))[-1]
    seldom = list(train(problem.matrix, replace(spec, every=every)))[-1]
    assert often.step == seldom.step
    assert often.singular_values[-1] < 0.9 * np.sqrt(problem.spectrum.values[DIM - 1])
    assert_allclose(seldom.singular_values, often.singular_values, rtol=1e-4)


def test_the_seed_decides(problem: Problem) -> None:
    spec = TrainSpec(DIM, 1e-3, 0.3 / float(problem.spectrum.values[0]), steps=40, every=20, seed=1)
    one, same, other = (list(train(problem.matrix, replace(spec, seed=seed))) for seed in (1, 1, 2))
    for left, right in zip(one, same, strict=True):
        assert (left.embeddings == right.embeddings).all()
        assert left.loss == right.loss
    assert np.abs(one[-1].singular_values / other[-1].singular_values - 1).max() > 1e-3


# What goes wrong


@pytest.mark.parametrize("every", [1, 50, 1_000])
def test_too_large_a_step_is_detected(problem: Problem, every: int) -> None:
    dt = 4.5 / float(problem.spectrum.values[0])
    with pytest.raises(Diverged, match="stable only while dt times the largest eigenvalue stays below 2"):
        list(train(problem.matrix, TrainSpec(DIM, 1e-2, dt, steps=1_000, every=every)))


def test_a_dimension_above_the_vocabulary() -> None:
    with pytest.raises(InputError, match="dimension is 5, larger than the vocabulary of 4 words"):
        next(train(np.eye(4, dtype=np.float32), TrainSpec(5, 1e-3, 0.1, 1)))


@pytest.mark.parametrize(
    ("knob", "says"),
    [
        ({"dim": 0}, "dimension"),
        ({"init_scale": 0.0}, "init scale is 0"),
        ({"init_scale": -1e-3}, "init scale"),
        ({"init_scale": float("nan")}, "init scale"),
        ({"init_scale": 11.0}, "init scale"),
        ({"dt": 0.0}, "step size"),
        ({"dt": float("inf")}, "step size"),
        ({"dt": float("nan")}, "step size"),
        ({"steps": 0}, "steps"),
        ({"every": 0}, "steps between snapshots"),
        ({"seed": -1}, "seed"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_spec_names_the_knob_that_is_wrong(knob: dict, says: str) -> None:
    good = TrainSpec(dim=2, init_scale=1e-3, dt=0.1, steps=5)
    with pytest.raises(InputError, match=says):
        replace(good, **knob)


@pytest.mark.parametrize(
    ("steps", "every", "due"), [(6, 2, [0, 2, 4, 6]), (7, 3, [0, 3, 6, 7]), (2, 5, [0, 2]), (1, 1, [0, 1])]
)
def test_snapshot_steps_hold_the_first_and_the_last(steps: int, every: int, due: list[int]) -> None:
    assert TrainSpec(2, 1e-3, 0.1, steps, every).snapshot_steps().tolist() == due
