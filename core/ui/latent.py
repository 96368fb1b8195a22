"""The instruments of the Latent space page."""

from __future__ import annotations

import streamlit as st

from core.errors import InputError
from core.frames import AXES
from core.geometry import similar
from core.problem import RunSpec
from core.runfile import Finished
from core.ui import chrome, live
from core.ui.lab import Lab
from core.ui.prose import Prose
from core.ui.runs import canned, stored
from core.ui.view import Axes, run_view

SAY = Prose("latent")
_NEAREST = 12
_AXES = ("up", "across", "depth")


def axes(spec: RunSpec) -> Axes:
    """Which concepts are drawn up, across and towards the viewer: always three different ones."""
    concepts = list(range(1, min(AXES, spec.dim) + 1))
    st.session_state.update(st.session_state.pop("axes_told_apart", {}))
    up, across, depth = (
        st.selectbox(
            SAY(f"axis.{key}"),
            concepts,
            index=n,
            key=key,
            bind="query-params",
            width=125,
            on_change=_swap,
            args=(key,),
        )  # fmt: skip
        for n, key in enumerate(_AXES)
    )
    chosen = dict(zip(_AXES, (up, across, depth), strict=True))
    st.session_state["axes"] = chosen
    if len(set(chosen.values())) < len(chosen):
        st.session_state["axes_told_apart"] = _told_apart(chosen, concepts)
        st.rerun()
    return up, across, depth


def _told_apart(chosen: dict[str, int], concepts: list[int]) -> dict[str, int]:
    """An address may name one concept twice: the later axis takes the first that is free."""
    apart: dict[str, int] = {}
    for key, k in chosen.items():
        free = [other for other in concepts if other not in apart.values() and other not in chosen.values()]
        apart[key] = k if k not in apart.values() else free[0]
    return apart


def _swap(key: str) -> None:
    """An axis that takes over the concept of another leaves its own to it."""
    before = st.session_state["axes"]
    for other in _AXES:
        if other != key and st.session_state[other] == st.session_state[key]:
            st.session_state[other] = before[key]


def word(known: Lab) -> str | None:
    """The word to follow, or none."""
    return st.selectbox(
        SAY("word"), known.words, index=None, placeholder=SAY("word.none"), key="word", bind="query-params", width=170,
        help=SAY("word.help"),
    )  # fmt: skip


def run(known: Lab) -> Finished:
    """The visitor's own finished run of this recipe, or one that was kept, or one trained for everybody.

    Raises InputError where the run is too long to be waited for.
    """
    done = live.visitors_run(known) or stored(known)
    if done is None and not known.sharable:
        raise InputError(SAY("too-long", seconds=known.seconds))
    done = done or canned(known.spec)
    live.explain(done.message, known)
    return done


def cloud(known: Lab, done: Finished, chosen: Axes, followed: str | None) -> None:
    """The player, large. A click on a word follows it, as choosing it above does."""
    index = known.problem.counts.index
    st.session_state["latent_words"] = known.words
    run_view(
        known,
        done.frames,
        key="latent",
        layout="cloud",
        axes=chosen,
        neighbours=done.neighbours,
        selected=None if followed is None else index[followed],
        on_select=_follow,
    )


def _follow() -> None:
    """Take over the word that was clicked, by its number, or none."""
    number = st.session_state["latent"].get("selected")
    words = st.session_state["latent_words"]
    st.session_state["word"] = None if number is None else words[int(number)]


def coordinates(known: Lab, done: Finished, chosen: Axes) -> None:
    """Where every word ends up along the three concepts drawn."""
    last, scale = done.frames[-1].cloud, known.camera.scale
    rows = [
        {SAY("numbers.word"): name}
        | {SAY("numbers.concept", k=axis): round(float(last[axis - 1, number]) * scale, 3) for axis in chosen}
        for number, name in enumerate(known.words)
    ]
    chrome.table(rows, label=SAY("numbers"), height=400)


def neighbours(known: Lab, done: Finished, followed: str | None) -> None:
    """Nearest words of the one followed, by the angle in all d dimensions."""
    if followed is None:
        st.caption(SAY("nearest.none"))
        return
    number = known.problem.counts.index[followed]
    nearest = similar(done.last.embeddings, number, _NEAREST)
    rows = [
        {
            SAY("numbers.word"): known.words[other],
            SAY("nearest.cosine"): round(cosine, 3),
            SAY("nearest.rank"): other + 1,
        }
        for other, cosine in nearest
    ]
    chrome.table(rows, label=SAY("nearest", dim=known.spec.dim), expanded=True)
