"""What the numbers of the Linear concepts page say, in sentences and in rows of tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.figures.gram import Part
from core.figures.signal import peak
from core.tasks import Reading
from core.ui.linear_readings import Carried, Course, Noise, above

_HIDES = 2  # the cosine loses more than twice the share that accuracy loses

Rows = list[dict[str, Any]]


def finding(reading: Reading, null: Noise | None) -> str:
    """The spike beside the null's, and how far the pairs agree in it."""
    ratio = above(reading.eigenvalues, reading.bulk)
    if not np.isfinite(ratio):
        few = f"**{len(reading.eigenvalues)} pairs leave too few eigenvalues to fit a bulk.**"
        return f"{few} {_signal(reading)} {_agreement(reading)}"
    told = f"**The largest eigenvalue is {ratio:.1f} times the edge of the bulk"
    if null is None or not np.isfinite(null.median):
        told = f"{told}.** {_signal(reading)}"
    else:
        told = (
            f"{told}; for random pairs of the same words it is {null.median:.1f} times** (median of {null.draws}; "
            f"95 % stay below {null.most:.1f})."
        )
    return f"{told} {_agreement(reading)} {_verdict(reading, null is not None and ratio > null.most)}".strip()


def _signal(reading: Reading) -> str:
    middle, high = reading.null_snr
    told = f"Signal over noise is {reading.snr:.1f}"
    return f"{told}, of random pairs {middle:.1f} (95 % below {high:.1f})." if np.isfinite(middle) else f"{told}."


def _agreement(reading: Reading) -> str:
    middle, high = reading.null_agreement
    told = f"In its direction the pairs agree to **{reading.agreement:.0%}**"
    if not np.isfinite(middle):
        return f"{told}; these words allow no other pairs to compare with."
    return f"{told}, random pairs to {middle:.0%} (95 % below {high:.0%})."


def _verdict(reading: Reading, larger: bool) -> str:
    """Whether the pairs point the same way, more than random pairs do, and whether that stands out of the noise."""
    most = reading.null_agreement[1]
    if not np.isfinite(most):
        return ""
    if reading.agreement <= most:
        return "**They share no direction:** what they agree in is no more than random pairs may have in common."
    if not reading.bulk.spikes:
        return "**They lean the same way, but that does not stand out of the noise.**"
    return f"**They share a direction**{', longer than that of random pairs' if larger else ''}."


def fit(reading: Reading) -> str:
    """How well the law fits the bulk, beside how well it fits noise."""
    bulk = reading.bulk
    if not bulk.fitted:
        return "No law is fitted to so few eigenvalues."
    return (
        f"Fit of the law to the {bulk.count} eigenvalues of the bulk: Kolmogorov-Smirnov distance {bulk.distance:.3f}, "
        f"where noise that the law is right for has {bulk.usual_distance:.3f} on average (simulated). Effective "
        f"dimension of the noise, fitted: {bulk.effective_dim:.1f} of d = {reading.dim:,}."
    )


def degradation(course: Course) -> str:
    """What accuracy and cosine do from the dimension of best accuracy to the last one."""
    if len(course.at) == 1:
        only = course.readings[0]
        return f"At d = {course.at[0]:,.0f} accuracy is {only.accuracy:.0%}, and the cosine {only.cosine:.2f}."
    shares = [one.accuracy for one in course.readings]
    best, last = int(np.nanargmax(shares)), len(shares) - 1
    begin = best if best < last else 0
    one, other = course.readings[begin], course.readings[last]
    lost = _lost(one.cosine, other.cosine), _lost(one.accuracy, other.accuracy)
    hidden = best < last and one.right > 0 and lost[0] > _HIDES * lost[1]
    return (
        f"{'**Accuracy hides degradation:** from' if hidden else 'From'} d = {course.at[begin]:,.0f} to "
        f"{course.at[last]:,.0f} accuracy goes from {one.accuracy:.0%} to {other.accuracy:.0%}, while the cosine goes "
        f"from {one.cosine:.2f} to {other.cosine:.2f}."
    )


def _lost(before: float, after: float) -> float:
    """Which share of it is gone."""
    return (before - after) / before if before > 0 else 0.0


def carriers(found: Carried, strongest: Sequence[int]) -> str:
    """How few concepts carry how much, beside what random pairs have on the same ones."""
    share, null = found.shares[list(strongest)].sum(), found.null[list(strongest)].sum()
    told = f"**{len(strongest)} of {len(found.shares)} concepts carry {share:.0%} of what the pairs have in common.**"
    return f"{told} Of the mean of random pairs the same concepts carry {null:.0%}." if np.isfinite(null) else told


def moment(course: Course, n: int) -> str:
    """Where we are in training, and where the signal over noise is largest."""
    best = peak(course.readings)
    one, top, last = (course.readings[place] for place in (n, best, -1))
    learned = f", {course.learned[n]} concepts learned" if course.learned else ""
    return (
        f"At t·λ₁ = {course.at[n]:.1f}{learned}: signal over noise **{one.snr:.1f}** (random pairs "
        f"{one.null_snr[0]:.1f}), accuracy **{one.accuracy:.0%}**, cosine **{one.cosine:.2f}**. Signal over noise is "
        f"largest, {top.snr:.1f}, at t·λ₁ = {course.at[best]:.1f}; at the end it is {last.snr:.1f}."
    )


def eigenvalues(parts: Sequence[Part]) -> Rows:
    """A row an eigenvalue, of these pairs and of random ones."""
    rows: Rows = []
    for k in range(len(parts[0].eigenvalues)):
        row: dict[str, Any] = {"k": k + 1}
        for name, part in zip(("these pairs", "random pairs"), parts, strict=False):
            value = float(part.eigenvalues[k])
            row |= {name: float(f"{value:.5g}"), f"{name}: spike": value > part.bulk.threshold}
        rows.append(row)
    return rows


def numbers(course: Course, axis: str) -> Rows:
    """A row for each place of a course."""
    learned = course.learned or (None,) * len(course.at)
    return [
        {axis: round(at, 2)}
        | ({} if count is None else {"concepts learned": count})
        | {
            "signal over noise": round(one.snr, 3),
            "random pairs: median": round(one.null_snr[0], 3),
            "random pairs: 95 %": round(one.null_snr[1], 3),
            "largest / edge": round(above(one.eigenvalues, one.bulk), 3),
            "agreement": round(one.agreement, 4),
            "random pairs: agreement": round(one.null_agreement[0], 4),
            "right": one.right,
            "of": one.total,
            "accuracy": round(one.accuracy, 4),
            "random pairs: accuracy": round(one.null_accuracy, 4),
            "cosine": round(one.cosine, 4),
            "random pairs: cosine": round(one.null_cosine, 4),
        }
        for at, one, count in zip(course.at, course.readings, learned, strict=True)
    ]


def strongest_rows(found: Carried, strongest: Sequence[int]) -> Rows:
    """A row for each of these concepts, with the words at both ends."""
    return [
        {
            "concept": k + 1,
            "share": f"{found.shares[k]:.1%}",
            "random pairs": f"{found.null[k]:.1%}",
            "the first words lean to": " · ".join(found.ends[k][0]),
            "the second words lean to": " · ".join(found.ends[k][1]),
        }
        for k in strongest
    ]
