"""Chapter 2: all that company is one table, and the table has directions of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import streamlit as st

from core.figures.story_table import whole_table
from core.frozen import frozen
from core.story import LATER, Contrast, block_means, contrasts, sample_of_pairs, shuffled
from core.theory import FloatArray
from core.ui import chrome
from core.ui.lab import CANNED, Lab, lab
from core.ui.memory import remembered
from core.ui.prose import Prose, language
from core.ui.story import parts

SAY = Prose("story")
_ENDS, _BETWEEN, _TOP = 55, 40, 4
_LETTERS = "ABCD"
_KEY = "story-table-guess"


@dataclass(frozen=True, eq=False)
class _Shown:
    """The cards, and the table of some words, shuffled and sorted: words and values of each."""

    cards: tuple[Contrast, ...]
    shuffled: tuple[tuple[str, ...], FloatArray]
    ordered: tuple[tuple[str, ...], FloatArray]


@remembered(max_entries=1)
def _shown(seed: int) -> _Shown:
    known = lab(CANNED)
    spectrum, table, words = known.problem.spectrum, known.problem.matrix, known.words
    ordered = sample_of_pairs(spectrum, ends=_ENDS, between=_BETWEEN, seed=seed)
    both = [
        (tuple(words[n] for n in chosen), frozen(table[chosen[:, None], chosen]))
        for chosen in (shuffled(ordered, seed), ordered)
    ]
    return _Shown(contrasts(spectrum, table, words, top=_TOP, seed=seed), *both)


def show(known: Lab) -> None:
    """Four contrasts to choose from; then the table sorts itself by the best."""
    shown = _shown(parts.SEED)
    parts.open_chapter("table", "simulation", "derivation", words=len(shown.ordered[0]))
    left, right = st.columns([6, 6], gap="large")
    with left:
        guess = _cards(shown.cards)
        if guess is not None:
            _reveal(shown.cards, guess)
            chrome.maths(r"M^\star v_1 = \lambda_1 v_1")
    with right:
        _picture(shown, known, sort=guess is not None)


def _cards(cards: tuple[Contrast, ...]) -> int | None:
    """The number of the card that was chosen, if any was."""
    guess = st.session_state.get(_KEY)
    with st.container(key="story-card-row"):
        for first in range(0, len(cards), 2):
            for n, place in enumerate(st.columns(2), first):
                with place.container(border=True, gap="xxsmall"):
                    _card(cards[n], n, chosen=guess == n, told=guess is not None)
    return guess


def _card(card: Contrast, n: int, *, chosen: bool, told: bool) -> None:
    best = told and card.kind == "first"
    st.text(" ".join(card.positive))
    st.caption("↕ " + SAY("table.strength", strength=card.strength) if told else "↕")
    st.text(" ".join(card.negative))
    st.button(
        SAY("table.best" if best else "table.choose", card=_LETTERS[n]), key=f"story-card-{n}", on_click=_choose,
        args=(n,), type="primary" if chosen or best else "secondary", width="stretch",
    )  # fmt: skip


def _choose(n: int) -> None:
    st.session_state[_KEY] = n
    st.session_state["story-table-order"] = "sorted"


def _reveal(cards: tuple[Contrast, ...], guess: int) -> None:
    best = next(n for n, card in enumerate(cards) if card.kind == "first")
    yours = cards[guess]
    told = {"card": _LETTERS[best], "best": cards[best].strength, "yours": yours.strength, "k": LATER}
    if guess == best:
        parts.reveal("table", SAY("table.right", **told), right=True)
    else:
        parts.reveal("table", SAY("table.wrong", **told), SAY(f"table.{yours.kind}", **told))


def _picture(shown: _Shown, known: Lab, *, sort: bool) -> None:
    order = "shuffled"
    if sort:
        st.session_state.setdefault("story-table-order", "sorted")
        order = st.segmented_control(
            SAY("table.order"), ["shuffled", "sorted"], required=True, key="story-table-order",
            format_func=lambda one: SAY(f"table.order.{one}"), label_visibility="collapsed", persist_state="session",
        ) or "sorted"  # fmt: skip
    words, values = shown.ordered if order == "sorted" else shown.shuffled
    names = {place: SAY(f"company.axis.{place}") for place in ("never", "chance", "always")}
    drawn = whole_table(values, words, names, dark=chrome.dark(), language=language())
    chrome.chart(drawn, key="story-table", alt=SAY(f"table.alt.{order}"))
    st.caption(SAY("table.note", ends=_ENDS, between=_BETWEEN, count=len(known.words)))
    chrome.table(_numbers(words, values), label=SAY("table.numbers"))


def _numbers(words: Sequence[str], values: FloatArray) -> list[dict[str, Any]]:
    """The picture as nine numbers: mean M* of the words at the beginning, in the middle and at the end of the order."""
    sizes = (_ENDS, len(words) - 2 * _ENDS, _ENDS)
    ends = list(accumulate(sizes))
    places = [f"{end - size + 1}–{end}" for size, end in zip(sizes, ends, strict=True)]
    columns = [SAY("table.numbers.with", places=one) for one in places]
    return [
        {SAY("table.numbers.places"): place}
        | dict(zip(columns, row.round(2).tolist(), strict=True))
        | {SAY("table.numbers.words"): " · ".join(words[end - size : end][:_TOP])}
        for place, size, end, row in zip(places, sizes, ends, block_means(values, sizes), strict=True)
    ]
