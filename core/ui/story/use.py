"""Chapter 7: what the table is good for: analogies, and how many come out right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from core.benchmark import PAPER
from core.evaluation import answers
from core.figures.parallelogram import parallelogram
from core.figures.story_shares import Share, bars
from core.plane import CORNERS, analogy_plane
from core.show.facts import COMPARED, QUESTION
from core.ui import chrome
from core.ui.bench_words import DIM, paper_scale
from core.ui.lab import Lab
from core.ui.prose import Prose, language, spelt
from core.ui.records import kept_record
from core.ui.story import parts

SAY = Prose("story")
_OFFERED, _DRAWN = 4, 4
_LETTERS = "abc"
Question = tuple[int, int, int]


def show(known: Lab) -> None:
    """One analogy to guess, one of the visitor's own, and the share that come out right."""
    found = paper_scale()
    vectors = found.at(DIM)
    parts.open_chapter("use", "simulation", "paper-reported")
    left, right = parts.stage()
    first = _asked(QUESTION, found.index)
    ranked = answers(vectors, first[0], first[1], first[2], count=_OFFERED)
    order = np.random.default_rng(parts.SEED).permutation(len(ranked))
    offered = [found.words[ranked[int(n)][0]] for n in order]
    with left:
        guess = parts.picked("use", offered, offered)
        if guess is not None:
            _reveal([found.words[n] for n, _ in ranked], [cosine for _, cosine in ranked], guess)
            question, answer = _own(found.words, found.index, vectors)
            chrome.maths(r"\arg\max_w \cos(w,\; c + b - a), \qquad W = V_d \Lambda_d^{1/2}")
    with right:
        if guess is None:
            _draw(vectors, first, found.words, ())
        else:
            bars_at, plane_at = st.columns(2)
            with plane_at:
                _draw(vectors, question, found.words, answer)
            with bars_at:
                _shares()


def _asked(words: Sequence[str], index: dict[str, int]) -> Question:
    a, b, c = (index[word] for word in words)
    return a, b, c


def _reveal(ranked: list[str], cosines: list[float], guess: str) -> None:
    place = ranked.index(guess)
    told = {"best": ranked[0], "guess": guess, "place": place + 1, "cosine": cosines[place], "top": cosines[0]}
    parts.reveal("use", SAY("use.right" if place == 0 else "use.wrong", **told), right=place == 0)


def _own(words: tuple[str, ...], index: dict[str, int], vectors: np.ndarray) -> tuple[Question, tuple[int, ...]]:
    """The visitor's own a : b :: c : ?, with its best answers; that of the chapter where one is left out."""
    st.markdown(SAY("use.own"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        typed = [
            st.selectbox(
                SAY(f"use.own.{letter}"), words, index=index[word], key=f"story-use-{letter}", width=118,
                persist_state="session",
            )
            for letter, word in zip(_LETTERS, QUESTION, strict=True)
        ]  # fmt: skip
    question = _asked([str(word) for word in typed], index)
    if len(set(question)) < len(question):
        st.info(SAY("use.three"), icon=":material/info:")
        question = _asked(QUESTION, index)
    best = tuple(n for n, _ in answers(vectors, *question, count=_DRAWN))
    a, b, c = (words[n] for n in question)
    st.text(SAY("use.answer", a=a, b=b, c=c, answer=words[best[0]]))
    return question, best


def _draw(vectors: np.ndarray, question: Question, words: tuple[str, ...], others: Sequence[int]) -> None:
    """The parallelogram, with the place of the answer marked and, once told, the words nearest to it."""
    plane = analogy_plane(vectors, question, list(others))
    drawn = [words[n] for n in (*question, *others)]
    figure = parallelogram(plane, drawn, dark=chrome.dark(), language=language())
    figure.update_layout(showlegend=False, height=390)
    chrome.chart(figure, key="story-parallelogram", alt=SAY("use.plane.alt"))
    st.caption(
        SAY("use.plane.note", dim=DIM, away=float(plane.away[CORNERS])) if len(others) else SAY("use.plane.before")
    )


def _shares() -> None:
    """Ours and the paper's, for the three that the sentence is about."""
    kept = kept_record()
    rows = []
    for model in COMPARED:
        measured = kept.row(model)
        ours = None if measured is None else measured.evaluation.accuracy
        rows.append(Share(SAY(f"use.model.{model}"), ours, PAPER[model].analogies))
    row = kept.row("mstar")
    asked = row.evaluation.total if row else 0
    titles = SAY("use.ours"), SAY("use.paper")
    of = {"tokens": kept.about.tokens / 1e6, "words": kept.about.vocab_size, "dim": DIM}
    drawn = bars(rows, titles, dark=chrome.dark(), language=language())
    chrome.chart(drawn, key="story-shares", alt=SAY("use.shares.alt"))
    st.caption(SAY("use.shares.note", total=asked, **of))
    chrome.table(
        [
            {
                SAY("use.table.model"): one.name,
                titles[0]: None if one.ours is None else spelt(one.ours, ".1%"),
                titles[1]: spelt(one.paper, ".1%"),
            }
            for one in rows
        ],
        label=SAY("numbers"),
    )
