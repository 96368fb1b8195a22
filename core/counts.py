"""A corpus to exact co-occurrence counts.

A pair of positions at distance n <= L inside one document has weight L + 1 - n (word2vec's dynamic
window, folded into the statistics). Counts are symmetrised: every position is a centre with L words on
each side, so a pair of different words (i, j) adds its weight to (i, j) and to (j, i), and a pair of
equal words adds it twice to (i, i). All sums are integers.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.corpus import END, Corpus, Laid, Vocabulary
from core.errors import InputError
from core.frozen import frozen

TABLE_BYTES = 1 << 30
MAX_WINDOW = 1_000
_PIECES_A_WORKER = 8


@dataclass(frozen=True)
class CountSpec:
    """``window``: L, words on each side of a centre. ``workers``: threads; no effect on the result."""

    window: int = 16
    workers: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.window <= MAX_WINDOW:
            raise InputError(f"window is {self.window}, and must be from 1 to {MAX_WINDOW}")
        if self.workers < 1:
            raise InputError(f"workers is {self.workers}, and must be at least 1")


@dataclass(frozen=True)
class Source:
    """Where counts come from: sizes of the text, before and after the vocabulary was chosen."""

    documents: int
    tokens: int
    kept_tokens: int
    window: int


@dataclass(frozen=True, eq=False)
class Cooccurrence:
    """Exact symmetrised pair weights of a vocabulary.

    words : V words, most frequent first.
    unigram : int64 array of shape (V,), occurrences of each word.
    lower : int64 sparse array of shape (V, V), the lower triangle j <= i of the symmetrised counts.
    source : sizes of the text. After ``head`` they still describe the whole text.
    """

    words: tuple[str, ...]
    unigram: NDArray[np.int64]
    lower: csr_array
    source: Source

    @property
    def vocab_size(self) -> int:
        return len(self.words)

    @cached_property
    def index(self) -> dict[str, int]:
        """Word to its number."""
        return {word: number for number, word in enumerate(self.words)}

    @cached_property
    def row_weights(self) -> NDArray[np.int64]:
        """Int64 array of shape (V,): the sums of the rows of the symmetrised counts."""
        lower = self.lower
        return frozen(lower.sum(axis=1) + lower.sum(axis=0) - lower.diagonal())

    @property
    def total_weight(self) -> int:
        """The sum of all V x V symmetrised counts."""
        return int(self.row_weights.sum())

    @property
    def unseen_share(self) -> float:
        """Share of the V x V ordered pairs that were never seen together."""
        lower = self.lower
        off_diagonal = lower.nnz - np.count_nonzero(lower.diagonal())
        return 1 - (lower.nnz + off_diagonal) / self.vocab_size**2

    def count(self, i: int, j: int) -> int:
        """The symmetrised weight of a pair of words."""
        return int(self.lower[max(i, j), min(i, j)])

    def head(self, vocab_size: int) -> Cooccurrence:
        """The counts among the ``vocab_size`` most frequent words.

        Pairs are those of the larger vocabulary: rarer words stood between them when windows were laid.
        Raises InputError where there are not so many words.
        """
        check_size(vocab_size, self.vocab_size)
        if vocab_size == self.vocab_size:
            return self
        kept = csr_array(self.lower[:vocab_size, :vocab_size])
        return Cooccurrence(self.words[:vocab_size], self.unigram[:vocab_size], kept, self.source)


@dataclass(frozen=True)
class Band:
    """Rows ``first <= i < last`` of the lower triangle: as many as are counted in one pass over the text."""

    first: int
    last: int

    @property
    def cells(self) -> int:
        return (self.last * (self.last + 1) - self.first * (self.first + 1)) // 2


@dataclass(frozen=True, eq=False)
class Rows:
    """The entries of a band: how many each row has, their columns in order, their weights."""

    lengths: NDArray[np.int64]
    columns: NDArray[np.int32]
    weights: NDArray[np.int64]


def count(corpus: Corpus, spec: CountSpec | None = None) -> Cooccurrence:
    """Count the pairs of a corpus: exact, and the same for any number of workers.

    Memory: the corpus and a table of at most ``TABLE_BYTES``; a larger vocabulary takes more passes.

    Raises
    ------
    InputError
        No two words stand together in a document.
    """
    spec = spec or CountSpec()
    words = corpus.vocabulary
    laid = Laid(np.insert(corpus.ids, corpus.bounds[1:], np.int32(END)), 0)
    return assembled(words, spec, [tally([laid], len(words.words), spec, band) for band in bands(len(words.words))])


def bands(vocab_size: int) -> list[Band]:
    """Cut the triangle so that no band's table has more than ``TABLE_BYTES`` (or more than a row)."""
    found, first = [], 0
    while first < vocab_size:
        last = int((-1 + np.sqrt(1 + 4 * (first * (first + 1) + 2 * (TABLE_BYTES // 8)))) / 2)
        last = min(vocab_size, max(first + 1, last))
        found.append(Band(first, last))
        first = last
    return found


def tally(pieces: Iterable[Laid], vocab_size: int, spec: CountSpec, band: Band) -> Rows:
    """Count the pairs of a band in pieces of text. Threads share one table: each has rows of its own."""
    from core._kernels import count_rows, gather, places_of

    table = np.zeros(band.cells, np.int64)
    with ThreadPoolExecutor(spec.workers) as pool:
        for laid in pieces:
            starts, places = places_of(laid.ids, vocab_size)

            def work(rows: tuple[int, int], laid=laid, starts=starts, places=places) -> None:
                count_rows(laid.ids, laid.known, starts, places, spec.window, *rows, band.first, table)

            list(pool.map(work, _shares(starts, band, spec.workers)))
    return Rows(*gather(table, band.first, band.last))


def total(parts: Iterable[Rows], band: Band) -> Rows:
    """The sum of the counts of several texts."""
    from core._kernels import gather, scatter

    table = np.zeros(band.cells, np.int64)
    for part in parts:
        scatter(table, band.first, part.lengths, part.columns, part.weights)
    return Rows(*gather(table, band.first, band.last))


def assembled(words: Vocabulary, spec: CountSpec, rows: list[Rows]) -> Cooccurrence:
    """The counts of a vocabulary from all its bands, which are taken out of the list.

    Raises
    ------
    InputError
        No two words stand together in a document.
    """
    lengths = np.concatenate([one.lengths for one in rows])
    columns = np.concatenate([one.columns for one in rows])
    weights = np.concatenate([one.weights for one in rows])
    rows.clear()
    if not len(weights):
        raise InputError("no two words stand together in any document: there are no pairs to count")
    source = Source(words.documents, words.tokens, words.kept_tokens, spec.window)
    return Cooccurrence(words.words, words.unigram, lower_triangle(lengths, columns, weights), source)


def lower_triangle(lengths: NDArray[np.int64], columns: NDArray[np.int32], weights: NDArray[np.int64]) -> csr_array:
    """Entries row after row as a compressed sparse row array, without a copy or a sort."""
    starts = np.concatenate([[0], np.cumsum(lengths)])
    starts = starts.astype(np.int32 if starts[-1] < 2**31 else np.int64)
    return csr_array((frozen(weights), frozen(columns), frozen(starts)), shape=(len(lengths), len(lengths)))


def check_size(wanted: int, known: int) -> None:
    """Raises InputError where there are not so many words."""
    if not 2 <= wanted <= known:
        raise InputError(f"vocabulary size is {wanted}, and must be from 2 to the {known} words known")


def _shares(starts: NDArray[np.int64], band: Band, workers: int) -> list[tuple[int, int]]:
    """Runs of rows with about as many occurrences each, several for each worker."""
    inside = starts[band.first : band.last + 1]
    cuts = np.searchsorted(inside, np.linspace(inside[0], inside[-1], _PIECES_A_WORKER * workers + 1))
    cuts[0], cuts[-1] = 0, band.last - band.first
    return [(band.first + int(a), band.first + int(b)) for a, b in pairwise(cuts) if a < b]
