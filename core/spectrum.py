"""The top of a symmetric matrix's spectrum, and eigenvectors read as concepts.

An eigenvector has no sign of its own. One is fixed here, once: the pole with the heavier tail (the
larger sum of cubes) is the positive one. Poles are otherwise equals; *positive* means nothing more.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np
import scipy.linalg
import scipy.sparse.linalg
from numpy.typing import NDArray

from core.eigensolver import top_eigenpairs
from core.errors import InputError
from core.frozen import frozen

CONCEPT_WORDS = 4_000
_DENSE_BELOW = 600
_ARNOLDI_SEED = 0
_MANY = 200_000  # numbers in the vectors wanted, from which products with a block of them are faster than single ones
_TOLERANCE = 1e-6  # of ||M v - lambda v|| / lambda: as good as single precision allows


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Eigenpairs in descending order of eigenvalue.

    values : float64 array of shape (K,), lambda_k.
    vectors : float64 array of shape (V, K), v_k in its columns, unit length, signs fixed.
    total : ||M||_F^2 of the whole matrix, the loss at W = 0 in units of g / 4.
    signs : float64 array of shape (K,), +1, or -1 where ``values`` holds the size of a negative eigenvalue: only in
        a spectrum by magnitude, which is what two matrices W C^T can fit.
    """

    values: NDArray[np.float64]
    vectors: NDArray[np.float64]
    total: float
    signs: NDArray[np.float64]

    @property
    def rank(self) -> int:
        return len(self.values)

    @property
    def targets(self) -> NDArray[np.float64]:
        """sqrt(lambda_k), where s_k ends; 0 for a direction with a negative eigenvalue, which is not learned."""
        return np.sqrt(np.maximum(self.values, 0))

    def head(self, rank: int) -> Spectrum:
        """The first ``rank`` eigenpairs."""
        return Spectrum(self.values[:rank], self.vectors[:, :rank], self.total, self.signs[:rank])

    def learnable(self) -> Spectrum:
        """The eigenpairs with positive eigenvalues: no others are learned. Raises InputError where there are none."""
        rank = int((self.values > 0).sum())
        if not rank:
            raise InputError("the matrix of this text has no positive eigenvalue: there is nothing to learn")
        return self.head(rank)


class Symmetric(Protocol):
    """A symmetric matrix known by its products alone. ``total`` is ||M||_F^2; ``dtype`` that of its products."""

    @property
    def shape(self) -> tuple[int, int]: ...
    @property
    def dtype(self) -> np.dtype: ...
    @property
    def total(self) -> float: ...
    def __matmul__(self, block: NDArray) -> NDArray: ...


@dataclass(frozen=True)
class Concept:
    """Eigenvector k as words: the two ends of one direction, furthest first. k counts from 1."""

    k: int
    positive: tuple[str, ...]
    negative: tuple[str, ...]


def decompose(matrix: NDArray[np.float32] | Symmetric, rank: int, *, by_magnitude: bool = False) -> Spectrum:
    """The ``rank`` largest (most positive) eigenvalues of a symmetric matrix, or operator, and their vectors.

    ``by_magnitude``: the largest in size instead, negative ones counted by their size: these are singular values.
    Near-equal eigenvalues leave their vectors defined only up to a mixture of each other.

    Raises
    ------
    InputError
        ``rank`` is not from 1 to V.
    """
    size = matrix.shape[0]
    if not 1 <= rank <= size:
        raise InputError(f"rank is {rank}, and must be from 1 to the {size} words there are")
    if size <= _DENSE_BELOW or rank > size // 4:
        chosen = None if by_magnitude else (size - rank, size - 1)
        values, vectors = scipy.linalg.eigh(np.asarray(_table(matrix), np.float64), subset_by_index=chosen)
    elif by_magnitude or size * rank < _MANY:
        values, vectors = _arnoldi(matrix, rank, "LM" if by_magnitude else "LA")
    else:
        found = top_eigenpairs(matrix, rank, tolerance=_TOLERANCE)
        values, vectors = found.values, found.vectors
    strengths = np.abs(values) if by_magnitude else values
    order = np.argsort(-strengths, kind="stable")[:rank]
    signs = np.where(values[order] < 0, -1.0, 1.0) if by_magnitude else np.ones(rank)
    return Spectrum(frozen(strengths[order]), frozen(fix_signs(vectors[:, order])), squared_norm(matrix), frozen(signs))


def extremes(matrix: NDArray[np.float32]) -> tuple[float, float, float]:
    """The most positive and the most negative eigenvalue of (M + M^T) / 2, and the largest singular value of M."""
    size = len(matrix)
    if size <= _DENSE_BELOW:
        exact = np.asarray(matrix, np.float64)
        values = np.linalg.eigvalsh((exact + exact.T) / 2)
        return float(values[-1]), float(values[0]), float(np.linalg.norm(exact, 2))
    operator = partial(scipy.sparse.linalg.LinearOperator, (size, size), dtype=matrix.dtype)
    symmetric = operator(matvec=lambda x: (matrix @ x + matrix.T @ x) / 2)
    square = operator(matvec=lambda x: matrix.T @ (matrix @ x))
    top, bottom = (float(_arnoldi(symmetric, 1, which)[0][0]) for which in ("LA", "SA"))
    return top, bottom, float(np.sqrt(_arnoldi(square, 1, "LA")[0][0]))


def _table(matrix: NDArray | Symmetric) -> NDArray:
    return matrix if isinstance(matrix, np.ndarray) else matrix @ np.eye(matrix.shape[0], dtype=matrix.dtype)


def squared_norm(matrix: NDArray | Symmetric) -> float:
    """||M||_F^2, summed in float64."""
    if isinstance(matrix, np.ndarray):
        return float(np.einsum("ij,ij->", matrix, matrix, dtype=np.float64))
    return matrix.total


def _arnoldi(matrix: Any, rank: int, which: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Eigenpairs of a large symmetric matrix or operator, always from the same start."""
    start = np.random.default_rng(_ARNOLDI_SEED).standard_normal(matrix.shape[0]).astype(matrix.dtype)
    if not isinstance(matrix, np.ndarray | scipy.sparse.linalg.LinearOperator):
        matrix = scipy.sparse.linalg.LinearOperator(matrix.shape, matvec=matrix.__matmul__, dtype=matrix.dtype)
    values, vectors = scipy.sparse.linalg.eigsh(matrix, k=rank, which=which, v0=start)
    return values.astype(np.float64), vectors.astype(np.float64)


def fix_signs(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn each column so that its sum of cubes is positive (see the head of this module)."""
    return vectors * np.where((vectors**3).sum(axis=0) < 0, -1.0, 1.0)


def singular_basis(gram: NDArray[np.floating]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Singular values (d,) and right singular vectors (d, d) of a tall W, from W^T W of shape (d, d).

    Through the Cholesky factor of W^T W scaled to a unit diagonal: columns of very different length
    (1e-8 beside 50) keep their relative accuracy, which eigenvalues of W^T W itself would lose. For that W
    should be near its own singular basis already, or have columns of similar length. Columns of the
    rotation point along the axes they replace, so that signs do not jump between calls.

    Columns that are parallel to rounding (d above the number of learnable modes) get what accuracy there is;
    columns so short that the square of their length underflows count as zero.
    """
    squares = np.diag(gram)
    alive = squares >= np.finfo(gram.dtype).tiny
    scale = np.sqrt(np.where(alive, squares, 1.0))
    unit = np.where(np.outer(alive, alive), gram / np.outer(scale, scale), np.eye(len(gram)))
    scale = np.where(alive, scale, 0.0)
    try:
        factor = np.linalg.cholesky(unit).T * scale
    except np.linalg.LinAlgError:
        shares, axes = np.linalg.eigh(unit)
        factor = np.sqrt(np.maximum(shares, 0))[:, None] * axes.T * scale
    _, singular, rotation = np.linalg.svd(factor)
    return singular, rotation.T * np.where(np.diag(rotation) < 0, -1.0, 1.0)


def embedding(spectrum: Spectrum) -> NDArray[np.float64]:
    """V_d Lambda_d^(1/2), shape (V, K): the minimiser of Theorem 1, up to a rotation."""
    return spectrum.vectors * spectrum.targets


def concept(spectrum: Spectrum, words: tuple[str, ...], k: int, *, top: int = 8, normalised: bool = False) -> Concept:
    """The words at the two ends of eigenvector k (from 1), among the 4,000 most frequent.

    ``normalised`` ranks by the share of a word's own length that points along k, which brings out words
    that are about little else; raw ranking favours words with long vectors.

    Raises
    ------
    InputError
        k is not from 1 to the rank of the spectrum.
    """
    if not 1 <= k <= spectrum.rank:
        raise InputError(f"concept is {k}, and must be from 1 to {spectrum.rank}")
    places = spectrum.vectors[:CONCEPT_WORDS, k - 1]
    if normalised:
        rows = embedding(spectrum)[:CONCEPT_WORDS]
        places = rows[:, k - 1] / np.maximum(np.linalg.norm(rows, axis=1), 1e-300)
    order = np.argsort(-places, kind="stable")
    positive = tuple(words[i] for i in order[:top] if places[i] > 0)
    negative = tuple(words[i] for i in order[::-1][:top] if places[i] < 0)
    return Concept(k, positive, negative)
