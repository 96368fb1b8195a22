"""What the chapters of the Story reveal: contrasts of words, a guess beside the prediction, stopping beside cutting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.compare import Prediction
from core.errors import InputError
from core.frames import Camera, Frame
from core.frozen import frozen
from core.spectrum import CONCEPT_WORDS, Spectrum, concept, embedding
from core.theory import FloatArray, Table, step_size_rise_times

LATER = 4  # the concept that is offered beside the first
_STRONGEST, _WEAKEST = 20.0, 0.01  # of concepts that a guess may stand for, in units of lambda_1
_HALVINGS = 60
_LINE = 0.02  # of mode 2's variance: until then the cloud is a line


@dataclass(frozen=True)
class Contrast:
    """One number a word, as a card shows it.

    kind : "first" or "later" concept; "length" or "frequency" of words. positive, negative : words at its two ends.
    strength : u^T M* u for the unit vector u of these numbers; no u has more than lambda_1.
    """

    kind: str
    positive: tuple[str, ...]
    negative: tuple[str, ...]
    strength: float


def contrasts(spectrum: Spectrum, table: Table, words: tuple[str, ...], *, top: int, seed: int) -> tuple[Contrast, ...]:
    """The first concept among three that are not, in an order drawn from ``seed``. ``top`` words stand at each end.

    Long words against short ones and frequent against rare ones are planted: half of the words have +1, half -1.
    """
    found = []
    for kind, k in (("first", 1), ("later", LATER)):
        one = concept(spectrum, words, k, top=top)
        found.append(Contrast(kind, one.positive, one.negative, float(spectrum.values[k - 1])))
    lengths = np.array([len(word) for word in words])
    for kind, score in (("length", lengths), ("frequency", -np.arange(len(words)))):
        order = np.argsort(-score, kind="stable")
        best, worst = order[:top], order[::-1][:top]
        ends = tuple(words[i] for i in best), tuple(words[i] for i in worst)
        found.append(Contrast(kind, *ends, _strength(table, order)))
    return tuple(found[i] for i in np.random.default_rng(seed).permutation(len(found)))


def _strength(table: Table, order: NDArray[np.intp]) -> float:
    """u^T M u where the first half of ``order`` has +1 and the rest -1, at unit length."""
    numbers = np.ones((len(order), 1), np.float32)
    numbers[order[len(order) // 2 :]] = -1
    return float((numbers.T @ (table @ numbers)).item() / len(order))


def sample_of_pairs(spectrum: Spectrum, *, ends: int, between: int, seed: int) -> NDArray[np.intp]:
    """Numbers of words in the order of the first concept: ``ends`` from each end, ``between`` drawn by lot in between.

    It misleads if taken for all words: most lie in between, where the pattern is fainter.
    """
    order = np.argsort(-spectrum.vectors[:CONCEPT_WORDS, 0], kind="stable")
    inner = order[ends:-ends]
    drawn = np.random.default_rng(seed).choice(len(inner), min(between, len(inner)), replace=False)
    return frozen(np.concatenate([order[:ends], inner[np.sort(drawn)], order[-ends:]]))


def shuffled(chosen: NDArray[np.intp], seed: int) -> NDArray[np.intp]:
    """The same words in an order drawn from ``seed``."""
    return frozen(np.random.default_rng(seed).permutation(chosen))


def block_means(values: NDArray, sizes: Sequence[int]) -> FloatArray:
    """Mean entry of every block of a square table whose rows, and columns, are cut into groups of these sizes.

    Shape (n, n) for n sizes. Raises InputError where the sizes are not those of the whole table.
    """
    if min(sizes, default=0) < 1 or sum(sizes) != len(values):
        raise InputError(f"sizes are {list(sizes)}, and must be above 0 and {len(values)} together")
    begins = np.cumsum([0, *sizes[:-1]])
    rows = np.add.reduceat(values.astype(np.float64), begins, axis=0)
    return frozen(np.add.reduceat(rows, begins, axis=1) / np.outer(sizes, sizes))


@dataclass(frozen=True)
class Guess:
    """A guess of when the second step comes. Times are in units of gradient flow.

    second : when it is predicted. steps : how far off the guess is, counted in predicted steps: 1 is where the third
    comes. within : whether the guess lies inside the rise of the second step, from 10 % to 90 %. even : whether it lies
    as close to an even pace, where every step waits as long as the first. strength : of the concept for which the guess
    would be right, in units of lambda_1; None where it would have to be out of all proportion.
    """

    second: float
    steps: float
    within: bool
    even: bool
    strength: float | None


def judge(prediction: Prediction, lambda_1: float, guess: float, *, modes: int) -> Guess:
    """A guess against the first ``modes`` predicted steps. Raises InputError where there are fewer than two."""
    coming = np.argsort(prediction.descent_times[:modes])  # modes in the order of their steps; NaN never comes
    times = prediction.descent_times[coming]
    times = times[np.isfinite(times)]
    if len(times) < 2:
        raise InputError("this text has fewer than two concepts to learn: there is no second step")
    second = int(coming[1])
    half = float(prediction.widths[second]) / 2
    places = np.concatenate([[0.0], times])  # step 0 is the start
    steps = float(np.interp(guess, places, np.arange(len(places)))) - 2
    if guess > times[-1]:
        steps = len(times) - 2 + (guess - times[-1]) / float(np.mean(np.diff(times)))
    return Guess(
        second=float(times[1]),
        steps=steps,
        within=abs(guess - times[1]) <= half,
        even=abs(guess - 2 * times[0]) <= half,
        strength=_strength_at(prediction, lambda_1, second, guess),
    )


def _strength_at(prediction: Prediction, lambda_1: float, mode: int, time: float) -> float | None:
    """For which lambda a mode's step would come at ``time``, from the start that it has: tau falls as lambda rises."""
    value, dt = float(prediction.targets[mode] ** 2), prediction.plan.dt
    start = value * np.exp(-float(prediction.flow_times[mode]) * value)

    def comes(strength: float) -> float:
        return float(step_size_rise_times(np.array([strength * lambda_1]), np.array([start]), dt)[0])

    low, high = _WEAKEST, _STRONGEST
    if not comes(high) <= time <= comes(low):
        return None
    for _ in range(_HALVINGS):
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if comes(middle) > time else (low, middle)
    return low


def before_second_step(frames: Sequence[Frame], prediction: Prediction) -> Frame:
    """The last frame before mode 2 has 2 % of its variance."""
    limit = _LINE * float(prediction.targets[1]) ** 2
    return [frame for frame in frames if frame.singular_values[1] ** 2 < limit][-1]


def shares(frame: Frame) -> FloatArray:
    """Shares of the cloud's variance along its directions, longest first. Shape (d,)."""
    squares = frame.singular_values**2
    return squares / squares.sum()


@dataclass(frozen=True, eq=False)
class Pair:
    """A run stopped at ``time``, halfway between step r and the next, and M* cut to rank r. Both (V, K), float64.

    same : 1 - ||A A^T - B B^T|| / ||B B^T|| of the two clouds A and B along the first K concepts: 1 where all
    similarities of words are the same, whatever way a cloud is turned.
    """

    time: float
    stopped: FloatArray
    cut: FloatArray
    same: float


def stopped_and_cut(
    frames: Sequence[Frame], camera: Camera, prediction: Prediction, rank: int
) -> Pair:  # fmt: skip
    """Stopping early beside cutting off (paper: early stopping is truncating the rank).

    Raises
    ------
    InputError
        ``rank`` is not from 1 to one less than the axes that frames keep.
    """
    if not 1 <= rank < camera.axes:
        raise InputError(f"rank is {rank}, and must be from 1 to {camera.axes - 1}")
    middle = float(prediction.descent_times[rank - 1] + prediction.descent_times[rank]) / 2
    frame = min(frames, key=lambda one: abs(one.time - middle))
    stopped = frame.cloud.T * camera.scale
    cut = np.zeros_like(stopped)
    cut[:, :rank] = embedding(camera.spectrum.head(rank))
    own, other = float(np.linalg.norm(stopped.T @ stopped)), float(np.linalg.norm(cut.T @ cut))
    common = float(np.linalg.norm(stopped.T @ cut)) ** 2
    apart = np.sqrt(max(own**2 + other**2 - 2 * common, 0.0)) / other
    return Pair(frame.time, frozen(stopped), frozen(cut), float(1 - apart))
