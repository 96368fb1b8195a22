"""What one vector a word cannot do: unknown words, several senses, word order."""

from __future__ import annotations

from itertools import zip_longest

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.encodings import cosines
from core.frozen import frozen
from core.reading.text import shown
from core.spectrumfile import KnownSpectrum
from core.ui import chrome
from core.ui.lab import paper_spectrum
from core.ui.prose import SITE, Prose
from core.ui.vectors_encodings import text
from core.window import words_in

SAY = Prose("vectors")
SENSES = {
    "bank": ("money", "river"),
    "capital": ("city", "money"),
    "bill": ("law", "john"),
    "plant": ("flower", "factory"),
    "mouse": ("rat", "keyboard"),
    "mercury": ("planet", "metal"),
    "organ": ("piano", "liver"),
    "rock": ("music", "stone"),
}
_UNKNOWN, _PHRASE = "selfie", "not good"
_DIM, _LISTED, _JUDGED, _LONGEST = 200, 8, 20, 60


@st.cache_resource(max_entries=1, show_spinner=False)
def unit_vectors() -> NDArray[np.float32]:
    """The bundled eigenpairs of M* as word vectors V Lambda^(1/2), each brought to length 1. Shape (10,000, 200)."""
    rows = paper_spectrum().embeddings(_DIM)
    return frozen(rows / np.linalg.norm(rows, axis=1, keepdims=True))


@st.fragment
def limits() -> None:
    """Three live examples side by side, on the bundled statistics at the paper's vocabulary."""
    known = paper_spectrum()
    for column, part in zip(st.columns(3, gap="large"), (_unknown, _senses, _order), strict=True):
        with column:
            part(known, unit_vectors())
    st.caption(SITE("careful", text=SAY("limits.careful", count=len(known.words), dim=_DIM)))


def _nearest(known: KnownSpectrum, unit: NDArray, vector: NDArray, *, without: set[str], count: int) -> list[str]:
    """The words nearest to a vector by cosine, some words left out."""
    order = np.argsort(-(unit @ vector), kind="stable")[: count + len(without)]
    return [known.words[n] for n in order if known.words[n] not in without][:count]


def _unknown(known: KnownSpectrum, unit: NDArray) -> None:
    st.markdown(f"**{SAY('unknown')}**")
    typed = st.text_input(SAY("unknown.word"), _UNKNOWN, key="unknown", bind="query-params", max_chars=_LONGEST)
    word = typed.strip().lower() or _UNKNOWN
    if word in known.index:
        near = _nearest(known, unit, unit[known.index[word]], without={word}, count=_LISTED)
        st.text(SAY("unknown.known", word=word, place=known.index[word] + 1, near=", ".join(near)))
    else:
        st.text(SAY("unknown.none", word=shown(word), count=len(known.words)))
    others = text().vocabulary.words
    missing = [one for one in others if one not in known.index]
    st.markdown(SAY("unknown.seen", missing=len(missing), count=len(others)))
    st.text(", ".join(missing[:_LISTED]) + " …")


def _senses(known: KnownSpectrum, unit: NDArray) -> None:
    st.markdown(f"**{SAY('senses')}**")
    word = st.selectbox(SAY("senses.word"), list(SENSES), key="sense", bind="query-params")
    first, second = SENSES[word]
    own, one, other = (unit[known.index[name]] for name in (word, first, second))
    judged = [known.index[name] for name in _nearest(known, unit, own, without={word}, count=_JUDGED)]
    to_first = int((unit[judged] @ one > unit[judged] @ other).sum())
    lists = {
        word: _nearest(known, unit, own, without={word}, count=_LISTED),
        f"{word} + {first}": _nearest(known, unit, own + one, without={word, first}, count=_LISTED),
        f"{word} + {second}": _nearest(known, unit, own + other, without={word, second}, count=_LISTED),
    }
    rows = [dict(zip(lists, row, strict=True)) for row in zip_longest(*lists.values(), fillvalue="")]
    chrome.grid(rows, alt=SAY("senses.alt", word=word))
    st.markdown(
        SAY(
            "senses.seen",
            word=word, first=first, second=second, to_first=to_first, to_second=_JUDGED - to_first, judged=_JUDGED,
            near=float(own @ one), far=float(own @ other),
        )
    )  # fmt: skip


def _order(known: KnownSpectrum, unit: NDArray) -> None:
    st.markdown(f"**{SAY('order')}**")
    typed = st.text_input(SAY("order.phrase"), _PHRASE, key="phrase", bind="query-params", max_chars=_LONGEST)
    words = [word for word in words_in(typed) if word in known.index]
    if len(words) < 2:
        st.info(SAY("order.short"))
        words = _PHRASE.split()

    def total(some: list[str]) -> NDArray:
        return np.sum([unit[known.index[one]] for one in some], axis=0)

    forwards, backwards = total(words), total(words[::-1])
    st.text(f"{' '.join(words)}\n{' '.join(words[::-1])}")
    st.markdown(SAY("order.seen", cosine=float(cosines(backwards[None], forwards)[0])))
    not_good = total(_PHRASE.split())
    near = {one: float(cosines(total([one])[None], not_good)[0]) for one in ("good", "bad")}
    opposites = float(cosines(total(["bad"])[None], total(["good"]))[0])
    st.markdown(SAY("order.negation", good=near["good"], bad=near["bad"], opposites=opposites))
