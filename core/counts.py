"""A corpus to exact co-occurrence counts, and their file.

A pair of positions at distance n <= L inside one document has weight L + 1 - n (word2vec's dynamic
window, folded into the statistics). Counts are symmetrised: every position is a centre with L words on
each side, so a pair of different words (i, j) adds its weight to (i, j) and to (j, i), and a pair of
equal words adds it twice to (i, i). All sums are integers.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.corpus import Corpus
from core.errors import InputError
from core.files import written
from core.frozen import frozen

FORMAT = "staircase-counts-1"
TABLE_BYTES = 1 << 30
MAX_WINDOW = 1_000
SLICE_TOKENS = 1 << 20

Progress = Callable[[float], None]


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
        _check_size(vocab_size, self.vocab_size)
        if vocab_size == self.vocab_size:
            return self
        kept = csr_array(self.lower[:vocab_size, :vocab_size])
        return Cooccurrence(self.words[:vocab_size], self.unigram[:vocab_size], kept, self.source)


def count(corpus: Corpus, spec: CountSpec | None = None, progress: Progress | None = None) -> Cooccurrence:
    """Count the pairs of a corpus: exact, and the same for any number of workers.

    Memory: the corpus, and tables of at most ``TABLE_BYTES`` in all; a larger vocabulary takes more passes.
    ``progress`` is called with the share of the work done, from 0 to 1.

    Raises
    ------
    InputError
        No two words stand together in a document.
    """
    spec = spec or CountSpec()
    bands = _bands(len(corpus.words), TABLE_BYTES // 8 // spec.workers)
    pieces = []
    for number, (first, last) in enumerate(bands):

        def report(share: float, done: int = number) -> None:
            if progress:
                progress((done + share) / len(bands))

        pieces.append(_count_rows(corpus, spec, first, last, report))
    rows = np.concatenate([piece[0] for piece in pieces])
    columns = np.concatenate([piece[1] for piece in pieces])
    weights = np.concatenate([piece[2] for piece in pieces])
    if not len(weights):
        raise InputError("no two words stand together in any document: there are no pairs to count")
    source = Source(corpus.documents, corpus.tokens, corpus.kept_tokens, spec.window)
    return Cooccurrence(corpus.words, corpus.unigram, _lower(rows, columns, weights, len(corpus.words)), source)


def save_counts(counts: Cooccurrence, path: Path) -> None:
    """Write counts to one Parquet file, whole or not at all.

    Columns ``i >= j`` and ``weight`` in order of i, so that the file of the V' most frequent words is a
    prefix of the file; words, unigram counts and sizes are JSON in the schema's metadata.
    """
    lower = counts.lower.tocoo()
    columns = {
        "i": lower.row.astype(np.int32),
        "j": lower.col.astype(np.int32),
        "weight": lower.data.astype(np.int64),
    }
    header = {
        "format": FORMAT,
        "words": counts.words,
        "unigram": counts.unigram.tolist(),
        "source": asdict(counts.source),
    }
    table = pa.table(columns).replace_schema_metadata({"staircase": json.dumps(header)})
    with written(path) as partial:
        pq.write_table(
            table,
            partial,
            compression="zstd",
            compression_level=19,
            use_dictionary=["i"],
            column_encoding={"j": "DELTA_BINARY_PACKED", "weight": "BYTE_STREAM_SPLIT"},
            row_group_size=1 << 20,
            write_page_checksum=True,
        )


def load_counts(path: Path, vocab_size: int | None = None) -> Cooccurrence:
    """Read counts; with ``vocab_size`` only the part of the file that the V' most frequent words need.

    Raises
    ------
    InputError
        The file is missing, cut short, changed, or was not made by ``save_counts``; or it has fewer words.
    """
    try:
        header = json.loads((pq.read_schema(path).metadata or {}).get(b"staircase", b"{}"))
        if not isinstance(header, dict) or header.get("format") != FORMAT:
            raise InputError(f"{path}: not a file of counts made by 'python -m core count'")
        known = len(header["words"])
        wanted = known if vocab_size is None else vocab_size
        _check_size(wanted, known)
        filters = None if wanted == known else [("i", "<", wanted)]
        columns = ["i", "j", "weight"]
        table = pq.read_table(path, columns=columns, filters=filters, page_checksum_verification=True)
        whole = _assemble(header, table, path)
    except InputError:
        raise
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file") from error
    except (OSError, pa.ArrowException, ValueError, KeyError, TypeError) as error:
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise InputError(f"{path}: not a readable file of counts ({reason})") from error
    return whole.head(wanted)


def _check_size(wanted: int, known: int) -> None:
    if not 2 <= wanted <= known:
        raise InputError(f"vocabulary size is {wanted}, and must be from 2 to the {known} words known")


def _assemble(header: dict, table: pa.Table, path: Path) -> Cooccurrence:
    words, unigram = tuple(header["words"]), frozen(np.array(header["unigram"], np.int64))
    size = len(words)
    rows, columns, weights = (table[name].to_numpy() for name in ("i", "j", "weight"))
    sound = (
        len(unigram) == size >= 2
        and len(set(words)) == size
        and all(isinstance(word, str) for word in words)
        and (unigram > 0).all()
        and np.issubdtype(weights.dtype, np.integer)
        and (weights > 0).all()
        and (columns >= 0).all()
        and (rows < size).all()
        and (columns <= rows).all()
        and (np.diff(rows.astype(np.int64) * size + columns) > 0).all()
    )
    if not sound:
        raise InputError(f"{path}: the counts contradict themselves; make the file again")
    lower = _lower(rows, columns, weights, size)
    return Cooccurrence(words, unigram, lower, Source(**header["source"]))


def _lower(rows: NDArray, columns: NDArray, weights: NDArray, size: int) -> csr_array:
    """Rows in order to a compressed sparse row array, without a copy or a sort."""
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=size))])
    parts = (frozen(weights.astype(np.int64)), frozen(columns.astype(np.int32)), frozen(starts.astype(np.int32)))
    return csr_array(parts, shape=(size, size))


def _bands(size: int, cells: int) -> list[tuple[int, int]]:
    """Cut the rows of the triangle so that no band has more than ``cells`` cells (or more than a row)."""
    bands, first = [], 0
    while first < size:
        last = int((-1 + np.sqrt(1 + 4 * (first * (first + 1) + 2 * cells))) / 2)
        last = min(size, max(first + 1, last))
        bands.append((first, last))
        first = last
    return bands


def _slices(corpus: Corpus, workers: int) -> list[tuple[int, int]]:
    """Runs of whole documents, about ``SLICE_TOKENS`` long, at least one a worker where documents allow."""
    number = max(workers, corpus.kept_tokens // SLICE_TOKENS)
    cuts = np.searchsorted(corpus.bounds, np.linspace(0, corpus.kept_tokens, number + 1))
    cuts[0], cuts[-1] = 0, corpus.documents
    return [(int(a), int(b)) for a, b in itertools.pairwise(cuts) if a < b]


def _count_rows(
    corpus: Corpus, spec: CountSpec, first: int, last: int, report: Progress
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """Rows ``first <= i < last``: (i, j, weight) of the pairs seen, i then j in order."""
    from core._kernels import count_band

    cells = last * (last + 1) // 2 - first * (first + 1) // 2
    slices = _slices(corpus, spec.workers)
    waiting, done = iter(slices), itertools.count(1)

    def work(_worker: int) -> NDArray[np.int64]:
        table = np.zeros(cells, np.int64)
        for begin, end in waiting:  # taking the next one is atomic
            count_band(corpus.ids, corpus.bounds[begin : end + 1], spec.window, first, last, table)
            report(next(done) / len(slices))
        return table

    with ThreadPoolExecutor(spec.workers) as pool:
        tables = list(pool.map(work, range(spec.workers)))
    table = tables[0]
    for other in tables[1:]:
        table += other
    seen = np.flatnonzero(table)
    weights = table[seen]
    numbers = np.arange(first, last + 1, dtype=np.int64)
    starts = numbers * (numbers + 1) // 2 - first * (first + 1) // 2
    offsets = np.searchsorted(starts, seen, side="right") - 1
    rows, columns = offsets + first, seen - starts[offsets]
    weights[rows == columns] *= 2
    return rows.astype(np.int32), columns.astype(np.int32), weights
