"""Word vectors in files: of a run kept by ``train --out``, or as word2vec and GloVe write them, known by content."""

from __future__ import annotations

import json
import mmap
import zipfile
import zlib
from array import array
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.frozen import frozen

_HEAD = 4
_FIRST_LINES = 1 << 22
_LONGEST_WORD = 4_096
_FLOAT = np.dtype("<f4")


@dataclass(frozen=True, eq=False)
class Vectors:
    """words : V words. embeddings : array of shape (V, d). model : what was trained, None where the file is silent."""

    words: tuple[str, ...]
    embeddings: NDArray[np.floating]
    model: str | None = None


def read_vectors(path: Path, vocab_size: int | None = None) -> Vectors | None:
    """The vectors in a file, of its first ``vocab_size`` words; None where there is no file, or one in Parquet.

    Raises
    ------
    InputError
        It holds something else, or is damaged, or has fewer words.
    """
    head = _head(path)
    if head in (None, b"PAR1"):
        return None
    if vocab_size is not None and vocab_size < 1:
        raise InputError(f"vocab_size is {vocab_size}, and must be at least 1")
    if head.startswith(b"\x1f\x8b"):
        raise InputError(f"{path}: is compressed; unpack it first")
    found = _run(path) if head.startswith(b"PK") else _plain(path, vocab_size)
    if vocab_size is not None and vocab_size > len(found.words):
        raise InputError(f"vocab_size is {vocab_size}, and must be from 1 to the {len(found.words)} words there are")
    return Vectors(found.words[:vocab_size], frozen(found.embeddings[:vocab_size]), found.model)


def _head(path: Path) -> bytes | None:
    """The first bytes of a file; None where there is none, or its name cannot be one."""
    try:
        if not path.is_file():
            return None
    except OSError:
        return None
    try:
        with path.open("rb") as file:
            return file.read(_HEAD)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error


def _run(path: Path) -> Vectors:
    """What ``core.runfile`` writes; also any other archive of numpy with these two members."""
    try:
        with np.load(path, allow_pickle=False) as file:
            words, embeddings = file["words"], file["embeddings"]
            model = json.loads(file["spec"].item())["model"] if "spec" in file else None
        sound = words.dtype.kind == "U" and embeddings.dtype.kind == "f" and embeddings.ndim == 2
        if not sound or words.shape != embeddings.shape[:1] or not isinstance(model, str | None):
            raise ValueError("its words and embeddings do not fit together")
    except (OSError, ValueError, TypeError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
        raise InputError(f"{path}: not a readable run ({_reason(error)})") from error
    except KeyError as error:
        raise InputError(f"{path}: not a run written by 'python -m core train --out' ({_reason(error)})") from error
    return Vectors(tuple(words.tolist()), embeddings, model)


def _plain(path: Path, limit: int | None) -> Vectors:
    """The two formats of word2vec, and GloVe's, which has no first line with sizes."""
    with path.open("rb") as file:
        first, second = file.readline(_FIRST_LINES), file.readline(_FIRST_LINES)
    sizes = _sizes(first)
    if sizes is None:
        dim = len(first.split()) - 1
        if dim < 2 or _vector(first, dim) is None:
            raise InputError(f"{path}: no statistics, spectrum, run or word vectors")
        return _text(path, dim, None, limit)
    count, dim = sizes
    binary = _vector(second, dim) is None
    if count * dim * (_FLOAT.itemsize if binary else 2) > path.stat().st_size:
        raise InputError(f"{path}: is too short for the {count:,} vectors of {dim:,} numbers that its first line tells")
    wanted = count if limit is None else min(count, limit)
    return _binary(path, dim, wanted, len(first)) if binary else _text(path, dim, count, wanted)


def _text(path: Path, dim: int, count: int | None, limit: int | None) -> Vectors:
    """Lines of a word and its numbers, the first of ``count`` after the line that tells it."""
    words, numbers, told = [], array("f"), 0 if count is None else 1
    with path.open("rb") as file:
        for at, line in enumerate(islice(file, told, None if limit is None else told + limit), 1 + told):
            found = _vector(line, dim)
            if found is None:
                raise InputError(f"{path}: line {at:,} is not a word and {dim:,} numbers")
            words.append(found[0])
            numbers.extend(found[1])
    if limit is not None and count is not None and len(words) < limit:
        raise InputError(f"{path}: has {len(words):,} vectors, and its first line tells of {count:,}")
    return Vectors(tuple(words), np.frombuffer(numbers, np.float32).reshape(-1, dim))


def _binary(path: Path, dim: int, count: int, start: int) -> Vectors:
    """A word, a space and its numbers, as often as wanted; some programs end each with a new line."""
    words: list[str] = []
    embeddings, width = np.empty((count, dim), np.float32), dim * _FLOAT.itemsize
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        for row in embeddings:
            space = whole.find(b" ", start, start + _LONGEST_WORD)
            numbers = whole[space + 1 : space + 1 + width]
            if space < 0 or len(numbers) < width:
                raise InputError(f"{path}: vector {len(words) + 1:,} of {count:,} is cut short or damaged")
            words.append(whole[start:space].lstrip(b"\n").decode(errors="replace"))
            row[:] = np.frombuffer(numbers, _FLOAT)
            start = space + 1 + width
    return Vectors(tuple(words), embeddings)


def _sizes(line: bytes) -> tuple[int, int] | None:
    """V and d from the first line of a file of word2vec; None where it is another."""
    fields = line.split()
    if len(fields) != 2 or not all(field.isdigit() and len(field) < 12 for field in fields):
        return None
    count, dim = (int(field) for field in fields)
    return (count, dim) if count and dim else None


def _vector(line: bytes, dim: int) -> tuple[str, list[float]] | None:
    """A word, which may hold spaces, and so many numbers; None where a line is something else."""
    word, *fields = line.rsplit(maxsplit=dim) or [b""]
    try:
        numbers = [float(field) for field in fields]
    except ValueError:
        return None
    return (word.decode(errors="replace"), numbers) if len(numbers) == dim else None


def _reason(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
