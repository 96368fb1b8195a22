"""Both losses, pair by pair, against the formulas of the paper written anew in float64."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import minimize_scalar

from core.targets import Objective
from core.training.losses import Logistic, Quartic

LOSSES = {"quartic": Quartic(), "logistic": Logistic()}


def logistic_pair(x: float, a: float, b: float) -> float:
    """A ln(1 + e^-x) + B ln(1 + e^x), doubled."""
    return 2 * (a * np.logaddexp(0, -x) + b * np.logaddexp(0, x))


def quartic_pair(x: float, a: float, b: float) -> float:
    """A (-x + x^2/4) + B (x + x^2/4)."""
    return a * (-x + x**2 / 4) + b * (x + x**2 / 4)


PAIRS = {"quartic": quartic_pair, "logistic": logistic_pair}


def statistics(shape: tuple[int, int], weighted: bool, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """A and B of every pair, some of them never seen; A + B is 1 everywhere unless weighted."""
    rng = np.random.default_rng(seed)
    seen = rng.random(shape) * (rng.random(shape) > 0.3)
    both = rng.uniform(1, 5, shape) if weighted else 1.0
    return seen * both, (1 - seen) * both


def objective_of(a: np.ndarray, b: np.ndarray, weighted: bool) -> Objective:
    g = float((a + b).mean())
    weight = ((a + b) / g).astype(np.float32) if weighted else None
    return Objective((2 * (a - b) / g).astype(np.float32), weight, float(a.sum()), g)


@pytest.fixture(params=["weighted", "equal"])
def weighted(request) -> bool:
    return request.param == "weighted"


@pytest.fixture(params=sorted(LOSSES))
def name(request) -> str:
    return request.param


def test_the_slope_is_that_of_the_paper(name: str, weighted: bool) -> None:
    """dl/dx = -(pull - H h(x)) / 2, by central differences."""
    loss, pair, h = LOSSES[name], PAIRS[name], 1e-5
    a, b = statistics((7, 9), weighted)
    posed = objective_of(a, b, weighted)
    x = np.random.default_rng(1).normal(0, 2, a.shape).astype(np.float32)
    residual, _ = loss.residual(x.copy(), posed.pull, posed.weight)
    for place in np.ndindex(a.shape):
        at, pull, push = float(x[place]), a[place] / posed.mean_weight, b[place] / posed.mean_weight
        slope = (pair(at + h, pull, push) - pair(at - h, pull, push)) / (2 * h)
        assert residual[place] == pytest.approx(-2 * slope, abs=2e-6)


def test_rows_add_up_to_the_loss_that_is_zero_at_zero(name: str, weighted: bool) -> None:
    loss, pair = LOSSES[name], PAIRS[name]
    a, b = statistics((5, 8), weighted)
    posed = objective_of(a, b, weighted)
    x = np.random.default_rng(2).normal(0, 2, a.shape).astype(np.float32)
    _, sums = loss.residual(x.copy(), posed.pull, posed.weight)
    assert sums.shape == (5,)
    for i, row in enumerate(sums):
        expected = sum(pair(x[i, j], a[i, j], b[i, j]) - pair(0, a[i, j], b[i, j]) for j in range(8))
        assert row == pytest.approx(expected / posed.mean_weight, rel=1e-5, abs=1e-5)
    _, none = loss.residual(np.zeros_like(x), posed.pull, posed.weight)
    assert_allclose(none, np.zeros(5), atol=1e-7)


def test_the_residual_is_written_over_x(name: str) -> None:
    x = np.ones((2, 3), np.float32)
    residual, _ = LOSSES[name].residual(x, np.zeros_like(x), None)
    assert residual is x
    assert (x < 0).all()


def test_depth_is_the_sum_of_the_minima(name: str, weighted: bool) -> None:
    """Including pairs never seen, which the logistic loss would send to minus infinity."""
    a, b = statistics((6, 5), weighted)
    assert (a == 0).any()
    posed = objective_of(a, b, weighted)
    deepest = 0.0
    for pull, push in zip(a.flat, b.flat, strict=True):
        found = minimize_scalar(PAIRS[name], bounds=(-40, 40), args=(pull, push), method="bounded")
        deepest += PAIRS[name](0, pull, push) - found.fun
    assert LOSSES[name].depth(posed) == pytest.approx(deepest / posed.mean_weight, rel=1e-6)


@pytest.mark.parametrize("size", [1, 255, 256, 257])
def test_depth_of_any_number_of_rows(name: str, size: int) -> None:
    """Every pair is pulled as far as +-2 M*, whose depth is known: 1 for the quartic, 2 ln 2 for the logistic."""
    pull = np.where(np.arange(size * size).reshape(size, size) % 2, np.float32(2), np.float32(-2))
    expected = size**2 * {"quartic": 1, "logistic": 2 * math.log(2)}[name]
    for weight in (None, np.ones_like(pull)):
        assert LOSSES[name].depth(Objective(pull, weight, 1.0, 1.0)) == pytest.approx(expected, rel=1e-9)


def test_pairs_that_weigh_nothing_do_not_count(name: str) -> None:
    """Two words that stand with nobody have A_ij = B_ij = 0."""
    a, b = np.array([[0.5, 0.0], [0.2, 0.0]]), np.array([[0.1, 0.0], [0.7, 0.0]])
    with_them, without = objective_of(a, b, True), objective_of(a[:, :1], b[:, :1], True)
    depth = LOSSES[name].depth(without) * without.mean_weight / with_them.mean_weight
    assert LOSSES[name].depth(with_them) == pytest.approx(depth, rel=1e-6)


def test_both_losses_agree_to_third_order() -> None:
    """Half of x, a sixteenth of the difference; and that is -x^4 / 96 to leading order."""
    pull = np.full((1, 1), 0.7, np.float32)
    differences = []
    for x in (0.8, 0.4):
        ways = [loss.residual(np.full((1, 1), x, np.float32), pull, None)[1][0] for loss in LOSSES.values()]
        differences.append(float(ways[1]) - float(ways[0]))
    assert differences[0] == pytest.approx(-(0.8**4) / 96, rel=0.1)
    assert differences[0] / differences[1] == pytest.approx(16, rel=0.05)


@pytest.mark.filterwarnings("error")
def test_far_away_nothing_overflows(name: str, weighted: bool) -> None:
    loss, pair = LOSSES[name], PAIRS[name]
    a, b = statistics((4, 6), weighted)
    posed = objective_of(a, b, weighted)
    for far in (-1e4, 1e4):
        residual, sums = loss.residual(np.full(a.shape, far, np.float32), posed.pull, posed.weight)
        expected = [
            sum(map(pair, [far] * 6, *rows)) - sum(map(pair, [0] * 6, *rows)) for rows in zip(a, b, strict=True)
        ]
        assert_allclose(sums, np.array(expected) / posed.mean_weight, rtol=1e-6, atol=0.05)
        height = far if name == "quartic" else 2 * np.sign(far)
        assert_allclose(residual, (2 * (a - b) - (a + b) * height) / posed.mean_weight, rtol=1e-5, atol=1e-6)
