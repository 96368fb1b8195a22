"""Chapter 4: a live run beside its prediction."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from core.errors import InputError
from core.frames import Frame
from core.known import largest_miss
from core.runs import Run, State
from core.ui import beside, chrome, parameters
from core.ui.lab import CANNED, Lab, lab
from core.ui.presses import once
from core.ui.prose import Prose, reworded
from core.ui.runs import Replay, canned, first_run, gate, watch
from core.ui.story import parts
from core.ui.view import run_view

SAY = Prose("story")
_ANSWERS = ("yes", "late", "no")
_NUMBER = "story-run"
_FOLLOWS = 0.05  # of a concept's final strength: what is nearer to its prediction has followed it
_PACE, _POLL_SECONDS = 0.06, 0.2  # seconds between two snapshots, and between two looks at them


@st.cache_resource(scope="session", max_entries=1, show_spinner=False, on_release=lambda run: run.stop())
def _private_run(number: int) -> Run[Frame]:
    """The visitor's run so-and-so of the Story's recipe, not yet started and not kept.

    In a class that presses the button together nobody waits: where all cores have a run already, it is the first run
    again, which from the same start is the same run.
    """
    if gate().full and first_run().over:
        return Replay(canned(CANNED))
    return lab(CANNED).run(gate=gate())


def show(known: Lab) -> None:
    """Guess, train, pause anywhere."""
    parts.open_chapter("training", "simulation", "derivation")
    run = _run()
    under_way = run is not None and run.under_way

    def draw() -> None:
        run = _run()
        if under_way and run is not None and not run.under_way:
            parameters.rerun()
        _steer(run)
        if isinstance(run, Replay):
            st.caption(SAY("training.replayed"))
        if run is not None and run.state is State.FINISHED:
            _reveal(known, run.history)
        with st.container(key="story-run"):
            frames = run.history if run is not None and run.history else (known.start,)
            state = run.state.value if run is not None else State.READY.value
            run_view(
                known,
                frames,
                key="story-training",
                run_id=f"story {_number()}",
                state=state,
                layout="story",
                status=_status(known, run),
            )
        chrome.step_table(known, frames)

    st.fragment(draw, run_every=_POLL_SECONDS if under_way else None)()


def _status(known: Lab, run: Run[Frame] | None) -> str:
    """Its place in the queue, how far it is, or why it broke off."""
    if run is None or run.state is State.READY:
        return ""
    return reworded(run.message) or beside.status(known, watch(run, known))


def _steer(run: Run[Frame] | None) -> None:
    """The guess, and one button: train, pause, go on."""
    state = run.state if run is not None else State.READY
    name = {State.RUNNING: "pause", State.PAUSED: "resume", State.READY: "train"}.get(state, "again")
    with st.container(horizontal=True, vertical_alignment="center"):
        parts.picked("training", _ANSWERS, [SAY(f"training.{answer}") for answer in _ANSWERS])
        press = partial(once, "story-train", _press)
        if st.button(SAY(f"training.{name}"), type="primary", key="story-train", on_click=press):
            parameters.rerun()


def _press() -> None:
    run = _run()
    if run is not None and run.state is State.RUNNING:
        run.pause()
        return
    if run is None or not run.alive:
        st.session_state[_NUMBER] = _number() + 1
        run = _private_run(_number())
        run.pace = _PACE
    try:
        run.start()
    except InputError as error:
        st.toast(reworded(error), icon=":material/hourglass_top:")


def _number() -> int:
    return int(st.session_state.get(_NUMBER, 0))


def _run() -> Run[Frame] | None:
    return _private_run(_number()) if _number() else None


def _reveal(known: Lab, frames: tuple[Frame, ...]) -> None:
    told = measured(known, frames)
    guess = st.session_state.get("story-training-guess")
    verdict = [SAY("training.measured", **told)]
    if guess in ("late", "no"):
        verdict.append(SAY(f"training.{guess}.about", **told))
    parts.reveal("training", *verdict, right=guess == "yes" and told["miss"] < _FOLLOWS, together=True)
    chrome.maths(r"\frac{dW}{dt} = \tfrac12\,(M^\star - WW^\top)\,W")


def measured(known: Lab, frames: tuple[Frame, ...]) -> dict[str, Any]:
    """How far training and prediction lie apart at most, in shares of a concept's final strength; how late steps are
    against infinitely small ones."""
    prediction = known.prediction
    return {
        "miss": largest_miss(known, frames),
        "modes": known.concepts,
        "moments": len(frames),
        "late": float(prediction.descent_times[0] / prediction.flow_times[0] - 1),
    }
