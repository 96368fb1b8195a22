"""Whose words the Linear concepts page is about, and which pairs of them: chosen, or typed by the visitor."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.errors import InputError
from core.frozen import frozen
from core.linear import FEWEST_PAIRS
from core.questions import Family, Listed, families, in_vocabulary, read_pairs
from core.reading.text import shown
from core.spectrum import Concept, Spectrum, concept, embedding
from core.spectrumfile import PAPER_VOCAB
from core.ui import chrome, parameters, texts
from core.ui.controls import Choice
from core.ui.families import family_title
from core.ui.lab import paper_scale, spectrum, statistics
from core.ui.memory import remembered
from core.ui.prose import Prose, reworded

Pairs = tuple[tuple[int, int], ...]
SAY = Prose("linear")
OWN = "own"
MOST = 60  # pairs: more keep visitors waiting
TOP, FAINTEST = 300, 0.02  # concepts that are followed, and how strong they are against the first
_FIRST_FAMILY = "capital-world"
_WHOLE = 2_000  # words, up to which all eigenpairs are computed
_SIZES = (500, 1_000, 2_000, 5_000)
_LARGEST, _USUAL = 5_000, 2_000  # words of other texts
_LONGEST = 3_000
_FAMILY = "family"
EXAMPLES = {
    "he-and-she": "he she\nhim her\nhis her\nking queen\nfather mother\nson daughter\nbrother sister\nhusband wife",
    "what-people-do": "music musician\nphilosophy philosopher\nphysics physicist\nart artist\nhistory historian\n"
    "poetry poet\nscience scientist\neconomics economist",
    "counting": "one first\ntwo second\nthree third\nfour fourth\nfive fifth\nsix sixth\nseven seventh\neight eighth",
    "opposites": "hot cold\nold new\nhigh low\nnorth south\nearly late\nleft right\nblack white\nlife death",
}


@dataclass(frozen=True, eq=False)
class KnownWords:
    """KnownWords of a text with the eigenpairs of their M* that are known and positive, strongest first."""

    data: str
    spectrum: Spectrum
    words: tuple[str, ...]

    @property
    def vocab_size(self) -> int:
        return len(self.words)

    @property
    def paper_scale(self) -> bool:
        """Whether these are the bundled eigenpairs."""
        return paper_scale(self.data, self.vocab_size)

    @property
    def most(self) -> int:
        """The largest dimension."""
        return self.spectrum.rank

    @cached_property
    def index(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(self.words)}

    @cached_property
    def embeddings(self) -> NDArray[np.float32]:
        """V Lambda^(1/2) of Theorem 1, float32, shape (V, K), read-only."""
        return frozen(embedding(self.spectrum).astype(np.float32))

    def concept(self, k: int, top: int) -> Concept:
        return concept(self.spectrum, self.words, k, top=top)


@dataclass(frozen=True)
class Asked:
    """The pairs that are looked at. family : its name, None where they were typed. possible : of so many pairs."""

    pairs: Pairs
    family: str | None
    possible: int

    @property
    def called(self) -> str:
        """What they are called on the page; nothing of it is the visitor's."""
        return family_title(self.family) if self.family else SAY("pairs.yours")


def words() -> KnownWords:
    """Show the pickers of text and vocabulary; the words they stand for."""
    data = texts.picker()
    told = SAY("words.help", whole=_WHOLE, top=TOP)
    if data == texts.DEFAULT:
        told, most, usual = f"{told} {SAY('words.beforehand', words=PAPER_VOCAB)}", None, PAPER_VOCAB
    else:
        most = min(texts.words_known(data), _LARGEST)
        usual = min(_USUAL, most)
    size = Choice("words", [*_SIZES, PAPER_VOCAB], usual, 104, say=SAY).show(most, told)
    with st.spinner(SAY("finding")):
        return features(data, size)


@remembered(max_entries=6)
def features(data: str, vocab_size: int) -> KnownWords:
    """All positive eigenpairs of a small vocabulary, the first 300 of a large one."""
    rank = vocab_size if vocab_size <= _WHOLE else TOP
    return KnownWords(data, spectrum("mstar", data, vocab_size, rank).learnable(), statistics(data, vocab_size).words)


def followed(data: str, vocab_size: int) -> Spectrum:
    """The concepts whose learning is followed: the first 300, but none fainter than a fiftieth of the first.

    A run would have to wait for those fifty times as long.
    """
    whole = features(data, vocab_size).spectrum
    return whole.head(min(TOP, int((whole.values >= FAINTEST * whole.values[0]).sum())))


def asked(known: KnownWords, name: str) -> Asked | None:
    """The pairs of a family, or, with a field for them, the visitor's; None where too few are known."""
    if name == OWN:
        return _typed(known)
    family, pairs = _listed(known)[name]
    if len(pairs) < FEWEST_PAIRS:
        _too_few("too-few", known, len(pairs), possible=len(family.pairs), name=family_title(name))
        return None
    return Asked(pairs, name, len(family.pairs))


def _listed(known: KnownWords) -> dict[str, tuple[Family, Pairs]]:
    """Every family with those of its pairs that are known."""
    return {one.name: (one, in_vocabulary(one, known.index)) for one in families()}


def family(known: KnownWords) -> str:
    """Show the picker; the family that is picked. It stands in the address by its name, whatever is known of it."""
    listed = _listed(known)
    most = max(listed, key=lambda name: len(listed[name][1]))
    usual = _FIRST_FAMILY if len(listed[_FIRST_FAMILY][1]) >= FEWEST_PAIRS else most
    wanted = st.query_params.get(_FAMILY)
    name = wanted if wanted in listed or wanted == OWN else usual
    if wanted and wanted != name:
        parameters.write(_FAMILY, None)
    st.session_state["pick family"] = name

    def told(one: str) -> str:
        if one == OWN:
            return SAY("pairs.own")
        whole, pairs = listed[one]
        return SAY("pairs.family", name=family_title(one), known=len(pairs), possible=len(whole.pairs))

    st.selectbox(
        SAY("pairs"), [OWN, *listed], format_func=told, key="pick family", on_change=_picked, width=330,
        help=SAY("pairs.help", words=known.vocab_size),
    )  # fmt: skip
    return name


def _picked() -> None:
    parameters.write(_FAMILY, st.session_state["pick family"])


def _typed(known: KnownWords) -> Asked | None:
    """The field for pairs, examples to fill it with, and what came of what was typed."""
    with st.container(width=560, gap="small"):
        text = st.text_area(
            SAY("typed"), next(iter(EXAMPLES.values())), key="pairs", bind="query-params", height=130,
            max_chars=_LONGEST, help=SAY("typed.help"),
        )  # fmt: skip
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.caption(SAY("typed.try"), width="content")
            for name, example in EXAMPLES.items():
                st.button(SAY(f"example.{name}"), key=f"example {name}", on_click=_fill, args=(example,))
    try:
        found = read_pairs(text or "", known.index)
    except InputError as error:
        chrome.literal_error(reworded(error))
        return None
    _told(found, known)
    if len(found.pairs) < FEWEST_PAIRS:
        _too_few("too-few.typed", known, len(found.pairs))
        return None
    return Asked(found.pairs[:MOST], None, len(found.pairs))


def _fill(example: str) -> None:
    st.session_state["pairs"] = example


def _told(found: Listed, known: KnownWords) -> None:
    """What was left out of what was typed, letter by letter."""
    more = max(0, len(found.pairs) - MOST)
    told = [
        f"{SAY(f'left.{name}', words=known.vocab_size)}: {', '.join(items)}"
        for name, items in (("unknown", found.unknown), ("twice", found.duplicates), ("odd", found.odd))
        if items
    ]
    lines = [shown(one) for one in told] + ([SAY("left.most", most=MOST, count=more)] if more else [])
    if lines:
        st.text("\n".join(lines))


def _too_few(passage: str, known: KnownWords, count: int, **more: Any) -> None:
    st.info(SAY(passage, known=count, words=known.vocab_size, least=FEWEST_PAIRS, **more), icon=":material/info:")
