"""The file of co-occurrence counts, written and read in groups of pairs: memory is that of the counts and a group.

Columns ``i >= j`` and ``weight`` in order of i, then j, so that the file of the V' most frequent words is a prefix of
the file; words, unigram counts and sizes are JSON in the schema's metadata.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.counts import Cooccurrence, lower_triangle
from core.errors import InputError
from core.files import written
from core.parquetfile import KEY, header_of, opened, read_header, sound_words, without_pairs

FORMAT = "staircase-counts-1"
GROUP_PAIRS = 1 << 20
LEVEL = 3  # level 19 takes twenty times as long and saves 2 to 4 %
MAX_LEVEL = 22

_SCHEMA = pa.schema([("i", pa.int32()), ("j", pa.int32()), ("weight", pa.int64())])


def save_counts(counts: Cooccurrence, path: Path, *, level: int = LEVEL) -> None:
    """Write counts to one Parquet file, whole or not at all.

    Its bytes depend on the counts, on ``level`` (of zstd, 1 to 22: larger is smaller and slower) and on the version
    of pyarrow, and on nothing else.

    Raises
    ------
    InputError
        The place cannot be written to, or there is no such level.
    """
    if not 1 <= level <= MAX_LEVEL:
        raise InputError(f"level is {level}, and must be from 1 to {MAX_LEVEL}")
    schema = _SCHEMA.with_metadata({KEY: json.dumps(header_of(counts, FORMAT))})
    options = {
        "compression": "zstd",
        "compression_level": level,
        "use_dictionary": ["i"],
        "column_encoding": {"j": "DELTA_BINARY_PACKED", "weight": "BYTE_STREAM_SPLIT"},
        "write_page_checksum": True,
    }
    with written(path) as partial, pq.ParquetWriter(partial, schema, **options) as writer:
        for columns in _groups(counts.lower):
            writer.write_table(pa.table(columns, schema=schema))


def load_counts(path: Path, vocab_size: int | None = None) -> Cooccurrence:
    """Read counts; with ``vocab_size`` only the part of the file that the V' most frequent words need.

    Raises
    ------
    InputError
        The file is missing, cut short, changed, or was not made by ``save_counts``; or it has fewer words.
    """
    with opened(path, "counts", no_parquet="is it a text? Then count it first") as file:
        header = read_header(file.schema_arrow.metadata, FORMAT)
        if header is None:
            raise InputError(f"{path}: not a file of counts made by 'python -m core count'")
        if not (sound_words(header) and len(header["words"]) >= 2):
            raise _contradiction(path)
        known = without_pairs(header)
        wanted = known if vocab_size is None else known.head(vocab_size)
        return replace(wanted, lower=_read_pairs(file, path, known.vocab_size, wanted.vocab_size))


def _groups(lower: csr_array) -> Iterator[dict[str, NDArray[np.integer]]]:
    """The columns of the file, a row group at a time."""
    for begin in range(0, lower.nnz, GROUP_PAIRS):
        end = min(begin + GROUP_PAIRS, lower.nnz)
        first = int(np.searchsorted(lower.indptr, begin, side="right")) - 1
        last = int(np.searchsorted(lower.indptr, end))
        starts = np.clip(lower.indptr[first : last + 1], begin, end)
        yield {
            "i": np.repeat(np.arange(first, last, dtype=np.int32), starts[1:] - starts[:-1]),
            "j": lower.indices[begin:end].astype(np.int32, copy=False),
            "weight": lower.data[begin:end].astype(np.int64, copy=False),
        }


def _read_pairs(file: pq.ParquetFile, path: Path, known: int, wanted: int) -> csr_array:
    """The lower triangle of the first ``wanted`` of the ``known`` words; reading ends where they end."""
    if not all(pa.types.is_integer(file.schema_arrow.field(name).type) for name in _SCHEMA.names):
        raise _contradiction(path)
    room = min(file.metadata.num_rows, wanted * (wanted + 1) // 2)
    indices, weights = np.empty(room, np.int32), np.empty(room, np.int64)
    lengths, filled, before = np.zeros(wanted, np.int64), 0, -1
    for batch in file.iter_batches(GROUP_PAIRS, columns=_SCHEMA.names):
        if not batch.num_rows:
            continue
        i, j, weight = (_integers(batch[name], path) for name in _SCHEMA.names)
        keys = np.concatenate([[before], i * known + j])
        ordered = (i < known).all() and (j >= 0).all() and (j <= i).all() and (np.diff(keys) > 0).all()
        if not (ordered and (weight > 0).all()):
            raise _contradiction(path)
        kept = int(np.searchsorted(i, wanted))
        indices[filled : filled + kept] = j[:kept]
        weights[filled : filled + kept] = weight[:kept]
        lengths += np.bincount(i[:kept], minlength=wanted)
        filled, before = filled + kept, keys[-1]
        if kept < len(i):
            break
    # In place, without a copy: nobody else has seen these arrays.
    indices.resize(filled, refcheck=False)
    weights.resize(filled, refcheck=False)
    return lower_triangle(lengths, indices, weights)


def _integers(column: pa.Array, path: Path) -> NDArray[np.int64]:
    """A column of a group, whole: gaps would make it floating."""
    if column.null_count:
        raise _contradiction(path)
    return column.to_numpy().astype(np.int64, copy=False)


def _contradiction(path: Path) -> InputError:
    return InputError(f"{path}: the counts contradict themselves; make the file again")
