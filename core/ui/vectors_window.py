"""The sliding window over a visitor's sentence: pairs, negatives, and one gradient step in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st

from core.reading.text import shown
from core.spectrumfile import KnownSpectrum
from core.ui import chrome
from core.ui.lab import paper_spectrum
from core.ui.prose import SITE, Prose, spelt
from core.window import Negatives, Pair, Step, negatives, pairs_at, step, tiny_vectors, words_in

SAY = Prose("vectors")
_SENTENCE = "The old king gave his young daughter a ship and a map of the northern sea"
_LONGEST, _WIDEST = 300, 6
_DIM, _DRAWS, _RATE, _SEED = 4, 3, 0.5, 0
SKIP_GRAM, CBOW = "skip-gram", "CBOW"
_CHIP = (
    "display:inline-block;text-align:center;padding:.25rem .55rem;border-radius:.5rem;margin:.15rem;"
    "border:2px solid {edge};background:{fill};color:{ink}"
)
# Edge, background and ink of the centre, of a neighbour and of the rest, in light and dark: all readable.
_LIGHT = (("#1d4f9c", "#1d4f9c", "#ffffff"), ("#a85300", "#fdf0df", "#3a2200"), ("#c5c9d2", "transparent", "#4d5565"))
_DARK = (("#7aaeff", "#7aaeff", "#0f131c"), ("#ffb454", "#3a2a10", "#ffe3bd"), ("#454e60", "transparent", "#b3b8c4"))


@dataclass(frozen=True)
class Laid:
    """A sentence as the window finds it: words of the vocabulary by their numbers, and those that fell out."""

    words: tuple[str, ...]
    numbers: tuple[int, ...]
    lost: tuple[str, ...]


@st.fragment
def sliding() -> None:
    """The sentence with its controls, the pairs of one position, and a step on one of them."""
    known = paper_spectrum()
    sentence = st.text_input(
        SAY("window.sentence"), _SENTENCE, key="sentence", bind="query-params", max_chars=_LONGEST,
        help=SAY("window.sentence.help"),
    )  # fmt: skip
    laid = _laid(sentence, known)
    if laid.lost:
        st.text(SAY("window.lost", words=shown(" ".join(dict.fromkeys(laid.lost)))))
    if len(laid.words) < 2:
        st.info(SAY("window.short"))
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        model = st.segmented_control(
            SAY("window.model"), [SKIP_GRAM, CBOW], default=SKIP_GRAM, required=True, key="window_model",
            bind="query-params",
        )  # fmt: skip
        window = st.slider(SAY("window.window"), 1, _WIDEST, 2, key="reach", bind="query-params", width=250)
        centre = _position(len(laid.words))
    pairs = pairs_at(len(laid.words), centre, window)
    st.html(_chips(laid.words, centre, pairs))
    left, right = st.columns([4, 7], gap="large")
    with left:
        _dealt(laid, pairs, window, str(model))
    with right:
        moved = _learn(known, laid, centre, pairs, str(model))
    chrome.table(moved, label=SAY("step.vectors", dim=_DIM), expanded=True)


def _laid(sentence: str, known: KnownSpectrum) -> Laid:
    cut = words_in(sentence)
    kept = tuple(word for word in cut if word in known.index)
    return Laid(kept, tuple(known.index[word] for word in kept), tuple(word for word in cut if word not in known.index))


def _position(length: int) -> int:
    """The word in the middle, from 0. A shorter sentence moves a position that is no more to its end."""
    if (st.session_state.get("at") or 1) > length:
        st.session_state["at"] = length
    at = st.slider(SAY("window.at"), 1, length, min(3, length), key="at", bind="query-params", width=320)
    return at - 1


def _chips(words: tuple[str, ...], centre: int, pairs: tuple[Pair, ...]) -> str:
    """The sentence with its window, each neighbour above its weight. Words are escaped, whatever they are."""
    looks = _DARK if chrome.dark() else _LIGHT
    weights = {pair.context: pair.weight for pair in pairs}
    chips = []
    for place, word in enumerate(words):
        edge, fill, ink = looks[0 if place == centre else 1 if place in weights else 2]
        below = SAY("window.centre") if place == centre else f"× {weights[place]}" if place in weights else "·"
        chips.append(
            f'<span style="{_CHIP.format(edge=edge, fill=fill, ink=ink)}">{escape(word)}<br>'
            f'<span style="font-size:.85rem">{escape(below)}</span></span>'
        )
    return f'<div style="line-height:1.35">{"".join(chips)}</div>'


def _dealt(laid: Laid, pairs: tuple[Pair, ...], window: int, model: str) -> None:
    """The pairs of this position, and how many the whole sentence deals out."""
    st.markdown(f"**{SAY('window.pairs')}**")
    rows = [
        {
            SAY("pair.centre"): laid.words[pair.centre],
            SAY("pair.context"): laid.words[pair.context],
            SAY("pair.distance"): pair.distance,
            SAY("pair.weight"): pair.weight,
            SAY("pair.chance"): f"{pair.weight}/{window}",
        }
        for pair in pairs
    ]
    chrome.grid(rows, alt=SAY("window.pairs"))
    total = sum(len(pairs_at(len(laid.words), place, window)) for place in range(len(laid.words)))
    if model == CBOW:
        here = len({laid.words[pair.context] for pair in pairs})
        st.markdown(SAY("window.cbow", here=here, tasks=len(laid.words)))
    else:
        st.markdown(SAY("window.skip-gram", here=len(pairs), total=total))


def _learn(known: KnownSpectrum, laid: Laid, centre: int, pairs: tuple[Pair, ...], model: str) -> list[dict[str, str]]:
    """One step on this position: skip-gram takes one pair, CBOW all of its neighbours at once, each different
    word one time. Returned are the vectors it moves."""
    if model == CBOW:
        asking, answer = tuple(dict.fromkeys(laid.numbers[pair.context] for pair in pairs)), laid.numbers[centre]
    else:
        contexts = list(dict.fromkeys(laid.words[pair.context] for pair in pairs))
        nearest = laid.words[min(pairs, key=lambda pair: (pair.distance, -pair.context)).context]
        chosen = st.selectbox(SAY("step.neighbour"), contexts, index=contexts.index(nearest), width=240)
        asking, answer = (laid.numbers[centre],), known.index[chosen]
    drawn = negatives(known.unigram, answer, _DRAWS, _SEED)
    done = step(
        tiny_vectors(asking, _DIM, 0),
        tiny_vectors((answer, *drawn.words), _DIM, 1),
        np.array([1.0, *drawn.times]),
        _RATE,
    )
    _scores(known, answer, drawn, done)
    st.markdown(
        SAY(
            "step.seen",
            answer=known.words[answer],
            before=float(done.sigmoid[0]),
            after=float(1 / (1 + np.exp(-done.scores_after[0]))),
            loss=done.loss,
            loss_after=done.loss_after,
        )
    )
    st.caption(SITE("careful", text=SAY("window.careful", rate=_RATE, draws=_DRAWS, dim=_DIM)))
    return _vectors(known, asking, answer, drawn, done)


def _scores(known: KnownSpectrum, answer: int, drawn: Negatives, done: Step) -> None:
    """The answer and the negatives: what is wanted of each, what the model says, and what the step changes."""
    st.markdown(f"**{SAY('step.title')}**")
    words, chances = (answer, *drawn.words), (None, *drawn.probability)
    rows = [
        {
            SAY("step.word"): known.words[word],
            SAY("step.wanted"): 0 if n else 1,
            SAY("step.drawn"): SAY("step.chance", chance=chance) if chance is not None else "–",
            SAY("step.score"): round(float(done.scores[n]), 3),
            SAY("step.sigmoid"): round(float(done.sigmoid[n]), 3),
            SAY("step.error"): round(float(done.errors[n]), 3),
            SAY("step.score-after"): round(float(done.scores_after[n]), 3),
        }
        for n, (word, chance) in enumerate(zip(words, chances, strict=True))
    ]
    chrome.grid(rows, alt=SAY("step.title"))


def _vectors(
    known: KnownSpectrum, asking: tuple[int, ...], answer: int, drawn: Negatives, done: Step
) -> list[dict[str, str]]:
    """Every vector that moves: before, its gradient, after."""
    moved = [
        *(("W", *one) for one in zip(asking, done.inputs, done.inputs_gradient, done.inputs_after, strict=True)),
        *(
            ("C", *one)
            for one in zip((answer, *drawn.words), done.outputs, done.outputs_gradient, done.outputs_after, strict=True)
        ),
    ]
    return [
        {
            SAY("step.word"): known.words[word],
            SAY("step.side"): side,
            SAY("step.before"): _told(before),
            SAY("step.gradient"): _told(gradient),
            SAY("step.after"): _told(after),
        }
        for side, word, before, gradient, after in moved
    ]


def _told(vector: np.ndarray) -> str:
    return "(" + ", ".join(spelt(value, ".2f") for value in vector.round(2) + 0.0) + ")"  # + 0.0: no -0.00
