"""Synthetic texts with planted concepts: the eigenvectors of M* are known before a word is counted.

A word is a corner of {-1, +1}^n, one syllable a feature: ``ka..`` has the first feature at +1, ``mi..`` at -1. A
document draws hidden signs s, fair coins, and then its words independently: feature f of a word is s_f with
probability (1 + a_f) / 2, where a_f = strength * decay^f, f = 0 .. n - 1. Why that can be solved:

- p(i | s) = prod_f (1 + a_f i_f s_f) / 2, so that every word is as frequent as every other, P_i = 1 / 2^n, and
  averaging over s leaves P_ij / (P_i P_j) = prod_f (1 + a_f^2 i_f j_f): a function of i xor j alone.
- So is M*_ij, and every matrix of the form m(i xor j) has the Walsh functions w_S(i) = prod_(f in S) i_f as
  eigenvectors, with eigenvalues sum_x m(x) w_S(x). A feature alone, S = {f}, is a concept, with about V a_f^2;
  products of features are the small rest, because M* = 2 tanh(PMI / 2) is curved.
- With ``hierarchy`` a feature means something only below the features before it: every half of every half has its
  own hidden sign, so that i and j share signs down to the first feature f in which they differ, and
  P_ij / (P_i P_j) = (1 - a_f^2) prod_(e < f) (1 + a_e^2). That is a tree (M* is ultrametric), and its Haar
  functions, +1 on one half of a node, -1 on the other, 0 elsewhere, are eigenvectors. The 2^f nodes of a level have
  the same eigenvalue: a text shows the space they span, and any mixture of them.
- Synonyms, V / 2^n of them a corner, are equally likely: each eigenvector is constant on them, each eigenvalue
  V / 2^n times that of the corners. Endings tell them apart.

Words of a document are independent given its signs, so two positions have the same P_ij at every distance. A window
decides only how many pairs are counted, never what they tend to. What a text of finite length adds is noise: with
the defaults its own eigenvalues reach about 3 at a window of 16, 10 at a window of 1, and concepts below that drown.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.frozen import frozen

# In each pair the syllable of +1 comes first in the alphabet, so that numbers and the alphabet order words alike.
SYLLABLES = (("ka", "mi"), ("lo", "tu"), ("be", "sa"), ("du", "ri"), ("fo", "ne"), ("gi", "pa"), ("he", "zu"))
ENDINGS = "bdfgklmnprstvxz"
MAX_VOCAB = 10_000
MAX_TOKENS = 100_000_000
CHUNK_TOKENS = 1 << 17
_CONSTANT = "every word"


@dataclass(frozen=True)
class PlantedSpec:
    """What is planted, and how much text there is to find it in.

    ``concepts``: n features of a word, 1 to 7; with ``hierarchy`` the depth of a tree of 2^n - 1 concepts.
    ``strength``: a_0, from 0 (words know nothing of each other) to 1 (a document has one value of feature 0 only).
    ``decay``: a_(f+1) / a_f; at 1 all features are equally strong, and their eigenvectors mix.
    ``documents``, ``document_tokens``: number of documents, words in each.
    ``vocab_size``: V, a multiple of 2^n. More words of the same text are seen less often each.
    """

    concepts: int = 5
    strength: float = 0.7
    decay: float = 0.85
    hierarchy: bool = False
    documents: int = 6_000
    document_tokens: int = 60
    vocab_size: int = 256
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.concepts <= len(SYLLABLES):
            raise InputError(f"concepts is {self.concepts}, and must be from 1 to {len(SYLLABLES)}")
        if not 0 <= self.strength <= 1:
            raise InputError(f"strength is {self.strength:g}, and must be from 0 to 1")
        if not 0 < self.decay <= 1:
            raise InputError(f"decay is {self.decay:g}, and must be above 0 and at most 1")
        if self.vocab_size % self.corners or not self.corners <= self.vocab_size <= MAX_VOCAB:
            raise InputError(
                f"vocab_size is {self.vocab_size}, and must be a multiple of 2^concepts = {self.corners}"
                f" from {self.corners} to {MAX_VOCAB:,}"
            )
        if self.documents < 1 or self.document_tokens < 2:
            raise InputError("a planted text needs at least 1 document, and 2 words in each")
        if self.tokens > MAX_TOKENS:
            raise InputError(f"documents x document_tokens is {self.tokens:,}, and must be at most {MAX_TOKENS:,}")
        if self.seed < 0:
            raise InputError(f"seed is {self.seed}, and must be at least 0")

    @property
    def corners(self) -> int:
        """2^n, the words that differ in a feature."""
        return 1 << self.concepts

    @property
    def synonyms(self) -> int:
        """Words on the same corner."""
        return self.vocab_size // self.corners

    @property
    def tokens(self) -> int:
        return self.documents * self.document_tokens

    @property
    def strengths(self) -> NDArray[np.float64]:
        """a_f: array of shape (n,)."""
        return self.strength * np.power(self.decay, np.arange(self.concepts, dtype=np.float64))


@dataclass(frozen=True, eq=False)
class Planted:
    """The eigenpairs of M* that endless text would have: all that are not 0 for want of features, K = 2^n.

    words : V words, alphabetical, which is the order of equally frequent words. A text of finite length orders them
        by chance: see ``rows``.
    values : float64 array of shape (K,), descending. vectors : float64 array of shape (V, K), unit columns. Both ends
        of a concept are alike, so the sign rule of ``core.spectrum`` has nothing to hold: compare up to a sign.
    names : K labels. ``ka-mi`` is a concept, ``ka-mi x lo-tu`` a product of two; ``ka: lo-tu`` is lo-tu among the
        words with ka (hierarchy), ``every word`` the constant.
    """

    words: tuple[str, ...]
    values: NDArray[np.float64]
    vectors: NDArray[np.float64]
    names: tuple[str, ...]

    def rows(self, words: Sequence[str]) -> NDArray[np.float64]:
        """The eigenvectors with their rows in the order of these words: array of shape (len(words), K).

        Raises InputError for a word that was not planted.
        """
        index = {word: number for number, word in enumerate(self.words)}
        strange = next((word for word in words if word not in index), None)
        if strange is not None:
            raise InputError(f"the word {strange!r} was not planted: give the words of the planted text")
        return self.vectors[[index[word] for word in words]]


@dataclass(frozen=True)
class Beside:
    """A concept as it was planted and as it was found.

    planted : its eigenvalue in endless text. found : the one of the same rank in a text; None beyond those known.
    share : how much of its eigenvector lies in the span that was found for the concepts shown, from 0 to 1.
    """

    name: str
    planted: float
    found: float | None
    share: float


def planted_text(spec: PlantedSpec) -> Iterator[bytes]:
    """The text for ``read_corpus``: a document a line, in chunks of whole documents, the same for the same spec."""
    random = np.random.default_rng(spec.seed)
    table = np.array([list(f"{word} ".encode()) for word in _words(spec)], np.uint8)
    at_once = max(1, CHUNK_TOKENS // spec.document_tokens)
    for first in range(0, spec.documents, at_once):
        ids = _draw(spec, random, min(at_once, spec.documents - first))
        letters = table[ids]
        letters[:, -1, -1] = ord("\n")
        yield letters.tobytes()


def planted_concepts(spec: PlantedSpec) -> Planted:
    """The exact eigenpairs of M* of endless text (derived at the head of this module; M* of the paper, section 3)."""
    numbers = np.arange(spec.corners)
    ratios = _ratios(spec)
    contrasts = 2 * (ratios - 1) / (ratios + 1)
    basis, names = _haar(spec.concepts) if spec.hierarchy else _walsh(spec.concepts)
    matrix = contrasts[numbers[:, None] ^ numbers]
    values = spec.synonyms * np.einsum("ik,ik->k", basis, matrix @ basis)
    # Equal eigenvalues differ by rounding: without it here, their order would be chance.
    order = np.argsort(-values.round(9), kind="stable")
    vectors = np.repeat(basis[:, order], spec.synonyms, axis=0) / math.sqrt(spec.synonyms)
    return Planted(_words(spec), frozen(values[order]), frozen(vectors), tuple(names[k] for k in order))


def beside(
    planted: Planted,
    words: Sequence[str],
    values: NDArray[np.float64],
    vectors: NDArray[np.float64],
    *,
    most: int = len(SYLLABLES),
) -> tuple[Beside, ...]:
    """The first ``most`` concepts beside the eigenpairs of a text: ``values`` (K,) and ``vectors`` (len(words), K).

    Products of two strong features may come before a weak feature, so the rank is that among everything planted, and
    the span is that of all eigenvectors down to the last rank shown.

    Raises
    ------
    InputError
        A word was not planted.
    """
    rows = planted.rows(words)
    ranks = [n for n, name in enumerate(planted.names) if " x " not in name and name != _CONSTANT][:most]
    span = vectors[:, : max(ranks) + 1]
    shares = ((span.T @ rows[:, ranks]) ** 2).sum(axis=0)
    return tuple(
        Beside(planted.names[n], float(planted.values[n]), float(values[n]) if n < len(values) else None, float(share))
        for n, share in zip(ranks, shares, strict=True)
    )


def _words(spec: PlantedSpec) -> tuple[str, ...]:
    """Corner by corner, first syllables first; within a corner by ending, where there are synonyms."""
    stems = ["".join(syllables) for syllables in product(*SYLLABLES[: spec.concepts])]
    width = math.ceil(math.log(spec.synonyms, len(ENDINGS)) - 1e-9)
    endings = ["".join(letters) for letters in product(ENDINGS, repeat=width)][: spec.synonyms]
    return tuple(stem + ending for stem in stems for ending in endings)


def _draw(spec: PlantedSpec, random: np.random.Generator, documents: int) -> NDArray[np.int64]:
    """Word numbers, shape (documents, document_tokens). Feature 0 is the highest bit of a corner; 0 stands for +1."""
    shape = (documents, spec.document_tokens)
    corner = np.zeros(shape, np.int64)
    rows = np.arange(documents)[:, None]
    for feature, strength in enumerate(spec.strengths):
        nodes = 1 << feature if spec.hierarchy else 1
        hidden = random.integers(0, 2, (documents, nodes))
        against = random.random(shape) >= (1 + strength) / 2
        corner = 2 * corner + (hidden[rows, corner % nodes] ^ against)
    return corner * spec.synonyms + random.integers(0, spec.synonyms, shape)


def _ratios(spec: PlantedSpec) -> NDArray[np.float64]:
    """P_ij / (P_i P_j) by i xor j: array of shape (2^n,)."""
    differ = np.arange(spec.corners)[:, None] >> np.arange(spec.concepts)[::-1] & 1
    factors = 1 + spec.strengths**2 * (1 - 2 * differ)
    if spec.hierarchy:
        parted_before = np.cumsum(differ, axis=1) - differ > 0
        factors[parted_before] = 1
    return factors.prod(axis=1)


def _pairs(concepts: int) -> list[str]:
    return ["-".join(pair) for pair in SYLLABLES[:concepts]]


def _walsh(concepts: int) -> tuple[NDArray[np.float64], list[str]]:
    """All products of features: orthonormal columns (2^n, 2^n), simple ones first, and their names."""
    signs = 1 - 2 * (np.arange(1 << concepts)[:, None] >> np.arange(concepts)[::-1] & 1)
    chosen = sorted(product((1, 0), repeat=concepts), key=sum)
    columns = [np.prod(signs**powers, axis=1) for powers in chosen]
    pairs = _pairs(concepts)
    names = [" x ".join(pairs[f] for f in range(concepts) if powers[f]) or _CONSTANT for powers in chosen]
    return np.stack(columns, axis=1) / math.sqrt(1 << concepts), names


def _haar(concepts: int) -> tuple[NDArray[np.float64], list[str]]:
    """The constant and one step for each node of the tree: orthonormal columns (2^n, 2^n), and their names."""
    size = 1 << concepts
    columns, names = [np.full(size, size**-0.5)], [_CONSTANT]
    for level, pair in enumerate(_pairs(concepts)):
        half = size >> level + 1
        for node, path in enumerate(product(*SYLLABLES[:level])):
            step = np.zeros(size)
            begin = 2 * half * node
            step[begin : begin + half], step[begin + half : begin + 2 * half] = 1, -1
            columns.append(step / math.sqrt(2 * half))
            names.append(f"{''.join(path)}: {pair}" if path else pair)
    return np.stack(columns, axis=1), names
