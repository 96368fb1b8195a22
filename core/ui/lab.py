"""What all viewers share: statistics, spectra, predictions and canned runs, each computed once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.corpus import Corpus, read_corpus
from core.counting import Counted
from core.counts import Cooccurrence
from core.errors import InputError
from core.frames import Frame
from core.gate import Gate
from core.known import Known
from core.problem import Problem, RunSpec, flops, pose, pose_known, simulate, top_spectrum
from core.recipe import PLANTED, Recipe, recipe
from core.runs import Run
from core.sources import BUNDLED_VOCAB, bundled, count_named, fetched, is_text, load_statistics, named_corpus, tokens_of
from core.spectrum import Concept, Spectrum, decompose
from core.spectrumfile import PAPER_SCALE, PAPER_VOCAB, KnownSpectrum, load_spectrum
from core.targets import TARGETS, Objective, m_star, word2vec_weights
from core.training import GENSIM, Sentences
from core.ui import own
from core.ui.memory import is_own, remembered
from core.ui.prose import Prose

SAY = Prose("shared")
CANNED = RunSpec(vocab_size=2_000, dim=30, init_scale=1e-6, step_size=0.1, seed=3, until=10)
_SHARED_SECONDS = 20
_PLANTED_TOKENS, _WINDOW = 1_500_000, 20  # what an address may ask for: tokens, and on average words on each side
_FLOPS_A_SECOND = 5e10  # of one core of a small server, single precision


@dataclass(frozen=True, eq=False)
class Lab(Known):
    """A recipe with its prediction, ready to be trained here."""

    def run(self, *, gate: Gate | None = None, finish: Callable[[Run[Frame]], None] | None = None) -> Run[Frame]:
        """A run of this recipe, not yet started. See ``Run`` for ``gate`` and ``finish``."""
        stopped = threading.Event()
        snapshots = simulate(self._whole(), self.spec, self.plan, self._sentences(), stopped=stopped.is_set)
        return Run(snapshots, self.camera.frame, gate=gate, finish=finish, stopped=stopped)

    @cached_property
    def start(self) -> Frame:
        """The model before its first step."""
        return self.camera.frame(next(simulate(self._whole(), self.spec, self.plan, self._sentences())))

    def _sentences(self) -> Sentences | None:
        """The text itself, which gensim needs, if there is one; else it draws pairs."""
        text = text_of(self.spec.data) if self.spec.model in GENSIM else None
        return None if text is None else text.sentences()

    def _whole(self) -> Problem:
        """The problem with the tables that a recipe does not keep."""
        return replace(self.problem, objective=weights(self.spec)) if self.spec.pairwise_weights else self.problem

    @property
    def sharable(self) -> bool:
        """Whether a run is short enough to be trained while a page waits, for everybody."""
        return self.seconds < _SHARED_SECONDS

    @property
    def seconds(self) -> float:
        """A guess at how long a run takes on one core."""
        return flops(self.problem, self.spec, self.plan) / _FLOPS_A_SECOND


@remembered(max_entries=64)
def concepts(spec: RunSpec, top: int, *, normalised: bool = False) -> tuple[Concept, ...]:
    """The words at the ends of every concept that a recipe's predictions tell, the first at place 0."""
    known = lab(spec)
    return tuple(known.concept(k, top, normalised) for k in range(1, known.concepts + 1))


def counts_only(data: str) -> bool:
    """Whether there are counts, but no text that they are of."""
    return bundled(data) or data.startswith(own.KEPT)


def text_of(data: str) -> Corpus | None:
    """The text as word numbers, read anew; None where there are counts only."""
    if counts_only(data):
        return None
    if is_own(data):
        mine = own.brought(data)
        return read_corpus(mine.texts, mine.spec.corpus, mine.spec.reading)
    return named_corpus(recipe(data))


def statistics(data: str, vocab_size: int | None) -> Cooccurrence:
    """Counts of the most frequent words, shared and read-only. Without a size: all that were counted.

    Raises
    ------
    InputError
        There are no statistics of this name here, or they have fewer words.
    """
    return _head(data, vocab_size) if vocab_size is not None else _whole(data)


def paper_scale(data: str, vocab_size: int | None) -> bool:
    """Whether these are the bundled words at the paper's vocabulary, of which only eigenpairs of M* are here."""
    return data == CANNED.data and vocab_size == PAPER_VOCAB


@st.cache_resource(show_spinner=SAY.later("busy.eigenpairs"))
def paper_spectrum() -> KnownSpectrum:
    """The top of the spectrum of M* at the paper's vocabulary, shared and read-only."""
    return load_spectrum(PAPER_SCALE)


@remembered(max_entries=7, show_spinner=SAY.later("busy.statistics"))
def _head(data: str, vocab_size: int) -> Cooccurrence:
    if paper_scale(data, vocab_size):
        return paper_spectrum().without_pairs()
    return load_statistics(data, vocab_size) if bundled(data) else _whole(data).head(vocab_size)


@remembered(max_entries=5, show_spinner=SAY.later("busy.reading"))
def _whole(data: str) -> Cooccurrence:
    if is_own(data):
        return own.brought(data).counted.counts
    if data.startswith(own.KEPT):
        return own.kept(data)
    if bundled(data):
        return load_statistics(data, BUNDLED_VOCAB)
    return counted(data).counts


@remembered(max_entries=5, show_spinner=SAY.later("busy.counting"))
def counted(data: str) -> Counted:
    """A text by its name, counted. Raises InputError where it cannot be had, or is larger than this server takes."""
    if is_own(data):
        return own.brought(data).counted
    wanted = recipe(data)
    if not is_text(data) or (wanted.source not in (PLANTED, "lee") and not fetched(wanted.source)):
        raise InputError(SAY("no-text"))
    _check_work(wanted)
    with _counting():
        return count_named(wanted)


def _check_work(wanted: Recipe) -> None:
    """Anybody can write an address: raise InputError where answering it would take long."""
    own.check_vocabulary(wanted.text.corpus)
    if wanted.source == PLANTED:
        tokens, most = wanted.planted.tokens, _PLANTED_TOKENS
    else:
        tokens, most = tokens_of(wanted.source), own.TEXT_TOKENS
    if tokens > most or tokens * wanted.text.count.window > most * _WINDOW:
        raise InputError(SAY("too-long", tokens=tokens, window=wanted.text.count.window))


@st.cache_resource(show_spinner=False)
def _counting() -> threading.Lock:
    """Texts of addresses are counted one after the other."""
    return threading.Lock()


@remembered(max_entries=7, show_spinner=False)
def matrix(data: str, vocab_size: int | None) -> NDArray[np.float32]:
    """M*, shared and read-only."""
    return m_star(statistics(data, vocab_size))


@remembered(max_entries=12, show_spinner=SAY.later("busy.finding"))
def spectrum(name: str, data: str, vocab_size: int | None, rank: int) -> Spectrum:
    """The top of the spectrum of one of the targets. Only M* itself is kept, being large."""
    if paper_scale(data, vocab_size):
        if name != "mstar":
            raise InputError(SAY("only-mstar", words=PAPER_VOCAB, table=name.upper()))
        return paper_spectrum().spectrum.head(rank)
    if name == "mstar":
        return decompose(matrix(data, vocab_size), rank)
    return decompose(TARGETS[name](statistics(data, vocab_size)), rank)


@remembered(max_entries=48, show_spinner=False)
def _problem(spec: RunSpec) -> Problem:
    """The problem of a recipe in which the knobs that it does not depend on are at their defaults."""
    if paper_scale(spec.data, spec.vocab_size):
        return pose_known(paper_spectrum(), spec)
    data, size = spec.data, spec.vocab_size
    known = weights(spec) if spec.pairwise_weights else None
    top = _top(data, size, spec.dim, spec.two_matrices)
    problem = pose(statistics(data, size), matrix(data, size), spec, spectrum=top, weights=known)
    return problem if known is None else replace(problem, objective=known.told())


@remembered(max_entries=48, show_spinner=SAY.later("busy.finding"))
def _top(data: str, vocab_size: int | None, dim: int, by_magnitude: bool) -> Spectrum:
    return top_spectrum(matrix(data, vocab_size), dim, by_magnitude=by_magnitude)


@remembered(max_entries=2, show_spinner=SAY.later("busy.weighing"))
def _weights(data: str, vocab_size: int | None, negatives: int, asymmetric: bool) -> Objective:
    """Word2vec's weights, twice the size of M*: only few are kept, and no recipe holds on to them."""
    return word2vec_weights(statistics(data, vocab_size), negatives=negatives, asymmetric=asymmetric)


def weights(spec: RunSpec) -> Objective:
    """Word2vec's weights as a recipe has them."""
    return _weights(spec.data, spec.vocab_size, spec.negatives, spec.draws_for_contexts)


@remembered(max_entries=48, show_spinner=SAY.later("busy.predicting"))
def lab(spec: RunSpec) -> Lab:
    """The prediction of a recipe. Raises InputError where the recipe cannot be cooked."""
    problem = _problem(replace(spec, init_scale=1e-6, step_size=0.1, seed=0, until=0))
    return Lab.of(spec, problem)
