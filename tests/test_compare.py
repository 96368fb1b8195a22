"""Measures of a run, and the cloud that the pages draw."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from core.compare import deviation, predict
from core.frames import AXES, INT16_MAX, Camera, Frame, learned, next_concept
from core.geometry import (
    alignment,
    concept_axes,
    concept_rotation,
    directions,
    effective_rank,
    imbalance,
    neighbours,
    nested_overlap,
    overlaps,
    similar,
    twins,
)
from core.problem import Problem, RunSpec, load_problem, plan, simulate, under_setting_31
from core.spectrum import Spectrum, decompose, embedding
from core.theory import aligned_start, exact_flow, lemma_31, reduce, rise_times, step_size_rise_times, step_widths
from core.training import Snapshot, initial_embeddings, train

VALUES = np.array([50.0, 30.0, 20.0, 8.0])


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


@pytest.fixture
def spectrum(rng: np.random.Generator) -> Spectrum:
    vectors = np.linalg.qr(rng.standard_normal((500, 4)))[0]
    return Spectrum(VALUES, vectors, 9_000.0, np.ones(len(VALUES)))


@pytest.fixture(scope="module")
def problem() -> Problem:
    return load_problem(RunSpec(vocab_size=300, dim=6))


def orthogonal(rng: np.random.Generator, size: int) -> np.ndarray:
    return np.linalg.qr(rng.standard_normal((size, size)))[0]


def snapshot_of(w: np.ndarray, step: int = 3) -> Snapshot:
    """W as training would show it: in its own singular basis."""
    left, singular, _ = np.linalg.svd(w, full_matrices=False)
    return Snapshot(step, 0.5, 0.25, singular, (left * singular).astype(np.float32))


# The prediction of a run


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


# Measures


def test_directions_are_the_left_singular_vectors(rng) -> None:
    """Also where columns differ by eight orders of magnitude, and after a rotation of similar ones."""
    graded = rng.standard_normal((80, 5)) * [1, 1e-2, 1e-4, 1e-6, 1e-8]
    turned = rng.standard_normal((80, 5)) * VALUES[[0, 0, 1, 2, 3]] @ orthogonal(rng, 5)
    for w in (graded, turned):
        found, expected = directions(w), np.linalg.svd(w, full_matrices=False)[0]
        assert_allclose(found.T @ found, np.eye(5), atol=1e-7)
        assert_allclose(np.abs((found * expected).sum(axis=0)), np.ones(5), atol=1e-7)
    assert directions(graded.astype(np.float32)).dtype == np.float64


def test_overlaps_are_squared_cosines(rng) -> None:
    basis, other = orthogonal(rng, 7), orthogonal(rng, 7)[:, :3]
    assert_allclose(overlaps(basis, basis), np.eye(7), atol=1e-12)
    found = overlaps(other, basis)
    assert found.shape == (3, 7)
    assert_allclose(found.sum(axis=1), np.ones(3))
    assert found[1, 4] == pytest.approx(sum(other[n, 1] * basis[n, 4] for n in range(7)) ** 2)
    assert_allclose(overlaps(other * [1, -1, -1], -basis), found)


def test_nested_overlap_is_the_share_of_the_first_k(rng) -> None:
    squared = overlaps(orthogonal(rng, 6)[:, :4], orthogonal(rng, 6)[:, :4])
    naive = [sum(squared[i, j] for i in range(k) for j in range(k)) / k for k in range(1, 5)]
    assert_allclose(nested_overlap(squared), naive)
    swapped = np.eye(4)[[1, 0, 2, 3]]
    assert_allclose(nested_overlap(swapped), [0, 1, 1, 1])


@pytest.mark.parametrize("k", [1, 3, 8])
def test_effective_rank_of_equal_values_is_their_number(k: int) -> None:
    assert effective_rank(np.full(k, 0.3)) == pytest.approx(k)
    assert effective_rank(np.append(np.full(k, 1e3), [0.0, 0.0])) == pytest.approx(k)


def test_effective_rank_is_exp_of_the_entropy_of_variances() -> None:
    shares = np.array([0.8, 0.15, 0.05])
    expected = np.prod(shares**-shares)
    assert effective_rank(np.sqrt(7 * shares)) == pytest.approx(expected)
    assert 1 < expected < 3


def test_alignment_of_the_concepts_themselves_is_one(rng, spectrum: Spectrum) -> None:
    w = spectrum.vectors * np.sqrt(VALUES) @ orthogonal(rng, 4)
    assert_allclose(alignment(snapshot_of(w), spectrum.vectors), np.ones(4), atol=1e-5)


def test_alignment_with_the_wrong_concepts(spectrum: Spectrum) -> None:
    swapped = spectrum.vectors * [1.0, 2.0, 4.0, 3.0]  # the third first, then the fourth, then the second
    assert_allclose(alignment(snapshot_of(swapped), spectrum.vectors), [0, 0, 2 / 3, 1], atol=1e-5)


def test_alignment_of_a_random_start_is_about_k_over_v(spectrum: Spectrum) -> None:
    starts = [np.random.default_rng(seed).standard_normal((500, 6)) for seed in range(40)]
    mean = np.mean([alignment(snapshot_of(w), spectrum.vectors) for w in starts], axis=0)
    assert_allclose(mean, np.arange(1, 5) / 500, rtol=0.35)


def test_learned_counts_modes_with_nine_tenths_of_their_variance() -> None:
    at = np.sqrt(VALUES * [1.0, 0.91, 0.89, 0.95])
    assert learned(at, VALUES) == 3
    assert learned(at[:2], VALUES) == learned(at, VALUES[:2]) == 2
    assert learned(at, np.array([50.0, -1.0, 0.0])) == 1, "what cannot be learned is not"


def frame(learned_now: int) -> Frame:
    return Frame(0, 0.0, 1.0, np.ones(2), np.ones(2), 1.0, learned_now, np.zeros((2, 3), np.int16))


def test_next_concept_is_one_more_than_now() -> None:
    goal = next_concept([frame(0), frame(2)])
    assert [goal(frame(n)) for n in range(5)] == [False, False, False, True, True]
    assert [next_concept([])(frame(n)) for n in range(2)] == [False, True]


# The cloud


def test_concept_axes_are_a_rigid_rotation(rng, spectrum: Spectrum) -> None:
    w = rng.standard_normal((500, 4)).astype(np.float32)
    turned = concept_axes(w, spectrum)
    assert_allclose(turned @ turned.T, w @ w.T, atol=1e-4)
    assert np.abs(turned - w).max() > 0.1


def test_concept_axes_find_the_predicted_cloud(rng, spectrum: Spectrum) -> None:
    end = embedding(spectrum)
    mirrored = orthogonal(rng, 4)
    for turn in (mirrored, mirrored * [-1.0, 1.0, 1.0, 1.0]):
        assert_allclose(concept_axes((end @ turn).astype(np.float32), spectrum), end, atol=1e-5)


def test_concept_axes_do_not_depend_on_the_basis_of_w(rng, spectrum: Spectrum) -> None:
    w = (embedding(spectrum) + 0.05 * rng.standard_normal((500, 4))).astype(np.float32)
    other = (w @ orthogonal(rng, 4)).astype(np.float32)
    assert_allclose(concept_axes(other, spectrum), concept_axes(w, spectrum), atol=1e-4)


def test_a_frame_is_the_cloud_to_half_a_quantum(rng, spectrum: Spectrum) -> None:
    camera = Camera(spectrum, dim=4)
    w = embedding(spectrum) * 0.9 @ orthogonal(rng, 4)
    shown = snapshot_of(w)
    taken = camera.frame(shown)
    assert taken.cloud.shape == (4, 500)
    assert taken.cloud.dtype == np.int16
    places = concept_axes(shown.embeddings, spectrum).T
    assert np.abs(taken.cloud * camera.scale - places).max() <= camera.scale / 2 * 1.001
    assert np.abs(taken.cloud).max() > INT16_MAX / 3, "the range is used"
    assert (taken.step, taken.time, taken.loss) == (shown.step, shown.time, shown.loss)
    assert_allclose(taken.singular_values, shown.singular_values)
    assert_allclose(taken.alignment, np.ones(4), atol=1e-5)
    assert taken.effective_rank == pytest.approx(effective_rank(shown.singular_values))
    assert taken.learned == 0, "0.81 of each variance"


def test_the_camera_is_fixed_by_the_predicted_end(spectrum: Spectrum) -> None:
    camera, end = Camera(spectrum, dim=4), embedding(spectrum)
    scale = camera.scale
    assert camera.extent(range(1, 5)) < scale * INT16_MAX, "room for overshoot"
    for axes in ([1, 2, 3, 4], [2, 4], [3]):
        furthest = np.abs(end[:, [axis - 1 for axis in axes]]).max()
        assert furthest < camera.extent(axes) < 1.3 * furthest
    for size in (1e-6, 1.0):
        cloud = camera.frame(snapshot_of(size * end)).cloud
        assert camera.scale == scale
        assert np.abs(cloud * scale - size * end.T).max() <= scale
    assert camera.frame(snapshot_of(end)).learned == 4
    beyond = camera.frame(snapshot_of(10 * end)).cloud
    assert beyond.max() == INT16_MAX or beyond.min() == -INT16_MAX
    far = np.abs(end.T) > 0.3 * np.abs(end).max()
    assert (np.sign(beyond[far]) == np.sign(end.T[far])).all(), "clipped, not wrapped around"


def test_a_camera_has_at_most_ten_axes(problem: Problem) -> None:
    assert Camera(problem.spectrum, dim=6).axes == 6
    assert Camera(problem.spectrum, dim=20).axes == AXES == 10
    assert Camera(problem.spectrum.head(3), dim=3).axes == 3


def test_frames_of_a_run_move_without_jumps(problem: Problem) -> None:
    """Movement means learning: between frames no axis flips once its concept is there."""
    spec = plan(problem, RunSpec(vocab_size=300, dim=6))
    camera = Camera(problem.spectrum, 6)
    frames = [camera.frame(snapshot) for snapshot in train(problem.matrix, spec)]
    assert [one.learned for one in frames] == sorted(one.learned for one in frames)
    assert frames[-1].learned == 6
    end = embedding(problem.spectrum.head(6)).T
    for one in frames:
        along = (one.cloud * camera.scale * end).sum(axis=1)
        assert (along[: one.learned] > 0).all()
    assert np.abs(frames[-1].cloud * camera.scale - end).max() < 0.1 * camera.extent([1])


def test_neighbours_against_a_loop(rng) -> None:
    w = rng.standard_normal((60, 5)).astype(np.float32)
    found = neighbours(w, 7)
    assert found.shape == (60, 7)
    for word in range(60):
        cosines = [w[word] @ v / np.linalg.norm(w[word]) / np.linalg.norm(v) for v in w]
        nearest = sorted((other for other in range(60) if other != word), key=lambda n: -cosines[n])
        assert found[word].tolist() == nearest[:7]
        alike = similar(w, word, 7)
        assert [other for other, _ in alike] == nearest[:7]
        assert_allclose([cosine for _, cosine in alike], [cosines[other] for other in nearest[:7]], atol=1e-5)


def test_neighbours_of_a_small_vocabulary() -> None:
    w = np.array([[1, 0], [2, 0.1], [0, 1]], np.float32)
    assert neighbours(w, 10).tolist() == [[1, 2], [0, 2], [1, 0]]
    assert [other for other, _ in similar(w, 1, 10)] == [0, 2]


# Two matrices


def test_twins_span_the_same(rng, spectrum: Spectrum) -> None:
    """C = W up to signs and a rotation of its own: the same directions in words and in contexts."""
    w = (spectrum.vectors * np.sqrt(VALUES)).astype(np.float32)
    c = (spectrum.vectors * np.sqrt(VALUES) * [1, -1, 1, -1] @ orthogonal(rng, 4)).astype(np.float32)
    assert_allclose(twins(w, c, 4), np.ones(4), atol=1e-5)
    assert_allclose(twins(w, 7 * c, 3), np.ones(3), atol=1e-5)
    swapped = (spectrum.vectors * np.sqrt(VALUES[[0, 2, 1, 3]])).astype(np.float32)
    assert_allclose(twins(w, swapped, 4), [1, 0.5, 1, 1], atol=1e-5)
    other = np.linalg.qr(np.hstack([spectrum.vectors, rng.standard_normal((500, 4))]))[0][:, 4:]
    assert_allclose(twins(w, (other * VALUES).astype(np.float32), 4), np.zeros(4), atol=1e-5)


def test_twins_of_random_matrices_overlap_by_k_over_v() -> None:
    drawn = (np.random.default_rng(seed).standard_normal((2, 200, 5)).astype(np.float32) for seed in range(60))
    mean = np.mean([twins(w, c, 5) for w, c in drawn], axis=0)
    assert_allclose(mean, np.arange(1, 6) / 200, rtol=0.3)


def test_imbalance_is_how_far_the_grams_are_apart(rng) -> None:
    w, c = rng.standard_normal((2, 50, 3)).astype(np.float32)
    squares = 0.0
    for a in range(3):
        for b in range(3):
            squares += sum(w[i, a] * w[i, b] - c[i, a] * c[i, b] for i in range(50)) ** 2
    assert imbalance(w, c) == pytest.approx(np.sqrt(squares), rel=1e-5)
    turn = orthogonal(rng, 3).astype(np.float32)
    assert imbalance(w @ turn, c @ turn) == pytest.approx(imbalance(w, c), rel=1e-5)
    assert imbalance(w, w) == 0


def test_the_imbalance_of_a_start_is_about_sigma_squared_d_sqrt_2v() -> None:
    starts = [1e-3 * np.random.default_rng(seed).standard_normal((2, 400, 6)).astype(np.float32) for seed in range(20)]
    mean = np.mean([imbalance(w, c) for w, c in starts])
    assert mean == pytest.approx(1e-6 * np.sqrt(2 * 400) * 6, rel=0.15)


def test_a_frame_of_two_matrices_shows_both(rng, spectrum: Spectrum) -> None:
    camera, signs = Camera(spectrum, dim=4), np.array([1, -1, 1, 1])
    end, turn = 0.9 * embedding(spectrum), orthogonal(rng, 4)
    w, c = (end @ turn).astype(np.float32), (0.8 * end * signs @ turn).astype(np.float32)
    taken = camera.frame(Snapshot(3, 0.5, 0.25, 0.9 * np.sqrt(VALUES), w, c))
    assert taken.contexts.shape == taken.cloud.shape == (4, 500)
    assert taken.contexts.dtype == np.int16
    assert np.abs(taken.cloud * camera.scale - end.T).max() < 2 * camera.scale
    assert np.abs(taken.contexts * camera.scale - (0.8 * end * signs).T).max() < 2 * camera.scale
    assert_allclose(taken.twins, np.ones(4), atol=1e-5)
    assert taken.imbalance == pytest.approx(0.81 * 0.36 * np.linalg.norm(VALUES), rel=1e-5)


def test_a_frame_of_one_matrix_has_nothing_of_the_other(spectrum: Spectrum) -> None:
    taken = Camera(spectrum, dim=4).frame(snapshot_of(embedding(spectrum)))
    assert (taken.contexts, taken.twins, taken.imbalance) == (None, None, None)


def test_concept_rotation_is_orthogonal_and_the_best_one(rng, spectrum: Spectrum) -> None:
    """No other rotation brings the cloud nearer to its predicted place."""
    w = (embedding(spectrum) @ orthogonal(rng, 4) + 0.3 * rng.standard_normal((500, 4))).astype(np.float32)
    turn = concept_rotation(w, spectrum)
    assert_allclose(turn.T @ turn, np.eye(4), atol=1e-6)
    assert_allclose(concept_axes(w, spectrum), w @ turn, atol=1e-5)
    missed = np.linalg.norm(w @ turn - embedding(spectrum))
    others = [orthogonal(rng, 4) for _ in range(50)]
    others += [turn @ (np.eye(4) + 0.05 * (skew - skew.T)) for skew in rng.standard_normal((20, 4, 4))]
    assert all(np.linalg.norm(w @ np.linalg.qr(one)[0] - embedding(spectrum)) > missed for one in others)
