"""Squared overlaps of directions between any two of a run, M*, PPMI and PMI (the paper's Figure 5)."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.figures.overlap import overlap
from core.geometry import directions, nested_overlap, overlaps
from core.theory import FloatArray
from core.training import MODELS
from core.ui import chrome
from core.ui.lab import Lab, lab, spectrum
from core.ui.runs import canned

_SHOWN = 12
_RANK = 40
_STEP = 0.3
_TARGETS = {"M*": "mstar", "PPMI": "ppmi", "PMI": "pmi"}
_RUNS = {f"run: {name}": name for name in MODELS}
_EVERYTHING = [*_RUNS, *_TARGETS]


def overlapping(known: Lab) -> None:
    """Choose two; see how far their directions are the same, in the same order."""
    with st.container(horizontal=True):
        first, second = (
            st.selectbox(label, _EVERYTHING, index=_EVERYTHING.index(default), key=key, bind="query-params", width=220)
            for label, key, default in (("directions of", "one", "M*"), ("against those of", "other", "PPMI"))
        )
    found = [_directions(name, known) for name in (first, second)]
    if found[0] is None or found[1] is None:
        return
    squared = overlaps(found[0], found[1])
    chrome.chart(
        overlap(squared, rows=first, columns=second, dark=chrome.dark()),
        key="overlap",
        alt=f"Squared overlaps of the first {len(squared)} directions of {first} with those of {second}.",
    )
    shared_span = nested_overlap(squared)
    st.caption(
        f"The first {len(squared)} directions of each span {shared_span[-1]:.1%} of the same space; the first three "
        f"{shared_span[min(2, len(shared_span) - 1)]:.1%}."
    )
    rows = [{first: k} | {f"{second} {j}": round(float(one), 3) for j, one in enumerate(row, 1)}
            for k, row in enumerate(squared, 1)]  # fmt: skip
    chrome.table(rows, label="The squared overlaps")


def _directions(name: str, known: Lab) -> FloatArray | None:
    """Unit vectors in columns, (V, K); None while a run is being trained, or where it takes too long."""
    shown = min(_SHOWN, known.spec.until or known.spec.dim)  # what a run has not learned has no direction
    if name in _TARGETS:
        rank = min(_RANK, len(known.words))
        return spectrum(_TARGETS[name], known.spec.data, known.spec.vocab_size, rank).vectors[:, :shown]
    model = _RUNS[name]
    trained = lab(replace(known.spec, model=model, step_size=_STEP))
    if not trained.sharable:
        wait = f"Training {model} takes about {trained.seconds:.0f} seconds at this size"
        st.info(f"{wait}; choose fewer words or dimensions.")
        return None
    done = canned(trained.spec)
    if done.message:
        chrome.literal_error(done.message)
        return None
    return directions(done.last.embeddings)[:, :shown]
