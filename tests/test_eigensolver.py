"""The top of planted spectra, against LAPACK in float64 and against residuals computed here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import scipy.sparse.linalg

import core.eigensolver
from core.eigensolver import Eigenpairs, top_eigenpairs
from core.errors import InputError
from core.operators import operator
from core.sources import load_statistics
from core.targets import m_star

SIZE = 700
ROUNDING = 2e-6  # of the largest eigenvalue in size: float32, and products of 700 numbers


def linear(size: int) -> np.ndarray:
    """No gap anywhere: the slowest to converge."""
    return np.linspace(1, -1, size)


SPECTRA = {
    "no gap": (linear(SIZE), 40),
    "large negative ones": (np.r_[-1e4, -5e3, -200.0, np.linspace(100, 20, 30), linear(SIZE - 33)], 30),
    "as many negative as positive": (np.r_[np.geomspace(100, 2, 50), -np.geomspace(300, 2, 50), linear(600)], 60),
    "tiny gaps": (np.r_[10 + 1e-6 * np.arange(20), linear(SIZE - 20)], 12),
    "three copies": (np.r_[np.repeat([9.0, 8.0, 5.0], 3), linear(SIZE - 9)], 8),
    "forty copies": (np.r_[np.full(40, 9.0), np.full(40, 8.0), linear(SIZE - 80)], 60),
    "copies at the end": (np.r_[np.linspace(5, 1.5, 10), np.full(40, 1.2), linear(SIZE - 50)], 30),
    "five values": (np.repeat([5.0, 4.0, 3.0, 2.0, 1.0], SIZE // 5), 150),
    "eight values": (np.repeat(np.arange(7.0, 0, -1), SIZE // 7), 100),
    "projection": (np.r_[np.ones(90), np.zeros(SIZE - 90)], 60),
    "rank one": (np.r_[7.0, np.zeros(SIZE - 1)], 1),
    "fewer positive than wanted": (np.r_[5.0, 4.0, 3.0, np.linspace(-1, -30, SIZE - 3)], 12),
    "low rank": (np.r_[5.0, 4.0, 3.0, np.zeros(SIZE - 4), -50.0], 12),
    "all negative": (np.linspace(-1, -30, SIZE), 10),
    "the largest alone": (linear(SIZE), 1),
    "a quarter": (linear(SIZE), SIZE // 4),
    "most": (linear(SIZE), SIZE - 100),
    "all": (linear(SIZE), SIZE),
    "small": (linear(90), 20),
    "fewer rows than a block": (np.array([3.0, 1.0, -8.0]), 2),
    "one row": (np.array([-4.0]), 1),
}


def checked(matrix: np.ndarray, rank: int, found: Eigenpairs, tolerance: float = 1e-4) -> None:
    """That these are the top eigenpairs of a float32 matrix, to the tolerance or to rounding."""
    exact = matrix.astype(np.float64)
    expected = np.linalg.eigvalsh(exact)[::-1]
    scale = np.abs(expected).max()
    assert found.vectors.shape == (len(matrix), rank)
    assert (np.diff(found.values) <= 0).all()
    assert np.abs(found.vectors.T @ found.vectors - np.eye(rank)).max() < 1e-12
    missed = np.linalg.norm(exact @ found.vectors - found.vectors * found.values, axis=0)
    assert (missed <= np.maximum(tolerance * np.abs(found.values), ROUNDING * scale)).all()
    assert np.abs(found.residuals * np.abs(found.values) - missed).max() <= ROUNDING * scale
    assert np.abs(found.values - expected[:rank]).max() <= max(tolerance**2, ROUNDING) * scale


@pytest.mark.parametrize("name", SPECTRA)
def test_the_top_of_a_planted_spectrum(plant, name: str) -> None:
    values, rank = SPECTRA[name]
    matrix = plant(values)[0].astype(np.float32)
    checked(matrix, rank, top_eigenpairs(matrix, rank))


@pytest.mark.parametrize("tolerance", [1e-2, 1e-3, 1e-5, 1e-6, 1e-12])
def test_pairs_are_as_good_as_asked_for_or_as_rounding_lets_them_be(plant, tolerance: float) -> None:
    matrix = plant(np.r_[np.linspace(9, 2, 20), linear(SIZE - 20)])[0].astype(np.float32)
    found = top_eigenpairs(matrix, 50, tolerance=tolerance)
    checked(matrix, 50, found, tolerance)
    assert found.residuals.max() <= max(tolerance, 2e-5)


def test_less_is_done_where_less_is_asked_for(plant) -> None:
    matrix = plant(linear(1_200))[0].astype(np.float32)
    work = [top_eigenpairs(matrix, 20, tolerance=tolerance).products for tolerance in (1e-2, 1e-4, 1e-6)]
    assert work[0] < work[1] < work[2] < 2 * 1_200


def test_vectors_are_those_that_were_planted(plant) -> None:
    matrix, vectors = plant(np.r_[np.geomspace(90, 3, 30), linear(SIZE - 30)])
    found = top_eigenpairs(matrix.astype(np.float32), 30)
    assert np.abs((vectors[:, :30] * found.vectors).sum(axis=0)) == pytest.approx(np.ones(30), abs=1e-7)


@pytest.mark.parametrize("what", ["identity", "zero", "ones"])
def test_matrices_that_a_krylov_space_sees_nothing_of(what: str) -> None:
    matrix = {
        "identity": np.eye(SIZE, dtype=np.float32),
        "zero": np.zeros((SIZE, SIZE), np.float32),
        "ones": np.ones((SIZE, SIZE), np.float32),
    }[what]
    found = top_eigenpairs(matrix, 40)
    checked(matrix, 40, found)
    if what != "ones":
        assert (found.residuals < 1e-6).all()


def test_an_eigenvalue_of_zero_has_no_relative_residual() -> None:
    found = top_eigenpairs(np.diag(np.array([2.0, 0.0, -1.0], np.float32)), 2)
    assert found.values.tolist() == [2, 0]
    assert found.residuals.tolist() == [0, 0]


def test_more_copies_of_an_eigenvalue_than_a_block_has_vectors_are_found(plant) -> None:
    values = np.r_[np.full(60, 9.0), np.full(60, 8.0), np.full(60, 7.0), np.full(520, 1.0)]
    matrix = plant(values)[0].astype(np.float32)
    checked(matrix, 50, top_eigenpairs(matrix, 50))


# Restarts, and the way out


def test_a_basis_that_may_not_grow_starts_again(plant, monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = plant(linear(1_500))[0].astype(np.float32)
    restarts = 0
    restart = core.eigensolver._Search._restart

    def counted(search, *arguments) -> None:
        nonlocal restarts
        restarts += 1
        restart(search, *arguments)

    monkeypatch.setattr(core.eigensolver._Search, "_restart", counted)
    found = top_eigenpairs(matrix, 3, tolerance=1e-5)
    checked(matrix, 3, found, 1e-5)
    assert restarts > 2
    assert found.products > 16 * (3 + 16)


def test_what_does_not_converge_is_left_to_another_method(plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core.eigensolver, "RESTARTS", 1)
    matrix = plant(linear(SIZE))[0].astype(np.float32)
    checked(matrix, 5, top_eigenpairs(matrix, 5))
    monkeypatch.setattr(
        scipy.sparse.linalg, "eigsh", lambda *_, **__: (np.ones(5), np.linalg.qr(np.ones((SIZE, 5)))[0])
    )
    with pytest.raises(ArithmeticError, match="did not converge"):
        top_eigenpairs(matrix, 5)


# Operators, seeds, bad input


@dataclass
class Products:
    """A matrix of which only products with blocks of rows can be had."""

    matrix: np.ndarray

    @property
    def shape(self) -> tuple[int, int]:
        return self.matrix.shape

    def __matmul__(self, block: np.ndarray) -> np.ndarray:
        assert block.dtype == np.float32
        return self.matrix @ block


@pytest.mark.parametrize("rank", [30, 300])
def test_products_are_enough(plant, rank: int) -> None:
    matrix = plant(np.r_[np.linspace(9, 2, 20), linear(SIZE - 20)])[0].astype(np.float32)
    found, same = top_eigenpairs(Products(matrix), rank), top_eigenpairs(matrix, rank)
    checked(matrix, rank, found)
    assert found.values == pytest.approx(same.values, abs=1e-5)


def test_the_target_of_a_text_as_table_and_as_operator() -> None:
    """M* has one large negative eigenvalue, and its top ends in a crowd."""
    statistics = load_statistics("wikipedia", 900)
    matrix = m_star(statistics)
    for one in (matrix, operator(statistics, "mstar")):
        found = top_eigenpairs(one, 60)
        checked(matrix, 60, found)
        assert found.residuals.max() <= 1e-4
        assert found.values[-1] > 0
    assert np.linalg.eigvalsh(matrix)[0] < -found.values[0] / 2


def test_the_same_seed_gives_the_same(plant) -> None:
    matrix = plant(linear(SIZE))[0].astype(np.float32)
    one, two, other = (top_eigenpairs(matrix, 9, seed=seed) for seed in (4, 4, 5))
    assert (one.vectors == two.vectors).all()
    assert (one.values == two.values).all()
    assert (one.vectors != other.vectors).any()
    assert one.values == pytest.approx(other.values, rel=1e-5)


def test_products_are_counted(plant) -> None:
    matrix = plant(linear(SIZE))[0].astype(np.float32)
    asked = 0

    class Counting(Products):
        def __matmul__(self, block: np.ndarray) -> np.ndarray:
            nonlocal asked
            asked += block.shape[1]
            return self.matrix @ block

    for rank in (5, 300):
        asked = 0
        assert top_eigenpairs(Counting(matrix), rank).products == asked > 0


def test_results_are_read_only(plant) -> None:
    for size in (90, SIZE):
        found = top_eigenpairs(plant(linear(size))[0].astype(np.float32), 3)
        for array in (found.values, found.vectors, found.residuals):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rank": 0}, "rank is 0.*1 to the 90"),
        ({"rank": 91}, "rank is 91"),
        ({"tolerance": 0}, "tolerance is 0"),
        ({"tolerance": float("nan")}, "tolerance is nan"),
    ],
)
def test_what_cannot_be_asked_for(plant, change: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        top_eigenpairs(plant(linear(90))[0].astype(np.float32), **{"rank": 3, **change})
