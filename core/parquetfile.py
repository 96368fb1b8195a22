"""Parquet files that say what they hold: a header of JSON in the schema's metadata, with words and the text's sizes.

Files of counts and of spectra are such files. Pages of their columns have checksums.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.sparse import csr_array

from core.counts import Cooccurrence, Source
from core.errors import InputError
from core.frozen import frozen

Header = dict[str, Any]
KEY = "staircase"
_LONGEST = 200


def header_of(counts: Cooccurrence, kind: str) -> Header:
    """What every header begins with: the kind of file, the words, how often each comes, sizes of the text."""
    return {
        "format": kind,
        "words": counts.words,
        "unigram": counts.unigram.tolist(),
        "source": asdict(counts.source),
    }


def read_header(metadata: Mapping[bytes, bytes] | None, kind: str) -> Header | None:
    """The header in a schema's metadata; None where it is none, or of another kind."""
    header = json.loads((metadata or {}).get(KEY.encode(), b"{}"))
    return header if isinstance(header, dict) and header.get("format") == kind else None


def sound_words(header: Header) -> bool:
    """Whether words are different texts, each with a count that is positive."""
    words, unigram = header["words"], np.array(header["unigram"], np.int64)
    return bool(
        len(unigram) == len(words)
        and all(isinstance(word, str) for word in words)
        and len(set(words)) == len(words)
        and (unigram > 0).all()
    )


def without_pairs(header: Header) -> Cooccurrence:
    """The words of a header and how often they come, as counts in which no pair was ever seen."""
    words, unigram = tuple(header["words"]), frozen(np.array(header["unigram"], np.int64))
    return Cooccurrence(words, unigram, csr_array((len(words),) * 2, dtype=np.int64), Source(**header["source"]))


@contextmanager
def opened(path: Path, what: str, *, no_parquet: str = "") -> Iterator[pq.ParquetFile]:
    """A file of ``what`` to read columns from, checksums verified. ``no_parquet``: said where it is another format.

    Raises
    ------
    InputError
        The file is missing, cut short or damaged, also where that is noticed later, while it is read.
    """
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            yield file
    except InputError:
        raise
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file") from error
    except (OSError, pa.ArrowException, ValueError, KeyError, TypeError) as error:
        reason = str(error).splitlines()[0][:_LONGEST] if str(error) else type(error).__name__
        told = no_parquet if no_parquet and "magic bytes" in reason else reason
        raise InputError(f"{path}: not a readable file of {what} ({told})") from error
