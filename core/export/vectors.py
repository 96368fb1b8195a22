"""Word vectors in the two formats of word2vec, and for the Embedding Projector."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.export.trained import Trained
from core.export.words import celled, joined

_EXACT = "%.9g"  # so many digits tell all numbers of single precision apart


def word2vec(run: Trained) -> dict[str, bytes]:
    """``vectors.txt`` and ``vectors.bin``, and the same of contexts where there are some; words as in ``joined``.

    gensim: ``KeyedVectors.load_word2vec_format("vectors.bin", binary=True)``. Raises InputError as ``_check`` does.
    """
    found = {}
    for name, vectors in (("vectors", run.embeddings), ("contexts", run.contexts)):
        if vectors is not None:
            found[f"{name}.txt"] = word2vec_text(run.words, vectors)
            found[f"{name}.bin"] = word2vec_binary(run.words, vectors)
    return found


def word2vec_text(words: Sequence[str], vectors: NDArray[np.float32]) -> bytes:
    """V and d, then a line for each word: the word and its numbers, with spaces between them."""
    line = "%s " + " ".join([_EXACT] * vectors.shape[1])
    pairs = zip(joined(words), _check(words, vectors).tolist(), strict=True)
    lines = [f"{len(words)} {vectors.shape[1]}", *(line % (word, *row) for word, row in pairs), ""]
    return "\n".join(lines).encode()


def word2vec_binary(words: Sequence[str], vectors: NDArray[np.float32]) -> bytes:
    """V and d as a line of text, then for each word: it, a space, its numbers in single precision, a new line."""
    rows = _check(words, vectors).astype("<f4")
    parts = [f"{len(words)} {vectors.shape[1]}\n".encode()]
    for word, row in zip(joined(words), rows, strict=True):
        parts += [word.encode(), b" ", row.tobytes(), b"\n"]
    return b"".join(parts)


def projector(run: Trained) -> dict[str, bytes]:
    """``vectors.tsv``, ``metadata.tsv`` and ``projector_config.json``, whose paths are those of its neighbours.

    Several columns of metadata have a line of headings, as the projector expects (a single one would have none). It
    refuses vectors of one number, so that d = 1 gets a second column of zeros. Raises InputError as ``_check`` does.
    """
    vectors = _check(run.words, run.embeddings)
    if vectors.shape[1] == 1:
        vectors = np.hstack([vectors, np.zeros_like(vectors)])
    line = "\t".join([_EXACT] * vectors.shape[1])
    config = {
        "tensorName": run.name,
        "tensorShape": list(vectors.shape),
        "tensorPath": "vectors.tsv",
        "metadataPath": "metadata.tsv",
    }
    return {
        "vectors.tsv": "".join(f"{line % tuple(row)}\n" for row in vectors.tolist()).encode(),
        "metadata.tsv": _metadata(run.words, vectors).encode("utf-8", "replace"),
        "projector_config.json": (json.dumps({"embeddings": [config]}, indent=2, ensure_ascii=False) + "\n").encode(),
    }


def _metadata(words: Sequence[str], vectors: NDArray[np.float32]) -> str:
    """Each word, its place by frequency, and along which direction it is furthest out (from 1, the strongest)."""
    strongest = np.abs(vectors).argmax(axis=1) + 1
    lines = ["word\tfrequency_rank\tstrongest_direction"]  # words stand in the order of their frequency
    lines += [f"{celled(word)}\t{n}\t{k}" for n, (word, k) in enumerate(zip(words, strongest, strict=True), 1)]
    return "\n".join([*lines, ""])


def _check(words: Sequence[str], vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The vectors. Raises InputError unless there is one of finite numbers for each word."""
    if vectors.shape[:1] != (len(words),) or not np.isfinite(vectors).all():
        raise InputError(f"a finite vector is needed for each of the {len(words):,} words")
    return vectors
