"""Whose embeddings are asked on the Benchmarks page: the paper's scale at once, or any text's M*."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.frozen import frozen
from core.spectrum import decompose, embedding
from core.targets import TARGETS
from core.ui import chrome, texts
from core.ui.choices import word_choice
from core.ui.lab import paper_spectrum, statistics
from core.ui.memory import remembered
from core.ui.prose import Prose

SAY = Prose("benchmarks")
MOST, LARGEST = 200, 5_000  # of a text: concepts and words, found in seconds
DIM = 200


@dataclass(frozen=True, eq=False)
class EmbeddedWords:
    """Words with their embeddings in closed form, which can be cut to any dimension.

    words : V of them. unigram : int64 array of shape (V,), times in the text. columns : float32 array of shape (V, D),
    V_D Lambda_D^(1/2), strongest concept first.
    """

    words: tuple[str, ...]
    unigram: NDArray[np.int64]
    columns: NDArray[np.float32]

    @property
    def most(self) -> int:
        """D, the largest dimension there is."""
        return self.columns.shape[1]

    @cached_property
    def index(self) -> dict[str, int]:
        """Word to its number."""
        return {word: number for number, word in enumerate(self.words)}

    def at(self, dim: int) -> NDArray[np.float32]:
        """The first ``dim`` concepts, shape (V, dim)."""
        return self.columns[:, :dim]


def asked(data: str) -> EmbeddedWords:
    """The embeddings by M* that belong to a text. Raises InputError where they cannot be had."""
    return paper_scale() if data == texts.DEFAULT else of_text(data)


def awaited(data: str) -> EmbeddedWords:
    """The same, with a word on the page while it takes long: not inside a function whose results are kept."""
    with st.spinner(SAY("finding")):
        return asked(data)


@remembered(max_entries=1)
def paper_scale() -> EmbeddedWords:
    """The bundled eigenpairs: Wikipedia at the paper's vocabulary."""
    known = paper_spectrum()
    return EmbeddedWords(known.words, known.unigram, known.embeddings(known.spectrum.rank))


def of_text(data: str, target: str = "mstar") -> EmbeddedWords:
    """A text's words by one of the targets, at the words that were counted, at most ``LARGEST``."""
    return _of_text(data, target)


def words_asked(data: str) -> int:
    """How many words of a text are asked about."""
    return min(texts.words_known(data), LARGEST)


@st.cache_resource(show_spinner=False)
def _alone() -> threading.Lock:
    """Tables of texts are large: one at a time, whatever addresses ask for."""
    return threading.Lock()


@remembered(max_entries=9)
def _of_text(data: str, target: str) -> EmbeddedWords:
    """The table itself, up to 100 MB, is not kept."""
    counts = statistics(data, None)
    counts = counts.head(words_asked(data))
    with _alone():
        found = decompose(TARGETS[target](counts), min(MOST, counts.vocab_size))
    columns = embedding(found.learnable()).astype(np.float32)
    return EmbeddedWords(counts.words, counts.unigram, frozen(columns))


def dimension(found: EmbeddedWords, *, key: str, label: str, default: int = DIM, least: int = 2, help: str = "") -> int:
    """A slider over the number of concepts; what a text cannot have is not offered."""
    if found.most <= least:
        return found.most
    return st.slider(
        label, least, found.most, min(default, found.most), key=key, bind="query-params", help=help or None
    )  # fmt: skip


def word(label: str, default: str, key: str, found: EmbeddedWords) -> str:
    """A word by choosing or typing; one that is not in the vocabulary is answered where it is used."""
    return word_choice(label, found.words, default, key=key, help=SAY("word.help"))


def told_unknown(unknown: Sequence[str], found: EmbeddedWords) -> None:
    """Every word of a visitor's that is not known here, letter by letter."""
    words = ", ".join(f"'{one}'" for one in dict.fromkeys(unknown))
    chrome.literal_error(SAY("unknown", known=len(found.words), words=words))
