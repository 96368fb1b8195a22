"""Measured while you watch: M* again, another text by three targets, a finished run."""

from __future__ import annotations

import time
from math import isnan
from typing import Any

import streamlit as st

from core.benchmark import Kept, Stage
from core.errors import InputError
from core.evaluation import Evaluation, evaluate
from core.questions import TITLES
from core.spectrum import embedding
from core.ui import chrome, comparing, parameters, texts
from core.ui.bench_words import asked, of_text, words_asked
from core.ui.benchmarks import share
from core.ui.choices import choice
from core.ui.gallery import EXAMPLES
from core.ui.lab import lab, spectrum
from core.ui.memory import remembered
from core.ui.prose import Prose, reworded, spelt
from core.ui.records import model_name, of_bundled
from core.ui.runs import canned, kept

SAY = Prose("benchmarks")
FEWEST = 50
_TIPPED = 0.002  # share of questions that rounding may tip
_TARGETS = ("mstar", "ppmi", "pmi")
_FLAG = "measured"


def measuring(known: Kept | None, data: str, dim: int) -> None:
    """Choose what to measure, and see it measured."""
    ways = {name: SAY(f"measure.{name}") for name in ("again", "text", "run")}
    what = choice(st.segmented_control, SAY("measure.what"), ways, key="measure", required=True)
    if what == "run":
        _finished_run()
    elif what == "text":
        _three_ways(data, dim)
    else:
        _again(known, data, dim)


def _again(known: Kept | None, data: str, dim: int) -> None:
    """The eigenpairs that the rest of the page uses, evaluated now."""
    clicked = st.button(SAY("again.button", dim=dim), icon=":material/timer:", key="again")
    if clicked:
        parameters.write(_FLAG, str(dim))
    if st.query_params.get(_FLAG) != str(dim):
        st.caption(SAY("again.what"))
        return
    with st.spinner(SAY("again.asking")):
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
            SAY("column.analogies"), SAY("none-known") if right is None else spelt(right, ".1%"),
            help=SAY(
                "metric.analogies", right=found.overall.right, total=found.total, possible=found.possible
            ),
        )  # fmt: skip
        for one in found.similarity:
            st.metric(
                TITLES[one.name],
                SAY("none-known") if isnan(one.spearman) else spelt(one.spearman, ".3f"),
                help=SAY("metric.similarity", pairs=one.pairs, possible=one.possible),
            )
        st.metric(SAY("metric.seconds"), f"{spelt(seconds, '.1f')} s", help=SAY("metric.seconds.help"))
    if found.total < FEWEST:
        st.warning(SAY("too-few", total=found.total))


def _agreement(known: Kept, found: Evaluation, dim: int) -> str:
    """How what was measured compares with the record."""
    stages = [stage for stage in known.by_rank if stage.rank == dim]
    row = known.row("mstar")
    if row is not None and row.dim == dim:
        stages = [Stage(dim, None, row.evaluation), *stages]
    if not stages:
        ranks = ", ".join(str(stage.rank) for stage in known.by_rank)
        return SAY("agree.none" if ranks else "agree.none.at-all", dim=dim, ranks=ranks)
    before, after = stages[0].evaluation.overall, found.overall
    told = SAY("column.right.of", right=before.right, total=before.total)
    if before == after:
        return SAY("agree", before=told)
    tipped = before.total == after.total and abs(before.right - after.right) <= _TIPPED * after.total
    now = SAY("column.right.of", right=after.right, total=after.total)
    return SAY("agree.tipped" if tipped else "agree.differs", before=told, now=now)


def _three_ways(data: str, dim: int) -> None:
    """M*, PPMI and PMI of one text, all at the words that were counted."""
    asked_for = data, dim
    if st.button(SAY("three.button"), icon=":material/timer:", key="three"):
        st.session_state[_FLAG] = asked_for
    if st.session_state.get(_FLAG) != asked_for:
        st.caption(SAY("three.what", words=words_asked(data), dim=dim))
        return
    rows = []
    progress = st.progress(0.0, SAY("three.begin"))
    for n, target in enumerate(_TARGETS):
        name = model_name(target).partition(",")[0].replace("*", "\\*")
        progress.progress(n / len(_TARGETS), SAY("three.progress", name=name))
        found, _ = measured(data, target, dim)
        rows.append(_row(model_name(target), words_asked(data), min(dim, of_text(data, target).most), found))
    progress.empty()
    if rows[0][SAY("column.asked")] < FEWEST:
        st.warning(SAY("too-few", total=rows[0][SAY("column.asked")]))
    chrome.table(rows, label=SAY("measure.text"), expanded=True)


def _finished_run() -> None:
    """Choose a run that was kept; its word vectors are asked, and M* in closed form at the same words beside them."""
    known = comparing.choices()
    if st.session_state.get("run") not in known:
        asked_for = st.query_params.get("run", "")
        st.session_state["run"] = asked_for if asked_for in known else next(iter(known))
    chosen = st.selectbox(
        SAY("run"), list(known), key="run", width=420,
        format_func=lambda one: f"{known[one].name} ({known[one].when})",
        help=SAY("run.help"),
    )  # fmt: skip
    parameters.write("run", chosen)
    spec = known[chosen].spec
    try:
        with st.spinner(SAY("run.asking")):
            run, closed = _of_run(chosen)
    except InputError as error:
        chrome.literal_error(reworded(error))
        return
    size = lab(spec).problem.counts.vocab_size
    if run.total < FEWEST:
        st.warning(SAY("too-few", total=run.total))
    rows = [
        _row(known[chosen].name, size, spec.dim, run),
        _row(SAY("run.closed"), size, spec.dim, closed),
    ]
    chrome.table(rows, label=SAY("run.table"), expanded=True)


@remembered(max_entries=32)
def _of_run(identity: str) -> tuple[Evaluation, Evaluation]:
    """The evaluation of a run, and of M* at its words and dimension."""
    choice = comparing.choices()[identity]
    done = kept(identity) or (canned(choice.spec) if choice.spec in EXAMPLES.values() else None)
    if done is None:
        raise InputError(SAY("run.gone"))
    words, spec = lab(choice.spec).words, choice.spec
    closed = embedding(spectrum("mstar", spec.data, spec.vocab_size, min(spec.dim, len(words))))
    return evaluate(done.last.embeddings, words), evaluate(closed, words)


def _row(name: str, size: int, dim: int, found: Evaluation) -> dict[str, Any]:
    right = share(found)
    row: dict[str, Any] = {
        SAY("column.embeddings"): name,
        SAY("column.analogies"): SAY("none-known") if right is None else spelt(right, ".1%"),
    }
    row |= {TITLES[one.name]: round(one.spearman, 3) for one in found.similarity}
    row |= {
        SAY("column.right"): found.overall.right,
        SAY("column.asked"): found.total,
        SAY("column.of"): found.overall.possible,
        SAY("column.words"): size,
        "d": dim,
    }
    for one in found.similarity:
        pairs = SAY("column.pairs.of", pairs=one.pairs, possible=one.possible)
        row[SAY("column.similarity.pairs", title=TITLES[one.name])] = pairs
    return row
