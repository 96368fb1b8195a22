"""Measured while you watch: M* again, another text by three targets, a finished run."""

from __future__ import annotations

import time
from math import isnan
from typing import Any

import streamlit as st

from core.benchmark import NAMES, Kept, Stage
from core.errors import InputError
from core.evaluation import Evaluation, evaluate
from core.spectrum import embedding
from core.ui import chrome, comparing, texts
from core.ui.bench_words import asked, of_text, words_asked
from core.ui.benchmarks import share
from core.ui.gallery import EXAMPLES
from core.ui.lab import lab, spectrum
from core.ui.memory import remembered
from core.ui.records import of_bundled
from core.ui.runs import canned, kept

FEWEST = 50
_TIPPED = 0.002  # share of questions that rounding may tip
_TARGETS = ("mstar", "ppmi", "pmi")
_AGAIN, _TEXT, _RUN = "M* again", "this text, three ways", "a finished run"
_FLAG = "measured"


def measuring(known: Kept | None, data: str, dim: int) -> None:
    """Choose what to measure, and see it measured."""
    what = st.segmented_control(
        "measure", [_AGAIN, _TEXT, _RUN], default=_AGAIN, required=True, key="measure", bind="query-params"
    )
    if what == _RUN:
        _finished_run()
    elif what == _TEXT:
        _three_ways(data, dim)
    else:
        _again(known, data, dim)


def _again(known: Kept | None, data: str, dim: int) -> None:
    """The eigenpairs that the rest of the page uses, evaluated now."""
    clicked = st.button(f"Measure M* again here and now, d = {dim}", icon=":material/timer:", key="again")
    if clicked:
        st.query_params[_FLAG] = str(dim)
    if st.query_params.get(_FLAG) != str(dim):
        st.caption("A few seconds: every analogy and every rated pair whose words are known is asked anew.")
        return
    with st.spinner("Asking every question …"):
        found, seconds = measured(data, None, dim)
    _metrics(found, seconds)
    if data == texts.DEFAULT and known is not None and of_bundled(known):
        st.markdown(_agreement(known, found, dim))


@remembered(max_entries=96)
def measured(data: str, target: str | None, dim: int) -> tuple[Evaluation, float]:
    """Crossed analogies and similarity of a text by a target, cut to ``dim``; and how many seconds asking took.

    ``target`` : at the words that were counted; None for the embeddings that the rest of the page asks.
    """
    found = asked(data) if target is None else of_text(data, target)
    begin = time.perf_counter()
    return evaluate(found.at(dim), found.words), time.perf_counter() - begin


def _metrics(found: Evaluation, seconds: float) -> None:
    right = share(found)
    with st.container(horizontal=True):
        st.metric(
            "analogies", "none known" if right is None else f"{right:.1%}",
            help=f"{found.overall.right:,} right of {found.total:,} asked, of {found.possible:,} there are.",
        )  # fmt: skip
        for one, title in zip(found.similarity, ("WordSim-353", "SimLex-999"), strict=True):
            st.metric(
                title,
                "none known" if isnan(one.spearman) else f"{one.spearman:.3f}",
                help=f"Spearman's correlation over {one.pairs} of {one.possible} pairs.",
            )
        st.metric("asked in", f"{seconds:.1f} s", help="By whoever asked first; the answer is kept for everybody.")
    if found.total < FEWEST:
        st.warning(_too_few(found.total))


def _too_few(total: int) -> str:
    return (
        f"Only {total} analogies have all their words in this vocabulary. So few tell nothing: a larger text, or more "
        "words of it, would."
    )


def _agreement(known: Kept, found: Evaluation, dim: int) -> str:
    """How what was measured compares with the record."""
    stages = [stage for stage in known.by_rank if stage.rank == dim]
    row = known.row("mstar")
    if row is not None and row.dim == dim:
        stages = [Stage(dim, None, row.evaluation), *stages]
    if not stages:
        ranks = ", ".join(str(stage.rank) for stage in known.by_rank)
        return f"The record has no M\\* cut to {dim}; it has these ranks: {ranks or 'none'}."
    before = stages[0].evaluation
    told = f"{before.overall.right:,} of {before.total:,}"
    if before.overall == found.overall:
        return f"**The record says the same:** {told}."
    now = f"The record has {told}, now it is {found.overall.right:,} of {found.total:,}."
    apart = abs(before.overall.right - found.overall.right)
    if before.total == found.total and apart <= _TIPPED * found.total:
        return f"{now} Bundled eigenvectors are rounded, which tips questions whose two best answers are equally near."
    return f"{now} That is more than rounding explains: the record is not of these eigenvectors."


def _three_ways(data: str, dim: int) -> None:
    """M*, PPMI and PMI of one text, all at the words that were counted."""
    asked_for = data, dim
    if st.button("Measure on this text", icon=":material/timer:", key="three"):
        st.session_state[_FLAG] = asked_for
    if st.session_state.get(_FLAG) != asked_for:
        st.caption(
            f"M\\*, PPMI and PMI of the chosen text, at its {words_asked(data):,} most frequent words; "
            f"d = {dim}, or as many as it has. Eigenvectors take seconds for a small text, a minute for a large one."
        )
        return
    rows = []
    progress = st.progress(0.0, "Beginning …")
    for n, target in enumerate(_TARGETS):
        name = NAMES[target].partition(",")[0].replace("*", "\\*")
        progress.progress(n / len(_TARGETS), f"{name}: finding its eigenvectors, asking it every question …")
        found, _ = measured(data, target, dim)
        rows.append(_row(NAMES[target], words_asked(data), min(dim, of_text(data, target).most), found))
    progress.empty()
    if rows[0]["asked"] < FEWEST:
        st.warning(_too_few(rows[0]["asked"]))
    chrome.table(rows, label="This text, three ways", expanded=True)


def _finished_run() -> None:
    """Choose a run that was kept; its word vectors are asked, and M* in closed form at the same words beside them."""
    known = comparing.choices()
    if st.session_state.get("run") not in known:
        asked_for = st.query_params.get("run", "")
        st.session_state["run"] = asked_for if asked_for in known else next(iter(known))
    chosen = st.selectbox(
        "run", list(known), key="run", width=420,
        format_func=lambda one: f"{known[one].name} ({known[one].when})",
        help="The examples, and the finished runs of this server; train more on the page Train live.",
    )  # fmt: skip
    st.query_params["run"] = chosen
    spec = known[chosen].spec
    try:
        run, closed = _of_run(chosen)
    except InputError as error:
        chrome.literal_error(str(error))
        return
    size = lab(spec).problem.counts.vocab_size
    if run.total < FEWEST:
        st.warning(_too_few(run.total))
    rows = [
        _row(known[chosen].name, size, spec.dim, run),
        _row("M* in closed form, the same words", size, spec.dim, closed),
    ]
    chrome.table(rows, label="This run, and M* beside it", expanded=True)


@remembered(max_entries=32, show_spinner="Asking this run every question …")
def _of_run(identity: str) -> tuple[Evaluation, Evaluation]:
    """The evaluation of a run, and of M* at its words and dimension."""
    choice = comparing.choices()[identity]
    done = kept(identity) or (canned(choice.spec) if choice.spec in EXAMPLES.values() else None)
    if done is None:
        raise InputError("this run is not on this server any more")
    words, spec = lab(choice.spec).words, choice.spec
    closed = embedding(spectrum("mstar", spec.data, spec.vocab_size, min(spec.dim, len(words))))
    return evaluate(done.last.embeddings, words), evaluate(closed, words)


def _row(name: str, size: int, dim: int, found: Evaluation) -> dict[str, Any]:
    right = share(found)
    row: dict[str, Any] = {
        "embeddings": name,
        "words V": size,
        "d": dim,
        "analogies": "none known" if right is None else f"{right:.1%}",
        "right": found.overall.right,
        "asked": found.total,
        "of": found.overall.possible,
    }
    for one, title in zip(found.similarity, ("WordSim-353", "SimLex-999"), strict=True):
        row[title] = round(one.spearman, 3)
        row[f"pairs of {title}"] = f"{one.pairs} of {one.possible}"
    return row
