"""Clean text to a corpus: a vocabulary, and the documents as its word numbers.

Two passes over a text that may be larger than memory: ``survey`` counts its words, ``vocabulary`` chooses among
them, ``encode`` reads again and yields documents as numbers. Words outside the vocabulary are removed before
windows are laid, as word2vec does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.frozen import frozen
from core.lexicon import Lexicon, WordSpec
from core.reading import Limits, Reading, Received, Text, clean

END = -1  # between documents, in a stream of word numbers
MOST = 2**31 - 1


@dataclass(frozen=True)
class CorpusSpec:
    """Which documents and words are kept.

    ``vocab_size``: at most so many words. ``min_count``: a word met less often is dropped.
    ``min_tokens``: a document with fewer tokens (before any word is dropped) is dropped.
    ``stop_words``: whether the 318 English words of scikit-learn's list may be in the vocabulary.
    """

    vocab_size: int = 5_000
    min_count: int = 1
    min_tokens: int = 1
    stop_words: bool = True
    words: WordSpec = field(default_factory=WordSpec)

    def __post_init__(self) -> None:
        for name, least in (("vocab_size", 2), ("min_count", 1), ("min_tokens", 1)):
            value = getattr(self, name)
            if value < least:
                raise InputError(f"{name} is {value}, and must be at least {least}")
            if value > MOST:
                raise InputError(f"{name} is {value}, and must be at most {MOST:,}")


@dataclass(frozen=True, eq=False)
class Survey:
    """The words of some documents and how often each came.

    words : all words in the order first met, with a space between them, UTF-8.
    frequency : int64 array, one a word. documents, tokens : of the documents that are long enough.
    """

    words: bytes
    frequency: NDArray[np.int64]
    documents: int
    tokens: int


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The words that are kept, most frequent first, ties alphabetical, and the sizes of the text they are from.

    unigram : int64 array of shape (V,), how often each word occurs. types : different words before the choice.
    frequency : int64 array of shape (types,), of all words, most frequent first.
    documents, tokens : of the documents that are long enough; tokens outside the vocabulary are counted.
    """

    words: tuple[str, ...]
    unigram: NDArray[np.int64]
    frequency: NDArray[np.int64]
    documents: int
    tokens: int

    @property
    def types(self) -> int:
        return len(self.frequency)

    @property
    def kept_tokens(self) -> int:
        return int(self.unigram.sum())

    def lexicon(self, spec: CorpusSpec) -> Lexicon:
        """Numbers these words, and no others."""
        return Lexicon(spec.words, self.words, learn=False)


@dataclass(frozen=True, eq=False)
class Laid:
    """A piece of a text as the counting loop wants it.

    ids : int32 array, numbers of kept words with END after each document. The first ``known`` of them were at the
    end of the piece before and are here as neighbours only.
    """

    ids: NDArray[np.int32]
    known: int


@dataclass(frozen=True, eq=False)
class Corpus:
    """A text in memory as word numbers.

    ids : int32 array of shape (kept_tokens,), 0 is the most frequent word.
    bounds : int64 array of shape (documents + 1,); document n is ``ids[bounds[n]:bounds[n + 1]]``.
    """

    ids: NDArray[np.int32]
    bounds: NDArray[np.int64]
    vocabulary: Vocabulary

    def sentences(self) -> list[list[str]]:
        """Every document as a list of its words."""
        words = np.array(self.vocabulary.words, dtype=object)
        return [words[self.ids[begin:end]].tolist() for begin, end in pairwise(self.bounds)]


class Layer:
    """Lays documents out of streams that may cut them anywhere; ``documents`` and ``tokens`` count what was kept."""

    def __init__(self, min_tokens: int, window: int) -> None:
        self._min_tokens, self._window = min_tokens, window
        self._tail = np.empty(0, np.int32)
        self._open = self.documents = self.tokens = 0

    def lay(self, stream: NDArray[np.int32]) -> Laid:
        """The kept words of a stream of numbers from a lexicon."""
        from core._kernels import lay

        laid = np.empty(len(self._tail) + len(stream), np.int32)
        written, known, self._tail, self._open, documents, tokens = lay(
            stream, self._tail, self._open, self._min_tokens, self._window, laid
        )
        self.documents += documents
        self.tokens += tokens
        return Laid(laid[:written], known)


def survey(chunks: Iterable[bytes], spec: CorpusSpec) -> Survey:
    """Count the words of clean text (``core.reading.clean``) in the documents that are long enough."""
    lexicon, layer, open_tokens = Lexicon(spec.words), Layer(spec.min_tokens, 0), 0
    frequency = np.zeros(0, np.int64)
    for chunk in chunks:
        stream, open_tokens = lexicon.scan(chunk, open_tokens)
        ids = layer.lay(stream).ids
        frequency = _sum(frequency, np.bincount(ids[ids >= 0], minlength=lexicon.types))
    return Survey(lexicon.joined(), frozen(frequency), layer.documents, layer.tokens)


def merged(surveys: Iterable[Survey], spec: CorpusSpec) -> Survey:
    """One survey of what several cover."""
    lexicon, frequency = Lexicon(spec.words), np.zeros(0, np.int64)
    documents = tokens = 0
    for one in surveys:
        numbers, _ = lexicon.scan(one.words)
        frequency = _sum(frequency, np.bincount(numbers, one.frequency, lexicon.types).astype(np.int64))
        documents += one.documents
        tokens += one.tokens
    return Survey(lexicon.joined(), frozen(frequency), documents, tokens)


def vocabulary(found: Survey, spec: CorpusSpec) -> Vocabulary:
    """Choose the most frequent words.

    Raises
    ------
    InputError
        No document is long enough, or fewer than two different words remain.
    """
    if not found.documents:
        raise InputError(f"no document has {spec.min_tokens} or more words of {_told(spec.words)}")
    dropped = set() if spec.stop_words else _stop_words()
    places = np.flatnonzero(found.frequency >= spec.min_count)
    enough = spec.vocab_size + len(dropped)
    if len(places) > enough:
        least = np.partition(found.frequency[places], -enough)[-enough]
        places = places[found.frequency[places] >= least]
    spelled = zip(places, _spelled(found.words, places), strict=True)
    candidates = [(-int(found.frequency[place]), word) for place, word in spelled]
    chosen = [one for one in sorted(candidates) if one[1] not in dropped][: spec.vocab_size]
    if len(chosen) < 2:
        raise InputError(
            f"only {len(chosen)} different words occur {spec.min_count} times or more: at least 2 are needed"
        )
    frequency = np.sort(found.frequency[found.frequency > 0])[::-1].copy()
    return Vocabulary(
        words=tuple(word for _, word in chosen),
        unigram=frozen(np.array([-count for count, _ in chosen], np.int64)),
        frequency=frozen(frequency),
        documents=found.documents,
        tokens=found.tokens,
    )


def encode(chunks: Iterable[bytes], lexicon: Lexicon, spec: CorpusSpec, window: int) -> Iterator[Laid]:
    """Read clean text again, as numbers of kept words; documents are cut where a chunk ends."""
    layer, open_tokens = Layer(spec.min_tokens, window), 0
    for chunk in chunks:
        stream, open_tokens = lexicon.scan(chunk, open_tokens)
        yield layer.lay(stream)


def read_corpus(texts: Iterable[Text], spec: CorpusSpec | None = None, reading: Reading | None = None) -> Corpus:
    """Texts in memory.

    Raises
    ------
    InputError
        A text cannot be read, no document is long enough, or fewer than two different words remain.
    """
    spec = spec or CorpusSpec()
    chunks = [chunk for text in texts for chunk in clean(text, reading or Reading(), Limits(), Received())]
    words = vocabulary(survey(chunks, spec), spec)
    pieces = [laid.ids for laid in encode(chunks, words.lexicon(spec), spec, window=0)]
    stream = np.concatenate(pieces)
    ends = np.flatnonzero(stream == END)
    bounds = np.concatenate([[0], ends - np.arange(len(ends))]).astype(np.int64)
    return Corpus(frozen(stream[stream != END]), frozen(bounds), words)


def _sum(total: NDArray[np.int64], more: NDArray[np.int64]) -> NDArray[np.int64]:
    """``total + more``, where ``more`` may know words that ``total`` does not."""
    more[: len(total)] += total
    return more


def _spelled(words: bytes, places: NDArray[np.integer]) -> list[str]:
    """Some of many words that are joined by spaces."""
    spaces = np.flatnonzero(np.frombuffer(words, np.uint8) == ord(" "))
    starts, ends = np.concatenate([[0], spaces + 1]), np.concatenate([spaces, [len(words)]])
    return [words[start:end].decode() for start, end in zip(starts[places], ends[places], strict=True)]


def _told(words: WordSpec) -> str:
    return "letters a-z (for other scripts choose unicode letters)" if words.letters == "latin" else "letters or digits"


def _stop_words() -> frozenset[str]:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return ENGLISH_STOP_WORDS
