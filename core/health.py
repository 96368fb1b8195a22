"""The health gauge of a text: what its statistics can show, and what may be chance.

Concepts are told from noise by comparing M* with that of a text which has none: the same words in random order (as
Horn, Psychometrika 30, 1965, tells factors from noise). An eigenvalue clearly larger than all of those is more than
chance. Beyond 20 million words, where it makes a difference of a hundredth, counts are drawn pair by pair instead.

Small texts are shuffled more often, since one order of few words is unlike another: 20 times up to 500 words. The
largest of 20 alone would find concepts in 1 of 21 texts that have none; with the margin of 1.2 it did so in 1 of 955,
of 12 to 3,000 words drawn by Zipf's law. Planted concepts that 300 words always show are often missed in 200, and a
phrase said twice looks like one: below 300 words nothing is said to stand.

One direction is taken out of both first: the first eigenvector of the text without concepts. In small texts that is
word frequency (rare words hardly meet at all, and M* is curved), which is strong and means nothing; left in, it would
hide concepts that are there. In large texts it is one noise direction of many, and taking it out changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import numpy as np
import scipy.linalg
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.corpus import Corpus, Vocabulary
from core.counts import Cooccurrence, CountSpec, count
from core.errors import InputError
from core.frozen import frozen
from core.prose import DEFAULT, passage
from core.spectrum import decompose
from core.targets import UNSEEN, m_star, meetings, share_beyond, unigram_probability

SEARCHED_WORDS = 2_000
SEARCHED = 100
SHUFFLED_TOKENS = 20_000_000
LEAST_TOKENS = 300
MOST_ORDERS, ORDERED_TOKENS = 20, 10_000  # how often a text is shuffled, and the words of all those together
SATURATED = 1.9
# What documents are about makes their noise larger than that of shuffled ones: up to 1.1 times in planted texts.
MARGIN = 1.2
GOOD, FAIR, POOR = "good", "fair", "poor"


@dataclass(frozen=True, eq=False)
class Health:
    """What was measured of a text. Shares and meetings are of the whole vocabulary, eigenvalues of ``words`` of it.

    vocab_size : V. unseen_share : of the V^2 ordered pairs, never seen together. saturated_share : of the same, those
        with |M*_ij| > 1.9. meetings_a_pair : how often two words meet, mean over all pairs; frequent ones far more.
    words : the most frequent words, at most 2,000, whose eigenvalues are compared.
    values : float64 array of shape (K,), eigenvalues of M* without the frequency direction (see the head of this
        module), descending, at most 100. noise : the same of the text without concepts; of several the one with
        the largest.
    orders : how many random orders of the same words were looked at; 0 where pairs met by chance (``by_chance``).
    tokens : words of the text that are in the vocabulary, each as often as it comes.
    """

    vocab_size: int
    unseen_share: float
    saturated_share: float
    meetings_a_pair: float
    words: int
    values: NDArray[np.float64]
    noise: NDArray[np.float64]
    orders: int
    tokens: int

    @property
    def noise_edge(self) -> float:
        """1.2 times the largest eigenvalue without concepts; at least what rounding makes of 0."""
        rounding = self.words * float(np.finfo(np.float32).eps) * float(np.abs(self.values).max())
        return max(MARGIN * float(self.noise[0]), rounding)

    @property
    def searched(self) -> int:
        """How many eigenvalues were looked at."""
        return len(self.values)

    @property
    def standing(self) -> int:
        """How many of them are above the noise edge; none of a text that is too short to tell."""
        return 0 if self.too_short else int((self.values > self.noise_edge).sum())

    @property
    def too_short(self) -> bool:
        """Whether there are fewer than 300 words."""
        return self.tokens < LEAST_TOKENS

    def without(self, language: str = DEFAULT) -> str:
        """What was looked at that has no concepts, in words."""
        made = "several" if self.orders > 1 else "one" if self.orders else "chance"
        return passage("corpus", f"without.{made}", language, words=self.words, orders=self.orders)


@dataclass(frozen=True)
class Rule:
    """A measure of health, more is better: what it must reach to be good or fair.

    What is said of each level are the passages ``name.level``, filled in with the fields of ``Health``.
    """

    name: str
    measure: Callable[[Health], float]
    good: float
    fair: float

    def level(self, health: Health) -> str:
        """Good, fair or poor."""
        value = self.measure(health)
        return GOOD if value >= self.good else FAIR if value >= self.fair else POOR


# Thresholds were set on parts of the bundled Wikipedia. Of the span of their first eight concepts, 50,000 words share
# half with the first fifty of all 80 million words (poor), 200,000 four fifths (fair), a million nine tenths.
RULES = (
    Rule("standing", lambda health: health.standing, 20, 5),
    Rule("meetings", lambda health: health.meetings_a_pair, 10, 1),
    Rule("holes", lambda health: 1 - health.unseen_share, 0.8, 0.4),
    Rule("ends", lambda health: 1 - health.saturated_share, 0.8, 0.4),
)


def examine(
    counts: Cooccurrence, matrix: NDArray[np.float32], corpus: Corpus | None = None, *, seed: int = 0
) -> Health:
    """Measure the health of a text. ``matrix`` is ``m_star(counts)``.

    ``corpus``: the text of the counts, or of more words of which they are the ``head``; all its word positions are
    shuffled, which keeps words and lengths of documents. Without it documents are taken to be equally long, which
    gives the same noise unless many are shorter than the window.

    Raises
    ------
    InputError
        The corpus is not the text of the counts.
    """
    head = counts.head(min(counts.vocab_size, SEARCHED_WORDS))
    tokens = head.source.kept_tokens
    orders = max(1, min(MOST_ORDERS, ORDERED_TOKENS // tokens)) if tokens <= SHUFFLED_TOKENS else 0
    chances = _without_concepts(head, corpus, orders, np.random.default_rng(seed))
    frequency = decompose(np.mean(chances, axis=0), 1).vectors[:, 0].astype(np.float32)
    rest = [_taken_out(frequency, chance) for chance in chances]
    loudest = rest[0] if len(rest) == 1 else max(rest, key=lambda one: decompose(one, 1).values[0])
    return Health(
        vocab_size=counts.vocab_size,
        unseen_share=counts.unseen_share,
        saturated_share=share_beyond(matrix, SATURATED),
        meetings_a_pair=meetings(counts.total_weight, counts.source.window) / counts.vocab_size**2,
        words=head.vocab_size,
        values=_eigenvalues(_taken_out(frequency, matrix if head is counts else m_star(head))),
        noise=_eigenvalues(loudest),
        orders=orders,
        tokens=tokens,
    )


def _without_concepts(
    counts: Cooccurrence, corpus: Corpus | None, orders: int, random: np.random.Generator
) -> list[NDArray[np.float32]]:
    """M* of so many random orders of the words; of 0 orders, one with pairs that met by chance."""
    drawn = [shuffled(counts, corpus, random) for _ in range(orders)] or [by_chance(counts, random)]
    empty = np.full((counts.vocab_size, counts.vocab_size), UNSEEN, np.float32)
    return [m_star(chance) if chance.lower.nnz else empty for chance in drawn]


def shuffled(counts: Cooccurrence, corpus: Corpus | None, random: np.random.Generator) -> Cooccurrence:
    """The counts of the same words in random order; without the text, in documents of equal length.

    Pairs are counted as those of the text were: words beyond these counts stand between, as one word that is dropped.

    Raises
    ------
    InputError
        The corpus is not the text of the counts.
    """
    size = counts.vocab_size
    ids, bounds = _words_of(counts) if corpus is None else _text_of(counts, corpus)
    unigram = np.bincount(ids, minlength=size + 1)
    known = Vocabulary((*counts.words, ""), unigram, unigram, len(bounds) - 1, len(ids))
    mixed = Corpus(random.permutation(ids), bounds, known)
    return count(mixed, CountSpec(counts.source.window)).head(size)


def by_chance(counts: Cooccurrence, random: np.random.Generator) -> Cooccurrence:
    """Counts with the mean, total * P_i P_j, and the variance of a random order, each pair drawn for itself.

    Meetings are Poisson, and weigh (2L + 1) / 3, the mean square over the mean of the weights 1 to L. In a text the
    pairs of one window go together; where pairs meet seldom, that makes its noise a tenth larger than here, or more.
    """
    p, weight = unigram_probability(counts), (2 * counts.source.window + 1) / 3
    rows, columns = np.tril_indices(counts.vocab_size)
    meetings = random.poisson(counts.total_weight / weight * p[rows] * p[columns])
    seen = np.flatnonzero(meetings)
    weights = np.rint(meetings[seen] * weight).astype(np.int64)
    return replace(counts, lower=csr_array((weights, (rows[seen], columns[seen])), shape=counts.lower.shape))


def _text_of(counts: Cooccurrence, corpus: Corpus) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Words and bounds of a text; V stands for every word beyond the V counted."""
    size, known = counts.vocab_size, corpus.vocabulary
    if known.words[:size] != counts.words or not np.array_equal(known.unigram[:size], counts.unigram):
        raise InputError("the text is not the one that was counted: its most frequent words are others")
    return np.minimum(corpus.ids, np.int32(size)), corpus.bounds


def _words_of(counts: Cooccurrence) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """The same of counts whose text is not there."""
    source = counts.source
    others = max(0, source.kept_tokens - int(counts.unigram.sum()))
    ids = np.repeat(np.arange(counts.vocab_size + 1, dtype=np.int32), np.append(counts.unigram, others))
    documents = max(1, min(source.documents, len(ids) // 2))
    return ids, np.linspace(0, len(ids), documents + 1).astype(np.int64)


def verdicts(health: Health, language: str = DEFAULT) -> tuple[tuple[str, str], ...]:
    """(level, sentence) of every rule: ``good``, ``fair`` or ``poor``, and what this text can and cannot show."""
    levels = [rule.level(health) for rule in RULES]
    values = {field.name: getattr(health, field.name) for field in fields(health)}
    sentences = [
        passage("corpus", f"{rule.name}.{level}", language, **values)
        for rule, level in zip(RULES[1:], levels[1:], strict=True)
    ]
    return tuple(zip(levels, [_standing(health, language), *sentences], strict=True))


def _standing(health: Health, language: str) -> str:
    told = "some"
    if health.too_short:
        told = "short"
    elif not health.standing:
        told = "none"
    elif health.standing == health.searched:
        told = "all"
    elif health.standing == 1:
        told = "one"
    same = health.without(language)
    return passage(
        "corpus",
        f"standing.{told}",
        language,
        same=same[0].upper() + same[1:],
        standing=health.standing,
        searched=health.searched,
        tokens=health.tokens,
        least=LEAST_TOKENS,
    )


def _taken_out(direction: NDArray[np.float32], matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """P M P, where P takes a direction (of unit length) out."""
    image = matrix @ direction
    image -= direction * (direction @ image) / 2
    projected = matrix - np.outer(image, direction)
    projected -= np.outer(direction, image)
    return projected


def _eigenvalues(matrix: NDArray[np.float32]) -> NDArray[np.float64]:
    """The largest, descending. From the whole table: those of noise have no gaps by which a search would find them."""
    last = len(matrix) - 1
    found = scipy.linalg.eigh(matrix, eigvals_only=True, subset_by_index=(max(0, last + 1 - SEARCHED), last))
    return frozen(found[::-1].astype(np.float64))
