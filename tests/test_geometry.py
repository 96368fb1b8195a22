"""Embeddings as shapes, against loops and planted directions."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

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
from core.spectrum import Spectrum, embedding
from core.training import Snapshot

VALUES = np.array([50.0, 30.0, 20.0, 8.0])


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


@pytest.fixture
def spectrum(rng: np.random.Generator) -> Spectrum:
    vectors = np.linalg.qr(rng.standard_normal((500, 4)))[0]
    return Spectrum(VALUES, vectors, 9_000.0, np.ones(len(VALUES)))


def orthogonal(rng: np.random.Generator, size: int) -> np.ndarray:
    return np.linalg.qr(rng.standard_normal((size, size)))[0]


def snapshot_of(w: np.ndarray, step: int = 3) -> Snapshot:
    """W as training would show it: in its own singular basis."""
    left, singular, _ = np.linalg.svd(w, full_matrices=False)
    return Snapshot(step, 0.5, 0.25, singular, (left * singular).astype(np.float32))


# Directions


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


@pytest.mark.filterwarnings("error")
def test_directions_that_vanish_have_no_overlap_beyond_1(rng, spectrum: Spectrum) -> None:
    """Modes that are not learned decay until the squares of their lengths underflow: singular values say 0 first."""
    lengths = np.array([7.0, 1e-10, 1e-25, 0.0])
    w = (spectrum.vectors * lengths).astype(np.float32)
    for singular in (lengths, np.where(lengths > 1e-20, lengths, 0.0)):
        found = alignment(Snapshot(9, 0.5, 0.25, singular, w), spectrum.vectors)
        assert_allclose(found, [1, 1, 1, 3 / 4], atol=1e-5)
    assert_allclose(np.linalg.norm(directions(w), axis=0), [1, 1, 1, 0], atol=1e-6)
    assert_allclose(twins(w, w, 4), [1, 1, 1, 3 / 4], atol=1e-6)


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
