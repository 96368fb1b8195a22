"""Task vectors, their Gram matrix and random pairs, against loops, singular values and planted directions."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import ortho_group

from core.errors import InputError
from core.linear import (
    gram,
    gram_spectrum,
    many_nulls,
    mean_task_vector,
    null_pairs,
    null_power,
    power,
    snr,
    task_vectors,
)
from core.marchenko_pastur import fit_bulk

PAIRS = tuple((2 * n, 2 * n + 1) for n in range(12))


@pytest.fixture(scope="module")
def embeddings() -> np.ndarray:
    return np.random.default_rng(4).standard_normal((40, 7)).astype(np.float32)


def planted(pairs: int, dims: int, length: float, seed: int) -> np.ndarray:
    """Task vectors of unit noise in each dimension, and one direction of this length common to all of them."""
    random = np.random.default_rng(seed)
    direction = random.standard_normal(dims)
    return random.standard_normal((pairs, dims)) + length * direction / np.linalg.norm(direction)


# Task vectors and their spectrum


def test_task_vectors_are_differences_second_less_first(embeddings: np.ndarray) -> None:
    """The word with number 0 is one like any other."""
    found = task_vectors(embeddings, [(0, 3), (5, 0), (39, 1)])
    assert found.dtype == np.float64
    expected = [
        [float(embeddings[b, k]) - float(embeddings[a, k]) for k in range(7)] for a, b in ((0, 3), (5, 0), (39, 1))
    ]
    assert_allclose(found, expected, rtol=1e-12)
    assert_allclose(mean_task_vector(embeddings, [(0, 3), (5, 0), (39, 1)]), np.mean(expected, axis=0))


@pytest.mark.parametrize(
    ("pairs", "complaint"),
    [
        ([], "pairs are 0, and must be 2"),
        ([(1, 2)], "pairs are 1, and must be 2"),
        ([(0, 1), (2, 40)], "0 to 40, and must be 0 to 39"),
        ([(0, 1), (2, -1)], "-1 to 2, and must be 0 to 39"),
    ],
)
def test_what_are_no_pairs_is_refused(embeddings: np.ndarray, pairs: list, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        task_vectors(embeddings, pairs)


@pytest.mark.parametrize("shape", [(3, 9), (9, 9), (12, 5), (2, 1), (200, 30)])
def test_spectrum_is_that_of_singular_values(shape: tuple[int, int]) -> None:
    vectors = np.random.default_rng(1).standard_normal(shape)
    found = gram_spectrum(vectors)
    squared = np.linalg.svd(vectors, compute_uv=False) ** 2
    assert_allclose(found[: len(squared)], squared, rtol=1e-9)
    assert found[len(squared) :].tolist() == [0] * (shape[0] - min(shape))
    assert found.sum() == pytest.approx((vectors**2).sum())
    assert not found.flags.writeable


def test_rounding_is_no_eigenvalue() -> None:
    """The third difference is the sum of the others: rank 2."""
    vectors = np.random.default_rng(2).standard_normal((2, 50))
    assert (gram_spectrum(np.vstack([vectors, vectors.sum(axis=0)])) > 0).tolist() == [True, True, False]
    nothing = gram(np.zeros((3, 4)))
    assert nothing.eigenvalues.tolist() == [0, 0, 0]
    assert np.isnan([nothing.agreement, snr(nothing.eigenvalues, 3)]).all()


def test_a_turn_of_the_cloud_changes_nothing() -> None:
    vectors = planted(9, 20, 3.0, 5)
    turned = gram(vectors @ ortho_group.rvs(20, random_state=6))
    assert_allclose(turned.eigenvalues, gram(vectors).eigenvalues, rtol=1e-9)
    assert turned.agreement == pytest.approx(gram(vectors).agreement)


# Signal over noise


def test_snr_from_none_to_all() -> None:
    assert snr(np.full(6, 2.0), 6) == pytest.approx(1)
    assert snr(np.array([5.0, 0, 0, 0]), 4) == pytest.approx(4)
    assert snr(np.array([6.0, 3.0, 0, 0]), 2) == pytest.approx(6 / 4.5)
    assert np.isnan(snr(np.array([6.0, 3.0]), 0))


@pytest.mark.parametrize("pairs", [5, 9, 30])
def test_a_planted_task_vector_with_even_noise_in_closed_form(pairs: int) -> None:
    """R = c 1 u^T + s I in orthogonal directions: G = c^2 1 1^T + s^2 I, one spike over equal eigenvalues."""
    basis = ortho_group.rvs(40, random_state=1)
    c, s = 1.7, 0.6
    vectors = c * np.outer(np.ones(pairs), basis[0]) + s * basis[1 : pairs + 1]
    found = gram(vectors)
    largest = pairs * c**2 + s**2
    assert_allclose(found.eigenvalues, [largest, *[s**2] * (pairs - 1)], rtol=1e-9)
    assert snr(found.eigenvalues, pairs) == pytest.approx(largest / (c**2 + s**2))
    assert found.agreement == pytest.approx(1)
    assert fit_bulk(found.eigenvalues, pairs).spikes == 1


@pytest.mark.parametrize(("pairs", "dims"), [(15, 100), (30, 40), (30, 200), (60, 30)])
def test_a_planted_task_vector_is_found_with_its_snr_as_one_spike(pairs: int, dims: int) -> None:
    """Over noise of variance 1 a direction of length c gives lambda_1 = (N c^2 + N)(N c^2 + d) / N c^2, and
    Tr G = N (d + c^2), on average (spiked random matrices; Benaych-Georges and Nadakuditi 2012)."""
    length = np.sqrt(dims / 2)
    strength = pairs * length**2
    rank = min(pairs, dims)
    expected = (strength + pairs) * (strength + dims) / strength * rank / (pairs * (dims + length**2))
    found = [gram(planted(pairs, dims, length, seed)) for seed in range(40)]
    assert np.mean([snr(one.eigenvalues, rank) for one in found]) == pytest.approx(expected, rel=0.03)
    assert min(one.agreement for one in found) > 0.9
    assert np.mean([fit_bulk(one.eigenvalues, rank).spikes == 1 for one in found]) >= 0.92


def test_noise_has_the_snr_of_the_upper_edge_and_no_agreement() -> None:
    found = [gram(planted(50, 200, 0.0, seed)) for seed in range(40)]
    assert np.mean([snr(one.eigenvalues, 50) for one in found]) == pytest.approx((1 + np.sqrt(50 / 200)) ** 2, rel=0.06)
    assert np.mean([one.agreement for one in found]) == pytest.approx(1 / 50, abs=0.02)


def test_turning_pairs_round_keeps_the_spectrum_and_ends_agreement() -> None:
    vectors = planted(20, 60, 8.0, 3)
    turned = vectors * np.where(np.arange(20) % 2, 1, -1)[:, None]
    assert_allclose(gram_spectrum(turned), gram_spectrum(vectors), rtol=1e-9)
    assert gram(vectors).agreement > 0.95
    assert gram(turned).agreement < 0.05
    assert gram(-vectors).agreement == pytest.approx(gram(vectors).agreement)


# Random pairs


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).filter(lambda p: p[0] != p[1]), min_size=6, unique=True)
)
def test_random_pairs_are_of_the_same_words_and_never_true(pairs: list[tuple[int, int]]) -> None:
    try:
        found = null_pairs(pairs, 3)
    except InputError:
        assert max(Counter(word for pair in pairs for word in pair).values()) > 2, "a word in many pairs"
        return
    assert Counter(word for pair in found for word in pair) == Counter(word for pair in pairs for word in pair)
    assert not {frozenset(pair) for pair in found} & {frozenset(pair) for pair in pairs}
    assert len({frozenset(pair) for pair in found}) == len(pairs)
    assert all(a != b for a, b in found)


def test_random_pairs_hang_on_the_seed_alone() -> None:
    assert null_pairs(PAIRS, 5) == null_pairs(list(PAIRS), 5) != null_pairs(PAIRS, 6)
    assert many_nulls(PAIRS, 3, 5) == tuple(null_pairs(PAIRS, seed) for seed in (5, 6, 7))


def test_random_pairs_join_all_words_alike_either_way_round() -> None:
    """Word 0 meets each of the 22 words that are not its own about equally often, in front and behind."""
    met, front = Counter(), 0
    for seed in range(660):
        pair = next(pair for pair in null_pairs(PAIRS, seed) if 0 in pair)
        met[sum(pair)] += 1
        front += pair[0] == 0
    assert sorted(met) == list(range(2, 24))
    assert min(met.values()) > 10
    assert max(met.values()) < 60
    assert 260 < front < 400


def test_of_two_pairs_there_are_two_other_ways() -> None:
    found = {frozenset(map(frozenset, null_pairs([(0, 1), (2, 3)], seed))) for seed in range(40)}
    assert found == {
        frozenset({frozenset({0, 2}), frozenset({1, 3})}),
        frozenset({frozenset({0, 3}), frozenset({1, 2})}),
    }


def test_words_that_allow_no_other_pairs_are_told() -> None:
    for pairs in ([(0, 1), (0, 2)], [(0, 1), (1, 2), (2, 0)], [(0, 1)], [(0, 1), (0, 2), (0, 3), (0, 4)]):
        with pytest.raises(InputError, match="cannot be paired otherwise"):
            null_pairs(pairs, 0)
        assert many_nulls(pairs, 5, 0) == ()


# Which concepts carry it


def test_power_is_the_share_of_the_mean_difference_along_each_feature() -> None:
    random = np.random.default_rng(8)
    vectors, values = ortho_group.rvs(30, random_state=2)[:, :6], np.array([9.0, 5.0, 3.0, 2.0, 1.0, -4.0])
    pairs = [(0, 1), (2, 3), (7, 5)]
    w = vectors * np.sqrt(np.maximum(values, 0))
    mean = sum(w[b] - w[a] for a, b in pairs) / 3
    found = power(vectors, values, pairs)
    assert_allclose(found, mean**2 / (mean @ mean), rtol=1e-9)
    assert found.sum() == pytest.approx(1)
    assert found[5] == 0
    turned = vectors * np.sign(random.standard_normal(6))
    assert_allclose(power(turned, values, pairs), found)


def test_power_finds_the_feature_in_which_pairs_differ() -> None:
    """Pairs differ in feature 3 by 0.2, in the others by nothing on average; random pairs spread over all of them."""
    random = np.random.default_rng(9)
    vectors = 0.05 * random.standard_normal((24, 8))
    vectors[1::2] = vectors[::2]
    vectors[1::2, 3] += 0.2
    values = np.arange(20.0, 12.0, -1)
    found, null = power(vectors, values, PAIRS), null_power(vectors, values, PAIRS, nulls=30)
    assert found[3] == pytest.approx(1)
    assert null.shape == (30, 8)
    assert_allclose(null.sum(axis=1), 1)
    assert null[:, 3].mean() < 0.7
    assert_allclose(null[4], power(vectors, values, null_pairs(PAIRS, 4)))


def test_power_of_nothing_and_of_what_does_not_fit() -> None:
    vectors = np.ones((6, 3))
    assert np.isnan(power(vectors, np.ones(3), [(0, 1), (2, 3)])).all()
    assert null_power(vectors, np.ones(3), [(0, 1), (0, 2)]).shape == (0, 3)
    with pytest.raises(InputError, match="4 eigenvalues do not go with eigenvectors of shape"):
        power(vectors, np.ones(4), [(0, 1), (2, 3)])
