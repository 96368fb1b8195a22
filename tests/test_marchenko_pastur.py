"""The law of Marchenko and Pastur against quadrature and simulated noise, and its fit where the answer is known."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad

from core.errors import InputError
from core.marchenko_pastur import Bulk, cumulative, density, edges, fit_bulk, rank_of

GAMMAS = (1e-6, 1e-3, 0.02, 0.3, 0.7, 0.999, 1.0, 1.001, 1.6, 4.0, 50.0)


def integral(weight, variance: float, gamma: float, up_to: float = np.inf) -> float:
    """Of the density times a weight, over angles, in which it has no infinite slopes at the edges."""
    lower, upper = edges(variance, gamma)
    middle, half = (upper + lower) / 2, (upper - lower) / 2

    def at(angle: float) -> float:
        x = middle - half * np.cos(angle)
        return float(weight(x) * density(x, variance, gamma) * half * np.sin(angle))

    end = np.arccos(np.clip((middle - up_to) / half, -1, 1))
    return quad(at, 0, end, limit=300)[0]


def noise(rows: int, columns, seed: int, shares: tuple[float, ...] = ()) -> np.ndarray:
    """Eigenvalues of R R^T: noise with these standard deviations of columns, and planted directions.

    Each direction has a share of the expected squared length. All rows have the same part in the first, and parts of
    random sign in others.
    """
    random = np.random.default_rng(seed)
    scales = np.broadcast_to(1.0, columns) if isinstance(columns, int) else np.asarray(columns)
    vectors = random.standard_normal((rows, len(scales))) * scales
    if shares:
        basis, _ = np.linalg.qr(random.standard_normal((len(scales), len(shares))))
        signs = np.sign(random.standard_normal((rows, len(shares))))
        signs[:, 0] = 1
        vectors += signs * np.sqrt((scales**2).sum() / (1 - sum(shares)) * np.array(shares)) @ basis.T
    return np.append(np.linalg.svd(vectors, compute_uv=False) ** 2, np.zeros(max(0, rows - len(scales))))


@cache
def fits(rows: int, dims: int, shares: tuple[float, ...] = (), count: int = 100) -> tuple[Bulk, ...]:
    return tuple(fit_bulk(noise(rows, dims, seed, shares), min(rows, dims)) for seed in range(count))


# The law


@pytest.mark.parametrize("gamma", GAMMAS)
def test_density_integrates_to_one_with_the_zeros(gamma: float) -> None:
    zeros = max(0.0, 1 - 1 / gamma)
    assert integral(lambda x: 1, 2.5, gamma) + zeros == pytest.approx(1, abs=1e-8)
    assert integral(lambda x: x, 2.5, gamma) == pytest.approx(2.5, rel=1e-7)
    assert integral(lambda x: x * x, 2.5, gamma) == pytest.approx(2.5**2 * (1 + gamma), rel=1e-7)


@pytest.mark.parametrize("gamma", GAMMAS)
def test_cumulative_is_the_integral_of_density(gamma: float) -> None:
    lower, upper = edges(2.5, gamma)
    zeros = max(0.0, 1 - 1 / gamma)
    places = np.linspace(lower, upper, 9)[1:-1]
    expected = [zeros + integral(lambda x: 1, 2.5, gamma, place) for place in places]
    assert_allclose(cumulative(places, 2.5, gamma), expected, atol=1e-8)
    assert_allclose(cumulative(np.array([-1.0, lower, upper, 9 * upper]), 2.5, gamma), [0, zeros, 1, 1], atol=1e-7)
    assert density(np.array([-1.0, 0.0, 0.99 * lower, 1.01 * upper]), 2.5, gamma).tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(("rows", "dims"), [(200, 800), (400, 500), (400, 400), (600, 250)])
def test_the_law_is_that_of_large_noise(rows: int, dims: int) -> None:
    eigenvalues = noise(rows, dims, 3)
    law = cumulative(np.sort(eigenvalues), dims, rows / dims)
    assert np.abs(law - (np.arange(rows) + 0.5) / rows)[eigenvalues[::-1] > 0].max() < 0.02
    lower, upper = edges(dims, rows / dims)
    assert eigenvalues[0] == pytest.approx(upper, rel=0.04)
    assert eigenvalues[eigenvalues > 0][-1] == pytest.approx(lower, rel=0.1, abs=0.01 * dims)


def test_of_the_law_only_positive_parameters_are_taken() -> None:
    for wrong in ((0.0, 1.0), (1.0, 0.0), (-1.0, 1.0), (1.0, float("nan"))):
        for law in (density, cumulative):
            with pytest.raises(InputError, match="must be positive"):
                law(np.ones(3), *wrong)


# The fit


@pytest.mark.parametrize(
    ("rows", "dims"), [(8, 16), (8, 100), (12, 40), (23, 16), (23, 64), (23, 300), (40, 16), (40, 300), (100, 200)]
)
def test_fit_recovers_variance_and_dimension_of_noise(rows: int, dims: int) -> None:
    found = fits(rows, dims)
    assert np.median([one.variance for one in found]) == pytest.approx(dims, rel=0.05)
    assert np.median([one.effective_dim for one in found]) == pytest.approx(dims, rel=0.16 if rows < 10 else 0.09)
    assert all(one.gamma * one.effective_dim == pytest.approx(rows - one.spikes) for one in found)
    assert all(one.count + one.zeros + one.spikes == rows and one.zeros == max(0, rows - dims) for one in found)
    assert all(one.lower <= one.variance <= one.upper < one.threshold for one in found)


@pytest.mark.parametrize(
    ("rows", "dims"), [(5, 16), (5, 200), (8, 16), (8, 100), (23, 16), (23, 23), (23, 64), (40, 16), (40, 300)]
)
def test_noise_has_no_spikes(rows: int, dims: int) -> None:
    """A false alarm in at most 8 of 100 spectra; the 99 % quantile and what the fit adds make it about 3."""
    assert np.mean([one.spikes > 0 for one in fits(rows, dims)]) <= 0.08


def test_false_alarms_are_few_over_many_seeds() -> None:
    alarms = [fit_bulk(noise(20, 60, seed), 20).spikes > 0 for seed in range(1_000, 1_300)]
    assert np.mean(alarms) <= 0.04


@pytest.mark.parametrize("rows", [8, 23, 40])
@pytest.mark.parametrize("dims", [16, 100])
def test_usual_distance_is_that_of_simulated_noise(rows: int, dims: int) -> None:
    found = fits(rows, dims)
    assert np.mean([one.distance for one in found]) == pytest.approx(
        np.mean([one.usual_distance for one in found]), rel=0.15
    )


@pytest.mark.parametrize("dims", [64, 300])
def test_columns_that_vary_unequally_count_as_fewer(dims: int) -> None:
    """d_eff = (sum sigma_j^2)^2 / sum sigma_j^4, for variances that fall like those of M*, about as k^(-1/2)."""
    squared = np.arange(3.0, dims + 3) ** -0.5
    effective = squared.sum() ** 2 / (squared**2).sum()
    assert effective < 0.85 * dims
    found = [fit_bulk(noise(24, np.sqrt(squared), seed), 24) for seed in range(60)]
    assert np.median([one.effective_dim for one in found]) == pytest.approx(effective, rel=0.12)
    assert np.median([one.variance for one in found]) == pytest.approx(squared.sum(), rel=0.05)
    assert np.mean([one.spikes > 0 for one in found]) < 0.35


@pytest.mark.parametrize("share", [0.4, 0.7, 0.99])
@pytest.mark.parametrize(("rows", "dims"), [(8, 100), (23, 16), (23, 64), (23, 300), (40, 64)])
def test_a_planted_direction_is_one_spike_however_strong(rows: int, dims: int, share: float) -> None:
    found = fits(rows, dims, (share,), 60)
    assert np.mean([one.spikes == 1 for one in found]) >= 0.92
    assert min(one.spikes for one in found) == 1
    # A direction of noise is hidden behind it.
    assert np.median([one.variance for one in found]) == pytest.approx(dims, rel=0.1)
    assert np.median([one.effective_dim for one in found]) == pytest.approx(dims - 1, rel=0.15)


def test_several_directions_are_several_spikes() -> None:
    found = fits(40, 300, (0.3, 0.2, 0.1), 60)
    assert np.mean([one.spikes == 3 for one in found]) >= 0.85


def test_a_direction_too_weak_to_stand_out_is_no_spike() -> None:
    """Below N share / (1 - share) = sqrt(gamma) the largest eigenvalue does not even leave the bulk."""
    rows, dims = 40, 300
    weak = np.sqrt(rows / dims) / rows / 2
    assert np.mean([one.spikes == 0 for one in fits(rows, dims, (weak,), 60)]) >= 0.9


def test_what_the_law_is_wrong_for_is_far_from_it() -> None:
    """Eigenvalues of two kinds, a hundred times apart, and as many of each."""
    wrong = fit_bulk(np.concatenate([np.linspace(99, 101, 20), np.linspace(0.99, 1.01, 20)]), 40)
    assert wrong.distance > 4 * wrong.usual_distance


# Few, equal, none


def test_the_fit_does_not_mind_order_or_units() -> None:
    eigenvalues = noise(15, 40, 1, (0.5,))
    found, turned = fit_bulk(eigenvalues, 15), fit_bulk(eigenvalues[::-1] * 1e-18, 15)
    assert (turned.spikes, turned.count, turned.zeros) == (found.spikes, found.count, found.zeros) == (1, 14, 0)
    assert turned.gamma == pytest.approx(found.gamma, rel=1e-6)
    assert turned.upper == pytest.approx(found.upper * 1e-18, rel=1e-6)
    assert turned.distance == pytest.approx(found.distance, abs=1e-6)


@pytest.mark.parametrize(
    ("eigenvalues", "rank"),
    [
        ([], 0),
        ([3.0], 1),
        ([3.0, 2.0, 1.0], 3),
        ([9.0, 3.0, 2.0, 1.0], 4),
        ([9.0, 3.0, 2.0, 1.0, 0.0, 0.0, 0.0], 4),
        ([9.0, 3.0, 2.0, 1.5, 1.0, 0.5], 4),
        ([9.0, 3.0, 2.0, 1.5, 1.0, 0.5], 0),
        ([0.0] * 12, 12),
        ([5.0, *[1e-17] * 11], 12),
    ],
)
def test_too_few_eigenvalues_are_not_fitted(eigenvalues: list[float], rank: int) -> None:
    found = fit_bulk(np.array(eigenvalues), rank)
    assert not found.fitted
    assert found.spikes == 0
    assert np.isnan([found.gamma, found.effective_dim, found.upper, found.distance, found.usual_distance]).all()


def test_equal_eigenvalues_have_no_width_and_one_above_them_is_a_spike() -> None:
    equal = fit_bulk(np.full(12, 3.0), 12)
    assert (equal.spikes, equal.count) == (0, 12)
    assert_allclose([equal.variance, equal.lower, equal.upper], 3, rtol=1e-3)
    above = fit_bulk(np.append(np.full(12, 3.0), 4.0), 13)
    assert (above.spikes, above.count) == (1, 12)


def test_beyond_the_rank_all_are_zeros() -> None:
    eigenvalues = noise(40, 16, 5)
    rounding = eigenvalues + np.where(eigenvalues > 0, 0, 1e-9)
    exact, told, seen = fit_bulk(eigenvalues, 16), fit_bulk(rounding, 16), fit_bulk(rounding * 1e-8, 40)
    assert exact.zeros == told.zeros == 24
    assert told == exact
    assert seen.zeros == 0, "a part in ten million of the largest is more than rounding"
    assert rank_of(eigenvalues) == 16
    assert rank_of(np.zeros(3)) == rank_of(np.array([])) == 0


def test_what_are_no_eigenvalues_of_a_gram_matrix_is_refused() -> None:
    for wrong in (np.array([1.0, -1.0]), np.array([1.0, np.nan]), np.array([np.inf]), np.ones((2, 2))):
        with pytest.raises(InputError, match="none of them negative"):
            fit_bulk(wrong, 2)
