"""Steps of a run, and how sharp they are, against curves whose shape is known beforehand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad, solve_ivp
from scipy.optimize import brentq

from core.compare import predict
from core.frames import Camera
from core.problem import Problem, RunSpec, load_problem, plan, simulate, under_setting_31
from core.spectrum import decompose
from core.stairs import half_times, separation, sharpness, steps
from core.theory import exact_flow, lemma_31, reduce, rise_times, step_widths
from core.training import initial_embeddings, train

VALUES = np.array([12.0, 8.0, 5.0, 3.0])
S0_SQUARED = np.array([1e-12, 1e-10, 1e-9, 1e-8])


@pytest.fixture(scope="module")
def problem() -> Problem:
    return load_problem(RunSpec(vocab_size=300, dim=6))


def lemma(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Times, and s_k of four steps of Lemma 3.1."""
    times = np.linspace(0, 16, count)
    return times, np.sqrt(lemma_31(VALUES, S0_SQUARED, times))


# Steps as a table


def test_steps_are_told_for_the_trained_and_the_coming(problem: Problem) -> None:
    spec = plan(problem, RunSpec(vocab_size=300, dim=6, init_scale=1e-6, step_size=0.05))
    prediction, camera = predict(problem, spec), Camera(problem.spectrum, 6)
    frames = [camera.frame(snapshot) for snapshot in train(problem.matrix, spec)]
    told = steps(prediction, frames, 6)
    assert [one.k for one in told] == [1, 2, 3, 4, 5, 6]
    assert_allclose([one.value for one in told], problem.spectrum.values[:6])
    assert_allclose([one.target**2 for one in told], [one.value for one in told])
    assert_allclose([one.plateau for one in told], prediction.plateaus[1:])
    assert_allclose([one.flow_time for one in told], prediction.flow_times)
    assert_allclose([one.descent_time for one in told], prediction.descent_times)
    assert_allclose([one.trained_time for one in told], [one.descent_time for one in told], rtol=0.05)
    assert_allclose([one.trained for one in told], frames[-1].singular_values)
    at_first = steps(prediction, frames[:1], 2)
    assert [one.trained_time for one in at_first] == [None, None]
    assert at_first[0].trained == frames[0].singular_values[0]
    assert [(one.trained_time, one.trained) for one in steps(prediction, [], 1)] == [(None, None)]


def test_a_concept_that_is_never_learned_has_no_times(plant, wikipedia) -> None:
    matrix = plant([30.0, *np.linspace(-1, -5, 299)])[0].astype(np.float32)
    posed = under_setting_31(wikipedia, matrix, decompose(matrix, 40))
    spec = plan(posed, RunSpec(dim=2), steps=200)
    camera, snapshots = Camera(posed.spectrum, 2), list(train(matrix, spec))
    first, second = steps(predict(posed, spec), [camera.frame(one) for one in snapshots], 2)
    assert first.trained == pytest.approx(30**0.5, rel=1e-3)
    assert (second.target, second.flow_time, second.descent_time, second.trained_time) == (0, None, None, None)
    assert second.plateau == first.plateau


# When


def test_half_times_are_those_that_were_planted() -> None:
    times, values = lemma(400)
    assert_allclose(half_times(times, values, np.sqrt(VALUES)), rise_times(VALUES, S0_SQUARED), atol=2e-3)


def test_half_times_of_modes_without_one() -> None:
    """Half from the start, never half, nothing to reach; and a straight line between two snapshots."""
    times = np.array([0.0, 1.0, 2.0])
    squared = np.array([[2.1, 0.1, 0.0, 1.0], [4.0, 0.2, 0.5, 1.5], [4.0, 1.9, 0.7, 3.5]])
    found = half_times(times, np.sqrt(squared), np.sqrt([4.0, 4.0, 0.0, 4.0]))
    assert_allclose(found, [np.nan, np.nan, np.nan, 1.25])


def test_separation_is_in_widths_of_the_earlier_step() -> None:
    found = separation(np.array([10.0, 16.0, 17.0]), np.array([2.0, 4.0, 8.0]))
    assert_allclose(found, [3.0, 0.25])
    width = step_widths(VALUES)
    apart = separation(rise_times(VALUES, S0_SQUARED), width)
    for k in range(3):
        late, soon = (np.log(VALUES[n] / S0_SQUARED[n]) / VALUES[n] for n in (k + 1, k))
        assert apart[k] == pytest.approx((late - soon) * VALUES[k] / np.log(81))


# How sharp


@pytest.mark.parametrize("count", [300, 1_000, 5_000])
def test_a_step_of_lemma_31_has_sharpness_one(count: int) -> None:
    """300 : seven snapshots while the first step rises from 10 % to 90 %."""
    assert_allclose(sharpness(*lemma(count), 4), np.ones(4), rtol=0.02)


def test_sharpness_has_no_units_and_does_not_mind_a_drift() -> None:
    times, values = lemma(2_000)
    plain = sharpness(times, values, 4)
    assert_allclose(sharpness(7 * times, 0.03 * values, 4), plain, rtol=1e-6)
    drift = np.exp(0.005 * VALUES * np.maximum(0, times[:, None] - rise_times(VALUES, S0_SQUARED)) / 2)
    assert (drift[-1] > [1.4, 1.2, 1.1, 1.01]).all()
    assert_allclose(sharpness(times, values * drift, 4), plain, rtol=0.02)
    assert sharpness(times, values, 2).shape == (2,)


@pytest.mark.parametrize(
    ("braked", "about"),
    [
        (lambda p: 1 - p, 1.0),
        (lambda p: (1 - p) ** 2, 0.75),
        (lambda p: 1 - np.sqrt(p), 0.56),
        (lambda p: 1 - p**2, 2.0),
    ],
    ids=["lemma", "slower late", "slower", "sharper"],
)
def test_sharpness_of_growth_that_is_braked_otherwise(braked: Callable[[float], float], about: float) -> None:
    """d ln p/dt = 2 f(p) for p = s^2 / lambda, integrated; the time between two shares is the integral of 1 / p f."""

    def lasts(low: float, high: float) -> float:
        return quad(lambda q: 1 / (2 * braked(np.exp(q))), np.log(low), np.log(high))[0]

    rate = np.log(100) / lasts(1e-4, 1e-2)
    levels = [brentq(lambda p, share=share: 2 * braked(p) - share * rate, 1e-9, 1 - 1e-9) for share in (0.9, 0.1)]
    expected = np.log(81) / rate / lasts(*levels)
    assert expected == pytest.approx(about, rel=0.03)
    times = np.linspace(0, 800, 80_000)
    run = solve_ivp(
        lambda _, q: 2 * braked(np.exp(np.minimum(q, 0))), (0, 800), [np.log(1e-7)], t_eval=times, rtol=1e-9, atol=1e-12
    )
    p = np.exp(run.y[0])
    assert sharpness(times, np.sqrt(5 * p)[:, None], 1)[0] == pytest.approx(expected, rel=0.01)


def test_a_step_that_was_not_seen_whole_has_no_sharpness() -> None:
    times = np.linspace(0, 16, 2_000)
    large = lemma_31(VALUES[:1], np.array([0.01]), times)
    flat, nothing = np.full((2_000, 1), 1e-9), np.zeros((2_000, 1))
    growing = 1e-12 * np.exp(times)[:, None]
    _, values = lemma(2_000)
    late = values[:, 3:] ** 2
    half = np.where(late > 0.5 * VALUES[3], late.max() / 2, late)
    for squared in (large, flat, nothing, growing):
        assert np.isnan(sharpness(times, np.sqrt(squared), 1)).tolist() == [True]
    begun = np.flatnonzero(late[:, 0] > 0.3 * VALUES[3])[0]
    assert np.isnan(sharpness(times[:begun], values[:begun], 4)).tolist() == [False, False, False, True]
    assert sharpness(times, np.sqrt(half), 1)[0] > 1.5, "cut short: sharper than a step of the lemma"


def test_sharpness_does_not_mind_a_wobble_of_the_early_growth() -> None:
    """While another concept rises, the growth of a small mode dips by a tenth or so, and recovers."""
    times, values = lemma(2_000)
    small = np.clip(np.log(values**2 / VALUES / 0.02) / np.log(1e-4 / 0.02), 0, 1)
    wobbling = values * np.exp(0.1 * small * np.sin(1.5 * VALUES * times[:, None]))
    assert_allclose(sharpness(times, wobbling, 4), np.ones(4), rtol=0.15)


def test_the_exact_flow_from_a_tiny_random_start_is_sharp(problem: Problem) -> None:
    spec = plan(problem, RunSpec(vocab_size=300, dim=6, init_scale=1e-8))
    start = reduce(problem.matrix, problem.spectrum, initial_embeddings(300, spec))
    times = np.linspace(0, spec.steps * spec.dt, 2_000)
    assert_allclose(sharpness(times, exact_flow(start, times).singular_values, 4), np.ones(4), rtol=0.05)


@pytest.mark.parametrize(("model", "sharp"), [("qwem", True), ("logistic", True), ("quartic", False), ("sgns", False)])
def test_finding_setting_31_makes_the_steps_sharp_and_the_quartic_loss_does_not(model: str, sharp: bool) -> None:
    """The paper's Figure 7, on the 300 most frequent words."""
    spec = RunSpec(vocab_size=300, dim=8, init_scale=1e-6, step_size=0.3, seed=3, model=model)
    posed = load_problem(spec)
    snapshots = list(simulate(posed, spec, plan(posed, spec)))
    times = np.array([one.time for one in snapshots]) * posed.clock
    found = sharpness(times, np.array([one.singular_values for one in snapshots]), 4)
    assert np.isfinite(found).all()
    assert found.mean() > 0.9 if sharp else found.mean() < 0.75
