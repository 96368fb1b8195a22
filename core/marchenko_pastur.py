"""The law of Marchenko and Pastur: eigenvalues of a Gram matrix of noise, and its fit to those of a real one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]

LEAST_BULK = 4  # two parameters cannot be told from fewer


@dataclass(frozen=True)
class Bulk:
    """The law fitted to the eigenvalues that are not spikes. NaN, and no spikes, where there are too few to fit.

    variance : mean of the bulk's eigenvalues, the expected squared length of a row of noise.
    gamma : rows over effective dimension. effective_dim : of the noise, (sum sigma_j^2)^2 / sum sigma_j^4.
    lower, upper : edges of the bulk. threshold : above it an eigenvalue is a spike.
    distance : Kolmogorov-Smirnov, of the bulk's eigenvalues from the law. count : how many those are.
    spikes : how many eigenvalues are above the threshold.
    """

    variance: float
    gamma: float
    effective_dim: float
    lower: float
    upper: float
    threshold: float
    distance: float
    count: int
    spikes: int

    @property
    def fitted(self) -> bool:
        """Whether there was enough to fit."""
        return bool(np.isfinite(self.variance))


def edges(variance: float, gamma: float) -> tuple[float, float]:
    """variance (1 -+ sqrt(gamma))^2, where the bulk begins and ends."""
    root = np.sqrt(gamma)
    return float(variance * (1 - root) ** 2), float(variance * (1 + root) ** 2)


def density(x: FloatArray, variance: float, gamma: float) -> FloatArray:
    """sqrt((x - lower)(upper - x)) / (2 pi gamma variance x) between the edges, 0 elsewhere. Shape of x.

    It integrates to 1 for gamma <= 1, and to 1 / gamma above: the rest are zeros (``cumulative`` counts them).
    """
    x = np.asarray(x, np.float64)
    lower, upper = edges(variance, gamma)
    inside = (x > lower) & (x < upper) & (x > 0)
    safe = np.where(inside, x, 1.0)
    root = np.sqrt(np.maximum((safe - lower) * (upper - safe), 0))
    return np.where(inside, root / (2 * np.pi * gamma * variance * safe), 0.0)


def cumulative(x: FloatArray, variance: float, gamma: float) -> FloatArray:
    """Share of eigenvalues up to x, with the share 1 - 1 / gamma of zeros for gamma > 1. Shape of x."""
    x = np.asarray(x, np.float64)
    lower, upper = edges(variance, gamma)
    half, middle = (upper - lower) / 2, (upper + lower) / 2
    y = np.clip(x, lower, upper)
    turned = np.arcsin(np.clip((y - middle) / half, -1, 1))
    between = np.sqrt(np.maximum((y - lower) * (upper - y), 0)) + middle * (turned + np.pi / 2)
    if lower > 0:
        inner = np.clip(((upper + lower) * y - 2 * lower * upper) / (y * (upper - lower)), -1, 1)
        between = between - np.sqrt(lower * upper) * (np.arcsin(inner) + np.pi / 2)
    zeros = max(0.0, 1 - 1 / gamma)
    return np.where(x < 0, 0.0, np.minimum(zeros + between / (2 * np.pi * gamma * variance), 1.0))


def fit_bulk(eigenvalues: FloatArray, rank: int) -> Bulk:
    """Fit the law to the eigenvalues (N,) of a Gram matrix of this rank, those that stick out left aside."""
    eigenvalues = np.sort(np.asarray(eigenvalues, np.float64))[::-1]
    spikes = 0
    while len(eigenvalues) - spikes - 1 >= LEAST_BULK and eigenvalues[spikes] > 0:
        _, upper = edges(*_moments(eigenvalues[spikes + 1 :]))
        if eigenvalues[spikes] <= upper:
            break
        spikes += 1
    rest = eigenvalues[spikes:]
    if len(rest) < LEAST_BULK or not rest.sum() > 0:
        nan = float("nan")
        return Bulk(nan, nan, nan, nan, nan, nan, nan, len(eigenvalues), 0)
    variance, gamma = _moments(rest)
    lower, upper = edges(variance, gamma)
    return Bulk(
        variance=variance,
        gamma=gamma,
        effective_dim=len(rest) / gamma,
        lower=lower,
        upper=upper,
        threshold=upper,
        distance=_distance(rest, variance, gamma),
        count=len(rest),
        spikes=spikes,
    )


def _moments(eigenvalues: FloatArray) -> tuple[float, float]:
    """(variance, gamma) of the law with the same mean and the same second moment."""
    variance = float(eigenvalues.mean())
    return variance, max(float((eigenvalues**2).mean()) / variance**2 - 1, 1e-12)


def _distance(eigenvalues: FloatArray, variance: float, gamma: float) -> float:
    """Largest distance of the eigenvalues' steps from the law's curve."""
    ascending = np.sort(eigenvalues)
    law = cumulative(ascending, variance, gamma)
    count = len(ascending)
    return float(np.max(np.maximum(np.arange(1, count + 1) / count - law, law - np.arange(count) / count)))
