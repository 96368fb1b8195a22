"""Chapter 3: the visitor drags the second step to where it will come, and all of them drop in."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core.figures.theme import MODES_DARK, MODES_LIGHT
from core.story import Guess, judge
from core.ui import chrome
from core.ui.lab import Lab
from core.ui.prose import Prose
from core.ui.story import parts, places
from core.ui.urls import component_js

SAY = Prose("story")
_KEY, _TOLD, _GUESS = "story-marker", "story-prediction-told", "story-prediction-guess"
_ROOM = 0.03
_STUB = 1.12  # how far the level after the first step is drawn before the answer
_BEGIN = 0.75  # where the marker waits, as a share of the run

_marker = st.components.v2.component("staircase.story_guess", js=component_js("story-guess.js"), isolate_styles=False)


def show(known: Lab) -> None:
    """A marker to drag on an empty chart; then every predicted step."""
    times = known.prediction.descent_times * known.clock
    parts.open_chapter("prediction", "derivation", first=float(times[0]))
    guess = float(st.session_state.get(_GUESS, round(_BEGIN * known.end)))
    told = bool(st.session_state.get(_TOLD, False))
    left, right = parts.stage()
    with left:
        values = known.problem.spectrum.values
        st.markdown(SAY("prediction.how", ratio=float(values[1] / values[0])))
        if not told:
            st.button(SAY("prediction.tell"), type="primary", key="story-tell", on_click=_tell)
        else:
            _reveal(judge(known.prediction, known.clock, guess / known.clock, modes=known.concepts), known, guess)
            chrome.maths(chrome.RISE_TIME + r", \qquad \Delta L_k = g\,\lambda_k^2/4")
    with right:
        _marker(key=_KEY, data=_chart(known, guess, told), on_guess_change=_moved)
        if told:
            _numbers(known)


def _tell() -> None:
    st.session_state[_TOLD] = True


def _moved() -> None:
    """Where the marker is now; what the browser says is a number or nothing."""
    guess = st.session_state[_KEY].get("guess")
    if isinstance(guess, int | float) and np.isfinite(guess):
        st.session_state[_GUESS] = float(guess)


def _chart(known: Lab, guess: float, told: bool) -> dict[str, Any]:
    """What the browser draws: nothing of the answer travels before it is told."""
    steps = _steps(known)
    if not told:
        steps = [steps[0] | {"until": _STUB * steps[0]["time"]}]
    return {
        "steps": steps,
        "end": known.end,
        "floor": float(known.prediction.plateaus[known.concepts]) - _ROOM,
        "guess": guess,
        "told": told,
        "palette": {"light": MODES_LIGHT, "dark": MODES_DARK},
        "style": places.style(),
        "labels": {name: SAY(f"prediction.label.{name}") for name in ("time", "loss", "guess", "marker", "alt")},
    }


def _steps(known: Lab) -> list[dict[str, Any]]:
    """The predicted steps in the order in which they come, with the levels before and after, until the next one.

    A level is 1 less what the concepts so far explain, whichever they are.
    """
    prediction, modes = known.prediction, known.concepts
    times = prediction.descent_times[:modes] * known.clock
    order = [int(k) for k in np.argsort(times, kind="stable") if np.isfinite(times[k])]
    drops = -np.diff(prediction.plateaus[: modes + 1])
    found: list[dict[str, Any]] = []
    level = float(prediction.plateaus[0])
    for k, after in zip(order, [*order[1:], None], strict=True):
        until = known.end if after is None else float(times[after])
        found.append(
            {"k": k + 1, "time": float(times[k]), "before": level, "after": level - float(drops[k]), "until": until}
        )
        level -= float(drops[k])
    return found


def _reveal(judged: Guess, known: Lab, guess: float) -> None:
    told = {
        "second": judged.second * known.clock,
        "guess": guess,
        "steps": abs(judged.steps),
        "strength": judged.strength or 0.0,
    }
    if judged.within:
        parts.reveal("prediction", SAY("prediction.hit", **told), right=True)
        return
    side = "late" if judged.steps > 0 else "early"
    about = "even" if judged.even else "strength" if judged.strength else "beyond"
    parts.reveal("prediction", SAY(f"prediction.{side}", **told), SAY(f"prediction.about.{about}", **told))


def _numbers(known: Lab) -> None:
    rows = [
        {
            SAY("prediction.table.concept"): step["k"],
            SAY("prediction.table.time"): round(step["time"], 1),
            SAY("prediction.table.before"): round(step["before"], 4),
            SAY("prediction.table.after"): round(step["after"], 4),
        }
        for step in _steps(known)
    ]
    chrome.table(rows, label=SAY("numbers"))
