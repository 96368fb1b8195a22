"""Predictions of a run, against the parts of the theory and against training."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from core.compare import deviation, predict
from core.problem import Problem, RunSpec, load_problem, plan, simulate, under_setting_31
from core.spectrum import decompose
from core.theory import aligned_start, exact_flow, lemma_31, reduce, rise_times, step_size_rise_times, step_widths
from core.training import initial_embeddings, train


@pytest.fixture(scope="module")
def problem() -> Problem:
    return load_problem(RunSpec(vocab_size=300, dim=6))


def test_a_prediction_gathers_the_theory(problem: Problem) -> None:
    spec = plan(problem, RunSpec(vocab_size=300, dim=6, init_scale=1e-4, seed=2), steps=90)
    found, values = predict(problem, spec), problem.spectrum.values[:6]
    start = initial_embeddings(300, spec)
    s0_squared = aligned_start(problem.spectrum.vectors[:, :6], start)
    assert found.plan == spec
    assert_allclose(found.targets**2, values)
    assert_allclose(found.flow_times, rise_times(values, s0_squared))
    assert_allclose(found.descent_times, step_size_rise_times(values, s0_squared, spec.dt))
    assert_allclose(found.widths, step_widths(values))
    assert_allclose(found.flow.times, spec.snapshot_steps() * spec.dt)
    assert_allclose(found.descent.times, found.flow.times)
    flow = exact_flow(reduce(problem.matrix, problem.spectrum, start), found.flow.times)
    assert_allclose(found.flow.singular_values, flow.singular_values)
    assert found.plateaus[0] == 1
    assert found.floor == pytest.approx(1 - (values**2).sum() / problem.spectrum.total)


def test_a_prediction_starts_where_the_training_does(problem: Problem) -> None:
    spec = plan(problem, RunSpec(vocab_size=300, dim=6, init_scale=1e-2, seed=5), steps=10)
    first = next(train(problem.matrix, spec))
    for way in (predict(problem, spec).flow, predict(problem, spec).descent):
        assert_allclose(way.singular_values[0], first.singular_values, rtol=1e-5)
        assert way.loss[0] == pytest.approx(first.loss, rel=1e-5)


def test_the_lemma_is_told_from_the_aligned_start(problem: Problem) -> None:
    spec = plan(problem, RunSpec(vocab_size=300, dim=6, init_scale=1e-8, seed=2))
    found, values = predict(problem, spec), problem.spectrum.values[:6]
    s0_squared = aligned_start(problem.spectrum.vectors[:, :6], initial_embeddings(300, spec))
    assert_allclose(found.lemma**2, lemma_31(values, s0_squared, found.flow.times))
    risen = found.flow.times[:, None] > found.flow_times + found.widths
    assert (risen.sum(axis=0) > 3).all()
    assert (np.abs(found.lemma - found.flow.singular_values) < 0.01 * found.targets)[risen].all()


def test_the_lemma_learns_nothing_of_negative_modes(plant, wikipedia) -> None:
    matrix = plant([30.0, 12.0, *np.linspace(-1, -5, 298)])[0].astype(np.float32)
    posed = under_setting_31(wikipedia, matrix, decompose(matrix, 40))
    found = predict(posed, plan(posed, RunSpec(dim=4), steps=300))
    assert_allclose(found.lemma[-1], np.sqrt([30, 12, 0, 0]), rtol=1e-3)
    assert (found.lemma[:, 2:] == 0).all()


def test_deviation_is_the_largest_relative_difference_of_grown_modes() -> None:
    targets = np.array([10.0, 4.0, 0.0])
    trained = np.array([[0.4, 0.1, 9.0], [6.0, 0.3, 9.0], [10.0, 4.0, 9.0]])
    predicted = np.array([[0.1, 0.7, 1.0], [5.0, 0.24, 1.0], [10.0, 5.0, 1.0]])
    # Grown are 6 and 10 of mode 1, 0.3 and 4 of mode 2; the third has nothing to grow to.
    assert deviation(trained, predicted, targets) == pytest.approx(0.25)
    assert deviation(trained, 2 * trained, targets) == pytest.approx(0.5)
    assert deviation(trained[:1], predicted[:1], targets) == 0


@pytest.fixture(scope="module")
def signed(plant, wikipedia) -> Problem:
    """200 words whose second concept has a negative eigenvalue, and there is a seventh such."""
    values = [40, *np.geomspace(30, 5, 8), *np.linspace(2, -3, 189), -12, -33]
    matrix = plant(values)[0].astype(np.float32)
    return under_setting_31(wikipedia.head(200), matrix, decompose(matrix, 38, by_magnitude=True))


@pytest.mark.parametrize(("step_size", "bound"), [(0.3, 0.04), (0.1, 0.015)])
@pytest.mark.parametrize("init_scale", [1e-8, 1e-4])
def test_two_matrices_keep_to_their_prediction(
    signed: Problem, step_size: float, bound: float, init_scale: float
) -> None:
    """Negative eigenvalues are learned as well, with W = -C."""
    spec = RunSpec(vocab_size=200, dim=8, init_scale=init_scale, step_size=step_size, untied=True, seed=3)
    train_spec = plan(signed, spec)
    prediction, snapshots = predict(signed, train_spec, two_matrices=True), list(simulate(signed, spec, train_spec))
    values = np.linalg.svd(signed.matrix.astype(np.float64), compute_uv=False)
    assert_allclose(prediction.targets**2, values[:8], rtol=1e-5)
    assert prediction.floor == pytest.approx((values[8:] ** 2).sum() / (values**2).sum(), rel=1e-4)
    trained = np.array([one.singular_values for one in snapshots])
    grown = trained > 0.05 * prediction.targets
    assert grown.any(axis=0).all(), "the run was meant to learn every mode"
    ratio = trained / prediction.descent.singular_values
    assert np.abs(ratio[grown] - 1).max() < bound
    halves = [snapshots[(trained[:, k] ** 2 >= values[k] / 2).argmax()].time for k in range(8)]
    assert_allclose(prediction.descent_times, halves, rtol=0.05)
    losses = np.array([one.loss for one in snapshots])
    assert np.abs(losses - prediction.descent.loss).max() < bound
    assert prediction.floor <= losses[-1] <= 1.05 * prediction.floor
    x, m = snapshots[-1].embeddings.astype(np.float64) @ snapshots[-1].contexts.T, signed.matrix.astype(np.float64)
    assert ((x - m) ** 2).sum() / (m**2).sum() == pytest.approx(losses[-1], abs=1e-5)
    turned = signed.spectrum.vectors[:, :8].T @ x @ signed.spectrum.vectors[:, :8]
    assert np.sign(np.diag(turned)).tolist() == [1, -1, 1, 1, 1, 1, -1, 1]


def test_half_way_two_matrices_are_where_explicit_steps_lead(signed: Problem) -> None:
    """Steps of (M C - W C^T C) / 2 in float64; the second concept, a negative one, is still on its way."""
    spec = plan(signed, RunSpec(vocab_size=200, dim=8, init_scale=1e-4, step_size=0.02, untied=True), steps=1_200)
    found = predict(signed, spec, two_matrices=True)
    stack, m = initial_embeddings(400, spec).astype(np.float64), signed.matrix.astype(np.float64)
    w, c = stack[:200], stack[200:]
    for _ in range(1_200):
        w, c = w + spec.dt / 2 * (m @ c - w @ (c.T @ c)), c + spec.dt / 2 * (m @ w - c @ (w.T @ w))
    expected = np.linalg.svd(w, compute_uv=False)
    assert 0.2 < expected[1] / found.targets[1] < 0.9
    assert_allclose(found.descent.singular_values[-1, :3], expected[:3], rtol=0.01)
    assert found.flow.singular_values[-1, 1] > 1.02 * expected[1], "descent runs late against the flow"
