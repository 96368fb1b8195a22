"""What the Linear concepts page reads of pairs: from the kept record where it has them, else computed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.benchmark import Kept
from core.errors import InputError
from core.figures.gram import Part
from core.linear import NULLS, gram_spectrum, many_nulls, mean_task_vector, null_power, power, task_vectors
from core.marchenko_pastur import Bulk, fit_bulk
from core.tasks import Reading, against_dimension, against_time
from core.theory import FloatArray, rise_times, step_widths
from core.ui.linear_words import Asked, KnownWords, Pairs, features, followed
from core.ui.memory import remembered
from core.ui.prose import Prose
from core.ui.records import kept_record, model_name, of_bundled

SAY = Prose("linear")
DIMS = (16, 32, 64, 128, 200, 256, 300, 512, 1_024, 2_048, 4_096)
START = 2e-4  # s_k^2(0), the same for every concept: 200 dimensions that start at 0.001
_MOMENTS = 16
_END_WORDS = 5
_APART = 0.1  # of two moments on the slider, which shows one decimal

Ends = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Course:
    """Readings along an axis. at : its places. source : of the record they are from; empty where computed now.

    learned : how many concepts at each place of a course in time; none where the axis is of dimension.
    """

    at: tuple[float, ...]
    readings: tuple[Reading, ...]
    source: str = ""
    learned: tuple[int, ...] = ()

    def near(self, place: float) -> Reading:
        """The reading at the place nearest to this one."""
        return self.readings[int(np.argmin(np.abs(np.asarray(self.at) - place)))]


@dataclass(frozen=True, eq=False)
class Noise:
    """The same words paired at random, several times. median, most : of the largest eigenvalue over its bulk's edge.

    part : the draw in the middle, to be drawn; without a title.
    """

    draws: int
    median: float
    most: float
    part: Part


@dataclass(frozen=True, eq=False)
class Carried:
    """Shares of the mean task vector along each concept, (K,), and those of random pairs on average.

    ends : for each concept the words at the end to which the first words of the pairs lean, and at the other.
    """

    shares: FloatArray
    null: FloatArray
    ends: tuple[Ends, ...]


def record() -> Kept | None:
    """The kept record of measurements; None where there is none that can be read."""
    try:
        return kept_record()
    except InputError:
        return None


def by_dimension(known: KnownWords, asked: Asked) -> Course:
    """A reading for each dimension: the record's for families at its scale, else as far as eigenpairs are known."""
    found = record()
    kept = _of_these(found, found.tasks_by_dim, known, asked) if found else ()
    if found and kept:
        return Course(tuple(float(one.dim) for one in kept), kept, _source(found, "mstar"))
    with st.spinner(SAY("reading")):
        return _by_dimension(known.data, known.vocab_size, asked.pairs)


def by_time(known: KnownWords, asked: Asked) -> Course:
    """A reading for each of a few moments of training: the record's run, else Lemma 3.1 from an aligned start."""
    found = record()
    kept = _of_these(found, found.tasks_by_time, known, asked) if found else ()
    if found and kept and len(kept) == len(found.task_times):
        ranks = {stage.time: stage.rank for stage in found.by_time.get("qwem", ())}
        learned = tuple(ranks.get(time, 0) for time in found.task_times)
        return Course(found.task_times, kept, _source(found, "qwem"), learned)
    with st.spinner(SAY("following")):
        return _by_time(known.data, known.vocab_size, asked.pairs)


def _source(found: Kept, model: str) -> str:
    """What a record says of how it was made."""
    row = found.row(model)
    made = ""
    if row and model == "qwem":
        made = SAY("record.made", name=model_name(model), how=row.how, dim=row.dim, when=row.when, machine=row.machine)
    return SAY("record", tokens=found.about.tokens / 1e6, words=found.about.vocab_size, made=made)


def _of_these(
    record: Kept, kept: Mapping[str, tuple[Reading, ...]], known: KnownWords, asked: Asked
) -> tuple[Reading, ...]:
    """The record's readings of these very pairs; none where it is of another text, other words or other pairs."""
    if asked.family is None or not known.paper_scale or not of_bundled(record):
        return ()
    found = kept.get(asked.family, ())
    return found if all(len(one.eigenvalues) == len(asked.pairs) for one in found) else ()


@remembered(max_entries=64)
def _by_dimension(data: str, vocab_size: int, pairs: Pairs) -> Course:
    known = features(data, vocab_size)
    dims = [dim for dim in DIMS if dim < known.most] + [known.most]
    return Course(tuple(map(float, dims)), against_dimension(known.embeddings, pairs, dims))


@remembered(max_entries=64)
def _by_time(data: str, vocab_size: int, pairs: Pairs) -> Course:
    """Moments evenly in the logarithm of how many concepts are learned, of those that are followed, and the end."""
    known = followed(data, vocab_size)
    values, start = known.values, np.full(known.rank, START)
    rises = rise_times(values, start)
    ranks = np.unique(np.geomspace(1, len(values), _MOMENTS).round().astype(int))
    times = np.append(rises[ranks - 1], rises[-1] + step_widths(values)[-1])
    times = times[np.append(True, np.diff(times) * values[0] > _APART)]
    readings = against_time(values, known.vectors, pairs, times=times, s0_squared=start)
    learned = (rises[None] <= times[:, None]).sum(axis=1)
    return Course(tuple(times * values[0]), readings, learned=tuple(learned.tolist()))


@remembered(max_entries=256)
def noise(data: str, vocab_size: int, pairs: Pairs, dim: int) -> Noise | None:
    """The null at a dimension of which the eigenpairs are known; None where these words allow no other pairs."""
    embeddings = features(data, vocab_size).embeddings[:, :dim]
    drawn = many_nulls(pairs, NULLS, 0)
    if not drawn:
        return None
    parts = [part("", embeddings, one, noise=True) for one in drawn]
    ratios = np.array([above(one.eigenvalues, one.bulk) for one in parts])
    if not np.isfinite(ratios).all():
        return Noise(len(parts), float("nan"), float("nan"), parts[0])
    middle = int(np.argsort(ratios, kind="stable")[len(ratios) // 2])
    return Noise(len(parts), float(np.median(ratios)), float(np.quantile(ratios, 0.95)), parts[middle])


def above(eigenvalues: FloatArray, bulk: Bulk) -> float:
    """The largest eigenvalue over the edge of its bulk; NaN where no bulk was fitted."""
    return float(eigenvalues[0] / bulk.upper)


def part(title: str, embeddings: NDArray, pairs: Pairs, *, noise: bool = False) -> Part:
    """The Gram spectrum of these pairs, to be drawn."""
    vectors = task_vectors(embeddings, pairs)
    eigenvalues = gram_spectrum(vectors)
    return Part(title, eigenvalues, fit_bulk(eigenvalues, min(vectors.shape)), noise)


@remembered(max_entries=64)
def carried(data: str, vocab_size: int, pairs: Pairs) -> Carried:
    """Which concepts carry the mean task vector, with the words at their ends."""
    known = features(data, vocab_size)
    vectors, values = known.spectrum.vectors, known.spectrum.values
    drawn = null_power(vectors, values, pairs)
    null = drawn.mean(axis=0) if len(drawn) else np.full(len(values), np.nan)
    leaning = mean_task_vector(vectors, pairs)
    concepts = (known.concept(k, _END_WORDS) for k in range(1, known.most + 1))
    ends = ((one.negative, one.positive) if lean > 0 else (one.positive, one.negative)
            for one, lean in zip(concepts, leaning, strict=True))  # fmt: skip
    return Carried(power(vectors, values, pairs), null, tuple(ends))
