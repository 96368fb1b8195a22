"""The file of a known spectrum: the paper's scale at once, without counts, without M* and without waiting for either.

A column for each eigenvector, strongest first, so that fewer eigenpairs are a part of the file. Its entries are whole
numbers, the largest of a column ``STEPS``: an eigenvector has length 1, so that no unit need be kept. Words, unigram
counts, eigenvalues and sizes are JSON in the schema's metadata, beside their digest: pages of columns have checksums.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.counts import Cooccurrence, Source
from core.errors import InputError
from core.files import written
from core.frozen import frozen
from core.operators import LowRank
from core.parquetfile import KEY, Header, header_of, opened, read_header, sound_words, without_pairs
from core.sources import ASSETS
from core.spectrum import Spectrum, embedding
from core.targets import TARGETS

FORMAT = "staircase-spectrum-1"
STEPS = (1 << 17) - 1
LEVEL = 19
PAPER_VOCAB = 10_000
PAPER_SCALE = ASSETS / "wikipedia-10k-spectrum.parquet"
KNOWN = {"wikipedia-10k": PAPER_SCALE}

_ROUNDING = 1e-4  # of what an eigensolver in float32 may find too much


@dataclass(frozen=True, eq=False)
class KnownSpectrum:
    """The top of a target's spectrum, and what is told of the text.

    spectrum : K eigenpairs; vectors are those that were saved to 4e-6 of their largest entry.
    words : V words, most frequent first. unigram : int64 array of shape (V,), occurrences of each.
    source : sizes of the text. target : name of the matrix, one of ``TARGETS``.
    """

    spectrum: Spectrum
    words: tuple[str, ...]
    unigram: NDArray[np.int64]
    source: Source
    target: str

    @property
    def vocab_size(self) -> int:
        return len(self.words)

    @cached_property
    def index(self) -> dict[str, int]:
        """Word to its number."""
        return {word: number for number, word in enumerate(self.words)}

    def embeddings(self, dim: int) -> NDArray[np.float32]:
        """V_d Lambda_d^(1/2), float32 array of shape (V, d): the minimiser of Theorem 1, up to a rotation.

        Raises
        ------
        InputError
            d is not from 1 to the number of eigenpairs known.
        """
        _check_rank("dimension", dim, self.spectrum.rank)
        return frozen(embedding(self.spectrum.head(dim)).astype(np.float32))

    def without_pairs(self) -> Cooccurrence:
        """The words and how often they come, as counts in which no pair was ever seen."""
        return Cooccurrence(self.words, self.unigram, csr_array((self.vocab_size,) * 2, dtype=np.int64), self.source)

    def matrix(self) -> LowRank:
        """What the eigenpairs known here make up of the target: good for runs that learn far fewer than these."""
        vectors = frozen(self.spectrum.vectors.astype(np.float32))
        return LowRank(vectors, frozen(self.spectrum.values.astype(np.float32)), self.spectrum.total)


def save_spectrum(path: Path, spectrum: Spectrum, counts: Cooccurrence, *, target: str = "mstar") -> None:
    """Write the spectrum of a target of these counts to one Parquet file, whole or not at all.

    Its bytes depend on what it is given and on the version of pyarrow, and on nothing else.

    Raises
    ------
    InputError
        The place cannot be written to, or the spectrum is not one of so many words.
    """
    if len(spectrum.vectors) != counts.vocab_size:
        raise InputError(f"the spectrum is of {len(spectrum.vectors)} words, the counts are of {counts.vocab_size}")
    header = header_of(counts, FORMAT) | {
        "target": target,
        "total": spectrum.total,
        "values": spectrum.values.tolist(),
        "signs": spectrum.signs.tolist(),
    }
    told = json.dumps(header)
    steps = np.rint(spectrum.vectors * (STEPS / np.abs(spectrum.vectors).max(axis=0))).astype(np.int32)
    table = pa.table(dict(zip(_names(spectrum.rank), steps.T.copy(), strict=True)))
    with written(path) as partial:
        pq.write_table(
            table.replace_schema_metadata({KEY: told, "digest": _digest(told.encode())}),
            partial,
            compression="zstd",
            compression_level=LEVEL,
            use_dictionary=False,
            use_byte_stream_split=True,
            write_page_checksum=True,
        )


def load_spectrum(path: Path, rank: int | None = None) -> KnownSpectrum:
    """Read a spectrum; with ``rank`` only its first eigenpairs.

    Raises
    ------
    InputError
        The file is missing, cut short, changed, or was not made by ``save_spectrum``; or it has fewer eigenpairs.
    """
    with opened(path, "a spectrum") as file:
        metadata = file.schema_arrow.metadata or {}
        header = read_header(metadata, FORMAT)
        if header is None:
            raise InputError(f"{path}: not a file of a spectrum made by 'python -m core spectrum --out'")
        if metadata.get(b"digest") != _digest(metadata[KEY.encode()]):
            raise _contradiction(path)
        _check(header, path)
        rank = len(header["values"]) if rank is None else rank
        _check_rank("rank", rank, len(header["values"]))
        return _known(header, _vectors(file, header, path, rank))


def spectrum_at(name: str) -> Path | None:
    """Where the spectrum of this name or path is; None where that is no file of a spectrum. Reads its head only."""
    path = KNOWN.get(name, Path(name))
    try:
        found = read_header(pq.read_schema(path).metadata, FORMAT)
    except (OSError, pa.ArrowException, ValueError):
        found = None
    return None if found is None else path


def _check(header: Header, path: Path) -> None:
    """Raise InputError where a header contradicts itself."""
    values, signs = (np.array(header[name], np.float64) for name in ("values", "signs"))
    sound = (
        sound_words(header)
        and len(header["words"]) >= len(values) == len(signs) >= 1
        and (np.diff(values) <= 0).all()
        and (np.abs(signs) == 1).all()
        and float(values @ values) * (1 - _ROUNDING) <= header["total"] < np.inf
        and header["target"] in TARGETS
    )
    if not sound:
        raise _contradiction(path)


def _vectors(file: pq.ParquetFile, header: Header, path: Path, rank: int) -> NDArray[np.float64]:
    """The first eigenvectors, of unit length."""
    names, schema = _names(len(header["values"])), file.schema_arrow
    if schema.names != names or not all(pa.types.is_integer(kind) for kind in schema.types):
        raise _contradiction(path)
    table = file.read(columns=names[:rank])
    if table.num_rows != len(header["words"]) or any(column.null_count for column in table.columns):
        raise _contradiction(path)
    vectors = np.stack([column.to_numpy() for column in table.columns], axis=1).astype(np.float64)
    lengths = np.linalg.norm(vectors, axis=0)
    if not lengths.all():
        raise _contradiction(path)
    return vectors / lengths


def _known(header: Header, vectors: NDArray[np.float64]) -> KnownSpectrum:
    rank = vectors.shape[1]
    values, signs = (frozen(np.array(header[name][:rank], np.float64)) for name in ("values", "signs"))
    counts = without_pairs(header)
    return KnownSpectrum(
        Spectrum(values, frozen(vectors), float(header["total"]), signs), counts.words, counts.unigram, counts.source,
        header["target"],
    )  # fmt: skip


def _names(rank: int) -> list[str]:
    return [f"v{k}" for k in range(1, rank + 1)]


def _check_rank(what: str, wanted: int, known: int) -> None:
    if not 1 <= wanted <= known:
        raise InputError(f"{what} is {wanted}, and must be from 1 to the {known} eigenpairs known")


def _digest(told: bytes) -> bytes:
    return hashlib.sha256(told).hexdigest().encode()


def _contradiction(path: Path) -> InputError:
    return InputError(f"{path}: the spectrum contradicts itself; make the file again")
