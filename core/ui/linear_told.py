"""What the numbers of the Linear concepts page say, in sentences and in rows of tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.figures.gram import Part
from core.figures.signal import peak
from core.tasks import Reading
from core.ui.linear_readings import Carried, Course, Noise, above
from core.ui.prose import Prose, spelt

SAY = Prose("linear")
_HIDES = 2  # the cosine loses more than twice the share that accuracy loses

Rows = list[dict[str, Any]]


def finding(reading: Reading, null: Noise | None) -> str:
    """The spike beside the null's, and how far the pairs agree in it."""
    ratio = above(reading.eigenvalues, reading.bulk)
    if not np.isfinite(ratio):
        return f"{SAY('told.few', pairs=len(reading.eigenvalues))} {_signal(reading)} {_agreement(reading)}"
    if null is None or not np.isfinite(null.median):
        told = f"{SAY('told.ratio', ratio=ratio)} {_signal(reading)}"
    else:
        told = SAY("told.ratio.null", ratio=ratio, median=null.median, draws=null.draws, most=null.most)
    return f"{told} {_agreement(reading)} {_verdict(reading, null is not None and ratio > null.most)}".strip()


def _signal(reading: Reading) -> str:
    middle, high = reading.null_snr
    if not np.isfinite(middle):
        return SAY("told.signal", snr=reading.snr)
    return SAY("told.signal.null", snr=reading.snr, middle=middle, high=high)


def _agreement(reading: Reading) -> str:
    middle, high = reading.null_agreement
    if not np.isfinite(middle):
        return SAY("told.agree.alone", share=reading.agreement)
    return SAY("told.agree", share=reading.agreement, middle=middle, high=high)


def _verdict(reading: Reading, larger: bool) -> str:
    """Whether the pairs point the same way, more than random pairs do, and whether that stands out of the noise."""
    most = reading.null_agreement[1]
    if not np.isfinite(most):
        return ""
    if reading.agreement <= most:
        return SAY("told.none")
    if not reading.bulk.spikes:
        return SAY("told.drowned")
    return SAY("told.shared.longer" if larger else "told.shared")


def fit(reading: Reading) -> str:
    """How well the law fits the bulk, beside how well it fits noise."""
    bulk = reading.bulk
    if not bulk.fitted:
        return SAY("fit.none")
    return SAY(
        "fit",
        count=bulk.count,
        distance=bulk.distance,
        usual=bulk.usual_distance,
        directions=bulk.effective_dim,
        dim=reading.dim,
    )


def degradation(course: Course) -> str:
    """What accuracy and cosine do from the dimension of best accuracy to the last one."""
    if len(course.at) == 1:
        only = course.readings[0]
        return SAY("dims.one", dim=course.at[0], accuracy=only.accuracy, cosine=only.cosine)
    shares = [one.accuracy for one in course.readings]
    best, last = int(np.nanargmax(shares)), len(shares) - 1
    begin = best if best < last else 0
    one, other = course.readings[begin], course.readings[last]
    lost = _lost(one.cosine, other.cosine), _lost(one.accuracy, other.accuracy)
    hidden = best < last and one.right > 0 and lost[0] > _HIDES * lost[1]
    return SAY(
        "dims.hides" if hidden else "dims.from",
        begin=course.at[begin],
        end=course.at[last],
        accuracy=one.accuracy,
        accuracy_end=other.accuracy,
        cosine=one.cosine,
        cosine_end=other.cosine,
    )


def _lost(before: float, after: float) -> float:
    """Which share of it is gone."""
    return (before - after) / before if before > 0 else 0.0


def carriers(found: Carried, strongest: Sequence[int]) -> str:
    """How few concepts carry how much, beside what random pairs have on the same ones."""
    share, null = found.shares[list(strongest)].sum(), found.null[list(strongest)].sum()
    told = SAY("carried", strongest=len(strongest), concepts=len(found.shares), share=float(share))
    return f"{told} {SAY('carried.null', share=float(null))}" if np.isfinite(null) else told


def moment(course: Course, n: int) -> str:
    """Where we are in training, and where the signal over noise is largest."""
    best = peak(course.readings)
    one, top, last = (course.readings[place] for place in (n, best, -1))
    learned = SAY("time.moment.learned", concepts=course.learned[n]) if course.learned else ""
    return SAY(
        "time.moment",
        time=course.at[n],
        learned=f", {learned}" if learned else "",
        snr=one.snr,
        null=one.null_snr[0],
        accuracy=one.accuracy,
        cosine=one.cosine,
        top=top.snr,
        best=course.at[best],
        last=last.snr,
    )


def eigenvalues(parts: Sequence[Part]) -> Rows:
    """A row an eigenvalue, of these pairs and of random ones."""
    rows: Rows = []
    for k in range(len(parts[0].eigenvalues)):
        row: dict[str, Any] = {"k": k + 1}
        for name, part in zip(("these", "null"), parts, strict=False):
            value = float(part.eigenvalues[k])
            row |= {
                SAY(f"column.{name}"): float(f"{value:.5g}"),
                SAY(f"column.{name}.spike"): value > part.bulk.threshold,
            }
        rows.append(row)
    return rows


def numbers(course: Course, axis: str) -> Rows:
    """A row for each place of a course."""
    learned = course.learned or (None,) * len(course.at)
    return [
        {axis: round(at, 2)}
        | ({} if count is None else {SAY("column.learned"): count})
        | {
            SAY("column.snr"): round(one.snr, 3),
            SAY("column.accuracy"): round(one.accuracy, 4),
            SAY("column.cosine"): round(one.cosine, 4),
            SAY("column.right"): one.right,
            SAY("column.of"): one.total,
            SAY("column.null.median"): round(one.null_snr[0], 3),
            SAY("column.null.most"): round(one.null_snr[1], 3),
            SAY("column.null.accuracy"): round(one.null_accuracy, 4),
            SAY("column.null.cosine"): round(one.null_cosine, 4),
            SAY("column.edge"): round(above(one.eigenvalues, one.bulk), 3),
            SAY("column.agreement"): round(one.agreement, 4),
            SAY("column.null.agreement"): round(one.null_agreement[0], 4),
        }
        for at, one, count in zip(course.at, course.readings, learned, strict=True)
    ]


def strongest_rows(found: Carried, strongest: Sequence[int]) -> Rows:
    """A row for each of these concepts, with the words at both ends."""
    return [
        {
            SAY("column.concept"): k + 1,
            SAY("column.share"): spelt(found.shares[k], ".1%"),
            SAY("column.null"): spelt(found.null[k], ".1%"),
            SAY("column.first"): " · ".join(found.ends[k][0]),
            SAY("column.second"): " · ".join(found.ends[k][1]),
        }
        for k in strongest
    ]
