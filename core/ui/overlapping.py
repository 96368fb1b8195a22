"""Squared overlaps of directions between any two of a run, M*, PPMI and PMI (the paper's Figure 5)."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.figures.overlap import overlap
from core.geometry import directions, nested_overlap, overlaps
from core.theory import FloatArray
from core.training import MODELS
from core.ui import chrome
from core.ui.choices import choice
from core.ui.lab import Lab, lab, spectrum
from core.ui.prose import Prose, language, reworded
from core.ui.runs import canned

SAY = Prose("concepts")
_SHOWN = 12
_RANK = 40
_STEP = 0.3
_TARGETS = {"M*": "mstar", "PPMI": "ppmi", "PMI": "pmi"}
_RUNS = {f"run: {name}": name for name in MODELS}


def overlapping(known: Lab) -> None:
    """Choose two; see how far their directions are the same, in the same order."""
    called = {name: SAY("overlap.run", model=model) for name, model in _RUNS.items()}
    called |= {name: name for name in _TARGETS}
    with st.container(horizontal=True):
        first, second = (
            choice(st.selectbox, SAY(label), called, key=key, default=default, width=220)
            for label, key, default in (("overlap.first", "one", "M*"), ("overlap.second", "other", "PPMI"))
        )
    found = [_directions(name, known) for name in (first, second)]
    first, second = called[first], called[second]
    if found[0] is None or found[1] is None:
        return
    squared = overlaps(found[0], found[1])
    chrome.chart(
        overlap(squared, rows=first, columns=second, dark=chrome.dark(), language=language()),
        key="overlap",
        alt=SAY("overlap.alt", count=len(squared), first=first, second=second),
    )
    shared_span = nested_overlap(squared)
    st.caption(
        SAY(
            "overlap.found",
            count=len(squared),
            share=float(shared_span[-1]),
            three=float(shared_span[min(2, len(shared_span) - 1)]),
        )
    )
    rows = [{first: k} | {f"{second} {j}": round(float(one), 3) for j, one in enumerate(row, 1)}
            for k, row in enumerate(squared, 1)]  # fmt: skip
    chrome.table(rows, label=SAY("overlap.table"))


def _directions(name: str, known: Lab) -> FloatArray | None:
    """Unit vectors in columns, (V, K); None while a run is being trained, or where it takes too long."""
    shown = min(_SHOWN, known.spec.until or known.spec.dim)  # what a run has not learned has no direction
    if name in _TARGETS:
        rank = min(_RANK, len(known.words))
        return spectrum(_TARGETS[name], known.spec.data, known.spec.vocab_size, rank).vectors[:, :shown]
    model = _RUNS[name]
    trained = lab(replace(known.spec, model=model, step_size=_STEP))
    if not trained.sharable:
        st.info(SAY("overlap.too-long", model=model, seconds=trained.seconds))
        return None
    done = canned(trained.spec)
    if done.message:
        chrome.literal_error(reworded(done.message))
        return None
    return directions(done.last.embeddings)[:, :shown]
