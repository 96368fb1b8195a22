"""The four scores of lists, at many ranks at once: products and lengths grow by the columns that are added."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from core.evaluation import crossed
from core.linear import FEWEST_PAIRS, Pairs, gram_spectrum, snr, task_vectors
from core.marchenko_pastur import rank_of
from core.spectrum import Spectrum, embedding
from core.theory import FloatArray

TOGETHER, APART, DIRECTION, ANALOGIES = "together", "apart", "direction", "analogies"
BEGINS = {TOGETHER: 0.0, APART: 0.5, DIRECTION: 1.0, ANALOGIES: 0.0}
LEAST_WORDS, LEAST_PAIRS = 2, FEWEST_PAIRS
_ROWS = 240  # at a time: products with 10,000 words are then 19 MB
_TIE = 1e-12

Words = NDArray[np.int64]
Ranks = Sequence[int] | NDArray[np.int64]


def word_scores(embeddings: FloatArray, lists: Sequence[Words], ranks: Ranks) -> FloatArray:
    """*together* and *apart* of lists of equal length at each rank, ascending. Shape (lists, R, 2)."""
    at_once = max(1, _ROWS // len(lists[0]))
    some = [_word_scores(embeddings, lists[n : n + at_once], ranks) for n in range(0, len(lists), at_once)]
    return np.concatenate(some)


def _word_scores(embeddings: FloatArray, lists: Sequence[Words], ranks: Ranks) -> FloatArray:
    found = np.zeros((len(lists), len(ranks), 2))
    lengths = [np.linalg.norm(np.asarray(embeddings)[words], axis=1) for words in lists]
    parts = np.cumsum([len(words) for words in lists])[:-1]
    for r, (dots, squares) in enumerate(_grown(embeddings, np.concatenate(lists), ranks)):
        for n, (words, own) in enumerate(zip(lists, np.split(dots, parts), strict=True)):
            found[n, r] = together(own, squares, words), apart(own[:, words], lengths[n])
    return found


def _grown(embeddings: FloatArray, words: Words, ranks: Ranks) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Products of these words with all, (n, V), and the squared lengths of all, (V,), at each rank."""
    columns = np.asarray(embeddings).T
    dots, squares = np.zeros((len(words), columns.shape[1])), np.zeros(columns.shape[1])
    begin = 0
    for rank in ranks:
        block = columns[begin:rank]
        dots += block[:, words].T @ block
        squares += np.einsum("kv,kv->v", block, block)
        yield dots, squares
        begin = rank


def together(dots: FloatArray, squares: FloatArray, words: Words) -> float:
    """Mean precision at n - 1, from products (n, V) and squared lengths (V,).

    Words that are equally near share the places that are left, as if drawn by lot: at rank 1 half of all words are.
    """
    inverse = 1 / np.sqrt(np.where(squares > 0, squares, np.inf))  # a word without length is near to none
    cosines = dots * inverse
    cosines *= inverse[words][:, None]
    rows, places = np.arange(len(words)), len(words) - 1
    cosines[rows, words] = -2
    edge = np.partition(cosines, -places, axis=1)[:, -places][:, None]
    ahead = (cosines > edge + _TIE).sum(axis=1)
    tied = (cosines >= edge - _TIE).sum(axis=1) - ahead
    inside = cosines[:, words]
    sure, by_lot = inside > edge + _TIE, np.abs(inside - edge) <= _TIE
    return float((sure.sum(axis=1) + by_lot.sum(axis=1) * (places - ahead) / tied).mean() / places)


def apart(dots: FloatArray, lengths: FloatArray) -> float:
    """Share of ordered pairs i, j with w_d(i) . w(i) / ||w(i)|| above w_d(i) . w(j) / ||w(j)||; ties count half.

    ``dots`` (n, n) : w_d(i) . w(j). ``lengths`` (n,) : ||w(j)||, finished.
    """
    scores = dots / np.where(lengths > 0, lengths, np.inf)
    ahead = np.diag(scores)[:, None] - scores
    slack = _TIE * np.abs(scores).max(initial=1e-300)
    count = len(scores)
    won = (ahead > slack).sum() + ((np.abs(ahead) <= slack).sum() - count) / 2  # each ties with itself
    return float(won / (count * (count - 1)))


def pair_scores(embeddings: FloatArray, pairs: Pairs, ranks: Ranks) -> FloatArray:
    """*direction* and *analogies* at each rank. Shape (R, 2)."""
    cut = (np.asarray(embeddings)[:, :rank] for rank in ranks)
    return np.array([(_signal(one, pairs, one.shape[1]), crossed(one, pairs).accuracy) for one in cut])


def _signal(embeddings: FloatArray, pairs: Pairs, directions: int) -> float:
    eigenvalues = gram_spectrum(task_vectors(embeddings, pairs))
    return snr(eigenvalues, min(directions, rank_of(eigenvalues)))


def grown_words(spectrum: Spectrum, squares: FloatArray, words: Words) -> tuple[float, float]:
    """*together* and *apart* where concept k has grown to s_k^2 = ``squares`` (K,) instead of being there or not."""
    grown, finished = spectrum.vectors * np.sqrt(squares), embedding(spectrum)[words]
    near = together(grown[words] @ grown.T, np.einsum("vk,vk->v", grown, grown), words)
    return near, apart(grown[words] @ finished.T, np.linalg.norm(finished, axis=1))


def grown_pairs(spectrum: Spectrum, squares: FloatArray, pairs: Pairs) -> tuple[float, float]:
    """*direction* and *analogies* likewise; SNR counts the concepts that have half of their variance."""
    grown = spectrum.vectors * np.sqrt(squares)
    return _signal(grown, pairs, int((squares >= spectrum.values / 2).sum())), crossed(grown, pairs).accuracy
