"""The panels of the Linear concepts page: spike, signal against dimension, power, signal in time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from core.figures.gram import Part, gram, span, tallest
from core.figures.power import power_figure
from core.figures.signal import peak, signal
from core.tasks import Reading
from core.ui import chrome, linear_told
from core.ui.choices import choice
from core.ui.linear_readings import Course, by_dimension, by_time, carried, noise
from core.ui.linear_words import Asked, KnownWords
from core.ui.prose import Prose, language

SAY = Prose("linear")
_DIM = 200
_STRONGEST = 8


def dimension(known: KnownWords, asked: Asked) -> int:
    """Show the slider; the dimension that is looked at."""
    places = [int(one) for one in by_dimension(known, asked).at]
    if len(places) < 2:
        return places[0]
    usual = max((one for one in places if one <= _DIM), default=places[0])
    return st.select_slider(
        SAY("dim"), places, usual, key="dim", bind="query-params", width=400, help=SAY("dim.help")
    )  # fmt: skip


def spike(known: KnownWords, asked: Asked, dim: int) -> None:
    """The Gram spectrum of the task vectors with its law, above that of random pairs; and what they say."""
    course = by_dimension(known, asked)
    reading = course.near(dim)
    null = noise(known.data, known.vocab_size, asked.pairs, dim) if dim <= known.most else None
    parts = [_part(reading, asked)] + ([replace(null.part, title=SAY("spike.null"))] if null else [])
    across = span([*_parts(course, asked), *parts])
    st.markdown(linear_told.finding(reading, null))
    chrome.chart(
        gram(parts, across=across, top=tallest(parts, across), dark=chrome.dark(), language=language()),
        key="gram",
        alt=SAY(
            "spike.alt",
            pairs=len(asked.pairs),
            dim=dim,
            largest=float(reading.eigenvalues[0]),
            edge=reading.bulk.upper,
        ),
    )
    st.caption(linear_told.fit(reading))
    if dim > known.most:
        st.caption(SAY("spike.null.known", most=known.most))
    chrome.table(linear_told.eigenvalues(parts), label=SAY("spike.table"))


def _part(reading: Reading, asked: Asked) -> Part:
    return Part(SAY("spike.part", name=asked.called, pairs=len(asked.pairs)), reading.eigenvalues, reading.bulk)


def _parts(course: Course, asked: Asked) -> list[Part]:
    return [_part(one, asked) for one in course.readings]


def against_dimension(known: KnownWords, asked: Asked, dim: int) -> None:
    """Signal over noise, accuracy and cosine against d, with the null's."""
    course = by_dimension(known, asked)
    st.markdown(linear_told.degradation(course))
    chrome.chart(
        signal(
            course.at, course.readings, title=SAY("dim"), now=dim, symbol="d", dark=chrome.dark(), language=language()
        ),
        key="dims",
        alt=SAY("dims.alt"),
    )
    if course.source:
        st.caption(course.source)
    chrome.table(linear_told.numbers(course, "d"), label=SAY("dims.table"))


def powers(known: KnownWords, asked: Asked) -> None:
    """Bars of power over concepts, and the strongest with their words."""
    found = carried(known.data, known.vocab_size, asked.pairs)
    scale = choice(
        st.segmented_control,
        SAY("carry.scale"),
        {"linear": SAY("carry.scale.linear"), "log": SAY("carry.scale.log")},
        key="scale",
        required=True,
    )
    strongest = np.argsort(-found.shares, kind="stable")[:_STRONGEST].tolist()
    st.markdown(linear_told.carriers(found, strongest))
    chrome.chart(
        power_figure(
            found.shares,
            found.null,
            found.ends,
            strongest=_STRONGEST,
            log=scale == "log",
            dark=chrome.dark(),
            language=language(),
        ),
        key="power",
        alt=SAY("carry.alt", concepts=known.most, strongest=strongest[0] + 1),
    )
    chrome.table(linear_told.strongest_rows(found, strongest), label=SAY("carry.table"), expanded=True)


def evidence(known: KnownWords, asked: Asked) -> str:
    """By which kind of evidence the panel of time speaks."""
    return "simulation" if by_time(known, asked).source else "derivation"


@st.fragment
def in_time(known: KnownWords, asked: Asked) -> None:
    """The same during training: a slider of moments, the spectrum then, and where signal over noise peaks."""
    course = by_time(known, asked)
    names = [f"{one:.1f}" for one in course.at]  # in the address, which is the same in every language
    chosen = st.select_slider(
        SAY("time.axis"), names, names[peak(course.readings)], key="moment", bind="query-params", width=560,
        help=SAY("time.help"),
    )  # fmt: skip
    n = names.index(chosen)
    parts = _parts(course, asked)
    across = span(parts)
    st.markdown(linear_told.moment(course, n))
    left, right = st.columns(2, gap="large")
    with left:
        chrome.chart(
            gram([parts[n]], across=across, top=tallest(parts, across), dark=chrome.dark(), language=language()),
            key="gram in time",
            alt=SAY("time.alt", time=chosen),
        )
        st.caption(linear_told.fit(course.readings[n]))
        st.caption(_source(course, known))
    with right:
        chrome.chart(
            signal(
                course.at, course.readings, title=SAY("time.axis"), now=course.at[n], symbol="t·λ₁",
                dark=chrome.dark(), language=language(),
            ),
            key="moments",
            alt=SAY("time.alt.signal"),
        )  # fmt: skip
    chrome.table(linear_told.numbers(course, "t·λ₁"), label=SAY("time.table"))


def _source(course: Course, known: KnownWords) -> str:
    """Where the numbers of the panel of time are from."""
    if course.source:
        return SAY("time.trained", source=course.source)
    return SAY("time.predicted", concepts=course.learned[-1], words=known.vocab_size)
