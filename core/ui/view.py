"""The view of one run, as a Streamlit component: assets/view.js and player.js fed with bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.figures.staircase import staircase
from core.frames import Frame, which
from core.problem import RunSpec
from core.prose import DEFAULT, passage
from core.show.envelope import pack
from core.show.recording import Axes, clouds, pole_words, sent_clouds, series, told
from core.ui import saving
from core.ui.lab import Lab, lab
from core.ui.memory import remembered
from core.ui.prose import Prose
from core.ui.prose import language as visitors_language
from core.ui.urls import component_js, urls

__all__ = ["Axes", "pole_words", "run_view", "sent_clouds"]

SAY = Prose("view")
SHOW = Prose("show")
_WAIT = 0.8

Layout = Literal["full", "story", "cloud"]

_component = st.components.v2.component("staircase.view", js=component_js("view.js"), isolate_styles=False)


def run_view(
    known: Lab,
    frames: Sequence[Frame],
    *,
    key: str,
    run_id: str = "",
    state: str = "finished",
    layout: Layout = "full",
    axes: Axes = (1, 2, 3),
    autoplay: bool = False,
    neighbours: NDArray[np.int32] | None = None,
    selected: int | None = None,
    moment: tuple[int, float] | None = None,
    status: str = "",
    on_select: Callable[[], None] | None = None,
) -> None:
    """Show a run beside its prediction: charts, cloud, cards and one scrubber.

    ``run_id`` tells runs of one recipe apart: as long as recipe and id stay, so do time, zoom and camera.
    ``state`` is the run's; while it is live only its newest cloud is sent, and once it has ended all of
    them, thinned to ``CLOUD_BYTES``. ``axes`` are the concepts drawn up, across and towards the viewer;
    ``selected`` is the number of a word to pick out; ``moment`` (a serial number and t * lambda_1) makes the
    player go there once; ``status`` is a word on how far the run is. ``on_select`` is called when a visitor
    picks a word in the cloud; its number, or None, is then in ``st.session_state[key]["selected"]``.
    """
    live = state in ("running", "paused")
    header = (
        _static(known.spec, axes, visitors_language())
        | spoken(SAY.under("run"))
        | {
            "recipe": str(known.spec),
            "run": f"{known.spec}/{run_id}",
            "key": f"{known.spec}/{run_id}/{axes}",
            "state": state,
            "live": live,
            "layout": layout,
            "autoplay": autoplay,
            "listens": on_select is not None,
            "selected": selected,
            "moment": moment,
            "status": status,
            "start": _first_sight(known, frames, autoplay),
        }
    )
    rows = sent_clouds(len(frames), len(known.words), live=live)
    near = np.empty(0, np.int32) if neighbours is None else neighbours.ravel()
    arrays: dict[str, NDArray] = {
        "series": _series(known.spec, which(frames), known, frames),
        "rows": np.array(rows, np.int32),
        "frames": clouds([frames[row] for row in rows], axes),
        "neighbours": near,
    }
    if on_select is None:
        _component(key=key, data=pack(header, arrays))
    else:
        _component(key=key, data=pack(header, arrays), on_selected_change=on_select)


def spoken(words: dict[str, str]) -> dict[str, Any]:
    """What the scripts of a view say, in the language of this visit: its own words, and those that all views have."""
    return {
        "language": visitors_language(),
        "text": SAY.under("common") | words,
        "player": SHOW.under("player"),
        "save": saving.words(),
    }


@remembered(max_entries=16)
def _series(spec: RunSpec, which: tuple[int, int], _known: Lab, _frames: Sequence[Frame]) -> NDArray[np.float32]:
    return series(_frames, _known)


@remembered(max_entries=16)
def _static(spec: RunSpec, axes: Axes, language: str = DEFAULT) -> dict[str, Any]:
    """What does not change while a run goes on."""
    known = lab(spec)
    figure = staircase(
        known.prediction, modes=known.concepts, clock=known.clock, open_ended=not spec.explained, language=language
    )
    return told(known, axes) | {
        "urls": urls("view.css"),
        "legend": _legend(known, language),
        "figure": json.loads(figure.to_json()),
        "counted": passage("view", "counted" if known.spec.explained else "counted.other", language),
        "badge": passage("site", "evidence.theorem", language) if known.spec.explained else "",
        "cloudTitle": passage("view", "cloud", language, words=len(known.words)),
        "cloudNote": passage("view", "cloud.note", language, up=axes[0], across=axes[1], depth=axes[2]),
        "alt": passage("view", "alt", language, modes=known.concepts),
    }


def _legend(known: Lab, language: str) -> dict[str, str]:
    """What each kind of line is."""
    whose = "own" if known.spec.explained else "other"
    return {
        "trained": passage("view", "legend.trained", language),
        "descent": passage("view", f"legend.descent.{whose}", language),
        "flow": passage("view", f"legend.flow.{whose}", language),
    }


def _first_sight(known: Lab, frames: Sequence[Frame], autoplay: bool) -> float:
    """The moment shown first: the end, or, if the run plays by itself, shortly before anything happens."""
    if not frames:
        return 0.0
    if autoplay:
        return _WAIT * float(known.prediction.descent_times[0]) * known.clock
    return frames[-1].time * known.rate
