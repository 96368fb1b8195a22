"""From ranks to times: when a run has its first d concepts, and what it can do when it is stopped then."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.errors import InputError
from core.linear import Pairs
from core.order.scores import grown_pairs, grown_words
from core.spectrum import Spectrum
from core.theory import FloatArray, aligned_start, lemma_31, step_size_rise_times
from core.training import TrainSpec, initial_embeddings


def predicted_times(spectrum: Spectrum, plan: TrainSpec) -> FloatArray:
    """When a planned run has half of each of its first d concepts, d = 1..K: the largest tau_k with k <= d. (K,).

    In units of gradient flow, for steps of ``plan.dt``; the dimension of the run is at least K. A concept that is
    there from the start counts as learned at 0. It misleads where steps are wider than the time between them, as late
    ones are: those concepts rise together, not one by one.

    Raises
    ------
    InputError
        An eigenvalue is not above 0, or the run has fewer dimensions.
    """
    times = step_size_rise_times(spectrum.values, start_squares(spectrum, plan), plan.dt)
    return np.maximum.accumulate(np.maximum(times, 0))


def start_squares(spectrum: Spectrum, plan: TrainSpec) -> FloatArray:
    """s_k^2(0) of the start of a planned run, for Lemma 3.1 (``theory.aligned_start``). Shape (K,). Raises likewise."""
    if not (spectrum.values > 0).all():
        raise InputError("an eigenvalue is not above 0: its concept is never learned")
    if plan.dim < spectrum.rank:
        raise InputError(f"dimension is {plan.dim}, and {spectrum.rank} concepts need as many")
    return aligned_start(spectrum.vectors, initial_embeddings(len(spectrum.vectors), plan))


def stopped(
    spectrum: Spectrum,
    s0_squared: FloatArray,
    times: FloatArray,
    *,
    words: Sequence[int] = (),
    pairs: Pairs = (),
) -> FloatArray:
    """The two scores of words, or of pairs, in a run stopped at each of these times, by Lemma 3.1. Shape (T, 2).

    W(t) = V diag(s_k(t)), nothing cut off: whether stopping is truncating can be seen. Times in units of gradient
    flow, eigenvalues positive. It misleads before tau_1: the lemma has the model know its directions from the start,
    when all are equally short.
    """
    squares = lemma_31(spectrum.values, s0_squared, times)
    if pairs:
        return np.array([grown_pairs(spectrum, one, pairs) for one in squares])
    numbers = np.asarray(words, np.int64)
    return np.array([grown_words(spectrum, one, numbers) for one in squares])
