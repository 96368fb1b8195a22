"""Descent with a careful step, against explicit steps and an integrator for the same equations written anew."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import solve_ivp

from core.counts import Cooccurrence
from core.errors import InputError
from core.sources import load_statistics
from core.targets import Objective, m_star, setting_31, word2vec_weights
from core.training import Diverged, Snapshot, TrainSpec, initial_embeddings, train_model
from core.training.adaptive import descend
from core.training.losses import Quartic
from core.training.pairs import tied_slope, untied_qwem_slope

SIZE, DIM = 40, 3


class Setup(NamedTuple):
    model: str
    untied: bool
    asymmetric: bool = False

    def __str__(self) -> str:
        return self.model + (" untied" if self.untied else " tied") + (" asymmetric" if self.asymmetric else "")


# All that goes through ``descend``; tied QWEM has a trainer of its own.
UNTIED = [Setup(name, True) for name in ("qwem", "quartic", "logistic", "sgns")]
ASYMMETRIC = [Setup("sgns", True, True), Setup("quartic", True, True)]
TIED = [Setup(name, False) for name in ("quartic", "logistic", "sgns")]
ALL = TIED + UNTIED + ASYMMETRIC


@pytest.fixture(scope="module")
def few() -> Cooccurrence:
    return load_statistics("wikipedia", SIZE)


def pose(counts: Cooccurrence, setup: Setup) -> tuple[Objective, float]:
    """The objective, and the fastest rate of growth."""
    if setup.model in ("qwem", "logistic"):
        objective = setting_31(m_star(counts))
    else:
        objective = word2vec_weights(counts, asymmetric=setup.asymmetric)
    pull = objective.pull.astype(np.float64)
    return objective, float(np.linalg.norm(pull, 2) if setup.untied else np.linalg.eigvalsh(pull)[-1])


class Equations:
    """dW/dt and the loss in float64; ``stack`` is W, or W above C."""

    def __init__(self, objective: Objective, setup: Setup) -> None:
        self.pull, self.untied = objective.pull.astype(np.float64), setup.untied
        self.weight = np.ones((SIZE, SIZE)) if objective.weight is None else objective.weight.astype(np.float64)
        self.quartic = setup.model in ("qwem", "quartic")

    def __call__(self, stack: np.ndarray) -> np.ndarray:
        w, c = stack[:SIZE], stack[-SIZE:]
        x = w @ c.T
        rest = self.pull - self.weight * (x if self.quartic else 2 * np.tanh(x / 2))
        return np.vstack([rest @ c, rest.T @ w] if self.untied else [rest @ c]) / 2

    def loss(self, w: np.ndarray, c: np.ndarray) -> float:
        """From 1 at zero to 0 where every pair is at its minimum, from A and B of the paper."""
        a, b = (self.weight + self.pull / 2) / 2, (self.weight - self.pull / 2) / 2

        def total(x: np.ndarray) -> float:
            if self.quartic:
                return (a * (-x + x**2 / 4) + b * (x + x**2 / 4)).sum()
            return (a * np.logaddexp(0, -x) + b * np.logaddexp(0, x)).sum()

        if self.quartic:
            least = total(self.pull / self.weight)
        else:
            least = total(np.log(np.maximum(a, 1e-12) / np.maximum(b, 1e-12)))
        nothing = total(np.zeros_like(a))
        return float((total(w.astype(np.float64) @ c.T.astype(np.float64)) - least) / (nothing - least))

    def steps(self, stack: np.ndarray, spec: TrainSpec) -> np.ndarray:
        """Plain gradient descent: W (and C) at the planned snapshots."""
        due, found = set(spec.snapshot_steps().tolist()), []
        for step in range(spec.steps + 1):
            if step in due:
                found.append(stack)
            stack = stack + spec.dt * self(stack)
        return np.array(found)

    def flow(self, stack: np.ndarray, times: np.ndarray) -> np.ndarray:
        def right(_: float, flat: np.ndarray) -> np.ndarray:
            return self(flat.reshape(stack.shape)).ravel()

        solved = solve_ivp(right, (0, times[-1]), stack.ravel(), t_eval=times, rtol=1e-8, atol=1e-10)
        return solved.y.T.reshape(-1, *stack.shape)


def start_of(setup: Setup, spec: TrainSpec) -> np.ndarray:
    return initial_embeddings(SIZE * (2 if setup.untied else 1), spec).astype(np.float64)


def planned(
    fastest: float, step_size: float, *, init_scale: float = 1e-2, length: float, frames: int = 20
) -> TrainSpec:
    """``length`` in units of the fastest growth."""
    steps = round(length / step_size)
    return TrainSpec(DIM, init_scale, step_size / fastest, steps, max(1, steps // frames), seed=1)


def history(snapshots: list[Snapshot]) -> np.ndarray:
    return np.array([one.singular_values for one in snapshots])


def lengths(stacks: np.ndarray) -> np.ndarray:
    return np.array([np.linalg.svd(stack[:SIZE], compute_uv=False) for stack in stacks])


def contexts_of(snapshot: Snapshot) -> np.ndarray:
    return snapshot.embeddings if snapshot.contexts is None else snapshot.contexts


# The way down


@pytest.mark.parametrize("setup", ALL, ids=str)
def test_where_nothing_is_taken_back_it_is_plain_descent(few: Cooccurrence, setup: Setup) -> None:
    objective, fastest = pose(few, setup)
    spec = planned(fastest, 0.2, length=40)
    snapshots = list(train_model(setup.model, objective, spec, untied=setup.untied))
    equations = Equations(objective, setup)
    expected = equations.steps(start_of(setup, spec), spec)
    assert [one.step for one in snapshots] == spec.snapshot_steps().tolist()
    assert history(snapshots)[-1, 0] > 10 * history(snapshots)[0, 0], "the run was meant to learn"
    assert_allclose(history(snapshots), lengths(expected), rtol=1e-3)
    losses = [equations.loss(stack[:SIZE], stack[-SIZE:]) for stack in expected]
    assert_allclose([one.loss for one in snapshots], losses, atol=1e-4)


@pytest.mark.parametrize("untied", [False, True], ids=["tied", "untied"])
def test_a_planted_quadratic_problem_is_plain_descent(plant, untied: bool) -> None:
    """The tied one through its pairs, and the untied one without looking at any."""
    matrix = plant([20.0, 9.0, 6.0, *np.linspace(2, -2, SIZE - 4), -14.0])[0].astype(np.float32)
    spec, setup = TrainSpec(DIM, 1e-2, 0.2 / 20, 240, 12, seed=4), Setup("qwem", untied)
    slope = untied_qwem_slope(matrix) if untied else tied_slope(setting_31(matrix), Quartic())
    found = history(list(descend(slope, SIZE, spec, untied=untied)))
    expected = lengths(Equations(setting_31(matrix), setup).steps(start_of(setup, spec), spec))
    assert_allclose(found, expected, rtol=1e-3)
    ends = [20, 14, 9] if untied else [20, 9, 6]
    assert found[-1] ** 2 == pytest.approx(ends, rel=0.05), "two matrices learn negative eigenvalues too"


@pytest.mark.parametrize("setup", ALL, ids=str)
def test_short_steps_follow_the_flow(few: Cooccurrence, setup: Setup) -> None:
    objective, fastest = pose(few, setup)
    equations, deviations = Equations(objective, setup), []
    for step_size in (0.02, 0.01):
        spec = planned(fastest, step_size, length=30)
        snapshots = list(train_model(setup.model, objective, spec, untied=setup.untied))
        expected = equations.flow(start_of(setup, spec), spec.snapshot_steps() * spec.dt)
        deviations.append(np.abs(history(snapshots) / lengths(expected) - 1).max())
        losses = [equations.loss(stack[:SIZE], stack[-SIZE:]) for stack in expected]
        assert_allclose([one.loss for one in snapshots], losses, atol=0.01)
    assert deviations[1] < 0.01
    assert deviations[0] / deviations[1] == pytest.approx(2, rel=0.05), "a first-order method"


@pytest.mark.parametrize("setup", ALL, ids=str)
def test_a_step_far_too_long_is_shortened(few: Cooccurrence, setup: Setup) -> None:
    """Five times the longest that is stable: the loss never rises, and ends where that of the flow does."""
    objective, fastest = pose(few, setup)
    spec = planned(fastest, 10, length=120)
    snapshots = list(train_model(setup.model, objective, spec, untied=setup.untied))
    losses = np.array([one.loss for one in snapshots])
    times = spec.snapshot_steps() * spec.dt
    assert [one.time for one in snapshots] == times.tolist(), "exactly"
    assert snapshots[-1].step > 1.2 * spec.steps, "steps were shortened"
    assert (np.diff(losses) < 1e-6).all()
    equations = Equations(objective, setup)
    end = equations.flow(start_of(setup, spec), times)[-1]
    expected = equations.loss(end[:SIZE], end[-SIZE:])
    assert 0 < expected < 0.5
    assert losses[-1] == pytest.approx(expected, abs=0.01)


def test_a_step_is_halved_when_the_loss_rises_and_grows_by_a_twentieth_otherwise() -> None:
    """Seen from where the slope is asked for: along a constant slope, with losses told in advance."""
    asked, losses = [], iter([1.0, 2.0, 3.0, *np.linspace(0.9, 0.8, 2_000)])

    def told(w: np.ndarray) -> tuple[np.ndarray, float]:
        asked.append(float(w[0, 0]))
        return np.ones_like(w), float(next(losses))

    list(descend(told, 4, TrainSpec(1, 1e-3, 1.0, steps=1_000, every=1_000), untied=False))
    start = asked[0]
    assert [one - start for one in asked[1:4]] == pytest.approx([1, 0.5, 0.25], rel=0.01), "twice taken back"
    walked = np.diff(asked[3:16])
    assert walked == pytest.approx(0.25 * 1.05 ** np.arange(1, 13), rel=0.01)
    assert np.abs(np.diff(asked[100:])).max() == pytest.approx(1, rel=0.01), "never longer than asked for"


# The conservation law


@pytest.mark.parametrize("setup", UNTIED + ASYMMETRIC, ids=str)
def test_the_imbalance_of_two_matrices_is_conserved(few: Cooccurrence, setup: Setup) -> None:
    """W^T W - C^T C, seen through its eigenvalues, since snapshots are turned; the drift is of the order of a step."""
    objective, fastest = pose(few, setup)
    drifts = []
    for step_size in (0.04, 0.01):
        spec = planned(fastest, step_size, init_scale=0.1, length=20, frames=4)
        snapshots = list(train_model(setup.model, objective, spec, untied=True))
        kept = []
        for one in snapshots:
            w, c = one.embeddings.astype(np.float64), contexts_of(one).astype(np.float64)
            kept.append(np.linalg.eigvalsh(w.T @ w - c.T @ c))
        drifts.append(np.linalg.norm(np.array(kept) - kept[0], axis=1).max() / np.linalg.norm(kept[0]))
        assert snapshots[-1].singular_values[0] > 2 * snapshots[0].singular_values[0], "while both grow"
    assert drifts[1] < 0.01
    assert drifts[0] / drifts[1] == pytest.approx(4, rel=0.15)


# What a run depends on


@pytest.mark.parametrize("setup", [Setup("sgns", True, True), Setup("logistic", False)], ids=str)
def test_the_seed_decides(few: Cooccurrence, setup: Setup) -> None:
    objective, fastest = pose(few, setup)
    spec = planned(fastest, 0.3, length=12, frames=3)
    one, same, other = (
        list(train_model(setup.model, objective, replace(spec, seed=seed), untied=setup.untied)) for seed in (1, 1, 2)
    )
    for left, right in zip(one, same, strict=True):
        assert (left.embeddings == right.embeddings).all()
        assert (contexts_of(left) == contexts_of(right)).all()
        assert (left.loss, left.step) == (right.loss, right.step)
    assert np.abs(one[-1].singular_values / other[-1].singular_values - 1).max() > 1e-3


@pytest.mark.parametrize("setup", [*TIED, Setup("qwem", True), Setup("sgns", True, True)], ids=str)
def test_snapshots_are_the_model_in_its_singular_basis(few: Cooccurrence, setup: Setup) -> None:
    objective, fastest = pose(few, setup)
    spec = planned(fastest, 0.3, length=25, frames=5)
    snapshots = list(train_model(setup.model, objective, spec, untied=setup.untied))
    equations = Equations(objective, setup)
    assert len(snapshots) == len(spec.snapshot_steps())
    for one in snapshots:
        w, c = one.embeddings, contexts_of(one)
        assert w.shape == c.shape == (SIZE, DIM)
        assert (one.contexts is None) == (not setup.untied)
        assert one.loss == pytest.approx(equations.loss(w, c), abs=1e-5), "C is turned with W"
        assert_allclose(one.singular_values, np.linalg.svd(w, compute_uv=False), rtol=1e-4)
        unit = w / one.singular_values
        assert_allclose(unit.T @ unit, np.eye(DIM), atol=1e-3)
        for array in (w, c, one.singular_values):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 1
    assert snapshots[-1].loss < 0.8
    start = initial_embeddings(SIZE * (2 if setup.untied else 1), spec)
    first = snapshots[0]
    assert_allclose(first.embeddings @ contexts_of(first).T, start[:SIZE] @ start[-SIZE:].T, atol=1e-9)


@pytest.mark.parametrize("every", [3, 50])
def test_the_result_does_not_depend_on_how_often_one_looks(few: Cooccurrence, every: int) -> None:
    objective, fastest = pose(few, Setup("sgns", False))
    spec = TrainSpec(DIM, 1e-2, 0.3 / fastest, steps=100)
    often = list(train_model("sgns", objective, spec))[-1]
    seldom = list(train_model("sgns", objective, replace(spec, every=every)))[-1]
    assert_allclose(seldom.singular_values, often.singular_values, rtol=1e-5)
    assert seldom.step == often.step == 100


# What goes wrong


def test_a_slope_that_points_uphill() -> None:
    def uphill(w: np.ndarray) -> tuple[np.ndarray, float]:
        return w, float((w.astype(np.float64) ** 2).sum())

    with pytest.raises(Diverged, match="no step goes down any more after step 0"):
        list(descend(uphill, SIZE, TrainSpec(DIM, 10.0, 0.1, steps=10), untied=False))


def test_a_loss_that_is_no_number() -> None:
    def broken(w: np.ndarray) -> tuple[np.ndarray, float]:
        return -w, float("nan")

    with pytest.raises(Diverged, match="no step goes down"):
        list(descend(broken, SIZE, TrainSpec(DIM, 1e-2, 0.1, steps=10), untied=False))


@pytest.mark.parametrize("setup", ALL, ids=str)
def test_a_dimension_above_the_vocabulary(few: Cooccurrence, setup: Setup) -> None:
    """Also where W above C would be tall enough."""
    spec = TrainSpec(SIZE + 1, 1e-3, 0.1, steps=1)
    with pytest.raises(InputError, match="dimension is 41, larger than the vocabulary of 40 words"):
        next(train_model(setup.model, pose(few, setup)[0], spec, untied=setup.untied))
