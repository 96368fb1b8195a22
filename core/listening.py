"""Listening sessions as sentences: a made-up set with planted tastes, and two ways to find them again.

Every track is quiet or loud, and old or new: features t_f = +1 or -1, four tastes of equally many tracks. A session
draws its own signs s_f, fair coins, and then its tracks one by one, track t with a probability in proportion to

    popularity_t (1 + a_1 s_1 t_1) (1 + a_2 s_2 t_2), with a_1 = strength and a_2 = 0.8 strength.

Read as words in sentences, tracks have counts and M*; as a table of sessions by tracks, they have an SVD, which is how
recommender systems began. Both find the span of the two features, and so each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.corpus import Corpus, Vocabulary
from core.counts import CountSpec, count
from core.errors import InputError
from core.frozen import frozen
from core.spectrum import decompose, fix_signs
from core.targets import m_star

FloatArray = NDArray[np.float64]
FEATURES = 2
_FIRST = ("Amber", "Paper", "Silver", "Midnight", "Cotton", "Copper", "Winter", "Velvet")
_SECOND = ("Harbour", "Engine", "Garden", "Signal", "Letter")
_SECOND_TASTE = 0.8
_MOST = 0.95
_FLATTER = 0.5  # popularity of the r-th track is r^-0.5


@dataclass(frozen=True)
class ListeningSpec:
    """``strength``: a_1, how much a session keeps to its taste, from 0 (not at all) to 0.95."""

    strength: float = 0.6
    sessions: int = 600
    length: int = 12
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.strength <= _MOST:
            raise InputError(f"strength is {self.strength:g}, and must be from 0 to {_MOST}")
        if self.sessions < 10 or self.length < 2:
            raise InputError("at least 10 sessions are needed, of at least 2 tracks each")
        if self.seed < 0:
            raise InputError(f"seed is {self.seed}, and must be at least 0")


@dataclass(frozen=True, eq=False)
class Listening:
    """Sessions, with what was planted. T tracks, most played first.

    corpus : a session a document, a track a word. plays : float64 array of shape (sessions, T), how often.
    planted : float64 array of shape (T, 2), +1 quiet or -1 loud, +1 old or -1 new.
    """

    corpus: Corpus
    plays: FloatArray
    planted: FloatArray

    @property
    def tracks(self) -> tuple[str, ...]:
        return self.corpus.vocabulary.words


@dataclass(frozen=True)
class Recovery:
    """How much of the planted features lies in a span that was found: 0 to 1, and what chance gives.

    chance : mean of the same with the labels shuffled among the tracks. high : what one shuffle in 20 exceeds.
    """

    share: float
    chance: float
    high: float


def listen(spec: ListeningSpec) -> Listening:
    """Draw the sessions, the same for the same spec."""
    random = np.random.default_rng(spec.seed)
    titles = np.array([f"{first} {second}" for first in _FIRST for second in _SECOND], dtype=object)
    random.shuffle(titles)
    number = np.arange(len(titles))
    features = np.stack([1 - 2 * (number % 2), 1 - 2 * (number // 2 % 2)], axis=1).astype(np.float64)
    popularity = random.permutation((number + 1.0) ** -_FLATTER)
    played = _draw(spec, features, popularity, random)
    times = np.bincount(played.ravel(), minlength=len(titles))
    order = np.argsort(-times, kind="stable")
    rank = np.empty_like(order)
    rank[order] = number
    ids = rank[played]
    plays = np.zeros((spec.sessions, len(titles)))
    np.add.at(plays, (np.arange(spec.sessions)[:, None], ids), 1)
    frequency = frozen(times[order].astype(np.int64))
    vocabulary = Vocabulary(tuple(titles[order]), frequency, frequency, spec.sessions, ids.size)
    bounds = frozen(np.arange(spec.sessions + 1, dtype=np.int64) * spec.length)
    return Listening(
        Corpus(frozen(ids.ravel().astype(np.int32)), bounds, vocabulary), frozen(plays), frozen(features[order])
    )


def by_company(listening: Listening) -> FloatArray:
    """The top two eigenvectors of M* of the sessions, the window as wide as a session. Shape (T, 2)."""
    bounds = listening.corpus.bounds
    counts = count(listening.corpus, CountSpec(window=int(np.diff(bounds).max()) - 1))
    return decompose(m_star(counts), FEATURES).vectors


def by_table(listening: Listening, *, against_chance: bool = True) -> FloatArray:
    """The track side of the truncated SVD of the table of sessions by tracks. Shape (T, 2), orthonormal columns.

    against_chance : each cell is taken against what the totals of its row and column let one expect, (X - E) / sqrt(E),
        and each track is brought to the same scale after it: correspondence analysis, the linear cousin of PMI. Without
        it the plain table, less the mean of each track: there, tracks that are played often have most of the say.
    """
    plays = listening.plays
    often = np.maximum(plays.sum(axis=0), 1)
    if not against_chance:
        return frozen(fix_signs(_right(plays - plays.mean(axis=0))))
    expected = np.outer(plays.sum(axis=1), often) / plays.sum()
    scaled = _right((plays - expected) / np.sqrt(expected)) / np.sqrt(often)[:, None]
    return frozen(fix_signs(np.linalg.qr(scaled)[0]))


def overlap(one: FloatArray, other: FloatArray) -> float:
    """How far two spans agree: the mean squared cosine of their principal angles, 0 to 1. Both (T, K), same K."""
    first, second = np.linalg.qr(one)[0], np.linalg.qr(other)[0]
    return float(((first.T @ second) ** 2).sum() / one.shape[1])


def recovery(columns: FloatArray, planted: FloatArray, *, shuffles: int = 200, seed: int = 0) -> Recovery:
    """The overlap of what was found, (T, 2), with what was planted, (T, 2), beside shuffled labels."""
    random = np.random.default_rng(seed)
    null = [overlap(columns, planted[random.permutation(len(planted))]) for _ in range(shuffles)]
    return Recovery(overlap(columns, planted), float(np.mean(null)), float(np.quantile(null, 0.95)))


def turned(columns: FloatArray, onto: FloatArray) -> FloatArray:
    """Columns turned, as a rigid body, to lie best on others: orthogonal Procrustes. Both (T, 2); distances stay."""
    left, _, right = np.linalg.svd(columns.T @ onto)
    return frozen(columns @ (left @ right))


def _draw(spec: ListeningSpec, features: FloatArray, popularity: FloatArray, random: np.random.Generator) -> NDArray:
    """Track numbers, shape (sessions, length)."""
    signs = 1.0 - 2 * random.integers(0, 2, (spec.sessions, FEATURES))
    strengths = spec.strength * np.array([1, _SECOND_TASTE])
    weight = popularity * np.prod(1 + signs[:, None] * strengths * features, axis=2)
    bounds = np.cumsum(weight, axis=1)
    drawn = random.random((spec.sessions, spec.length)) * bounds[:, -1:]
    return (drawn[:, :, None] >= bounds[:, None, :]).sum(axis=2)


def _right(table: FloatArray) -> FloatArray:
    """The first two right singular vectors."""
    return np.linalg.svd(table, full_matrices=False)[2][:FEATURES].T
