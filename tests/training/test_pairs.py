"""Slopes over all pairs against a naive double loop over the paper's losses, in float64."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.testing import assert_allclose

from core.counts import Cooccurrence
from core.targets import Objective, m_star, setting_31
from core.training import MODELS, TrainSpec, train_model
from core.training.losses import Logistic, Quartic
from core.training.pairs import tied_slope, untied_qwem_slope, untied_slope

LOSSES = {"quartic": Quartic(), "logistic": Logistic()}
PAPER = {
    "quartic": lambda x, a, b: a * (-x + x * x / 4) + b * (x + x * x / 4),
    "logistic": lambda x, a, b: 2 * (a * math.log(1 + math.exp(-x)) + b * math.log(1 + math.exp(x))),
}
FORMULA = {"qwem": "quartic", "quartic": "quartic", "logistic": "logistic", "sgns": "logistic"}
SIZES = [1, 3, 63, 64, 65, 130]


class Case:
    """Random A and B, and the objective that they make."""

    def __init__(self, size: int, *, weighted: bool, symmetric: bool, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        share = rng.random((size, size))
        both = rng.uniform(0.5, 4, (size, size)) if weighted else np.ones((size, size))
        if symmetric:
            share, both = (share + share.T) / 2, (both + both.T) / 2
        self.a, self.b = share * both, (1 - share) * both
        self.g = float(both.mean())
        self.objective = Objective(
            (2 * (self.a - self.b) / self.g).astype(np.float32),
            (both / self.g).astype(np.float32) if weighted else None,
            float(self.a.sum()),
            self.g,
        )

    def total(self, formula: str, w: np.ndarray, c: np.ndarray) -> float:
        """The loss of the paper over all pairs, in units of g, above its value at zero."""
        pair, total = PAPER[formula], 0.0
        x = (w @ c.T).tolist()
        for i, row in enumerate(x):
            for j, at in enumerate(row):
                total += pair(at, self.a[i, j], self.b[i, j]) - pair(0.0, self.a[i, j], self.b[i, j])
        return total / self.g


def embeddings(rows: int, dim: int, seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.8, (rows, dim)).astype(np.float32)


def gradient(function: Callable[[np.ndarray], float], at: np.ndarray) -> np.ndarray:
    """By central differences."""
    found, h = np.zeros_like(at), 1e-5
    for place in np.ndindex(at.shape):
        nudge = np.zeros_like(at)
        nudge[place] = h
        found[place] = (function(at + nudge) - function(at - nudge)) / (2 * h)
    return found


# Slopes


@pytest.mark.parametrize("weighted", [False, True], ids=["equal", "weighted"])
@pytest.mark.parametrize("formula", sorted(LOSSES))
def test_tied_slope_is_minus_half_the_gradient(formula: str, weighted: bool) -> None:
    case, w = Case(6, weighted=weighted, symmetric=True), embeddings(6, 2)
    change, _ = tied_slope(case.objective, LOSSES[formula])(w)
    expected = -0.5 * gradient(lambda at: case.total(formula, at, at), w.astype(np.float64))
    assert np.abs(expected).max() > 0.5
    assert_allclose(change, expected, atol=1e-5)


@pytest.mark.parametrize("symmetric", [False, True], ids=["asymmetric", "symmetric"])
@pytest.mark.parametrize("weighted", [False, True], ids=["equal", "weighted"])
@pytest.mark.parametrize("formula", sorted(LOSSES))
def test_untied_slope_is_minus_the_gradient(formula: str, weighted: bool, symmetric: bool) -> None:
    case, stack = Case(6, weighted=weighted, symmetric=symmetric), embeddings(12, 2)
    change, _ = untied_slope(case.objective, LOSSES[formula])(stack)
    expected = -gradient(lambda at: case.total(formula, at[:6], at[6:]), stack.astype(np.float64))
    assert np.abs(expected).max() > 0.5
    assert_allclose(change, expected, atol=1e-5)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("formula", sorted(LOSSES))
def test_slopes_of_any_number_of_rows(formula: str, size: int) -> None:
    """Along two directions each; panels are 64 rows high."""
    loss, dim, h = LOSSES[formula], min(size, 3), 1e-4
    for untied in (False, True):
        case = Case(size, weighted=True, symmetric=not untied, seed=size)
        stack = embeddings(2 * size if untied else size, dim)
        slope = (untied_slope if untied else tied_slope)(case.objective, loss)
        change, at = slope(stack)[0].astype(np.float64), stack.astype(np.float64)
        for seed in (1, 2):
            along = np.random.default_rng(seed).standard_normal(stack.shape)
            ends = [at + h * along, at - h * along]
            up, down = (case.total(formula, end[:size], end[-size:]) for end in ends)
            expected = -(up - down) / (2 * h) * (1 if untied else 0.5)
            assert (change * along).sum() == pytest.approx(expected, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "untied", "symmetric"),
    [
        *((name, False, True) for name in FORMULA),
        *((name, True, True) for name in FORMULA),
        ("quartic", True, False),
        ("sgns", True, False),
    ],
)
def test_a_step_of_every_model_goes_down_its_gradient(name: str, untied: bool, symmetric: bool) -> None:
    case, dt, formula = Case(5, weighted=not MODELS[name].setting_31, symmetric=symmetric), 0.02, FORMULA[name]
    before, after = train_model(name, case.objective, TrainSpec(2, 0.7, dt, steps=1), untied=untied)
    w = before.embeddings.astype(np.float64)
    c = w if before.contexts is None else before.contexts.astype(np.float64)
    ahead = after.embeddings if after.contexts is None else after.contexts
    if untied:
        further = w - dt * gradient(lambda at: case.total(formula, at, c), w)
        onward = c - dt * gradient(lambda at: case.total(formula, w, at), c)
    else:
        further = onward = w - dt / 2 * gradient(lambda at: case.total(formula, at, at), w)
    assert np.abs(further @ onward.T - w @ c.T).max() > 5e-3
    assert_allclose(after.embeddings @ ahead.T, further @ onward.T, atol=2e-6)


# Losses


@pytest.mark.parametrize("size", [5, 65, 130])
@pytest.mark.parametrize("formula", sorted(LOSSES))
def test_losses_are_the_naive_ones_between_one_and_zero(formula: str, size: int) -> None:
    """(l - l_min) / (l_0 - l_min), with l_min from the minimiser of every pair."""
    for untied in (False, True):
        case = Case(size, weighted=True, symmetric=not untied)
        least = {"quartic": 2 * (case.a - case.b) / (case.a + case.b), "logistic": np.log(case.a / case.b)}[formula]
        depth = -case.total(formula, least, np.eye(size))
        stack = embeddings(2 * size if untied else size, 3)
        slope = (untied_slope if untied else tied_slope)(case.objective, LOSSES[formula])
        expected = 1 + case.total(formula, *(part.astype(np.float64) for part in (stack[:size], stack[-size:]))) / depth
        assert slope(stack)[1] == pytest.approx(expected, rel=2e-5)
        assert slope(0 * stack)[1] == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("formula", sorted(LOSSES))
def test_the_loss_is_zero_where_every_pair_is_fitted(formula: str) -> None:
    """d = V and two matrices can fit any table: here the minimisers themselves."""
    case = Case(70, weighted=True, symmetric=False)
    least = {"quartic": 2 * (case.a - case.b) / (case.a + case.b), "logistic": np.log(case.a / case.b)}[formula]
    left, lengths, right = np.linalg.svd(least)
    stack = np.vstack([left * np.sqrt(lengths), right.T * np.sqrt(lengths)]).astype(np.float32)
    change, loss = untied_slope(case.objective, LOSSES[formula])(stack)
    assert loss == pytest.approx(0, abs=1e-5)
    assert np.abs(change).max() < 1e-3
    assert untied_slope(case.objective, LOSSES[formula])(stack * np.float32(1.1))[1] > 1e-3


def test_the_loss_of_qwem_is_the_relative_frobenius_distance(wikipedia: Cooccurrence) -> None:
    matrix = m_star(wikipedia)
    w, c = 2 * embeddings(300, 4), embeddings(300, 4, seed=8)
    m, norm = matrix.astype(np.float64), (matrix.astype(np.float64) ** 2).sum()
    tied = ((w.astype(np.float64) @ w.T - m) ** 2).sum() / norm
    untied = ((w.astype(np.float64) @ c.T - m) ** 2).sum() / norm
    assert tied_slope(setting_31(matrix), Quartic())(w)[1] == pytest.approx(tied, rel=1e-5)
    for slope in (untied_slope(setting_31(matrix), Quartic()), untied_qwem_slope(matrix)):
        assert slope(np.vstack([w, c]))[1] == pytest.approx(untied, rel=1e-5)


# Two ways to the same


def test_qwem_without_looking_at_pairs(wikipedia: Cooccurrence) -> None:
    matrix, stack = m_star(wikipedia), embeddings(600, 5)
    quick, quick_loss = untied_qwem_slope(matrix)(stack)
    slow, slow_loss = untied_slope(setting_31(matrix), Quartic())(stack)
    assert_allclose(quick, slow, atol=1e-5 * np.abs(slow).max())
    assert quick_loss == pytest.approx(slow_loss, rel=1e-5)


@pytest.mark.parametrize("formula", sorted(LOSSES))
def test_weights_of_one_are_no_weights(wikipedia: Cooccurrence, formula: str) -> None:
    plain, w = setting_31(m_star(wikipedia)), embeddings(300, 5)
    ones = Objective(plain.pull, np.ones_like(plain.pull), plain.positive, 1.0)
    one, other = (tied_slope(posed, LOSSES[formula])(w) for posed in (plain, ones))
    assert_allclose(other[0], one[0], atol=1e-5 * np.abs(one[0]).max())
    assert other[1] == pytest.approx(one[1], rel=1e-6)


def test_setting_31_is_word2vecs_loss_with_weights_that_even_out(counts: Cooccurrence) -> None:
    """Psi+ = Psi- = 1 / (P_ij + P_i P_j) from the counts: `logistic`, pair by pair."""
    size, total = counts.vocab_size, counts.total_weight
    p = counts.unigram / counts.unigram.sum()
    x = np.random.default_rng(4).normal(0, 2, (size, size)).astype(np.float32)
    pull = setting_31(m_star(counts)).pull.reshape(-1, 1)
    _, each = Logistic().residual(x.reshape(-1, 1).copy(), pull, None)
    for found, (i, j) in zip(each, np.ndindex(size, size), strict=True):
        joint, chance = counts.count(i, j) / total, p[i] * p[j]
        psi = 1 / (joint + chance)
        expected = PAPER["logistic"](float(x[i, j]), psi * joint, psi * chance) - 2 * math.log(2)
        assert found == pytest.approx(expected, abs=2e-6)
