"""Text to a corpus: token ids, document bounds and a vocabulary.

Tokens are runs of the letters a-z after lower-casing; everything else separates. A document is a line.
Words outside the vocabulary are removed before windows are laid, as word2vec does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.frozen import frozen

CHUNK_BYTES = 1 << 22
# The only two characters outside ASCII whose lower case holds a letter a-z: Kelvin sign, dotted I.
_FOLDED = (("\u212a".encode(), b"k"), ("\u0130".encode(), b"i "))
_SPACES = b" \n\r\t"

Progress = Callable[[int], None]


@dataclass(frozen=True)
class CorpusSpec:
    """Which documents and words are kept.

    ``vocab_size``: at most so many words. ``min_count``: a word met less often is dropped.
    ``min_tokens``: a document with fewer tokens (before any word is dropped) is dropped.
    """

    vocab_size: int = 5_000
    min_count: int = 1
    min_tokens: int = 1

    def __post_init__(self) -> None:
        for name, least in (("vocab_size", 2), ("min_count", 1), ("min_tokens", 1)):
            if getattr(self, name) < least:
                raise InputError(f"{name} is {getattr(self, name)}, and must be at least {least}")


@dataclass(frozen=True)
class Corpus:
    """A text as word numbers.

    ids : int32 array of shape (kept_tokens,), 0 is the most frequent word.
    bounds : int64 array of shape (documents + 1,); document n is ``ids[bounds[n]:bounds[n + 1]]``.
    words : the vocabulary, most frequent first, ties alphabetical.
    unigram : int64 array of shape (V,), how often each word occurs.
    tokens : number of tokens of the kept documents, words outside the vocabulary included.
    """

    ids: NDArray[np.int32]
    bounds: NDArray[np.int64]
    words: tuple[str, ...]
    unigram: NDArray[np.int64]
    tokens: int

    def sentences(self) -> list[list[str]]:
        """Every document as a list of its words."""
        words = np.array(self.words, dtype=object)
        return [words[self.ids[begin:end]].tolist() for begin, end in pairwise(self.bounds)]

    @property
    def documents(self) -> int:
        return len(self.bounds) - 1

    @property
    def kept_tokens(self) -> int:
        return len(self.ids)


def read_corpus(
    texts: Iterable[Iterable[bytes]], spec: CorpusSpec | None = None, progress: Progress | None = None
) -> Corpus:
    """Tokenise texts (each an iterable of byte chunks) and choose the vocabulary.

    ``progress`` is called with the number of bytes of each chunk that was read.

    Raises
    ------
    InputError
        A text is binary, no document is long enough, or fewer than two different words remain.
    """
    spec = spec or CorpusSpec()
    from core._kernels import Lexicon

    lexicon = Lexicon()
    pieces: list[NDArray[np.int32]] = []
    lengths: list[NDArray[np.int64]] = []
    for text in texts:
        for piece, ends in _tokenise(text, lexicon, progress):
            pieces.append(piece)
            lengths.append(ends)
    ids = np.concatenate(pieces) if pieces else np.empty(0, np.int32)
    sizes = np.concatenate(lengths) if lengths else np.empty(0, np.int64)
    return _select(ids, sizes, lexicon.words(), spec)


def plain(chunks: Iterable[bytes], name: str) -> Iterator[bytes]:
    """The same chunks; raises InputError, with the name of the text, where they are no text."""
    for chunk in chunks:
        if b"\0" in chunk:
            raise InputError(f"{name}: not plain text, it holds NUL bytes (binary, or UTF-16?)")
        yield chunk


def file_chunks(path: Path) -> Iterator[bytes]:
    """The bytes of a file, a chunk at a time. Raises InputError where it cannot be read or is no text."""
    try:
        with path.open("rb") as file:
            yield from plain(iter(lambda: file.read(CHUNK_BYTES), b""), str(path))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error


def _tokenise(
    text: Iterable[bytes], lexicon, progress: Progress | None
) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int64]]]:
    """Yield (token ids, document lengths) of one text; its last document ends with it."""
    carry, open_tokens = b"", 0
    for chunk in plain(text, "text"):
        block, carry = _cut(carry + chunk)
        ids, sizes, open_tokens = lexicon.scan(_fold(block), open_tokens)
        yield ids, sizes
        if progress:
            progress(len(chunk))
    ids, sizes, _ = lexicon.scan(_fold(carry) + b"\n", open_tokens)
    yield ids, sizes


def _cut(block: bytes) -> tuple[bytes, bytes]:
    """Split after the last white space, so that no word is torn between two chunks."""
    end = max(block.rfind(space) for space in _SPACES) + 1
    return block[:end], block[end:]


def _fold(block: bytes) -> bytes:
    for character, letters in _FOLDED:
        if character in block:
            block = block.replace(character, letters)
    return block


def _select(ids: NDArray[np.int32], sizes: NDArray[np.int64], types: list[str], spec: CorpusSpec) -> Corpus:
    """Keep the long documents, then the most frequent words."""
    long = sizes >= spec.min_tokens
    if not long.any():
        raise InputError(f"no document has {spec.min_tokens} or more words of letters a-z")
    if not long.all():
        ids = ids[np.repeat(long, sizes)]
    sizes = sizes[long]
    frequency = np.bincount(ids, minlength=len(types))
    candidates = np.flatnonzero(frequency >= spec.min_count)
    order = sorted(candidates, key=lambda word: (-frequency[word], types[word]))[: spec.vocab_size]
    if len(order) < 2:
        raise InputError(
            f"only {len(order)} different words occur {spec.min_count} times or more: at least 2 are needed"
        )
    rank = np.full(len(types), -1, np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    ranked = rank[ids]
    inside = ranked >= 0
    ends = np.concatenate([[0], np.cumsum(sizes)])
    bounds = np.concatenate([[0], np.cumsum(inside)])[ends].astype(np.int64)
    return Corpus(
        ids=frozen(ranked[inside]),
        bounds=bounds,
        words=tuple(types[word] for word in order),
        unigram=frozen(frequency[order].astype(np.int64)),
        tokens=len(ids),
    )
