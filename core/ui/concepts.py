"""The instruments of the Concepts page."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import streamlit as st

from core.figures.heatmap import heatmap
from core.figures.pair import pair
from core.figures.spectrum import spectrum as spectrum_figure
from core.stairs import steps
from core.targets import meetings, pair_facts
from core.ui import chrome
from core.ui.choices import choice, word_choice
from core.ui.lab import Lab, concepts, spectrum
from core.ui.prose import Prose, language, spelt

SAY = Prose("concepts")
_RANK = 40
_WORDS_A_LINE = 3  # and more than 64 pixels, from which Streamlit breaks lines
_BLOCK_WORDS = 14
_NORMALISED = "row-normalised"


def word_lists(known: Lab) -> None:
    """A row a concept: eigenvalue, predicted time, and the words at both ends."""
    with st.container(horizontal=True, vertical_alignment="center"):
        choice(
            st.segmented_control, SAY("lists.rank"), {name: SAY(f"lists.{name}") for name in ("raw", _NORMALISED)},
            key="rank", required=True, help=SAY("lists.rank.help"),
        )  # fmt: skip
        count = st.segmented_control(
            SAY("lists.top"), [4, 6, 8, 12, 16], default=6, required=True, key="top", bind="query-params"
        )
    number, one, other, time, loss = (SAY(f"lists.{name}") for name in ("concept", "one", "other", "time", "loss"))
    rows = []
    words = concepts(known.spec, count, normalised=_normalised())
    for step in steps(known.prediction, (), known.concepts):
        found = words[step.k - 1]
        rows.append(
            {
                number: step.k,
                one: " · ".join(found.positive),
                other: " · ".join(found.negative),
                time: None if step.descent_time is None else step.descent_time * known.clock,
                "λ": step.value,
                loss: step.value**2 / known.problem.spectrum.total,
            }
        )
    configured = st.column_config.NumberColumn
    chrome.grid(
        rows,
        forms={"λ": ".1f", time: ".1f", loss: ".2%"},
        row_height=18 + 24 * -(-count // _WORDS_A_LINE),
        height="content",
        column_config={
            number: configured(width=70),
            "λ": configured(width=75, help=SAY("lists.strength.help")),
            time: configured(width=75, help=SAY("lists.time.help")),
            loss: configured(width=95, help=SAY("lists.loss.help")),
            one: st.column_config.TextColumn(width="large"),
            other: st.column_config.TextColumn(width="large"),
        },
    )


def _normalised() -> bool:
    """Whether words are ranked by the share of their own length."""
    return st.query_params.get("rank") == _NORMALISED


def spectra(known: Lab) -> None:
    """Eigenvalues of M*, PMI and PPMI."""
    spec = known.spec
    rank = min(_RANK, len(known.words))
    values = {name: spectrum(name, spec.data, spec.vocab_size, rank).values for name in ("mstar", "ppmi", "pmi")}
    chrome.chart(
        spectrum_figure(values, dark=chrome.dark(), language=language()),
        key="spectra",
        alt=SAY("spectra.alt"),
    )
    rows = [{"k": k + 1} | {name: round(float(values[name][k]), 3) for name in values} for k in range(rank)]
    chrome.table(rows, label=SAY("spectra.table"))
    st.caption(SAY("spectra.unseen"))


def microscope(known: Lab) -> None:
    """Counts, probabilities, PMI and M* of one pair of words."""
    first_default, second_default = _default_pair(known)
    with st.container(horizontal=True):
        first = word_choice(SAY("pair.first"), known.words, first_default, key="a", help=SAY("pair.help"))
        second = word_choice(SAY("pair.second"), known.words, second_default, key="b", help=SAY("pair.help"))
    counts = known.problem.counts
    unknown = [word for word in (first, second) if word not in counts.index]
    if unknown:
        chrome.literal_error(SAY("pair.unknown", word=unknown[0], words=len(known.words)))
        return
    facts = pair_facts(counts, counts.index[first], counts.index[second])
    chrome.chart(
        pair(facts.m_star, first, second, dark=chrome.dark(), language=language()),
        key="pair",
        alt=SAY("pair.alt", value=facts.m_star),
    )
    window = counts.source.window
    met = SAY("pair.count.help", window=window, meetings=round(meetings(facts.count, window)))
    with st.container(horizontal=True):
        st.metric(SAY("pair.count"), spelt(facts.count, ","), help=met)
        st.metric(SAY("pair.expected"), spelt(facts.expected, ",.0f"), help=SAY("pair.expected.help"))
        st.metric("PMI", SAY("pair.none") if facts.pmi is None else spelt(facts.pmi, ".3f"), help="ln(P_ij / P_i P_j)")
    rows: list[dict[str, Any]] = [
        {SAY("pair.quantity"): SAY(f"fact.{name}"), SAY("pair.value"): repr(value)}
        for name, value in asdict(facts).items()
    ]
    chrome.table(rows, label=SAY("pair.table"))


def blocks(known: Lab) -> None:
    """M* among the words at the two ends of a concept, shuffled by frequency or sorted by the concept."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        k = st.selectbox(
            SAY("blocks.concept"), range(1, known.concepts + 1), key="block", bind="query-params", width=100,
        )  # fmt: skip
        ordered = st.toggle(SAY("blocks.sort"), value=True, key="sorted", bind="query-params")
    found = known.concept(k, top=_BLOCK_WORDS, normalised=_normalised())
    words = found.positive + found.negative[::-1]
    index = known.problem.counts.index
    if not ordered:
        words = tuple(sorted(words, key=lambda word: index[word]))
    numbers = [index[word] for word in words]
    matrix = known.problem.matrix[numbers][:, numbers]
    chrome.chart(
        heatmap(matrix, words, dark=chrome.dark(), language=language()),
        key="blocks",
        alt=SAY("blocks.alt", words=len(words), k=k),
    )
    rows = [
        {SAY("blocks.word"): word}
        | {f"{n}. {other}": round(float(value), 2) for n, (other, value) in enumerate(pairs, 1)}
        for word, pairs in ((word, zip(words, row, strict=True)) for word, row in zip(words, matrix, strict=True))
    ]
    chrome.table(rows, label=SAY("blocks.table"))


def _default_pair(known: Lab) -> tuple[str, str]:
    wanted = [word for word in ("river", "water") if word in known.problem.counts.index]
    rest = [word for word in known.concept(1, top=2).positive if word not in wanted]
    first, second = (wanted + rest)[:2]
    return first, second
