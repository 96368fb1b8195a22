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
from core.ui.bench_words import EmbeddedWords, dimension, word

Question = tuple[int, int, int]
Ranked = tuple[tuple[int, float], ...]
READY = (
    ("man", "king", "woman"),
    ("paris", "france", "rome"),
    ("good", "better", "big"),
    ("france", "french", "spain"),
    ("he", "his", "she"),
    ("walking", "walked", "playing"),
)
_LABELS = ("a is to …", "b as …", "c is to ?")
_FIRST = "bank"
_ANSWERS, _DRAWN = 10, 5
_DIMS = (2, 5, 10, 20, 50, 100, 150, 200, 250, 300)
_NEAREST = 10


def ask(found: EmbeddedWords, question: Question | None, dim: int) -> None:
    """The ranked answers at ``dim`` concepts, and the plane in which the arithmetic happens."""
    if question is None:
        return
    vectors = found.at(dim)
    ranked = answers(vectors, *question, count=_ANSWERS)
    if not ranked:
        st.info("No other word is left to answer with.")
        return
    try:
        plane = analogy_plane(vectors, question, [one for one, _ in ranked[:_DRAWN]])
    except InputError as error:
        chrome.literal_error(str(error))
        return
    left, right = st.columns([5, 7], gap="large")
    with left:
        _told(found, question, ranked, plane)
    with right:
        _drawn(found, question, ranked, plane, dim)


def question(found: EmbeddedWords) -> Question | None:
    """The numbers of a, b and c; None, and a word about it, where one is not known or two are the same."""
    ready = {f"{a} : {b} :: {c} : ?": (a, b, c) for a, b, c in READY if {a, b, c} <= found.index.keys()}
    first = next(iter(ready.values()), found.words[:3])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = [word(label, one, key, found) for label, one, key in zip(_LABELS, first, "abc", strict=True)]
    _pills(ready, tuple(chosen))
    unknown = [one for one in chosen if one not in found.index]
    if unknown:
        chrome.literal_error(f"'{unknown[0]}' is not among these {len(found.words):,} words; try a more frequent one")
        return None
    if len(set(chosen)) < len(chosen):
        st.info("An analogy needs three different words.", icon=":material/info:")
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
    st.pills("or one of these", list(ready), key="ready", on_change=asked, label_visibility="collapsed")


def _told(found: EmbeddedWords, question: Question, ranked: Ranked, plane: Plane) -> None:
    """The answer in a sentence, and every answer with its cosine."""
    a, b, c = (found.words[one] for one in question)
    best, cosine = ranked[0]
    st.text(f"{a} is to {b} as {c} is to {found.words[best]}.")
    own = plane.cosine[: CORNERS - 1]
    if own.max() > cosine:
        st.text(
            f"Question words may not answer: without that rule, '{found.words[question[int(own.argmax())]]}' itself "
            f"would have won, with {own.max():.3f}."
        )
    rows = [
        {"place": n, "answer": found.words[one], "cosine with c + b - a": round(near, 4),
         "times in the text": int(found.unigram[one])}
        for n, (one, near) in enumerate(ranked, 1)
    ]  # fmt: skip
    st.dataframe(chrome.cells(rows), hide_index=True, alt="Ranked answers with their cosines")


def _drawn(found: EmbeddedWords, question: Question, ranked: Ranked, plane: Plane, dim: int) -> None:
    """The parallelogram, and how far out of its plane every word lies."""
    drawn = [found.words[one] for one in (*question, *(one for one, _ in ranked[:_DRAWN]))]
    chrome.chart(
        parallelogram(plane, drawn, dark=chrome.dark()),
        key="parallelogram",
        alt="The plane through a, b and c with the point c + b - a, the best answers dropped onto it. The table has "
        "every place.",
    )
    names = [*drawn[:3], "c + b - a", *drawn[3:]]
    rows = [
        {"point": name, "along b - a": round(float(x), 4), "towards c": round(float(y), 4),
         "out of the plane": round(float(away), 4), "cosine with c + b - a": round(float(cosine), 4)}
        for name, (x, y), away, cosine in zip(names, plane.places, plane.away, plane.cosine, strict=True)
    ]  # fmt: skip
    st.caption(
        f"This is one flat cut through {dim} dimensions. Words have length 1, and the answer lies "
        f"{plane.away[CORNERS]:.2f} off the cut; smaller and fainter marks lie further off. So the nearest here need "
        "not be the nearest of all: the cosines are of all dimensions."
    )
    chrome.table(rows, label="The places, and how far out of the plane")


def at_every_dimension(found: EmbeddedWords, question: Question | None) -> None:
    """What the answer would be with fewer concepts, and with more."""
    if question is None:
        return
    a, b, c = (found.words[one] for one in question)
    st.text(f"{a} : {b} :: {c} : ?")
    rows = []
    for dim in (one for one in _DIMS if one <= found.most):
        ranked = answers(found.at(dim), *question, count=3)
        row: dict[str, Any] = {"concepts d": dim}
        for title, (one, cosine) in zip(("answer", "second", "third"), ranked, strict=False):
            row |= {title: f"{found.words[one]} ({cosine:.3f})"}
        rows.append(row)
    st.dataframe(
        chrome.cells(rows), hide_index=True, alt="The first three answers with their cosines, by number of concepts"
    )


def neighbours(found: EmbeddedWords) -> None:
    """The nearest words of one word with few concepts and with many, side by side."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = word("neighbours of", _FIRST, "near", found)
        few = dimension(found, key="few", label="few concepts", default=10, least=1)
        many = dimension(found, key="many", label="many concepts", default=200, least=1)
    if chosen not in found.index:
        chrome.literal_error(f"'{chosen}' is not among these {len(found.words):,} words; try a more frequent one")
        return
    lists = [similar(found.at(dim), found.index[chosen], _NEAREST) for dim in (few, many)]
    both = len({one for one, _ in lists[0]} & {one for one, _ in lists[1]})
    st.markdown(f"**{both} of {len(lists[0])}** nearest words are the same with {few} concepts and with {many}.")
    rows = []
    for n, ((one, near), (other, nearer)) in enumerate(zip(*lists, strict=True), 1):
        rows.append(
            {"place": n, f"with {few}": found.words[one], f"cosine, {few}": round(near, 3),
             f"with {many} ": found.words[other], f"cosine, {many} ": round(nearer, 3)}
        )  # fmt: skip
    st.dataframe(chrome.cells(rows), hide_index=True, alt="Nearest words at two numbers of concepts")
