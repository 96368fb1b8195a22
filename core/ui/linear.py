"""The panels of the Linear concepts page: spike, signal against dimension, power, signal in time."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.figures.gram import Part, gram, span, tallest
from core.figures.power import power_figure
from core.figures.signal import peak, signal
from core.tasks import Reading
from core.ui import chrome, linear_told
from core.ui.linear_readings import Course, by_dimension, by_time, carried, noise
from core.ui.linear_words import Asked, KnownWords

_DIM = 200
_STRONGEST = 8


def dimension(known: KnownWords, asked: Asked) -> int:
    """Show the slider; the dimension that is looked at."""
    places = [int(one) for one in by_dimension(known, asked).at]
    if len(places) < 2:
        return places[0]
    usual = max((one for one in places if one <= _DIM), default=places[0])
    return st.select_slider(
        "dimension d", places, usual, key="dim", bind="query-params", width=400,
        help="How many numbers a word uses: the first d eigenpairs of M*, scaled as in Theorem 1.",
    )  # fmt: skip


def spike(known: KnownWords, asked: Asked, dim: int) -> None:
    """The Gram spectrum of the task vectors with its law, above that of random pairs; and what they say."""
    course = by_dimension(known, asked)
    reading = course.near(dim)
    null = noise(known.data, known.vocab_size, asked.pairs, dim) if dim <= known.most else None
    parts = [_part(reading, asked)] + ([null.part] if null else [])
    across = span([*_parts(course, asked), *parts])
    st.markdown(linear_told.finding(reading, null))
    chrome.chart(
        gram(parts, across=across, top=tallest(parts, across), dark=chrome.dark()),
        key="gram",
        alt=f"Eigenvalues of the Gram matrix of {len(asked.pairs)} task vectors at d = {dim}: the largest is "
        f"{reading.eigenvalues[0]:.3g}, the edge of the bulk {reading.bulk.upper:.3g}. Below, those of random pairs.",
    )
    st.caption(linear_told.fit(reading))
    if dim > known.most:
        st.caption(f"Spectra of random pairs are known up to d = {known.most}; above, their signal over noise is.")
    chrome.table(linear_told.eigenvalues(parts), label="The eigenvalues")


def _part(reading: Reading, asked: Asked) -> Part:
    return Part(f"{asked.called}: {len(asked.pairs)} pairs", reading.eigenvalues, reading.bulk)


def _parts(course: Course, asked: Asked) -> list[Part]:
    return [_part(one, asked) for one in course.readings]


def against_dimension(known: KnownWords, asked: Asked, dim: int) -> None:
    """Signal over noise, accuracy and cosine against d, with the null's."""
    course = by_dimension(known, asked)
    st.markdown(linear_told.degradation(course))
    chrome.chart(
        signal(course.at, course.readings, title="dimension d", now=dim, symbol="d", dark=chrome.dark()),
        key="dims",
        alt="Signal over noise, top-1 accuracy and cosine with the expected word against dimension, each beside that "
        "of random pairs of the same words.",
    )
    if course.source:
        st.caption(course.source)
    chrome.table(linear_told.numbers(course, "d"), label="The numbers in each dimension")


def powers(known: KnownWords, asked: Asked) -> None:
    """Bars of power over concepts, and the strongest with their words."""
    found = carried(known.data, known.vocab_size, asked.pairs)
    scale = st.segmented_control(
        "shares", ["linear", "log"], default="linear", required=True, key="scale", bind="query-params"
    )
    strongest = np.argsort(-found.shares, kind="stable")[:_STRONGEST].tolist()
    st.markdown(linear_told.carriers(found, strongest))
    chrome.chart(
        power_figure(
            found.shares, found.null, found.ends, strongest=_STRONGEST, log=scale == "log", dark=chrome.dark()
        ),
        key="power",
        alt=f"Share of the mean task vector along each of {known.most} concepts; concept {strongest[0] + 1} has most.",
    )
    chrome.table(
        linear_told.strongest_rows(found, strongest), label="The strongest, with the words at both ends", expanded=True
    )


def evidence(known: KnownWords, asked: Asked) -> str:
    """By which kind of evidence the panel of time speaks."""
    return "simulation" if by_time(known, asked).source else "derivation"


@st.fragment
def in_time(known: KnownWords, asked: Asked) -> None:
    """The same during training: a slider of moments, the spectrum then, and where signal over noise peaks."""
    course = by_time(known, asked)
    names = [f"{one:.1f}" for one in course.at]
    chosen = st.select_slider(
        "training time t·λ₁", names, names[peak(course.readings)], key="moment", bind="query-params", width=560,
        help="Moments are spaced evenly in the logarithm of how many concepts are learned.",
    )  # fmt: skip
    n = names.index(chosen)
    parts = _parts(course, asked)
    across = span(parts)
    st.markdown(linear_told.moment(course, n))
    left, right = st.columns(2, gap="large")
    with left:
        chrome.chart(
            gram([parts[n]], across=across, top=tallest(parts, across), dark=chrome.dark()),
            key="gram in time",
            alt=f"Eigenvalues of the Gram matrix at t·λ₁ = {chosen}, on an axis that is the same for all moments.",
        )
        st.caption(linear_told.fit(course.readings[n]))
        st.caption(_source(course, known))
    with right:
        chrome.chart(
            signal(
                course.at, course.readings, title="training time t·λ₁", now=course.at[n], symbol="t·λ₁",
                dark=chrome.dark(),
            ),
            key="moments",
            alt="Signal over noise, accuracy and cosine against training time, each beside that of random pairs.",
        )  # fmt: skip
    chrome.table(linear_told.numbers(course, "t·λ₁"), label="The numbers at each moment")


def _source(course: Course, known: KnownWords) -> str:
    """Where the numbers of the panel of time are from."""
    if course.source:
        return f"A model that was trained. {course.source}"
    return (
        f"Predicted, not trained: W(t) = V diag(sₖ(t)) with sₖ(t) of Lemma 3.1, from an aligned start, for the first "
        f"{course.learned[-1]} concepts of these {known.vocab_size:,} words."
    )
