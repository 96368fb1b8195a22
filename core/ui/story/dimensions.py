"""Chapter 5: a space of many dimensions, filled one direction at a time."""

from __future__ import annotations

import streamlit as st

from core.story import before_second_step, shares
from core.ui import chrome
from core.ui.lab import CANNED, Lab
from core.ui.prose import Prose
from core.ui.runs import canned
from core.ui.story import parts
from core.ui.view import run_view

SAY = Prose("story")


def show(known: Lab) -> None:
    """How many numbers does a word have just before the second step?"""
    dim = known.spec.dim
    done = canned(CANNED)
    frame = before_second_step(done.frames, known.prediction)
    parts.open_chapter("dimensions", "simulation")
    left, right = parts.stage()
    with left:
        guess = parts.picked("dimensions", (1, 2, dim), [str(one) for one in (1, 2, dim)])
        if guess is not None:
            part = shares(frame)
            told = {
                "time": frame.time * known.rate,
                "first": float(part[0]),
                "rest": float(1 - part[0]),
                "dim": dim,
                "rank": frame.effective_rank,
            }
            about = {2: SAY("dimensions.two", **told), dim: SAY("dimensions.all", **told)}.get(guess, "")
            parts.reveal(
                "dimensions", SAY("dimensions.right" if guess == 1 else "dimensions.wrong", **told), about,
                right=guess == 1,
            )  # fmt: skip
            st.markdown(SAY("dimensions.jump", **told))
            chrome.maths(r"\operatorname{rank} W(t) \approx \#\{k : \tau_k < t\}")
    with right, st.container(key="story-cloud"):
        run_view(
            known, done.frames, key="story-dimensions", layout="cloud", neighbours=done.neighbours,
            moment=None if guess is None else (_asked(guess), frame.time * known.rate),
        )  # fmt: skip
    with right:
        chrome.step_table(known, done.frames)


def _asked(guess: int) -> int:
    """A serial number that grows with every new guess: the player goes to its moment once."""
    before, serial = st.session_state.get("story-dimensions-asked", (None, 0))
    if guess != before:
        serial += 1
        st.session_state["story-dimensions-asked"] = guess, serial
    return serial
