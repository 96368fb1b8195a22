"""Closed forms against independent integration of the equations they solve."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from core.counts import Cooccurrence
from core.spectrum import Spectrum, decompose
from core.targets import m_star
from core.theory import (
    Reduced,
    aligned_start,
    exact_descent,
    exact_flow,
    lemma_31,
    plateaus,
    reduce,
    rise_times,
    step_size_rise_times,
    step_widths,
)

VALUES = np.array([12.0, 8, 5, 3, 1.5])
S0_SQUARED = np.array([1e-12, 1e-8, 1e-4, 1e-2, 2.0])
# 30 eigenvalues, 7 of them positive, for a model of dimension 5.
MIXED = np.concatenate([VALUES, [0.8, 0.3], -np.linspace(0.1, 6, 23)])
DIM = 5


@pytest.fixture(scope="module")
def mixed(plant) -> tuple[np.ndarray, np.ndarray]:
    return plant(MIXED)


def random_start(size: int, scale: float, seed: int = 0) -> np.ndarray:
    return scale * np.random.default_rng(seed).standard_normal((size, DIM))


def in_eigenbasis(vectors: np.ndarray, start: np.ndarray) -> Reduced:
    """The problem without any reduction, in float64."""
    return Reduced(MIXED, vectors.T @ start, float((MIXED**2).sum()))


def integrate(matrix: np.ndarray, start: np.ndarray, times: np.ndarray) -> np.ndarray:
    """dW/dt = (M - W W^T) W / 2 by Runge-Kutta: W at each time."""

    def velocity(_, flat: np.ndarray) -> np.ndarray:
        w = flat.reshape(start.shape)
        return ((matrix @ w - w @ (w.T @ w)) / 2).ravel()

    run = solve_ivp(velocity, (0, times[-1]), start.ravel(), "DOP853", t_eval=times, rtol=1e-10, atol=1e-16)
    return run.y.T.reshape(len(times), *start.shape)


def descend(matrix: np.ndarray, start: np.ndarray, dt: float, steps: np.ndarray) -> np.ndarray:
    """Gradient descent in float64, as plain as it can be written: singular values at ``steps``."""
    w, found = start, []
    for step in range(steps[-1] + 1):
        if step in steps:
            found.append(np.linalg.svd(w, compute_uv=False))
        w = w + dt / 2 * (matrix - w @ w.T) @ w
    return np.array(found)


# One mode


def test_lemma_solves_its_differential_equation() -> None:
    times = np.linspace(0, 6, 50)
    run = solve_ivp(lambda _, u: u * (VALUES - u), (0, 6), S0_SQUARED, t_eval=times, rtol=1e-10, atol=1e-18)
    assert_allclose(lemma_31(VALUES, S0_SQUARED, times), run.y.T, rtol=1e-7)


def test_lemma_starts_where_told_and_ends_at_the_eigenvalue() -> None:
    ends = lemma_31(VALUES, S0_SQUARED, np.array([0.0, 1e4]))
    assert_allclose(ends, [S0_SQUARED, VALUES], rtol=1e-12)


def test_half_of_the_variance_is_there_at_the_rise_time() -> None:
    small = S0_SQUARED[:4]
    exact = np.log(VALUES[:4] / small - 1) / VALUES[:4]
    assert_allclose(np.diag(lemma_31(VALUES[:4], small, exact)), VALUES[:4] / 2, rtol=1e-9)
    stated = rise_times(VALUES[:4], small)
    assert_allclose((stated - exact) * VALUES[:4], -np.log1p(-small / VALUES[:4]), atol=1e-12)


def test_widths_are_the_time_from_a_tenth_to_nine_tenths() -> None:
    for value, width in zip(VALUES, step_widths(VALUES), strict=True):

        def reaches(share: float, value: float = value) -> float:
            def missing(time: float) -> float:
                return float(lemma_31(np.array([value]), np.array([1e-9]), np.array([time]))[0, 0]) - share * value

            return brentq(missing, 0, 60 / value, xtol=1e-12)

        assert width == pytest.approx(reaches(0.9) - reaches(0.1), rel=1e-6)


def test_a_mode_without_a_positive_eigenvalue_never_rises() -> None:
    values, start = np.array([2.0, 0.0, -1.0]), np.full(3, 1e-6)
    for times in (rise_times(values, start), step_size_rise_times(values, start, 0.1)):
        assert np.isfinite(times).tolist() == [True, False, False]


def test_finite_steps_are_late_and_less_so_the_smaller_they_are() -> None:
    flow = rise_times(VALUES, np.full(5, 1e-10))
    late = [step_size_rise_times(VALUES, np.full(5, 1e-10), x / 12) / flow - 1 for x in (0.3, 0.1, 0.02, 1e-6)]
    assert all((after < before).all() and (after > 0).all() for before, after in pairwise(late))
    assert_allclose(late[2], 0.02 / 12 * VALUES / 4, rtol=0.01)
    assert late[3].max() < 1e-6


def test_finite_step_rise_time_is_the_number_of_growths() -> None:
    dt, steps = 0.025, 400
    s0_squared = VALUES / (1 + dt * VALUES / 2) ** (2 * steps)
    assert_allclose(step_size_rise_times(VALUES, s0_squared, dt), dt * steps, rtol=1e-12)


def test_plateaus_are_the_losses_of_truncations(mixed) -> None:
    matrix, vectors = mixed
    losses = []
    for rank in range(10):
        part = vectors[:, :rank] * np.maximum(MIXED[:rank], 0) @ vectors[:, :rank].T
        losses.append(((part - matrix) ** 2).sum() / (matrix**2).sum())
    assert_allclose(plateaus(MIXED[:9], float((MIXED**2).sum())), losses, rtol=1e-10)
    assert losses[7] == losses[8] == losses[9], "negative modes are not learned"


# All modes together, from any start


@pytest.mark.parametrize("scale", [1e-6, 1e-2, 1.0])
def test_exact_flow_is_the_flow(mixed, scale: float) -> None:
    matrix, vectors = mixed
    times, start = np.linspace(0, 25, 40), random_start(30, scale)
    reference = integrate(matrix, start, times)
    flow = exact_flow(in_eigenbasis(vectors, start), times)
    assert_allclose(flow.singular_values, np.linalg.svd(reference, compute_uv=False), rtol=1e-6)
    losses = [((w @ w.T - matrix) ** 2).sum() / (matrix**2).sum() for w in reference]
    assert_allclose(flow.loss, losses, atol=1e-9)
    assert (flow.times == times).all()


def test_exact_flow_from_an_aligned_start_is_the_lemma() -> None:
    s0 = np.array([1e-5, 1e-4, 1e-6, 1e-3, 1e-2])
    times = np.linspace(0, 40, 200)
    aligned = Reduced(MIXED, np.eye(30, DIM) * s0, float((MIXED**2).sum()))
    expected = np.sort(np.sqrt(lemma_31(VALUES, s0**2, times)))[:, ::-1]
    assert_allclose(exact_flow(aligned, times).singular_values, expected, rtol=1e-9)


def test_exact_flow_does_not_depend_on_the_times_asked_for(mixed) -> None:
    problem = in_eigenbasis(mixed[1], random_start(30, 1e-3))
    many, few = (exact_flow(problem, np.linspace(0, 20, n)) for n in (201, 3))
    assert_allclose(few.singular_values, many.singular_values[::100], rtol=1e-9)
    assert_allclose(few.loss, many.loss[::100], rtol=1e-9)


@pytest.mark.parametrize(("step_size", "bound"), [(0.3, 0.04), (0.1, 0.015), (0.02, 0.003)])
@pytest.mark.parametrize("scale", [1e-8, 1e-4, 1e-2])
def test_exact_descent_is_close_to_descent(mixed, step_size: float, bound: float, scale: float) -> None:
    matrix, vectors = mixed
    dt, start = step_size / MIXED[0], random_start(30, scale)
    steps = np.unique(np.linspace(0, int(12 / dt), 60).astype(np.int64))
    reference = descend(matrix, start, dt, steps)
    problem = in_eigenbasis(vectors, start)
    ratio = exact_descent(problem, dt, steps).singular_values / reference
    grown = reference > 0.05 * np.sqrt(VALUES)
    assert grown.any(axis=0).sum() >= 4, "the run was meant to be long enough to learn"
    assert np.abs(ratio[grown] - 1).max() < bound
    flow = exact_flow(problem, steps * dt).singular_values / reference
    assert np.abs(flow[grown] - 1).max() > 3 * bound, "the flow alone would not do"


def test_exact_descent_is_exact_while_linear_and_settles_near_the_target(mixed) -> None:
    matrix, vectors = mixed
    dt, start = 0.3 / MIXED[0], random_start(30, 1e-8)
    early, late = np.arange(60), np.array([4_000])
    found = exact_descent(in_eigenbasis(vectors, start), dt, np.append(early, late)).singular_values
    assert_allclose(found[:60], descend(matrix, start, dt, early), rtol=1e-6)
    assert found[59, 0] > 100 * found[0, 0], "it did grow"
    assert_allclose(found[60], np.sqrt(VALUES), rtol=0.04)


def test_exact_descent_tends_to_the_flow(mixed) -> None:
    problem, times = in_eigenbasis(mixed[1], random_start(30, 1e-3)), np.linspace(0, 6, 13)
    flow = exact_flow(problem, times).singular_values
    gaps = []
    for dt in (1e-3, 1e-4):
        steps = np.rint(times / dt).astype(np.int64)
        gaps.append(np.abs(exact_descent(problem, dt, steps).singular_values / flow - 1).max())
    assert gaps[0] < 0.2
    assert gaps[1] == pytest.approx(gaps[0] / 10, rel=0.1)


# From the statistics


@pytest.fixture(scope="module")
def real(wikipedia: Cooccurrence) -> tuple[np.ndarray, Spectrum]:
    """M* at V = 300 with all its eigenpairs."""
    matrix = m_star(wikipedia)
    return matrix, decompose(matrix, 300)


def test_aligned_start_foretells_half_times(mixed) -> None:
    _, vectors = mixed
    start = random_start(30, 1e-8)
    s0_squared = aligned_start(vectors[:, :DIM], start)
    assert s0_squared.shape == (DIM,)
    times = np.linspace(0, 40, 8_000)
    squared = exact_flow(in_eigenbasis(vectors, start), times).singular_values ** 2
    half = [np.interp(0.5, squared[:, k] / VALUES[k], times) for k in range(DIM)]
    assert_allclose(rise_times(VALUES, s0_squared), half, rtol=0.01)
    naive = rise_times(VALUES, np.full(DIM, 1e-16))
    assert np.abs(naive / half - 1).max() > 0.03, "the scale of the start alone would not do"


def test_aligned_start_on_real_statistics(real) -> None:
    _, spectrum = real
    start = random_start(300, 1e-8)
    values = spectrum.values[:DIM]
    times = np.linspace(0, 60 / values[-1], 3_000)
    problem = Reduced(spectrum.values, spectrum.vectors.T @ start, spectrum.total)
    squared = exact_flow(problem, times).singular_values ** 2
    half = [np.interp(0.5, squared[:, k] / values[k], times) for k in range(DIM)]
    assert_allclose(rise_times(values, aligned_start(spectrum.vectors[:, :DIM], start)), half, rtol=0.01)


def test_aligned_start_of_an_aligned_start_is_its_squares() -> None:
    s0 = np.array([3.0, 0.5, 1e-3])
    vectors = np.linalg.qr(np.random.default_rng(5).standard_normal((20, 3)))[0]
    assert_allclose(aligned_start(vectors, vectors * s0), s0**2, rtol=1e-9)
    assert aligned_start(vectors, vectors[:, :2]).shape == (2,)


@pytest.mark.parametrize("scale", [1e-8, 1e-2])
def test_few_directions_are_enough(real, scale: float) -> None:
    matrix, spectrum = real
    start = random_start(300, scale)
    times = np.linspace(0, 60 / spectrum.values[DIM - 1], 100)
    few, all_of_them = (reduce(matrix, known, start) for known in (spectrum.head(35), spectrum))
    assert len(few.values) < 100
    assert len(all_of_them.values) == 300
    short, whole = exact_flow(few, times), exact_flow(all_of_them, times)
    grown = whole.singular_values > 0.05 * np.sqrt(spectrum.values[:DIM])
    assert_allclose(short.singular_values[grown], whole.singular_values[grown], rtol=1e-6)
    assert_allclose(short.loss, whole.loss, atol=1e-6)


def test_reduction_keeps_the_start_and_the_matrix(mixed) -> None:
    matrix, _ = mixed
    start = random_start(30, 0.5)
    reduced = reduce(matrix.astype(np.float32), decompose(matrix.astype(np.float32), 30), start)
    assert_allclose(np.sort(reduced.values), np.sort(MIXED), atol=1e-4)
    assert_allclose(reduced.coordinates.T @ reduced.coordinates, start.T @ start, rtol=1e-9)
    moved = reduced.coordinates.T @ (reduced.values[:, None] * reduced.coordinates)
    assert_allclose(moved, start.T @ matrix @ start, atol=1e-3)
