"""The law of Marchenko and Pastur: eigenvalues of a Gram matrix of noise, and its fit to those of a real one.

N rows of independent noise in d dimensions have a Gram matrix R R^T whose eigenvalues spread between two edges,
variance (1 -+ sqrt(gamma))^2 with gamma = N / d, however large they are (paper, section on task vectors). What all rows
share sticks out above: a spike. Columns of task vectors vary unequally, as lambda_k falls, and count as fewer, equal
ones: d_eff = (sum sigma_j^2)^2 / sum sigma_j^4. The paper chooses d_eff by eye. Here it is fitted, see ``fit_bulk``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError

FloatArray = NDArray[np.floating[Any]]

LEAST = 5  # eigenvalues to fit: two parameters, and one that may be a spike
TRACY_WIDOM = 2.0234  # 99 % quantile of the law of the largest eigenvalue (real noise), in units of its width

_EQUAL = 1e-9
_FLATTEST = 1e-9


@dataclass(frozen=True)
class Bulk:
    """The law fitted to the eigenvalues that are not spikes. NaN, and no spikes, where there are too few to fit.

    variance : mean of the law, the expected squared length of a row of noise. gamma : rows over effective dimension.
    effective_dim : (count + zeros) / gamma.
    lower, upper : edges of the bulk. threshold : above it an eigenvalue is a spike; a little beyond the edge.
    distance : Kolmogorov-Smirnov, of the bulk's eigenvalues from the law.
    count : how many those are. zeros : how many more are 0 because there are more rows than dimensions.
    spikes : how many eigenvalues were left out of the fit, the largest ones.
    """

    variance: float
    gamma: float
    effective_dim: float
    lower: float
    upper: float
    threshold: float
    distance: float
    count: int
    zeros: int
    spikes: int

    @property
    def fitted(self) -> bool:
        """Whether there was enough to fit."""
        return bool(np.isfinite(self.variance))

    @property
    def usual_distance(self) -> float:
        """Mean ``distance`` of noise that the law is right for, with as many eigenvalues: about 0.57 n^-0.7.

        Simulated, right to a tenth or so. Eigenvalues repel each other: as many independent numbers would be at twice
        to three times that distance, so tables of the Kolmogorov-Smirnov test do not apply.
        """
        return 0.57 * self.count**0.3 / (self.count + self.zeros) if self.fitted else float("nan")


def edges(variance: float, gamma: float) -> tuple[float, float]:
    """variance (1 -+ sqrt(gamma))^2, where the bulk begins and ends."""
    root = np.sqrt(gamma)
    return float(variance * (1 - root) ** 2), float(variance * (1 + root) ** 2)


def density(x: NDArray, variance: float, gamma: float) -> FloatArray:
    """sqrt((x - lower)(upper - x)) / (2 pi gamma variance x) between the edges, 0 elsewhere. Shape of x.

    It integrates to 1 for gamma <= 1, and to 1 / gamma above: the rest are zeros (``cumulative`` counts them).

    Raises
    ------
    InputError
        variance or gamma is not positive.
    """
    x = _places(x, variance, gamma)
    lower, upper = edges(variance, gamma)
    inside = (x > lower) & (x < upper)
    safe = np.where(inside, x, upper)
    return np.where(inside, np.sqrt((safe - lower) * (upper - safe)) / (2 * np.pi * gamma * variance * safe), 0.0)


def cumulative(x: NDArray, variance: float, gamma: float) -> FloatArray:
    """Share of eigenvalues up to x, with the share 1 - 1 / gamma of zeros for gamma > 1. Shape of x.

    Raises
    ------
    InputError
        variance or gamma is not positive.
    """
    x = _places(x, variance, gamma)
    return np.where(x < 0, 0.0, _share(x / variance, gamma))


def _share(x: FloatArray, gamma: float) -> FloatArray:
    """``cumulative`` for a variance of 1 and x >= 0, in closed form.

    With x = 1 + gamma + 2 sqrt(gamma) c, and c from -1 to 1 between the edges. Angles from sine and cosine, since
    an arc cosine would lose half of all digits at the edges.
    """
    root, away = np.sqrt(gamma), abs(1 - gamma)
    c = np.clip((x - 1 - gamma) / (2 * root), -1, 1)
    s = np.sqrt((1 - c) * (1 + c))
    area = 2 * root * s + (1 + gamma) * np.arctan2(s, -c) - away * np.arctan2(away * s, -2 * root - (1 + gamma) * c)
    return np.clip(max(0.0, 1 - 1 / gamma) + area / (2 * np.pi * gamma), 0, 1)


def fit_bulk(eigenvalues: FloatArray, rank: int) -> Bulk:
    """Fit the law to eigenvalues of R R^T, and tell spikes from the bulk. No factor is set by hand.

    ``eigenvalues`` (N,), of which those beyond the first ``rank`` count as 0: there are min(N, d), or fewer.

    The rule. (1) Set the largest eigenvalue aside as a candidate. (2) Fit variance and gamma by least squares between
    the law's cumulative share at each eigenvalue that is left, and the share that is there, (i - 1/2) / N from the
    smallest; the candidate counts as one above them all, so that it is neither taken for a spike nor moves the fit.
    (3) The largest eigenvalue of noise with these parameters varies by the law of Tracy and Widom; a candidate beyond
    its 99 % quantile (Johnstone 2001, for real noise) is a spike: leave it out and begin again with the next. (4) The
    first that is not ends the search, and the law is fitted to all eigenvalues that are left.

    Measured on simulated noise, N = 5 to 100 and d = 16 to 300: a spike where there is none in 0 to 5 of 100 spectra;
    d_eff 1 to 10 % too small, with a spike of 40 % of all length 2 to 20 %, more for fewer rows. Columns whose
    variances fall as j^(-1/2), about as lambda_k does: d_eff to 10 %, a spike where there is none in 5 to 25 of 100;
    as 1 / j: d_eff up to twice too large, and some spikes always. Tried and dropped: the first two moments of what is
    left (a spike where there is none in 20 to 50 of 100, since what is left is cut at the top), and those with the
    candidate in (strong spikes hide themselves).

    How it can mislead. A spike is more than this law allows, not yet a concept. Words of several kinds make spikes of
    random pairs, too, and so do a few columns with most of the variance: compare with random pairs of the same words,
    and see ``core.linear.Gram.agreement``. Where a family has fewer dimensions than pairs, few eigenvalues are left.

    Raises
    ------
    InputError
        An eigenvalue is negative or not a number, or they are not a list.
    """
    values = _descending(eigenvalues)
    bulk = values[: max(0, min(rank, rank_of(values)))]
    zeros = len(values) - len(bulk)
    if len(bulk) < LEAST:
        nan = float("nan")
        return Bulk(nan, nan, nan, nan, nan, nan, nan, len(bulk), zeros, 0)
    spikes = 0
    while len(bulk) >= LEAST and bulk[0] > _threshold(*_fit(bulk[1:], zeros, above=1), len(bulk) + zeros):
        bulk, spikes = bulk[1:], spikes + 1
    variance, gamma = _fit(bulk, zeros, above=0)
    rows = len(bulk) + zeros
    lower, upper = edges(variance, gamma)
    return Bulk(
        variance=variance,
        gamma=gamma,
        effective_dim=rows / gamma,
        lower=lower,
        upper=upper,
        threshold=_threshold(variance, gamma, rows),
        distance=_distance(bulk, zeros, variance, gamma),
        count=len(bulk),
        zeros=zeros,
        spikes=spikes,
    )


def rank_of(eigenvalues: FloatArray) -> int:
    """How many eigenvalues of a Gram matrix are more than rounding of the largest."""
    largest = float(np.max(eigenvalues, initial=0.0))
    return int((eigenvalues > len(eigenvalues) * np.finfo(float).eps * largest).sum())


def _fit(bulk: FloatArray, zeros: int, *, above: int) -> tuple[float, float]:
    """(variance, gamma) nearest to descending positive eigenvalues, with so many zeros below and so many above."""
    rows = len(bulk) + zeros
    variance = float(bulk.sum()) / rows
    spread = float((bulk**2).sum()) / rows / variance**2 - 1
    if spread < _EQUAL:
        return variance, _FLATTEST
    ascending = bulk[::-1] / variance
    share = (zeros + np.arange(len(bulk)) + 0.5) / (rows + above)
    most = np.log(rows)  # no noise has less than one dimension

    from scipy.optimize import leastsq  # half a second to load: not for those who do not fit

    def away(logs: FloatArray) -> FloatArray:
        relative, gamma = _parameters(logs, most)
        return _share(ascending / relative, gamma) - share

    logs = leastsq(away, [0.0, np.log(spread)], xtol=1e-4, ftol=1e-6, maxfev=200, full_output=True)[0]
    relative, gamma = _parameters(logs, most)
    return relative * variance, gamma


def _parameters(logs: FloatArray, most: float) -> tuple[float, float]:
    return float(np.exp(np.clip(logs[0], -20, 20))), float(np.exp(np.clip(logs[1], np.log(_FLATTEST), most)))


def _threshold(variance: float, gamma: float, rows: int) -> float:
    """99 % quantile of the largest eigenvalue of noise with these parameters (Johnstone 2001, centred as Ma 2012)."""
    dims = rows / gamma
    one, other = np.sqrt(rows - 0.5), np.sqrt(dims - 0.5)
    centre, width = (one + other) ** 2, (one + other) * (1 / one + 1 / other) ** (1 / 3)
    return float(variance / dims * (centre + TRACY_WIDOM * width))


def _distance(bulk: FloatArray, zeros: int, variance: float, gamma: float) -> float:
    """Largest distance between the steps of descending eigenvalues, and of zeros, and the curve of the law."""
    law, rows = cumulative(bulk[::-1], variance, gamma), len(bulk) + zeros
    steps = (zeros + np.arange(len(bulk) + 1)) / rows
    at_zero = abs(max(0.0, 1 - 1 / gamma) - steps[0])
    return float(max(at_zero, np.abs(steps[1:] - law).max(), np.abs(law - steps[:-1]).max()))


def _descending(eigenvalues: NDArray) -> FloatArray:
    values = np.asarray(eigenvalues, np.float64)
    if values.ndim != 1 or not np.isfinite(values).all() or (values < 0).any():
        raise InputError("eigenvalues of a Gram matrix are a list of finite numbers, none of them negative")
    return np.sort(values)[::-1]


def _places(x: NDArray, variance: float, gamma: float) -> FloatArray:
    """Where a law is asked for, as float64. Raises InputError where there is no law with these parameters."""
    if not (variance > 0 and gamma > 0):
        raise InputError(f"variance is {variance:g} and gamma {gamma:g}, and both must be positive")
    return np.asarray(x, np.float64)
