"""Ask your own: a : b :: c : ?, the parallelogram of it, and the neighbours of a word at two ranks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.errors import InputError
from core.evaluation import answers
from core.figures.parallelogram import parallelogram
from core.geometry import similar
from core.plane import CORNERS, Plane, analogy_plane
from core.ui import chrome
from core.ui.bench_words import EmbeddedWords, dimension, told_unknown, word
from core.ui.prose import Prose, language, reworded

Question = tuple[int, int, int]
Ranked = tuple[tuple[int, float], ...]
SAY = Prose("benchmarks")
READY = (
    ("man", "king", "woman"),
    ("paris", "france", "rome"),
    ("good", "better", "big"),
    ("france", "french", "spain"),
    ("he", "his", "she"),
    ("walking", "walked", "playing"),
)
_FIRST = "bank"
_ANSWERS, _DRAWN = 10, 5
_DIMS = (2, 5, 10, 20, 50, 100, 150, 200, 250, 300)
_NEAREST, _FEW = 10, 5
_NARROW = st.column_config.Column(width=58)  # pixels: on a phone words need the rest


def ask(found: EmbeddedWords, question: Question | None, dim: int) -> None:
    """The ranked answers at ``dim`` concepts, and the plane in which the arithmetic happens."""
    if question is None:
        return
    vectors = found.at(dim)
    ranked = answers(vectors, *question, count=_ANSWERS)
    if not ranked:
        st.info(SAY("ask.nothing"))
        return
    try:
        plane = analogy_plane(vectors, question, [one for one, _ in ranked[:_DRAWN]])
    except InputError as error:
        chrome.literal_error(reworded(error))
        return
    left, right = st.columns([5, 7], gap="large")
    with left:
        _told(found, question, ranked, plane)
    with right:
        _drawn(found, question, ranked, plane, dim)


def question(found: EmbeddedWords) -> Question | None:
    """The numbers of a, b and c; None, and a word about it, where some are not known or two are the same.

    The words nearest to those that are known are shown all the same.
    """
    ready = {f"{a} : {b} :: {c} : ?": (a, b, c) for a, b, c in READY if {a, b, c} <= found.index.keys()}
    first = next(iter(ready.values()), found.words[:3])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = [word(SAY(f"ask.{key}"), one, key, found) for key, one in zip("abc", first, strict=True)]
    _pills(ready, tuple(chosen))
    unknown = [one for one in chosen if one not in found.index]
    if unknown:
        told_unknown(unknown, found)
        for one in dict.fromkeys(one for one in chosen if one in found.index):
            near = (found.words[other] for other, _ in similar(found.at(found.most), found.index[one], _FEW))
            st.text(SAY("why.near", word=one, near=", ".join(near)))
        return None
    if len(set(chosen)) < len(chosen):
        st.info(SAY("ask.three"), icon=":material/info:")
        return None
    a, b, c = (found.index[one] for one in chosen)
    return a, b, c


def _pills(ready: Mapping[str, tuple[str, ...]], chosen: tuple[str, ...]) -> None:
    """Examples; the one that is being asked is marked."""
    if not ready:
        return

    def asked() -> None:
        for key, one in zip("abc", ready.get(st.session_state["ready"], ()), strict=False):
            st.session_state[key] = one

    st.session_state["ready"] = next((name for name, words in ready.items() if words == chosen), None)
    st.pills(SAY("ask.ready"), list(ready), key="ready", on_change=asked, label_visibility="collapsed")


def _told(found: EmbeddedWords, question: Question, ranked: Ranked, plane: Plane) -> None:
    """The answer in a sentence, and every answer with its cosine."""
    a, b, c = (found.words[one] for one in question)
    best, cosine = ranked[0]
    st.text(SAY("answered", a=a, b=b, c=c, answer=found.words[best]))
    own = plane.cosine[: CORNERS - 1]
    if own.max() > cosine:
        barred = found.words[question[int(own.argmax())]]
        st.text(SAY("answered.own", word=barred, cosine=float(own.max())))
    rows = [
        {SAY("column.place"): n, SAY("column.answer"): found.words[one], SAY("column.cosine"): round(near, 4),
         SAY("column.times"): int(found.unigram[one])}
        for n, (one, near) in enumerate(ranked, 1)
    ]  # fmt: skip
    chrome.grid(rows, alt=SAY("answers.table"), column_config={SAY("column.place"): _NARROW})


def _drawn(found: EmbeddedWords, question: Question, ranked: Ranked, plane: Plane, dim: int) -> None:
    """The parallelogram, and how far out of its plane every word lies."""
    drawn = [found.words[one] for one in (*question, *(one for one, _ in ranked[:_DRAWN]))]
    chrome.chart(
        parallelogram(plane, drawn, dark=chrome.dark(), language=language()),
        key="parallelogram",
        alt=SAY("plane.alt"),
    )
    names = [*drawn[:3], "c + b - a", *drawn[3:]]
    rows = [
        {SAY("column.point"): name, SAY("column.cosine"): round(float(cosine), 4),
         SAY("column.away"): round(float(away), 4), SAY("column.along"): round(float(x), 4),
         SAY("column.towards"): round(float(y), 4)}
        for name, (x, y), away, cosine in zip(names, plane.places, plane.away, plane.cosine, strict=True)
    ]  # fmt: skip
    st.caption(SAY("plane.caption", dim=dim, away=float(plane.away[CORNERS])))
    chrome.table(rows, label=SAY("plane.table"))


def at_every_dimension(found: EmbeddedWords, question: Question | None) -> None:
    """What the answer would be with fewer concepts, and with more."""
    if question is None:
        st.info(SAY("ask.waiting"))
        return
    a, b, c = (found.words[one] for one in question)
    st.text(f"{a} : {b} :: {c} : ?")
    titles = [SAY(f"column.{name}") for name in ("answer", "second", "third")]
    rows = []
    for dim in (one for one in _DIMS if one <= found.most):
        ranked = answers(found.at(dim), *question, count=3)
        row: dict[str, Any] = {SAY("column.concepts"): dim}
        for title, (one, cosine) in zip(titles, ranked, strict=False):
            row |= {title: f"{found.words[one]} ({cosine:.3f})"}
        rows.append(row)
    chrome.grid(rows, alt=SAY("added.table"), column_config={SAY("column.concepts"): _NARROW})


def neighbours(found: EmbeddedWords) -> None:
    """The nearest words of one word with few concepts and with many, side by side."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = word(SAY("near.word"), _FIRST, "near", found)
        few = dimension(found, key="few", label=SAY("near.few"), default=10, least=1)
        many = dimension(found, key="many", label=SAY("near.many"), default=200, least=1)
    if chosen not in found.index:
        told_unknown([chosen], found)
        chosen = _FIRST if _FIRST in found.index else found.words[0]
        st.text(SAY("near.instead", word=chosen))
    lists = [similar(found.at(dim), found.index[chosen], _NEAREST) for dim in (few, many)]
    both = len({one for one, _ in lists[0]} & {one for one, _ in lists[1]})
    st.markdown(SAY("near.same", both=both, all=len(lists[0]), few=few, many=many))
    here, there = SAY("near.with", dim=few), SAY("near.with", dim=many) + " "  # two columns, also of one number
    rows = []
    for n, ((one, near), (other, nearer)) in enumerate(zip(*lists, strict=True), 1):
        rows.append(
            {SAY("column.place"): n, here: found.words[one], there: found.words[other],
             SAY("near.cosine", dim=few): round(near, 3), SAY("near.cosine", dim=many) + " ": round(nearer, 3)}
        )  # fmt: skip
    chrome.grid(rows, alt=SAY("near.table"), column_config={SAY("column.place"): _NARROW})
