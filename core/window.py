"""The sliding window of word2vec, taken apart: pairs, negatives, and one gradient step on a few numbers.

Skip-gram: the word in the middle is asked to know each neighbour. CBOW: the mean of the neighbours is asked to know
the word in the middle. Both lower, for one answer and k negatives,

    L = -ln sigma(h . c_answer) - sum_negatives ln sigma(-h . c_negative)

(Mikolov et al. 2013; the paper's SGNS loss, one pair at a time). h is a word's vector, or the mean of several.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.counts import MAX_WINDOW
from core.errors import InputError
from core.frozen import frozen
from core.lexicon import Lexicon, WordSpec
from core.targets import NEGATIVE_POWER

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Pair:
    """Two positions of a text, and how much they count: L + 1 - n at distance n (``core.counts``)."""

    centre: int
    context: int
    distance: int
    weight: int


@dataclass(frozen=True)
class Negatives:
    """Words drawn by chance. words : different ones, as first drawn. times : how often each was drawn.

    probability : of each in a single draw. Draws that hit the answer are not here: word2vec passes over them.
    """

    words: tuple[int, ...]
    times: tuple[int, ...]
    probability: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Step:
    """One step of gradient descent, in numbers.

    inputs, inputs_after : (n, d), the vectors whose mean h asks. outputs, outputs_after : (1 + k, d), those asked
    about: the answer first, then the negatives. scores : (1 + k,), h . c. sigmoid : of the scores. errors : sigmoid - 1
    for the answer, sigmoid for a negative, times how often it was drawn. scores_after : after the step.
    inputs_gradient : (n, d), outputs_gradient : (1 + k, d), of the loss. loss, loss_after : in nats.
    """

    inputs: FloatArray
    outputs: FloatArray
    scores: FloatArray
    sigmoid: FloatArray
    errors: FloatArray
    inputs_gradient: FloatArray
    outputs_gradient: FloatArray
    inputs_after: FloatArray
    outputs_after: FloatArray
    scores_after: FloatArray
    loss: float
    loss_after: float


def words_in(sentence: str, spec: WordSpec | None = None) -> tuple[str, ...]:
    """The words of a sentence in order, cut by the rule that cuts texts."""
    lexicon = Lexicon(spec or WordSpec())
    stream, _ = lexicon.scan(" ".join(sentence.split()).encode(errors="replace"))
    known = lexicon.joined().decode().split(" ")
    return tuple(known[number] for number in stream if number >= 0)


def pairs_at(length: int, centre: int, window: int) -> tuple[Pair, ...]:
    """The pairs of one position in a text of ``length`` words, from left to right.

    Raises
    ------
    InputError
        There is no such position, or no such window.
    """
    if not 0 <= centre < length:
        raise InputError(f"position is {centre}, and must be from 0 to {length - 1}")
    if not 1 <= window <= MAX_WINDOW:
        raise InputError(f"window is {window}, and must be from 1 to {MAX_WINDOW}")
    near = range(max(0, centre - window), min(length, centre + window + 1))
    return tuple(
        Pair(centre, other, abs(other - centre), window + 1 - abs(other - centre)) for other in near if other != centre
    )


def negatives(unigram: NDArray[np.integer], answer: int, count: int, seed: int) -> Negatives:
    """Draw ``count`` words in proportion to frequency^(3/4), the same for the same seed.

    Raises
    ------
    InputError
        The answer is no word, or ``count`` is negative.
    """
    if not 0 <= answer < len(unigram) or count < 0:
        raise InputError(f"the answer is {answer} of {len(unigram)} words, and {count} negatives cannot be drawn")
    chance = np.asarray(unigram, np.float64) ** NEGATIVE_POWER
    chance /= chance.sum()
    drawn = np.random.default_rng([seed, answer]).choice(len(chance), size=count, p=chance)
    kept = [int(word) for word in drawn if word != answer]
    words = tuple(dict.fromkeys(kept))
    return Negatives(
        words,
        tuple(kept.count(word) for word in words),
        tuple(float(chance[word]) for word in words),
    )


def tiny_vectors(words: tuple[int, ...], dim: int, side: int) -> FloatArray:
    """A small random vector for each word: a word always has the same one. ``side``: 0 for W, 1 for C. (n, dim)."""
    drawn = [np.random.default_rng([side, word]).uniform(-1, 1, dim) for word in words]
    return frozen(np.array(drawn).reshape(len(words), dim))


def loss(inputs: FloatArray, outputs: FloatArray, times: FloatArray) -> float:
    """-ln sigma(h . c_0) - sum_j times_j ln sigma(-h . c_j), h the mean of ``inputs``; in nats."""
    scores = outputs @ inputs.mean(axis=0)
    signs = np.where(np.arange(len(scores)) == 0, -1.0, 1.0)
    return float(times @ np.logaddexp(0, signs * scores))


def step(inputs: FloatArray, outputs: FloatArray, times: FloatArray, rate: float) -> Step:
    """One step down the gradient of ``loss``, all vectors at once.

    inputs : (n, d). outputs : (1 + k, d), the answer first. times : (1 + k,), 1 for the answer, and how often each
    negative was drawn. word2vec's own CBOW moves each input by the whole gradient of h instead of its n-th part.

    Raises
    ------
    InputError
        Shapes do not fit, or there is nothing to ask.
    """
    if not len(inputs) or not len(outputs) or inputs.shape[1] != outputs.shape[1] or len(times) != len(outputs):
        raise InputError("a step needs input and output vectors of one length, and a number of times for each output")
    hidden = inputs.mean(axis=0)
    scores = outputs @ hidden
    sigmoid = 1 / (1 + np.exp(-scores))
    wanted = np.where(np.arange(len(scores)) == 0, 1.0, 0.0)
    errors = times * (sigmoid - wanted)
    inputs_gradient = np.tile(errors @ outputs / len(inputs), (len(inputs), 1))
    outputs_gradient = np.outer(errors, hidden)
    after, outputs_after = inputs - rate * inputs_gradient, outputs - rate * outputs_gradient
    return Step(
        inputs=inputs,
        outputs=outputs,
        scores=frozen(scores),
        sigmoid=frozen(sigmoid),
        errors=frozen(errors),
        inputs_gradient=frozen(inputs_gradient),
        outputs_gradient=frozen(outputs_gradient),
        inputs_after=frozen(after),
        outputs_after=frozen(outputs_after),
        scores_after=frozen(outputs_after @ after.mean(axis=0)),
        loss=loss(inputs, outputs, times),
        loss_after=loss(after, outputs_after, times),
    )
