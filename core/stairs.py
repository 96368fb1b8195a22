"""The steps of a run: when each was predicted and when it came, and how sharp it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.compare import Prediction
from core.frames import HALF, Frame
from core.theory import FloatArray

_FROM, _TO = 0.1, 0.9
_LINEAR = (1e-4, 1e-2)


@dataclass(frozen=True)
class Step:
    """One concept's step, predicted and trained. Times in units of gradient flow, None for never or not yet."""

    k: int
    value: float
    target: float
    flow_time: float | None
    descent_time: float | None
    trained_time: float | None
    trained: float | None
    plateau: float


def steps(prediction: Prediction, frames: Sequence[Frame], count: int) -> list[Step]:
    """The first ``count`` steps. ``trained_time`` is when half of the mode's variance was there."""
    return [_step(prediction, frames, k) for k in range(1, count + 1)]


def _step(prediction: Prediction, frames: Sequence[Frame], k: int) -> Step:
    target = float(prediction.targets[k - 1])
    reached = (frame.time for frame in frames if target > 0 and frame.singular_values[k - 1] ** 2 >= HALF * target**2)
    return Step(
        k=k,
        value=target**2,
        target=target,
        flow_time=_known(prediction.flow_times[k - 1]),
        descent_time=_known(prediction.descent_times[k - 1]),
        trained_time=next(reached, None),
        trained=float(frames[-1].singular_values[k - 1]) if frames else None,
        plateau=float(prediction.plateaus[k]),
    )


def _known(time: float) -> float | None:
    return float(time) if np.isfinite(time) else None


def half_times(times: FloatArray, singular_values: FloatArray, targets: FloatArray) -> FloatArray:
    """When each mode first had half of its variance lambda_k, between snapshots. Shape (d,).

    ``singular_values`` (T, d), ``targets`` (d,), sqrt(lambda_k). NaN for a mode that began with it, or never had it.
    """
    found = np.full(len(targets), np.nan)
    for k, half in enumerate(HALF * targets**2):
        variance = singular_values[:, k] ** 2
        n = int(np.argmax(variance >= half))
        if n and half > 0:
            found[k] = np.interp(half, variance[n - 1 : n + 1], times[n - 1 : n + 1])
    return found


def separation(rise_times: FloatArray, widths: FloatArray) -> FloatArray:
    """(tau_(k+1) - tau_k) / w_k, for k = 1..K-1: how far apart steps are against their width ln(81) / lambda_k.

    Above 1 two steps look separate; below, they melt together.
    """
    return np.diff(rise_times) / widths[:-1]


def wider_gaps(rise_times: FloatArray, widths: FloatArray, gaps: int) -> int:
    """Of the first so many gaps between steps, how many are wider than the step before."""
    return int((separation(rise_times, widths)[:gaps] > 1).sum())


def sharpness(times: FloatArray, singular_values: FloatArray, count: int) -> FloatArray:
    """How sharp each of the first ``count`` steps was: 1 for a step of Lemma 3.1, less for one that melts.

    ``times`` (T,), ``singular_values`` (T, d); returns shape (count,). r is the rate at which s_k^2 grew while it was
    between 0.0001 and 0.01 of the largest it ever was. In a step of Lemma 3.1 the rate of growth then falls from 90 %
    to 10 % of r in a time of ln(81) / r: as s_k^2 goes from 10 % to 90 % of its end. Sharpness is that time over the
    time it took (beyond the paper). It needs no theory of the model and does not mind a slow drift afterwards. NaN for
    a mode that was not seen that small, or that still grows at the end.
    """
    return np.array([_sharpness(times, singular_values[:, k] ** 2) for k in range(count)])


def _sharpness(times: FloatArray, variance: FloatArray) -> float:
    top = float(variance.max())
    first, last = (_first(variance >= share * top) for share in _LINEAR)
    if not top > 0 or first in (0, None) or last is None:
        return float("nan")
    begun, done = (_crossing(times, variance / top, share) for share in _LINEAR)
    rate = float(np.log(_LINEAR[1] / _LINEAR[0])) / (done - begun)
    middles = (times[1:] + times[:-1]) / 2
    logs = np.log(np.maximum(variance[first:], np.finfo(float).tiny))
    growth = np.diff(logs) / np.diff(times[first:]) / rate
    slow = _first(growth < _FROM)
    fast = np.flatnonzero(growth[:slow] >= _TO)
    if slow is None or not len(fast):
        return float("nan")
    fell = [_between(middles[first:], growth, n, level) for n, level in ((int(fast[-1]) + 1, _TO), (slow, _FROM))]
    return float(np.log(81) / rate / (fell[1] - fell[0]))


def _crossing(times: FloatArray, share: FloatArray, level: float) -> float:
    """When a share first reached a level, between two snapshots as exponential growth has it."""
    n = int(np.argmax(share >= level))
    return float(np.interp(np.log(level), np.log(share[n - 1 : n + 1]), times[n - 1 : n + 1]))


def _between(times: FloatArray, growth: FloatArray, n: int, level: float) -> float:
    """When the rate of growth fell below a level, in a straight line between snapshots n - 1 and n."""
    return float(np.interp(-level, -growth[n - 1 : n + 1], times[n - 1 : n + 1]))


def _first(true: NDArray[np.bool_]) -> int | None:
    """The number of the first entry that holds; None if none does."""
    return int(np.argmax(true)) if true.any() else None
