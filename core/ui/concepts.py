"""The instruments of the Concepts page."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import streamlit as st

from core.figures.heatmap import heatmap
from core.figures.pair import pair
from core.figures.spectrum import spectrum as spectrum_figure
from core.stairs import steps
from core.targets import pair_facts
from core.ui import chrome
from core.ui.lab import Lab, spectrum

_RANK = 40
_WORDS_A_LINE = 3  # and more than 64 pixels, from which Streamlit breaks lines
_BLOCK_WORDS = 14


def word_lists(known: Lab) -> None:
    """A row a concept: eigenvalue, predicted time, and the words at both ends."""
    with st.container(horizontal=True, vertical_alignment="center"):
        ranking = st.segmented_control(
            "Rank words by",
            ["raw", "row-normalised"],
            default="raw",
            key="rank",
            required=True,
            bind="query-params",
            help="Raw: how far a word lies along the direction; frequent words with much to say lead. Row-normalised: "
            "how much of the word's own length lies along it; words that are about little else lead.",
        )
        count = st.segmented_control(
            "Words at each end", [4, 6, 8, 12, 16], default=6, required=True, key="top", bind="query-params"
        )
    rows = []
    for step in steps(known.prediction, (), known.concepts):
        found = known.concept(step.k, top=count, normalised=ranking == "row-normalised")
        rows.append(
            {
                "concept": step.k,
                "one end": " · ".join(found.positive),
                "the other end": " · ".join(found.negative),
                "τ (t·λ₁)": None if step.descent_time is None else step.descent_time * known.clock,
                "λ": step.value,
                "loss step": step.value**2 / known.problem.spectrum.total,
            }
        )
    st.dataframe(
        chrome.cells(rows),
        hide_index=True,
        row_height=18 + 24 * -(-count // _WORDS_A_LINE),
        height="content",
        column_config={
            "concept": st.column_config.NumberColumn(width=70),
            "λ": st.column_config.NumberColumn(format="%.1f", width=75, help="Eigenvalue: how strong the concept is."),
            "τ (t·λ₁)": st.column_config.NumberColumn(
                format="%.1f",
                width=75,
                help="When it is half learned, for the start, step and seed above.",
            ),
            "loss step": st.column_config.NumberColumn(
                format="percent", width=95, help="By how much learning it lowers the loss: λ² of ‖M*‖²."
            ),
            "one end": st.column_config.TextColumn(width="large"),
            "the other end": st.column_config.TextColumn(width="large"),
        },
    )


def spectra(known: Lab) -> None:
    """Eigenvalues of M*, PMI and PPMI."""
    spec = known.spec
    rank = min(_RANK, len(known.words))
    values = {name: spectrum(name, spec.data, spec.vocab_size, rank).values for name in ("mstar", "ppmi", "pmi")}
    chrome.chart(
        spectrum_figure(values, dark=chrome.dark()),
        key="spectra",
        alt="Eigenvalues by rank of M*, PPMI and PMI, each relative to its first, on a logarithmic scale.",
    )
    rows = [{"k": k + 1} | {name: round(float(values[name][k]), 3) for name in values} for k in range(rank)]
    chrome.table(rows, label="The eigenvalues")
    st.caption("Pairs never seen have no PMI; they are set to 0, which is one convention among several.")


def microscope(known: Lab) -> None:
    """Counts, probabilities, PMI and M* of one pair of words."""
    first_default, second_default = _default_pair(known)
    with st.container(horizontal=True):
        first = _word("first word", first_default, "a", known)
        second = _word("second word", second_default, "b", known)
    counts = known.problem.counts
    unknown = [word for word in (first, second) if word not in counts.index]
    if unknown:
        chrome.literal_error(f"'{unknown[0]}' is not among these {len(known.words):,} words; try a more frequent one")
        return
    facts = pair_facts(counts, counts.index[first], counts.index[second])
    chrome.chart(
        pair(facts.m_star, first, second, dark=chrome.dark()),
        key="pair",
        alt=f"M* of the pair is {facts.m_star:.2f}, between -2 (never together) and +2 (always).",
    )
    with st.container(horizontal=True):
        st.metric("seen together (weighted)", f"{facts.count:,}", help="Exact integer count; nearer pairs weigh more.")
        st.metric("expected by chance", f"{facts.expected:,.0f}", help="What independent words would give.")
        st.metric("PMI", "none" if facts.pmi is None else f"{facts.pmi:.3f}", help="ln(P_ij / P_i P_j)")
    rows: list[dict[str, Any]] = [{"quantity": name, "value": repr(value)} for name, value in asdict(facts).items()]
    chrome.table(rows, label="All numbers of this pair")


def blocks(known: Lab) -> None:
    """M* among the words at the two ends of a concept, shuffled by frequency or sorted by the concept."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        k = st.selectbox(
            "concept", range(1, known.concepts + 1), key="block", bind="query-params", width=100,
        )  # fmt: skip
        ordered = st.toggle("Sort by the concept", value=True, key="sorted", bind="query-params")
    found = known.concept(k, top=_BLOCK_WORDS, normalised=st.session_state.get("rank") == "row-normalised")
    words = found.positive + found.negative[::-1]
    index = known.problem.counts.index
    if not ordered:
        words = tuple(sorted(words, key=lambda word: index[word]))
    numbers = [index[word] for word in words]
    matrix = known.problem.matrix[numbers][:, numbers]
    chrome.chart(
        heatmap(matrix, words, dark=chrome.dark()),
        key="blocks",
        alt=f"M* among the {len(words)} words at the ends of concept {k}: words of one end attract each other, "
        "and repel those of the other.",
    )
    rows = [
        {"word": word} | {f"{n}. {other}": round(float(value), 2) for n, (other, value) in enumerate(pairs, 1)}
        for word, pairs in ((word, zip(words, row, strict=True)) for word, row in zip(words, matrix, strict=True))
    ]
    chrome.table(rows, label="The entries of M* in the picture")


def _default_pair(known: Lab) -> tuple[str, str]:
    wanted = [word for word in ("river", "water") if word in known.problem.counts.index]
    rest = [word for word in known.concept(1, top=2).positive if word not in wanted]
    first, second = (wanted + rest)[:2]
    return first, second


def _word(label: str, default: str, key: str, known: Lab) -> str:
    """A word by choosing or typing; one that is not in the vocabulary is answered where it is used."""
    chosen = st.selectbox(
        label,
        known.words,
        index=known.problem.counts.index[default],
        key=key,
        bind="query-params",
        accept_new_options=True,
        help="Choose, or type a word and press Enter.",
    )
    typed = (chosen or default).strip()
    return typed if typed in known.problem.counts.index else typed.lower()
