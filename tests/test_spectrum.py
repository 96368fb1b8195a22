"""Eigenpairs recovered from planted spectra, the sign rule, and eigenvectors read as words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import scipy.linalg

from core.errors import InputError
from core.operators import operator
from core.sources import load_statistics
from core.spectrum import Spectrum, concept, decompose, embedding, extremes, fix_signs, singular_basis
from core.targets import TARGETS, m_star

TOP = [90.0, 60.0, 41.0, 30.0, 12.0]


def spectrum_of(vectors, values=None) -> Spectrum:
    vectors = np.asarray(vectors, np.float64)
    values = np.ones(vectors.shape[1]) if values is None else np.asarray(values, np.float64)
    return Spectrum(values, vectors, float((values**2).sum()), np.ones(len(values)))


@pytest.mark.parametrize(
    ("size", "rank"), [(80, 5), (80, 80), (700, 5), (700, 200)], ids=["dense", "full", "Lanczos", "deep"]
)
def test_a_planted_spectrum_is_recovered(plant, size: int, rank: int) -> None:
    values = np.concatenate([TOP, np.linspace(5, -100, size - len(TOP))])
    matrix, vectors = plant(values)
    found = decompose(matrix.astype(np.float32), rank)
    assert found.rank == rank
    assert found.values == pytest.approx(values[:rank], rel=1e-5, abs=1e-4)
    assert np.linalg.norm(found.vectors, axis=0) == pytest.approx(np.ones(rank), abs=1e-5)
    residual = np.linalg.norm(matrix @ found.vectors - found.vectors * found.values, axis=0)
    assert residual.max() < 2e-5 * 100
    overlaps = np.abs((vectors[:, :5] * found.vectors[:, :5]).sum(axis=0))
    assert overlaps == pytest.approx(np.ones(5), abs=1e-5)
    assert found.total == pytest.approx((values**2).sum(), rel=1e-6)


def test_both_ways_to_decompose_agree(plant) -> None:
    """601 words take the iterative way at rank 4 and the dense one at rank 200."""
    matrix, _ = plant(np.concatenate([TOP, np.linspace(5, -100, 596)]))
    iterative, dense = (decompose(matrix.astype(np.float32), rank).head(4) for rank in (4, 200))
    assert iterative.values == pytest.approx(dense.values, rel=1e-5)
    assert iterative.vectors == pytest.approx(dense.vectors, abs=2e-5)


@pytest.mark.parametrize("size", [300, 900], ids=["dense", "Lanczos"])
def test_a_spectrum_by_magnitude_holds_negative_eigenvalues_too(plant, size: int) -> None:
    largest = np.array([90.0, -70.0, 55.0, -54.0, 30.0, -20.0])
    matrix, vectors = plant(np.concatenate([largest, np.linspace(10, -10, size - 6)]))
    found = decompose(matrix.astype(np.float32), 6, by_magnitude=True)
    assert found.values == pytest.approx(np.abs(largest), rel=1e-5)
    assert found.signs.tolist() == np.sign(largest).tolist()
    assert np.abs((vectors[:, :6] * found.vectors).sum(axis=0)) == pytest.approx(np.ones(6), abs=1e-5)
    assert found.values == pytest.approx(np.linalg.svd(matrix, compute_uv=False)[:6], rel=1e-5)
    residual = matrix @ found.vectors - found.vectors * found.values * found.signs
    assert np.abs(residual).max() < 1e-3
    assert (found.vectors**3).sum(axis=0).min() > 0
    best = (found.vectors * found.values * found.signs) @ found.vectors.T
    assert ((matrix - best) ** 2).sum() == pytest.approx(found.total - (largest**2).sum(), rel=1e-4)


@pytest.mark.parametrize("size", [300, 900], ids=["dense", "Lanczos"])
def test_by_value_a_large_negative_eigenvalue_is_passed_over(plant, size: int) -> None:
    matrix, _ = plant(np.concatenate([[-500.0, 40.0, 30.0], np.linspace(9, -9, size - 3)]))
    found = decompose(matrix.astype(np.float32), 2)
    assert found.values == pytest.approx([40, 30], rel=1e-4)
    assert found.signs.tolist() == [1, 1]
    head = decompose(matrix.astype(np.float32), 3, by_magnitude=True).head(2)
    assert head.values == pytest.approx([500, 40], rel=1e-4)
    assert head.signs.tolist() == [-1, 1]


# Matrices known by their products


@dataclass
class Products:
    """Everything that ``decompose`` may ask of an operator."""

    matrix: np.ndarray
    total: float

    @property
    def shape(self) -> tuple[int, int]:
        return self.matrix.shape

    @property
    def dtype(self) -> np.dtype:
        return self.matrix.dtype

    def __matmul__(self, block: np.ndarray) -> np.ndarray:
        return self.matrix @ block


@pytest.mark.parametrize("by_magnitude", [False, True], ids=["by value", "by magnitude"])
@pytest.mark.parametrize(("size", "rank"), [(80, 5), (80, 80), (900, 5)], ids=["dense", "full", "Lanczos"])
def test_products_are_enough_for_a_spectrum(plant, size: int, rank: int, by_magnitude: bool) -> None:
    matrix, _ = plant(np.concatenate([TOP, np.linspace(5, -100, size - len(TOP))]))
    single = matrix.astype(np.float32)
    found = decompose(Products(single, total=123.0), rank, by_magnitude=by_magnitude)
    same = decompose(single, rank, by_magnitude=by_magnitude)
    assert found.values == pytest.approx(same.values, rel=1e-5, abs=1e-4)
    assert found.signs.tolist() == same.signs.tolist()
    assert (found.vectors**3).sum(axis=0).min() > 0
    assert found.total == 123, "who knows the total need not be asked for the entries"
    with pytest.raises(InputError, match=f"rank is {size + 1}.*{size} words"):
        decompose(Products(single, total=123.0), size + 1)


@pytest.mark.parametrize("name", ["mstar", "pmi", "ppmi"])
@pytest.mark.parametrize("size", [400, 1_500], ids=["dense", "Lanczos"])
def test_the_spectrum_of_sparse_targets(name: str, size: int) -> None:
    statistics = load_statistics("wikipedia", size)
    exact = TARGETS[name](statistics).astype(np.float64)
    values, vectors = scipy.linalg.eigh(exact, subset_by_index=(size - 12, size - 1))
    found, again = (decompose(operator(statistics, name), 12) for _ in range(2))
    assert found.values == pytest.approx(values[::-1], rel=1e-5)
    assert np.abs(np.diag(vectors[:, ::-1].T @ found.vectors)) == pytest.approx(np.ones(12), abs=1e-4)
    residual = np.linalg.norm(exact @ found.vectors - found.vectors * found.values, axis=0)
    assert (residual / found.values).max() < 1e-4
    assert (found.vectors**3).sum(axis=0).min() > 0
    assert found.total == pytest.approx((exact**2).sum(), rel=1e-6)
    assert (found.vectors == again.vectors).all()
    assert (found.values == again.values).all()


@pytest.mark.parametrize("size", [5, 300, 900])
@pytest.mark.parametrize("symmetric", [True, False], ids=["symmetric", "asymmetric"])
def test_extremes_of_a_matrix(size: int, symmetric: bool) -> None:
    """Negative enough that the largest singular value is not the largest eigenvalue."""
    rng = np.random.default_rng(size)
    u, v, w = (rng.standard_normal(size) for _ in range(3))
    noise = rng.standard_normal((size, size)) / np.sqrt(size)
    matrix = noise + (3 * np.outer(u, u) - 9 * np.outer(v, w)) / size
    if symmetric:
        matrix = noise + noise.T + (3 * np.outer(u, u) - 9 * np.outer(v, v)) / size
    eigenvalue, lowest, singular = extremes(matrix.astype(np.float32))
    exact = np.linalg.eigvalsh((matrix + matrix.T) / 2)
    assert eigenvalue == pytest.approx(exact[-1], rel=1e-4)
    assert lowest == pytest.approx(exact[0], rel=1e-4)
    assert singular == pytest.approx(np.linalg.svd(matrix, compute_uv=False)[0], rel=1e-4)
    assert singular > 1.2 * eigenvalue


def test_results_are_read_only_and_repeat(wikipedia) -> None:
    one, two = (decompose(m_star(wikipedia), 4) for _ in range(2))
    assert (one.vectors == two.vectors).all()
    for array in (one.values, one.vectors):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@pytest.mark.parametrize("rank", [-1, 0, 81])
def test_an_impossible_rank(plant, rank: int) -> None:
    matrix, _ = plant(np.arange(80.0))
    with pytest.raises(InputError, match=f"rank is {rank}.*80 words"):
        decompose(matrix.astype(np.float32), rank)


def test_the_sign_does_not_depend_on_the_sign_that_came_in() -> None:
    rng = np.random.default_rng(1)
    vectors = rng.standard_normal((50, 20))
    flips = rng.choice([-1.0, 1.0], 20)
    fixed = fix_signs(vectors)
    assert (fix_signs(vectors * flips) == fixed).all()
    assert ((fixed**3).sum(axis=0) > 0).all()
    assert (np.abs(fixed) == np.abs(vectors)).all()


def test_head_keeps_the_first_eigenpairs(plant) -> None:
    matrix, _ = plant(np.arange(80.0))
    whole = decompose(matrix.astype(np.float32), 6)
    head = whole.head(2)
    assert (head.values == whole.values[:2]).all()
    assert (head.vectors == whole.vectors[:, :2]).all()
    assert head.total == whole.total


def test_only_positive_eigenvalues_can_be_learned() -> None:
    vectors = np.eye(4)[:, :3]
    spectrum = Spectrum(np.array([2.0, 1.0, -3.0]), vectors, 14.0, np.ones(3))
    found = spectrum.learnable()
    assert found.values.tolist() == [2, 1]
    assert (found.vectors == vectors[:, :2]).all()
    with pytest.raises(InputError, match="nothing to learn"):
        Spectrum(np.array([0.0, -1.0]), vectors[:, :2], 1.0, np.ones(2)).learnable()


def test_embedding_is_the_best_approximation(plant) -> None:
    values = [9.0, 4.0, 1.0, -2.0, -3.0]
    matrix, _ = plant(values)
    w = embedding(decompose(matrix.astype(np.float32), 4))
    assert (w[:, 3] == 0).all(), "a negative eigenvalue is not learned"
    missed = ((w @ w.T - matrix) ** 2).sum()
    assert missed == pytest.approx(2**2 + 3**2, rel=1e-5)


def test_a_concept_has_two_poles_furthest_first() -> None:
    spectrum = spectrum_of([[0.1, 0], [-0.7, 1], [0.5, 0], [-0.2, 0], [0.4, 0], [0.0, 0]])
    words = ("one", "two", "three", "four", "five", "six")
    found = concept(spectrum, words, 1, top=2)
    assert (found.k, found.positive, found.negative) == (1, ("three", "five"), ("two", "four"))
    everything = concept(spectrum, words, 1, top=10)
    assert everything.positive == ("three", "five", "one")
    assert everything.negative == ("two", "four")
    assert concept(spectrum, words, 2).positive == ("two",)
    assert concept(spectrum, words, 2).negative == ()


def test_normalised_ranking_is_by_share() -> None:
    # "long" is far along both directions, "pure" is short and along the first alone.
    spectrum = spectrum_of([[0.9, 0.8], [0.3, 0.0], [-0.6, 0.9], [-0.2, 0.0]], [4.0, 4.0])
    words = ("long", "pure", "wide", "tiny")
    assert concept(spectrum, words, 1).positive == ("long", "pure")
    assert concept(spectrum, words, 1).negative == ("wide", "tiny")
    assert concept(spectrum, words, 1, normalised=True).positive == ("pure", "long")
    assert concept(spectrum, words, 1, normalised=True).negative == ("tiny", "wide")


def test_only_the_four_thousand_most_frequent_words_are_named() -> None:
    places = np.linspace(0.001, 1, 4_100)[:, None]
    words = tuple(f"w{n}" for n in range(4_100))
    for normalised in (False, True):
        found = concept(spectrum_of(places), words, 1, top=4_100, normalised=normalised)
        assert len(found.positive) == 4_000
        assert not {"w4000", "w4099"} & set(found.positive)
    assert concept(spectrum_of(places), words, 1, top=1).positive == ("w3999",)


@pytest.mark.parametrize("k", [-1, 0, 3])
def test_an_impossible_concept(k: int) -> None:
    with pytest.raises(InputError, match=f"concept is {k}.*1 to 2"):
        concept(spectrum_of(np.eye(2)), ("a", "b"), k)


def test_singular_basis_keeps_small_columns_accurate() -> None:
    """Columns from 1e-8 to 50: eigenvalues of W^T W alone would lose everything below 1e-7."""
    rng = np.random.default_rng(4)
    w = rng.standard_normal((200, 10)) / np.sqrt(200) * np.geomspace(50, 1e-8, 10)
    singular, rotation = singular_basis(w.T @ w)
    assert singular == pytest.approx(np.linalg.svd(w, compute_uv=False), rel=1e-5)
    assert rotation.T @ rotation == pytest.approx(np.eye(10), abs=1e-12)
    turned = w @ rotation
    assert np.linalg.norm(turned, axis=0) == pytest.approx(singular, rel=1e-5)
    cosines = (turned / singular).T @ (turned / singular)
    assert cosines == pytest.approx(np.eye(10), abs=1e-5)


def test_singular_basis_leaves_a_singular_basis_alone() -> None:
    w = np.linalg.qr(np.random.default_rng(2).standard_normal((30, 4)))[0] * [9.0, 3.0, 1.0, 1e-3]
    singular, rotation = singular_basis(w.T @ w)
    assert singular == pytest.approx([9, 3, 1, 1e-3], rel=1e-9)
    assert rotation == pytest.approx(np.eye(4), abs=1e-9)


def test_singular_basis_takes_parallel_and_vanishing_columns() -> None:
    column = np.arange(1.0, 9)[:, None]
    w = np.hstack([column, 2 * column, 0 * column])
    singular, rotation = singular_basis(w.T @ w)
    assert singular == pytest.approx([np.sqrt(5) * np.linalg.norm(column), 0, 0], abs=1e-5)
    assert rotation.T @ rotation == pytest.approx(np.eye(3), abs=1e-12)


def test_bundled_spectrum_at_two_thousand_words() -> None:
    counts = load_statistics("wikipedia", 2_000)
    spectrum = decompose(m_star(counts), 3)
    assert spectrum.values == pytest.approx([553.45, 398.09, 362.94], rel=1e-4)
    first = concept(spectrum, counts.words, 1)
    assert {"processes", "components", "applications"} <= set(first.positive)
    assert {"married", "joined", "attended", "born"} <= set(first.negative)


def test_many_eigenpairs_of_a_large_matrix_are_those_of_a_whole_decomposition(plant) -> None:
    """With so many the block method answers; large negative eigenvalues are none of its business."""
    values = np.r_[-np.linspace(300, 50, 40), 200.0 / np.arange(1, 2_001) ** 0.7]
    matrix, _ = plant(values)
    found = decompose(matrix.astype(np.float32), 120)
    exact = np.sort(values)[::-1][:120]
    np.testing.assert_allclose(found.values, exact, rtol=1e-5)
    image = matrix @ found.vectors
    np.testing.assert_allclose(
        np.linalg.norm(image - found.vectors * found.values, axis=0) / found.values, 0, atol=5e-6
    )
    np.testing.assert_allclose(found.vectors.T @ found.vectors, np.eye(120), atol=1e-6)
