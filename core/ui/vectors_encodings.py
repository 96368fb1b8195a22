"""Six ways to make numbers of the words of one text, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.corpus import Corpus
from core.encodings import (
    Encoding,
    Facts,
    company,
    facts,
    in_documents,
    lda,
    lsa,
    one_hot,
    share_no_document,
    tf_idf,
    word2vec,
)
from core.figures.vectors_strips import strips_figure
from core.ui import chrome
from core.ui.choices import word_choice
from core.ui.lab import statistics, text_of
from core.ui.prose import SITE, Prose, spelt

SAY = Prose("vectors")
TEXT = "lee?stop-words=no&min-count=5&window=5"
WAYS = ("one-hot", "tf-idf", "lsa", "lda", "ppmi", "word2vec")
_FIRST = "economy"
_NEAREST, _SHOWN, _COLUMNS = 10, 5, 3


@dataclass(frozen=True, eq=False)
class Encoded:
    """The text in every way. documents : how often each word stands in each, int64 sparse array (D, V)."""

    words: tuple[str, ...]
    unigram: NDArray[np.int64]
    documents: csr_array
    ways: dict[str, Encoding]
    facts: dict[str, Facts]

    def number(self, word: str) -> int | None:
        return self.words.index(word) if word in self.words else None


@st.cache_resource(max_entries=1, show_spinner=False)
def encoded() -> Encoded:
    """Computed once for everybody, in seconds."""
    corpus = text()
    documents = in_documents(corpus)
    ways = {
        "one-hot": one_hot(documents.shape[1]),
        "tf-idf": tf_idf(documents),
        "lsa": lsa(documents),
        "lda": lda(documents),
        "ppmi": company(statistics(TEXT, None)),
        "word2vec": word2vec(corpus),
    }
    unigram = corpus.vocabulary.unigram
    return Encoded(
        corpus.vocabulary.words, unigram, documents, ways, {name: facts(way, documents) for name, way in ways.items()}
    )


@st.cache_resource(max_entries=1, show_spinner=False)
def text() -> Corpus:
    """The news text that gensim installs, without the commonest words and the rarest."""
    found = text_of(TEXT)
    assert found is not None, "a text by name is there as a text"  # noqa: S101 - for the type checker
    return found


@st.fragment
def side_by_side() -> None:
    """The chooser of a word, a strip of its numbers in each way, and a card for each way."""
    with st.spinner(SAY("words.wait")):
        known = encoded()
    word = _chosen(known)
    number = known.number(word)
    if number is None:
        chrome.literal_error(SAY("words.unknown", word=word, count=len(known.words), first=_FIRST))
        number = known.number(_FIRST) or 0
    st.text(SAY("words.about", word=known.words[number], times=known.unigram[number], documents=_met(known, number)))
    chrome.chart(
        strips_figure(
            [known.ways[name].row(number) for name in WAYS],
            [SAY(f"way.{name}") for name in WAYS],
            dark=chrome.dark(),
        ),
        key="strips",
        alt=SAY("words.alt"),
    )
    near = {name: known.ways[name].neighbours(number, _NEAREST) for name in WAYS}
    strange = share_no_document(known.documents, number)
    for first in range(0, len(WAYS), _COLUMNS):
        for column, name in zip(st.columns(_COLUMNS), WAYS[first : first + _COLUMNS], strict=True):
            with column:
                _card(known, name, near[name])
    _seen(known, near)
    st.caption(SITE("careful", text=SAY("words.careful")))
    _tables(known, near, strange)


def _chosen(known: Encoded) -> str:
    return word_choice(SAY("words.word"), known.words, _FIRST, key="word", help=SAY("words.word.help"), width=260)


def _met(known: Encoded, number: int) -> int:
    return int((known.documents[:, [number]].toarray() > 0).sum())


def _card(known: Encoded, name: str, near: list[tuple[int, float]]) -> None:
    """A way with its size, the nearest words, and what it can and cannot tell apart."""
    way, fact = known.ways[name], known.facts[name]
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{SAY(f'way.{name}')}**  \n" + SAY("way.size", **_size(way)))
        listed = [f"{known.words[other]}  {cosine:.2f}" for other, cosine in near[:_SHOWN]]
        st.text("\n".join(listed) or SAY("way.nobody"))
        st.markdown(
            SAY(
                f"tells.{name}",
                strangers=fact.strangers,
                doubles=fact.doubles,
                count=len(known.words),
                size=way.size,
                unmet=fact.unmet,
            )
        )


def _size(way: Encoding) -> dict[str, Any]:
    return {"size": way.size, "zeros": way.zeros, "kilobytes": way.bytes / 1000}


def _never(near: list[tuple[int, float]], strange: NDArray[np.bool_]) -> int:
    """How many neighbours never stand in a document with the word."""
    return int(sum(strange[other] for other, _ in near))


def _seen(known: Encoded, near: dict[str, list[tuple[int, float]]]) -> None:
    lists = {name: {other for other, _ in near[name]} for name in WAYS}
    shared = set.intersection(*(lists[name] for name in WAYS if name != "one-hot"))
    st.markdown(
        SAY(
            "words.seen",
            longest=max(way.size for way in known.ways.values()),
            shortest=min(way.size for way in known.ways.values()),
            shared=len(shared),
            near=_NEAREST,
        )
    )


def _tables(known: Encoded, near: dict[str, list[tuple[int, float]]], strange: NDArray[np.bool_]) -> None:
    sizes = [
        {
            SAY("size.way"): SAY(f"way.{name}"),
            SAY("size.numbers"): known.ways[name].size,
            SAY("size.zeros"): spelt(known.ways[name].zeros, ".1%"),
            SAY("size.kilobytes"): round(known.ways[name].bytes / 1000, 1),
            SAY("size.strangers"): spelt(known.facts[name].strangers, ".1%"),
            SAY("size.doubles"): known.facts[name].doubles,
            SAY("size.unmet"): spelt(known.facts[name].unmet, ".1%"),
            SAY("size.never"): _never(near[name], strange),
        }
        for name in WAYS
    ]
    chrome.table(sizes, label=SAY("size.table"))
    rows = []
    for place in range(_NEAREST):
        row: dict[str, object] = {SAY("near.place"): place + 1}
        for name in WAYS:
            found = near[name][place : place + 1]
            row[SAY(f"way.{name}")] = f"{known.words[found[0][0]]} ({found[0][1]:.2f})" if found else "–"
        rows.append(row)
    chrome.table(rows, label=SAY("near.table"))
