"""The instruments of the Order of learning page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from core.errors import InputError
from core.figures.order import Row, timeline, told
from core.frozen import frozen
from core.order import Curve, order_of_pairs, order_of_words, predicted_times, start_squares
from core.reading.text import shown
from core.spectrum import embedding
from core.spectrumfile import PAPER_VOCAB
from core.theory import FloatArray, rise_times
from core.training import TrainSpec
from core.ui import chrome, parameters, wordlists
from core.ui.controls import START
from core.ui.lab import CANNED
from core.ui.linear_words import FAINTEST, TOP, KnownWords, features, followed, words
from core.ui.memory import remembered
from core.ui.prose import Prose, language, reworded
from core.ui.wordlists import EXAMPLES, SHOWN_FIRST, Read

SAY = Prose("order")
_LONGEST = 2_000
_LISTS = "lists"


@dataclass(frozen=True, eq=False)
class Clock:
    """When a run has its first d concepts, as t * lambda_1.

    times : (K,), for this step size. flow_times : the same for infinitely small steps, in units of gradient flow.
    s0_squared : (K,), of the start.
    """

    times: FloatArray
    flow_times: FloatArray
    s0_squared: FloatArray


@dataclass(frozen=True, eq=False)
class Setting:
    """Whose words, and from which start."""

    known: KnownWords
    start: float

    @property
    def clock(self) -> Clock:
        return clock_of(self.known.data, self.known.vocab_size, self.start)

    @property
    def columns(self) -> FloatArray:
        """V Lambda^(1/2), exact, a column after the other, shape (V, K)."""
        return _columns(self.known.data, self.known.vocab_size)

    def curves(self, one: Read) -> list[Curve]:
        """Raises InputError where the list cannot be followed."""
        return _curves(self.known.data, self.known.vocab_size, one.words, one.pairs)


@dataclass(frozen=True, eq=False)
class Followed:
    """A list with its two curves; none where it is refused."""

    read: Read
    curves: Sequence[Curve]

    @property
    def ranks(self) -> tuple[int | None, int | None]:
        """Where its two questions are answered."""
        first, second = (curve.rank for curve in self.curves)
        return first, second


def setting() -> Setting:
    """Show the pickers of text, vocabulary and start."""
    return Setting(words(), START.show())


@remembered(max_entries=4)
def _columns(data: str, vocab_size: int) -> FloatArray:
    return frozen(np.asfortranarray(embedding(followed(data, vocab_size))))


@remembered(max_entries=24)
def clock_of(data: str, vocab_size: int, start: float) -> Clock:
    """A model with as many dimensions as there are eigenpairs known."""
    spectrum = followed(data, vocab_size)
    rate = float(spectrum.values[0])
    plan = TrainSpec(spectrum.rank, start, CANNED.step_size / rate, steps=1, seed=CANNED.seed)
    squares = start_squares(spectrum, plan)
    flow = np.maximum.accumulate(np.maximum(rise_times(spectrum.values, squares), 0))
    return Clock(frozen(predicted_times(spectrum, plan) * rate), frozen(flow), frozen(squares))


@remembered(max_entries=300)
def _curves(data: str, vocab_size: int, numbers: tuple[int, ...], pairs: tuple[tuple[int, int], ...]) -> list[Curve]:
    columns = _columns(data, vocab_size)
    return order_of_pairs(columns, pairs) if pairs else order_of_words(columns, numbers)


def warm() -> None:
    """Follow the lists of the bare page before anybody asks for it."""
    known = features(CANNED.data, PAPER_VOCAB)
    for name in SHOWN_FIRST:
        found = wordlists.read(wordlists.ready(name, name), known.index)
        _curves(known.data, known.vocab_size, found.words, found.pairs)


def chosen(known: KnownWords) -> list[Read]:
    """Show the ready-made lists and the field for own ones; those wanted, read, with what was left out told."""
    wanted = wordlists.ready_made(_ready_made())
    text = st.text_area(
        SAY("own"), key="own", bind="query-params", height=90, max_chars=_LONGEST, placeholder=SAY("own.example"),
        help=SAY("own.help"),
    )  # fmt: skip
    own, more = wordlists.typed(text or "")
    if more:
        st.info(SAY("too-many", most=wordlists.MOST_LISTS, more=more))
    wanted += own
    found = [wordlists.read(one, known.index) for one in wanted]
    _tell_left_out(found)
    if not found:
        st.info(SAY("none"))
    return found


def _ready_made() -> list[str]:
    """Show the ready-made lists; the names of those chosen, which are the same in the address in every language."""
    asked = st.query_params.get(_LISTS)
    names = SHOWN_FIRST if asked is None else [one for one in asked.split(",") if one in EXAMPLES]
    st.session_state["pick lists"] = list(names)
    titles = wordlists.titles()
    st.pills(
        SAY("lists"), list(titles), selection_mode="multi", format_func=titles.__getitem__, key="pick lists",
        on_change=_picked,
    )  # fmt: skip
    return list(names)


def _picked() -> None:
    names = st.session_state["pick lists"]
    parameters.write(_LISTS, None if set(names) == set(SHOWN_FIRST) else ",".join(names))


def _tell_left_out(found: Sequence[Read]) -> None:
    """Words that are unknown, there twice, or not read. They are a visitor's: shown letter by letter."""
    lines = [f"{one.wanted.name}: {line}" for one in found if not _absent(one) for line in one.left_out]
    if absent := [one.wanted.name for one in found if _absent(one)]:
        st.caption(SAY("absent", lists=", ".join(absent)))
    if lines:
        with st.expander(SAY("left-out"), expanded=True, icon=":material/info:"):
            for line in lines:
                st.text(shown(line))


def _absent(one: Read) -> bool:
    """Whether a ready-made list is not in this text, which is nobody's mistake."""
    return one.refused is not None and not one.wanted.own


def follow(now: Setting, lists: Sequence[Read]) -> list[Followed]:
    """Every list with its curves, earliest first. Those that cannot be followed are told, and left out."""
    found, wanted = [], [one for one in lists if not _absent(one)]
    for number, one in enumerate(wanted, 1):
        try:
            if one.refused:
                raise InputError(one.refused)
            told = SAY("following", number=number, count=len(wanted), ranks=now.columns.shape[1])
            with st.spinner(told, show_time=True):
                found.append(Followed(one, now.curves(one)))
        except InputError as error:
            chrome.literal_error(f"{one.wanted.name}: {reworded(error)}")
    return sorted(found, key=lambda one: [np.inf if rank is None else rank for rank in one.ranks])


def overview(now: Setting, found: Sequence[Followed]) -> None:
    """All lists on one clock."""
    times = now.clock.times
    _headline(found, times)
    rows = [Row(one.read.wanted.name, (one.curves[0].question, one.curves[1].question), one.ranks) for one in found]
    drawn = timeline(rows, times, dark=chrome.dark(), language=language())
    chrome.chart(drawn, key="timeline", alt=SAY("all.alt"))
    chrome.table([_row(one, times) for one in found], label=SAY("all.table"))
    st.caption(SAY("all.caption", dims=len(times), step=CANNED.step_size, start=now.start, most=TOP, faintest=FAINTEST))


def _headline(found: Sequence[Followed], times: FloatArray) -> None:
    """One list in a sentence: a visitor's own, else the one between whose two moments most concepts lie."""
    words = [one for one in found if not one.read.wanted.pairs and None not in one.ranks]
    if not words:
        return
    best = max(words, key=lambda one: (one.read.wanted.own, abs((one.ranks[1] or 0) - (one.ranks[0] or 0))))
    first, second = (rank for rank in best.ranks if rank is not None)
    told = SAY(
        "headline",
        list=best.read.wanted.spoken,
        first=first,
        first_time=float(times[first - 1]),
        second=second,
        second_time=float(times[second - 1]),
    )
    before = [SAY("headline.before")] if second < first else []
    st.markdown(" ".join([told, *before, SAY("headline.either")]))


def _row(one: Followed, times: FloatArray) -> dict[str, Any]:
    """Ranks and times first: on a phone they are what is seen."""
    row: dict[str, Any] = {SAY("column.list"): one.read.wanted.name}
    for number, curve in enumerate(one.curves, 1):
        row |= {
            SAY("column.rank", number=number): curve.rank,
            SAY("column.time", number=number): None if curve.rank is None else round(float(times[curve.rank - 1]), 1),
        }
    row |= {
        SAY("column.of"): SAY("column.pairs" if one.read.wanted.pairs else "column.words"),
        SAY("column.known"): one.read.size,
    }
    for number, curve in enumerate(one.curves, 1):
        row |= {
            SAY("column.question", number=number): SAY(f"question.{curve.question}"),
            SAY("column.best", number=number): told(curve.question, float(np.nanmax(curve.scores)), language()),
            SAY("column.chance", number=number): told(curve.question, float(curve.chance[-1]), language()),
        }
    return row
