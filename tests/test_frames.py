"""What the pages keep of a snapshot, and the camera that sees it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from core.frames import AXES, INT16_MAX, Camera, Frame, learned, next_concept
from core.geometry import concept_axes, effective_rank
from core.problem import Problem, RunSpec, load_problem, plan
from core.spectrum import Spectrum, embedding
from core.training import Snapshot, train

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


# Concepts learned


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


# The camera


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


# Two matrices


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
