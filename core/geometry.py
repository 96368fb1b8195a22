"""Embeddings as shapes: their directions, how far two sets of them agree, and who is near whom."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.frozen import frozen
from core.spectrum import Spectrum, embedding, singular_basis
from core.theory import FloatArray
from core.training import Snapshot

_NEIGHBOUR_BLOCK = 1_000


def effective_rank(singular_values: FloatArray) -> float:
    """exp of the entropy of the shares s_k^2 / sum s^2 (Roy and Vetterli 2007, for variances).

    How many directions share the cloud's variance. A random start spreads it over all d, so a run begins
    at about d, falls to 1 as the first concept takes over, and climbs from there.
    """
    shares = singular_values**2 / (singular_values**2).sum()
    shares = shares[shares > 0]
    return float(np.exp(-(shares * np.log(shares)).sum()))


def alignment(snapshot: Snapshot, vectors: FloatArray) -> FloatArray:
    """Overlap of the top-k directions of W with the span of v_1..v_k, for k = 1..K. Shape (K,).

    ||V_k^T U_k||_F^2 / k, from about k/V for a random start to 1: *silent alignment*, since it rises
    while the loss is still flat. A mode ahead of its neighbours by little keeps it below 1 for long.
    """
    return nested_overlap(overlaps(vectors, _unit_columns(snapshot.embeddings[:, : vectors.shape[1]])))


def nested_overlap(squared: FloatArray) -> FloatArray:
    """From squared overlaps (u_i . v_j)^2, those of the spans of the first k of each, over k. Shape (K,)."""
    nested = np.cumsum(np.cumsum(squared, axis=0), axis=1)
    return np.diag(nested) / np.arange(1, len(squared) + 1)


def twins(embeddings: NDArray[np.float32], contexts: NDArray[np.float32], depth: int) -> FloatArray:
    """Overlap of the spans of the top k left singular vectors of W and of C, for k = 1..depth. From k/V to 1."""
    return nested_overlap(overlaps(directions(embeddings)[:, :depth], directions(contexts)[:, :depth]))


def directions(embeddings: NDArray) -> FloatArray:
    """Left singular vectors of a tall W, longest first; zeros for a singular value of 0. Shape (V, d)."""
    exact = embeddings.astype(np.float64)
    _, rotation = singular_basis(exact.T @ exact)
    return _unit_columns(exact @ rotation)


def overlaps(first: FloatArray, second: FloatArray) -> FloatArray:
    """(u_i . v_j)^2 of two sets of unit vectors, (V, K) and (V, K'), in their columns (paper, Fig. 5). Shape (K, K').

    1 where two directions are one; a row that spreads over several columns is a mixture of them. Signs do not matter.
    """
    return (first.T @ second) ** 2


def imbalance(embeddings: NDArray[np.float32], contexts: NDArray[np.float32]) -> float:
    """||W^T W - C^T C||_F. Gradient flow on any loss of W C^T keeps it (conservation law; beyond the paper).

    It stays at what the start happened to be, sigma^2 sqrt(2 V) d or so, while both sides grow by many orders of
    magnitude; rounding and finite steps let it drift by a small share of them.
    """
    w, c = embeddings.astype(np.float64), contexts.astype(np.float64)
    return float(np.linalg.norm(w.T @ w - c.T @ c))


def concept_axes(embeddings: NDArray[np.float32], spectrum: Spectrum) -> NDArray[np.float32]:
    """W turned, as a rigid body, so that its column k lies along concept k: W R of shape (V, d)."""
    return embeddings @ concept_rotation(embeddings, spectrum)


def concept_rotation(embeddings: NDArray[np.float32], spectrum: Spectrum) -> NDArray[np.float32]:
    """The rotation R of ``concept_axes``, shape (d, d).

    The rotation is the orthogonal Procrustes solution for V_d Lambda_d^(1/2), the cloud that Theorem 1
    predicts, so axes neither jump nor swap between frames: what moves is learning. Distances and angles
    between words are the model's own.
    """
    end = embedding(spectrum.head(embeddings.shape[1])).astype(np.float32)
    left, _, right = np.linalg.svd((embeddings.T @ end).astype(np.float64))
    return (left @ right).astype(np.float32)


def neighbours(embeddings: NDArray[np.float32], count: int) -> NDArray[np.int32]:
    """The nearest words of every word by cosine, nearest first, itself left out. Shape (V, count)."""
    unit = _unit(embeddings)
    count = min(count, len(unit) - 1)
    blocks = range(0, len(unit), _NEIGHBOUR_BLOCK)
    return frozen(np.concatenate([_nearest(unit, begin, count) for begin in blocks]).astype(np.int32))


def similar(embeddings: NDArray[np.float32], word: int, count: int) -> list[tuple[int, float]]:
    """The nearest words of one word with their cosines, nearest first, itself left out."""
    unit = _unit(embeddings)
    cosine = unit @ unit[word]
    order = [int(other) for other in np.argsort(-cosine, kind="stable") if other != word]
    return [(other, float(cosine[other])) for other in order[:count]]


def _unit_columns(columns: NDArray) -> FloatArray:
    """Columns of length 1; one of zeros stays.

    By their own lengths: singular values are 0 for columns so short that the squares of their lengths underflow.
    """
    exact = columns.astype(np.float64)
    lengths = np.linalg.norm(exact, axis=0)
    return exact / np.where(lengths > 0, lengths, 1.0)


def _unit(embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows of length 1; a row of zeros stays."""
    return embeddings / np.maximum(np.linalg.norm(embeddings, axis=1, keepdims=True), 1e-30)


def _nearest(unit: NDArray[np.float32], begin: int, count: int) -> NDArray[np.intp]:
    """``neighbours`` of the words from ``begin`` on, a block of them at a time to bound memory."""
    cosine = unit[begin : begin + _NEIGHBOUR_BLOCK] @ unit.T
    own = np.arange(len(cosine))
    cosine[own, begin + own] = -2
    nearest = np.argpartition(-cosine, count - 1, axis=1)[:, :count]
    order = np.argsort(-np.take_along_axis(cosine, nearest, axis=1), axis=1, kind="stable")
    return np.take_along_axis(nearest, order, axis=1)
