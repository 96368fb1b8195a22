"""Targets of vocabularies whose V x V table does not fit: the pairs seen, and one number at all others.

M* is -2 wherever a pair was never seen, so it is a sparse non-negative matrix minus 2 * 11^T, and its product with a
vector costs the seen pairs only. PMI and PPMI are sparse as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.counts import Cooccurrence
from core.frozen import frozen
from core.targets import TARGETS, formula, pair_ratios

DENSE_BYTES = 1 << 30
_BLOCK_PAIRS = 1 << 20


@dataclass(frozen=True, eq=False)
class Operator:
    """A symmetric V x V matrix M as L + L^T - diag(L) + unseen * 11^T. ``operator @ x`` is the product.

    lower : float32 sparse array of shape (V, V), L: the lower triangle of M_ij - unseen at the pairs seen.
    unseen : what stands at every other pair. total : ||M||_F^2.
    """

    lower: csr_array
    unseen: float
    total: float

    @property
    def shape(self) -> tuple[int, int]:
        return self.lower.shape

    @property
    def dtype(self) -> np.dtype[np.float32]:
        return self.lower.dtype

    @cached_property
    def _diagonal(self) -> NDArray[np.float32]:
        return frozen(self.lower.diagonal())

    def __matmul__(self, block: NDArray[np.floating]) -> NDArray[np.float32]:
        """M x of shape (V,) or (V, b) in float32, the same for any number of threads.

        The two triangles are multiplied beside each other: that halves the time on two cores.
        """
        block = np.asarray(block, np.float32)  # another type would convert a copy of the whole triangle
        with ThreadPoolExecutor(1) as pool:
            above = pool.submit(self.lower.T.__matmul__, block)
            product = self.lower @ block
        product += above.result()
        product -= (self._diagonal * block.T).T
        if self.unseen:
            product += self.unseen * block.sum(axis=0, dtype=np.float64)
        return product


@dataclass(frozen=True, eq=False)
class LowRank:
    """A symmetric V x V matrix known by some eigenpairs, sum_k lambda_k v_k v_k^T. ``matrix @ x`` is the product.

    vectors : float32 array of shape (V, K). values : float32 array of shape (K,). total : ||M||_F^2 of the whole
    matrix, of which this is a part: losses are relative to that. It misleads where modes that are left out matter.
    """

    vectors: NDArray[np.float32]
    values: NDArray[np.float32]
    total: float

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.vectors), len(self.vectors)

    @property
    def dtype(self) -> np.dtype[np.float32]:
        return self.vectors.dtype

    @property
    def size(self) -> int:
        """How many numbers a product touches: V^2 of a table, 2 V K here."""
        return 2 * self.vectors.size

    def __len__(self) -> int:
        return len(self.vectors)

    def __matmul__(self, block: NDArray[np.floating]) -> NDArray[np.float32]:
        """M x of shape (V,) or (V, b) in float32."""
        inner = self.vectors.T @ np.asarray(block, np.float32)
        return self.vectors @ (self.values * inner.T).T


def operator(counts: Cooccurrence, name: str) -> Operator:
    """The target of this name, one of ``TARGETS``, as an operator: entries are those of the dense array.

    It takes 4 bytes a seen pair, and has the places of the pairs in common with ``counts``: who needs no counts any
    more gains 8 bytes a pair by forgetting them. ``total`` is summed in float64.

    Raises
    ------
    InputError
        No two words stand together.
    """
    entry, places = formula(name), counts.lower
    values, squares = np.empty(places.nnz, np.float32), 0.0
    for first, last in _row_blocks(places.indptr):
        begin, end = places.indptr[[first, last]]
        values[begin:end] = entry.seen(pair_ratios(counts, first, last)) - entry.unseen
        seen = values[begin:end] + np.float64(entry.unseen)
        squares += 2 * float(seen @ seen)
    lower = csr_array((frozen(values), places.indices, places.indptr), shape=places.shape)
    diagonal = lower.diagonal()[places.diagonal() > 0] + np.float64(entry.unseen)
    never = counts.vocab_size**2 - 2 * places.nnz + len(diagonal)
    total = squares - float(diagonal @ diagonal) + entry.unseen**2 * never
    return Operator(lower, entry.unseen, total)


def target(counts: Cooccurrence, name: str) -> NDArray[np.float32] | Operator:
    """The target of this name: a dense array while that takes at most ``DENSE_BYTES``, else an operator."""
    dense = np.dtype(np.float32).itemsize * counts.vocab_size**2 <= DENSE_BYTES
    return TARGETS[name](counts) if dense else operator(counts, name)


def _row_blocks(starts: NDArray[np.integer]) -> Iterator[tuple[int, int]]:
    """Cut rows so that no block has more than ``_BLOCK_PAIRS`` pairs (or more than a row)."""
    first, size = 0, len(starts) - 1
    while first < size:
        last = int(np.searchsorted(starts, starts[first] + _BLOCK_PAIRS, side="right")) - 1
        last = min(size, max(first + 1, last))
        yield first, last
        first = last
