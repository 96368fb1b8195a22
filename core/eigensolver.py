"""The most positive eigenpairs of a large symmetric matrix, from products with many vectors at a time.

Block Lanczos with a full basis (Golub and Underwood, 1977): a product with sixteen vectors reads the matrix once, as a
product with one does, and memory is what limits both. The basis is in float32 as the matrix is, and kept orthonormal
to rounding; the small matrix that it makes of the large one is decomposed in float64. A Krylov space finds large
negative eigenvalues as readily as positive ones, so pairs are chosen by value among those of the small matrix.

Where the basis would grow too long, its best vectors start a new one ("thick restart", Wu and Simon, 2000). The same
is done once at the end, with random vectors added: a space that grew from sixteen vectors may hold sixteen copies only
of an eigenvalue that the matrix has more often, and would not show it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg
import scipy.sparse.linalg
from numpy.typing import NDArray

from core.errors import InputError
from core.frozen import frozen

SMALL = 600  # so many rows are decomposed whole in less time
BLOCK = 16  # half as many read the matrix twice as often; twice as many make a longer basis
RESTARTS = 100
_LOOK = 4 * BLOCK  # at least so many rows from one look at what has converged to the next
_SEALING = 6  # products after random vectors were added
_WIDEST = 4 * BLOCK
_EPS = float(np.finfo(np.float32).eps)

Rows = NDArray[np.float32]
Exact = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Eigenpairs:
    """The K most positive eigenvalues of M in descending order.

    values : float64 array of shape (K,). vectors : float64 array of shape (V, K), orthonormal columns of either sign.
    residuals : float64 array of shape (K,), ||M v - lambda v|| / |lambda|, measured with one more product; infinite
        where lambda is 0 and the pair is not exact.
    products : so many vectors M was multiplied with.
    """

    values: NDArray[np.float64]
    vectors: NDArray[np.float64]
    residuals: NDArray[np.float64]
    products: int


def top_eigenpairs(matrix: Any, rank: int, *, tolerance: float = 1e-4, seed: int = 0) -> Eigenpairs:
    """The ``rank`` most positive eigenvalues of a symmetric float32 matrix, or operator, and their vectors.

    ``matrix`` : array of shape (V, V), or what has such a ``shape`` and the product ``matrix @ block``, float32.
    ``tolerance`` : the largest ||M v - lambda v|| / |lambda| of any pair; where it asks for more than float32 can
    tell, pairs are as good as rounding lets them be: an eigenvalue near 0 has no relative residual to speak of.
    Where the matrix has fewer positive eigenvalues, the least negative ones follow. The same seed gives the same.
    Memory: the matrix, and two to three times as many float32 vectors as the basis has, at most 4 K + 1,200 or 16 K.

    Raises
    ------
    InputError
        ``rank`` is not from 1 to V, or ``tolerance`` is not above 0.
    ArithmeticError
        Neither this nor another method converged.
    """
    size = matrix.shape[0]
    if not 1 <= rank <= size:
        raise InputError(f"rank is {rank}, and must be from 1 to the {size} rows there are")
    if not tolerance > 0:
        raise InputError(f"tolerance is {tolerance:g}, and must be above 0")
    if size <= SMALL or rank > size // 4:
        return _whole(matrix, rank)
    return _Search(matrix, rank, tolerance, np.random.default_rng(seed)).run()


class _Search:
    """A basis that grows. Its rows ``:filled`` are orthonormal, and rows ``:done`` have been multiplied by M.

    small : entries q_i M q_j of the rows done, upper triangle.
    coupling : what of M q_j is outside of the rows done, for the last rows j that were multiplied, as combinations of
        rows ``done:filled``. Of all other rows done nothing is outside.
    """

    def __init__(self, matrix: Any, rank: int, tolerance: float, random: np.random.Generator) -> None:
        self.matrix, self.rank, self.tolerance, self.random = matrix, rank, tolerance, random
        self.size = matrix.shape[0]
        self.longest = min(16 * (rank + BLOCK), 4 * rank + 1_200, self.size)
        room = min(self.longest + 2 * _WIDEST, self.size)
        self.rows, self.small = np.empty((room, self.size), np.float32), np.zeros((room, room))
        self.coupling = np.zeros((0, 0))
        self.done, self.filled, self.products = 0, 0, 0
        self.scale = 0.0  # a lower bound of ||M||: what rounding is measured against

    def run(self) -> Eigenpairs:
        """Grow until all pairs wanted have converged, and have stayed what they were after random rows were added."""
        before, target = np.full(self.rank, -np.inf), 2 * self.rank + _LOOK
        self._add(np.zeros((BLOCK, self.size), np.float32))
        for _ in range(RESTARTS):
            values, vectors, converged = self._grown(min(target, self.longest))
            wanted = values[: self.rank]
            if converged and (self.done == self.size or self._same(before, wanted)):
                found = self._measured(vectors[:, : self.rank].T.astype(np.float32) @ self.rows[: self.done])
                if self._good(found):
                    return found
            self._restart(values, vectors)
            if self.filled == self.done or (converged and self.filled - self.done < _WIDEST):
                self._add(np.zeros((BLOCK, self.size), np.float32))
            before = wanted if converged else before
            target = self.done + _SEALING * (self.filled - self.done)
        return self._arnoldi()

    def _grown(self, target: int) -> tuple[Exact, Exact, bool]:
        """Ritz values and vectors of the basis in which all pairs wanted have converged, or of the longest.

        Pairs converge one after the other, at a steady pace: from it, when to look again.
        """
        before, known = 0, 0
        while True:
            while self.done < target:
                self._step()
            values, vectors, missed = self._looked()
            good = int((missed <= self._allowed(values[: self.rank] / 2, 2)).sum())
            if good == self.rank or self.done >= self.longest:
                return values, vectors, good == self.rank
            ahead = (self.rank - good) * (self.done - before) / max(good - known, 0.1)
            before, known = self.done, good
            target = min(self.longest, self.done + int(np.clip(1.05 * ahead, _LOOK, max(_LOOK, self.done / 2))))

    def _same(self, before: Exact, after: Exact) -> bool:
        """Whether no eigenvalue came in between."""
        return bool((after - before <= self._allowed(after / 2, 2)).all())

    def _good(self, found: Eigenpairs) -> bool:
        return bool((found.residuals * np.abs(found.values) <= self._allowed(found.values, 8)).all())

    def _allowed(self, values: Exact, roundings: int) -> Exact:
        return np.maximum(self.tolerance * np.abs(values), roundings * _EPS * self.scale)

    def _step(self) -> None:
        """Multiply the rows that have not been, and add what is new."""
        begin, end = self.done, self.filled
        image = self._multiplied(self.rows[begin:end])
        self.scale = max(self.scale, float(np.linalg.norm(image, axis=1).max()))
        inside = image @ self.rows[:end].T
        image -= inside @ self.rows[:end]
        self.done = end
        self.small[:end, begin:end] = (inside + self._add(image)).T

    def _add(self, image: Rows) -> Exact:
        """Add rows that span the same, orthonormal to the basis; random ones for those that are nothing but rounding.

        Returns the part of the image that was inside the basis all the same.
        """
        known, room = self.rows[: self.filled], min(len(image), self.size - self.filled)
        fresh, coupling = _orthonormal(image, 8 * _EPS * self.scale)
        random = self.random.standard_normal((room - min(room, len(fresh)), self.size), np.float32)
        fresh = np.concatenate([fresh[:room], random / np.float32(np.sqrt(self.size))])
        coupling = np.pad(coupling[:, :room], ((0, 0), (0, len(random))))
        inside = np.zeros((len(image), self.filled))
        for _ in range(5):
            overlap = fresh @ known.T
            inside += coupling @ overlap
            fresh, turn = _orthonormal(fresh - overlap @ known)
            coupling = coupling @ turn
            if np.abs(overlap).max(initial=0) < 0.1:  # else rounding was magnified with what remained
                break
        self.rows[self.filled : self.filled + len(fresh)] = fresh
        self.filled, self.coupling = self.filled + len(fresh), coupling
        return inside

    def _looked(self) -> tuple[Exact, Exact, Exact]:
        """Ritz values and vectors in descending order, some more than wanted; ||M v - theta v|| of those wanted."""
        kept = min(self.done, self.rank + self.rank // 2 + BLOCK)
        small, chosen = self.small[: self.done, : self.done], (self.done - kept, self.done - 1)
        values, vectors = scipy.linalg.eigh(small, lower=False, subset_by_index=chosen)
        values, vectors = values[::-1], vectors[:, ::-1]
        last = vectors[self.done - len(self.coupling) :, : self.rank]
        return values, vectors, np.linalg.norm(self.coupling.T @ last, axis=0)

    def _restart(self, values: Exact, vectors: Exact) -> None:
        """Go on from the best Ritz vectors and what has not been multiplied yet."""
        kept, ahead = len(values), self.rows[self.done : self.filled].copy()
        self.rows[:kept] = vectors.T.astype(np.float32) @ self.rows[: self.done]
        self.rows[kept : kept + len(ahead)] = ahead
        self.small[:kept, :kept] = np.diag(values)
        self.done, self.filled = kept, kept + len(ahead)

    def _multiplied(self, rows: Rows) -> Rows:
        """Rows times M; M is symmetric, and rows are the side from which an array is read fastest."""
        self.products += len(rows)
        image = rows @ self.matrix if isinstance(self.matrix, np.ndarray) else (self.matrix @ rows.T).T
        return np.asarray(image, np.float32)

    def _measured(self, rows: Rows) -> Eigenpairs:
        """The eigenpairs in the span of these rows, in float64 from one more product, and their residuals."""
        image, exact = self._multiplied(rows).astype(np.float64), rows.astype(np.float64)
        values, turn = scipy.linalg.eigh(image @ exact.T, exact @ exact.T)
        return _pairs(values, exact.T @ turn, image.T @ turn, self.products)

    def _arnoldi(self) -> Eigenpairs:
        """Another method's answer, or its error."""
        operator = scipy.sparse.linalg.LinearOperator(
            (self.size, self.size), matvec=lambda x: self._multiplied(x[None])[0], dtype=np.float32
        )
        _, vectors = scipy.sparse.linalg.eigsh(operator, k=self.rank, which="LA", tol=self.tolerance)
        found = self._measured(vectors.T.astype(np.float32))
        if not self._good(found):
            raise ArithmeticError(f"the {self.rank} largest eigenvalues did not converge")
        return found


def _whole(matrix: Any, rank: int) -> Eigenpairs:
    """From the whole spectrum, in float64."""
    size, products = matrix.shape[0], rank
    if not isinstance(matrix, np.ndarray):
        matrix, products = matrix @ np.eye(size, dtype=np.float32), size
    exact = matrix.astype(np.float64)
    values, vectors = scipy.linalg.eigh(exact, subset_by_index=(size - rank, size - 1))
    return _pairs(values, vectors, exact @ vectors, products)


def _pairs(values: Exact, vectors: Exact, image: Exact, products: int) -> Eigenpairs:
    """Ascending eigenvalues with M v beside v, as they are returned."""
    missed = np.linalg.norm(image - vectors * values, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        residuals = np.where(missed == 0, 0.0, missed / np.abs(values))
    columns = np.ascontiguousarray(vectors[:, ::-1])
    return Eigenpairs(frozen(values[::-1].copy()), frozen(columns), frozen(residuals[::-1].copy()), products)


def _orthonormal(rows: Rows, least: float = 0.0) -> tuple[Rows, Exact]:
    """X and a small T with orthonormal rows X and rows = T X: longest first, without those no longer than ``least``."""
    exact = rows.astype(np.float64)
    squares, axes = np.linalg.eigh(exact @ exact.T)
    alive = squares[::-1] > least**2
    lengths, axes = np.sqrt(squares[::-1][alive]), axes[:, ::-1][:, alive]
    return ((axes / lengths).T @ exact).astype(np.float32), axes * lengths
