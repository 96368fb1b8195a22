"""The instruments of the Two matrices page: words and contexts, side by side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from core.frames import Frame, mirrored
from core.geometry import similar
from core.problem import RunSpec
from core.runs import State
from core.ui import beside, chrome, texts
from core.ui.controls import DRAWN, NEGATIVES, STARTS, Choice
from core.ui.gallery import TWO_MATRICES
from core.ui.lab import Lab
from core.ui.panels import Axis, Line, Panel, panels_view
from core.ui.prose import Prose, spelt
from core.ui.runs import Sight
from core.ui.view import pole_words

SAY = Prose("matrices")
_MODES = 6
_NEAREST = 8
_SAME = 0.9
_AXES = (1, 2, 3)
_LOSSES = {"QWEM": "qwem", "word2vec": "sgns"}
MODEL = Choice("loss", list(_LOSSES), "QWEM", 150, say=SAY)
START = Choice("start", STARTS, TWO_MATRICES.init_scale, 110, say=SAY)


def spec() -> RunSpec:
    """Show the controls; the recipe they stand for."""
    posed = texts.recipe_on(TWO_MATRICES, texts.picker())
    model = _LOSSES[MODEL.show()]
    start = START.show()
    if model == "qwem":
        return replace(posed, init_scale=start)
    negatives, drawn = NEGATIVES.show(), DRAWN.show()
    return replace(
        posed, model=model, init_scale=start, negatives=negatives, asymmetric=drawn == "for contexts"
    )  # fmt: skip


def factors(known: Lab, now: Sight) -> None:
    """W and C side by side: singular values and the cloud of each, and how far they span the same directions."""
    _law(now)
    modes = min(_MODES, known.spec.dim)
    ours = beside.run_panel(
        known, now, id="words", title=SAY("words"), modes=modes, loss=False,
        theory=known.prediction.descent if known.spec.explained else None,
        note=SAY("words.note.predicted" if known.spec.explained else "words.note"),
        cloud=beside.cloud(known, now, _AXES, words=len(known.words), title=SAY("words.cloud")),
    )  # fmt: skip
    times, _ = beside.series(known, now, modes)
    twins = np.array([frame.twins for frame in now.frames])[:, :modes]
    theirs = Panel(
        "contexts",
        SAY("contexts"),
        times,
        twins,
        [Line("trained", k, SAY("contexts.line", k=k)) for k in range(1, modes + 1)],
        note=SAY("contexts.note"),
        cloud=beside.cloud(known, now, _AXES, words=len(known.words), title=SAY("contexts.cloud"), contexts=True),
        state=now.state,
        value_title=SAY("contexts.axis"),
        value_range=(-0.03, 1.06),
    )
    panels_view(
        [ours, theirs],
        key="factors",
        identity=str(known.spec),
        axis=Axis(SAY("axis"), (0.0, known.end)),
        words=known.words,
        poles=pole_words(known, _AXES),
        live=now.moving,
        end=known.end,
        alt=SAY("alt"),
    )
    beside.problems([(SAY("this-run"), known, now)])
    chrome.table(_rows(known, now), label=SAY("numbers"))


def _law(now: Sight) -> None:
    """What the run says about the conservation law and the two spans; a verdict only when it is over."""
    first, last = now.frames[0], now.frames[-1]
    if first.imbalance is None or last.imbalance is None or last.twins is None:
        return
    if now.done is None:
        st.info(SAY("ready") if now.state == State.READY.value else SAY("training"))
        return
    size, concepts = _size(last), max(1, _spoken_of(last))
    st.success(
        SAY(
            "law",
            begin=first.imbalance,
            end=last.imbalance,
            size=size,
            share=last.imbalance / size,
            shared=float(last.twins[concepts - 1]),
            concepts=concepts,
        ),
        icon=":material/visibility:",
    )


def _size(frame: Frame) -> float:
    """||W^T W||_F."""
    return float(np.sqrt((frame.singular_values**4).sum()))


def _spoken_of(frame: Frame) -> int:
    """How many of the first directions are told about: as many as concepts are learned, of those with an axis.

    It misleads where a later concept is learned before an earlier one: the earlier one is told about instead.
    """
    return min(frame.learned, len(frame.cloud))


def _rows(known: Lab, now: Sight) -> list[dict[str, object]]:
    chosen = np.unique(np.linspace(0, len(now.frames) - 1, 25).astype(int))
    return [
        {
            SAY("numbers.time"): round(frame.time * known.rate, 1),
            "‖WᵀW - CᵀC‖": frame.imbalance,
            "‖WᵀW‖": _size(frame),
            SAY("numbers.rank"): round(frame.effective_rank, 2),
        }
        | {SAY("numbers.overlap", k=k): round(float(one), 3) for k, one in enumerate(frame.twins[:_MODES], 1)}
        for frame in (now.frames[n] for n in chosen)
        if frame.twins is not None
    ]


def mirrors(known: Lab, now: Sight) -> None:
    """Along which directions C ended as W, and along which as its mirror image: measured."""
    if now.done is None:
        return
    last = now.frames[-1]
    agreed = mirrored(last)[: _spoken_of(last)]
    flipped = [f"{k} ({spelt(one, '+.2f')})" for k, one in enumerate(agreed, 1) if one < -_SAME]
    same = [str(k) for k, one in enumerate(agreed, 1) if one > _SAME]
    rest = [f"{k} ({spelt(one, '+.2f')})" for k, one in enumerate(agreed, 1) if abs(one) <= _SAME]
    parts = [SAY("mirrors.same", directions=", ".join(same))] if same else []
    if flipped:
        parts.append(SAY("mirrors.flipped", directions=", ".join(flipped)))
    if rest:
        parts.append(SAY("mirrors.between", directions=", ".join(rest)))
    if parts:
        st.markdown(SAY("mirrors", told="; ".join(parts)))


def neighbours(known: Lab, now: Sight) -> None:
    """The nearest words of one word by W, by C, and by their inner products w · c."""
    word = st.selectbox(
        SAY("word"), known.words, index=known.words.index("music") if "music" in known.words else 0, key="word",
        bind="query-params", width=220,
    )  # fmt: skip
    if now.done is None or now.done.last.contexts is None:
        st.caption(SAY("nearest.wait"))
        return
    last, contexts, number = now.done.last, now.done.last.contexts, known.problem.counts.index[word]
    by_w, by_c = (similar(matrix, number, _NEAREST) for matrix in (last.embeddings, contexts))
    common = len({other for other, _ in by_w} & {other for other, _ in by_c})
    st.markdown(SAY("nearest.common", common=common, nearest=_NEAREST))
    meets = contexts @ last.embeddings[number]
    company = [(int(other), float(meets[other])) for other in np.argsort(-meets) if other != number][:_NEAREST]
    rows = [
        {
            SAY("nearest.words"): known.words[one[0]],
            SAY("nearest.words.cosine"): round(one[1], 3),
            SAY("nearest.contexts"): known.words[two[0]],
            SAY("nearest.contexts.cosine"): round(two[1], 3),
            SAY("nearest.company"): known.words[three[0]],
            "w·c": round(three[1], 2),
        }
        for one, two, three in zip(by_w, by_c, company, strict=True)
    ]
    chrome.table(rows, label=SAY("nearest.table"), expanded=True)
