"""Six ways to turn the words of one text into rows of numbers, side by side.

From the simplest: a place of one's own (one-hot), documents a word stands in (TF-IDF), the main directions of that
(LSA), topics (LDA), the company a word keeps (PPMI), and word2vec's skip-gram. Rows are in the order of the corpus'
vocabulary. All of them are compared by cosine: angles count, lengths do not.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array

from core.corpus import Corpus
from core.counts import Cooccurrence
from core.errors import InputError
from core.frozen import frozen
from core.targets import ppmi

_SAME = 1 - 1e-4  # cosine from which two words cannot be told apart
_ZERO = 1e-6  # cosine up to which two words have nothing in common
_BLOCK = 1_000
_NEAREST = 10
_LDA_PASSES, _LDA_LOOKS = 15, 20


@dataclass(frozen=True, eq=False)
class Encoding:
    """The words of a text as rows of numbers: an array of shape (V, n), sparse where most of it is 0."""

    rows: csr_array | NDArray[np.float32]

    @property
    def size(self) -> int:
        """n, how many numbers a word has."""
        return int(self.rows.shape[1])

    @property
    def zeros(self) -> float:
        """Share of the V x n numbers that are 0."""
        filled = self.rows.count_nonzero() if isinstance(self.rows, csr_array) else np.count_nonzero(self.rows)
        return 1 - filled / (self.rows.shape[0] * self.rows.shape[1])

    @property
    def bytes(self) -> int:
        """Memory it takes: four bytes a number; a sparse one keeps the numbers that are not 0 with their places."""
        if isinstance(self.rows, csr_array):
            return int(self.rows.data.nbytes + self.rows.indices.nbytes + self.rows.indptr.nbytes)
        return int(self.rows.nbytes)

    def row(self, word: int) -> NDArray[np.float32]:
        """The numbers of one word, shape (n,)."""
        return self._table(slice(word, word + 1))[0]

    def neighbours(self, word: int, count: int) -> list[tuple[int, float]]:
        """The nearest other words by cosine, nearest first; none that has nothing in common with it."""
        near = cosines(self.rows, self.row(word))
        near[word] = -1
        order = np.argsort(-near, kind="stable")[:count]
        return [(int(other), float(near[other])) for other in order if near[other] > _ZERO]

    def _table(self, rows: slice) -> NDArray[np.float32]:
        chosen = self.rows[rows]
        return chosen.toarray() if isinstance(chosen, csr_array) else chosen


@dataclass(frozen=True)
class Facts:
    """What an encoding can and cannot tell apart.

    strangers : share of all pairs of different words with cosine 0: nothing in common. doubles : words whose direction
    is also that of another word (cosine above 0.9999), so that no cosine can tell the two apart. unmet : share of all
    nearest words, ten of each word, that never stand in a document with it; 0 where no word has a neighbour.
    """

    strangers: float
    doubles: int
    unmet: float


def cosines(rows: csr_array | NDArray, vector: NDArray) -> NDArray[np.float64]:
    """The cosine of every row, shape (V, n), with a vector, shape (n,); 0 where either has no length. Shape (V,)."""
    if isinstance(rows, csr_array):
        lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1), np.float64).ravel())
    else:
        lengths = np.linalg.norm(np.asarray(rows, np.float64), axis=1)
    scale = lengths * np.linalg.norm(np.asarray(vector, np.float64))
    products = np.asarray(rows @ vector, np.float64)
    return np.divide(products, scale, out=np.zeros(len(scale)), where=scale > 0)


def facts(encoding: Encoding, documents: csr_array) -> Facts:
    """Compare every word with every other; words of a thousand at a time bound memory."""
    rows = encoding.rows.toarray() if isinstance(encoding.rows, csr_array) else encoding.rows
    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-30)
    there = (documents > 0).astype(np.float32).tocsc()
    strangers = doubles = unmet = judged = 0
    for begin in range(0, len(unit), _BLOCK):
        near = unit[begin : begin + _BLOCK] @ unit.T
        own = np.arange(len(near))
        near[own, begin + own] = -2  # nobody is a neighbour of their own
        strangers += int((np.abs(near) <= _ZERO).sum())
        doubles += int((near > _SAME).any(axis=1).sum())
        nearest = np.argsort(-near, axis=1, kind="stable")[:, :_NEAREST]
        known = np.take_along_axis(near, nearest, axis=1) > _ZERO
        together = (there[:, begin : begin + _BLOCK].T @ there).toarray()
        unmet += int((known & (np.take_along_axis(together, nearest, axis=1) == 0)).sum())
        judged += int(known.sum())
    return Facts(strangers / (len(unit) * (len(unit) - 1)), doubles, unmet / max(judged, 1))


def in_documents(corpus: Corpus) -> csr_array:
    """How often each word stands in each document: int64 sparse array of shape (documents, V)."""
    documents = len(corpus.bounds) - 1
    place = np.repeat(np.arange(documents), np.diff(corpus.bounds))
    shape = (documents, len(corpus.vocabulary.words))
    table = csr_array((np.ones(len(corpus.ids), np.int64), (place, corpus.ids)), shape=shape)
    table.sum_duplicates()
    return table


def share_no_document(documents: csr_array, word: int) -> NDArray[np.bool_]:
    """Whether each word never stands in a document with this one. Shape (V,)."""
    chosen = documents[:, [word]].toarray().ravel() > 0
    return np.asarray(documents[chosen].sum(axis=0)).ravel() == 0


def one_hot(vocab_size: int) -> Encoding:
    """A 1 in the word's own place, 0 elsewhere: (V, V)."""
    return Encoding(csr_array(eye_array(vocab_size, dtype=np.float32, format="csr")))


def tf_idf(documents: csr_array) -> Encoding:
    """A number for each document: how often, weighed down where the word is everywhere. Shape (V, documents).

    tf * (ln((1 + D) / (1 + df)) + 1), then each document brought to length 1 (scikit-learn's defaults).
    """
    return Encoding(csr_array(_weighed(documents).T.tocsr().astype(np.float32)))


def lsa(documents: csr_array, dim: int = 50) -> Encoding:
    """Latent semantic analysis: the word side of the truncated SVD of TF-IDF, V_d S_d. Shape (V, dim).

    Raises InputError where ``dim`` is not below both the number of documents and of words.
    """
    from sklearn.decomposition import TruncatedSVD

    if not 1 <= dim < min(documents.shape):
        raise InputError(f"dim is {dim}, and must be from 1 to {min(documents.shape) - 1}")
    found = TruncatedSVD(dim, algorithm="arpack", random_state=0).fit(_weighed(documents))
    return Encoding(frozen((found.components_.T * found.singular_values_).astype(np.float32)))


def lda(documents: csr_array, topics: int = 20, seed: int = 0) -> Encoding:
    """Latent Dirichlet allocation: the share of a word's occurrences that each topic has. Shape (V, topics).

    Raises InputError where there is no topic.
    """
    from sklearn.decomposition import LatentDirichletAllocation

    if topics < 1:
        raise InputError(f"topics is {topics}, and must be at least 1")
    model = LatentDirichletAllocation(
        topics, max_iter=_LDA_PASSES, max_doc_update_iter=_LDA_LOOKS, random_state=seed, n_jobs=1
    )
    parts = model.fit(documents).components_
    return Encoding(frozen((parts / parts.sum(axis=0)).T.astype(np.float32)))


def company(counts: Cooccurrence) -> Encoding:
    """PPMI_ij = max(ln(P_ij / P_i P_j), 0): a number for each word it may stand near. Shape (V, V)."""
    return Encoding(csr_array(ppmi(counts)))


def word2vec(
    corpus: Corpus, *, dim: int = 50, window: int = 5, negatives: int = 5, passes: int = 20, seed: int = 1
) -> Encoding:
    """gensim's skip-gram on the documents; one worker and a fixed hash, so that a seed repeats itself. Shape (V, dim).

    Raises InputError where there is no number, or no pass over the text.
    """
    from gensim.models import Word2Vec

    if min(dim, window, negatives, passes) < 1:
        raise InputError("dim, window, negatives and passes must all be at least 1")
    model: Any = Word2Vec(
        corpus.sentences(), vector_size=dim, window=window, sg=1, negative=negatives, epochs=passes, alpha=0.05,
        min_count=1, workers=1, seed=seed, hashfxn=_hash,
    )  # fmt: skip
    return Encoding(frozen(np.ascontiguousarray(model.wv[list(corpus.vocabulary.words)], np.float32)))


def _weighed(documents: csr_array) -> Any:
    from sklearn.feature_extraction.text import TfidfTransformer

    return TfidfTransformer().fit_transform(documents)


def _hash(word: str) -> int:
    """Python's own differs from process to process."""
    return zlib.crc32(word.encode())
