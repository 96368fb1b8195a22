"""Whose words the Linear concepts page is about, and which pairs of them: chosen, or typed by the visitor."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

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
from core.ui import chrome, texts
from core.ui.controls import Choice
from core.ui.lab import paper_scale, spectrum, statistics
from core.ui.memory import remembered

Pairs = tuple[tuple[int, int], ...]
OWN = "own"
MOST = 60  # pairs: more keep visitors waiting
TOP, FAINTEST = 300, 0.02  # concepts that are followed, and how strong they are against the first
_FIRST_FAMILY = "capital-world"
_WHOLE = 2_000  # words, up to which all eigenpairs are computed
_LARGEST, _USUAL = 5_000, 2_000  # words of other texts
_LONGEST = 3_000
_FAMILY = "family"
EXAMPLES = {
    "he and she": "he she\nhim her\nhis her\nking queen\nfather mother\nson daughter\nbrother sister\nhusband wife",
    "what people do": "music musician\nphilosophy philosopher\nphysics physicist\nart artist\nhistory historian\n"
    "poetry poet\nscience scientist\neconomics economist",
    "counting": "one first\ntwo second\nthree third\nfour fourth\nfive fifth\nsix sixth\nseven seventh\neight eighth",
    "opposites": "hot cold\nold new\nhigh low\nnorth south\nearly late\nleft right\nblack white\nlife death",
}
_WORDS = Choice(
    "words", "words V", [500, 1_000, 2_000, 5_000, PAPER_VOCAB], PAPER_VOCAB,
    f"How many of the most frequent words. Up to {_WHOLE:,} all eigenpairs are computed, above that the first {TOP}.",
    104,
)  # fmt: skip
_BEFOREHAND = f"Those of {PAPER_VOCAB:,} words of Wikipedia, as in the paper, were computed beforehand."


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
        return self.family or "your pairs"


def words() -> KnownWords:
    """Show the pickers of text and vocabulary; the words they stand for."""
    data = texts.picker()
    if data == texts.DEFAULT:
        return features(data, replace(_WORDS, help=f"{_WORDS.help} {_BEFOREHAND}").show())
    most = min(texts.words_known(data), _LARGEST)
    return features(data, replace(_WORDS, default=min(_USUAL, most)).show(most))


@remembered(max_entries=6, show_spinner="Finding the concepts …")
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
        _too_few(f"{len(pairs)} of the {len(family.pairs)} pairs of **{name}**", known)
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
        del st.query_params[_FAMILY]
    st.session_state["pick family"] = name

    def told(one: str) -> str:
        if one == OWN:
            return "your own pairs …"
        return f"{one}: {len(listed[one][1])} of {len(listed[one][0].pairs)} pairs"

    st.selectbox(
        "word pairs", [OWN, *listed], format_func=told, key="pick family", on_change=_picked, width=330,
        help=f"Google's families of analogies (gensim's copy), with how many of how many pairs have both words among "
        f"these {known.vocab_size:,}; or pairs that you type.",
    )  # fmt: skip
    return name


def _picked() -> None:
    st.query_params[_FAMILY] = st.session_state["pick family"]


def _typed(known: KnownWords) -> Asked | None:
    """The field for pairs, examples to fill it with, and what came of what was typed."""
    with st.container(width=560, gap="small"):
        text = st.text_area(
            "Your pairs", next(iter(EXAMPLES.values())), key="pairs", bind="query-params", height=130,
            max_chars=_LONGEST, help="One pair a line, or with commas between them: king queen, man - woman, he/she.",
        )  # fmt: skip
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.caption("Or try:", width="content")
            for name, example in EXAMPLES.items():
                st.button(name, key=f"example {name}", on_click=_fill, args=(example,))
    try:
        found = read_pairs(text or "", known.index)
    except InputError as error:
        chrome.literal_error(str(error))
        return None
    _told(found, known)
    if len(found.pairs) < FEWEST_PAIRS:
        _too_few(f"{len(found.pairs)} of your pairs", known)
        return None
    return Asked(found.pairs[:MOST], None, len(found.pairs))


def _fill(example: str) -> None:
    st.session_state["pairs"] = example


def _told(found: Listed, known: KnownWords) -> None:
    """What was left out of what was typed, letter by letter."""
    left = {
        f"not among these {known.vocab_size:,} words": found.unknown,
        "there twice, counted once": found.duplicates,
        "not two words, left out": found.odd,
        f"more than {MOST} pairs, left out": [f"{len(found.pairs) - MOST} pairs"] if len(found.pairs) > MOST else (),
    }
    lines = [shown(f"{what}: {', '.join(items)}") for what, items in left.items() if items]
    if lines:
        st.text("\n".join(lines))


def _too_few(what: str, known: KnownWords) -> None:
    st.info(
        f"{what} have both words among these {known.vocab_size:,}, and a common direction needs "
        f"{FEWEST_PAIRS} or more. Choose another family, more words, or type pairs of words that this text does use.",
        icon=":material/info:",
    )
