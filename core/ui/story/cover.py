"""The cover: the finished run plays by itself."""

from __future__ import annotations

import streamlit as st

from core.ui import chrome, parameters
from core.ui.lab import CANNED, Lab
from core.ui.prose import Prose, language
from core.ui.runs import canned, first_run
from core.ui.story import places
from core.ui.view import run_view

SAY = Prose("story")
_POLL_SECONDS = 0.25


def show(known: Lab) -> None:
    """Title and claim, the ways in, and the player."""
    tokens = known.problem.counts.source.tokens / 1e6
    chrome.head(SAY("title"), SAY("see", tokens=tokens), SAY("mislead"), SAY("more"))
    _ways_in()
    _player(known)
    chrome.maths(r"\frac{dW}{dt} = \tfrac12\,(M^\star - WW^\top)\,W")


def _ways_in() -> None:
    spoken = "" if language() == "en" else f"&lang={language()}"
    with st.container(horizontal=True, gap="small", key="story-ways"):
        st.button(
            SAY("start"), type="primary", icon=":material/auto_stories:", key="story-start",
            on_click=places.go, args=(places.NUMBERED[0],),
        )  # fmt: skip
        for name, icon, query in (
            ("tour", ":material/play_circle:", "mode=tour"),
            ("present", ":material/co_present:", "mode=present"),
            ("take", ":material/download:", "mode=read&download=1"),
        ):
            st.link_button(SAY(f"way.{name}"), f"show?{query}{spoken}", icon=icon, help=SAY(f"way.{name}.help"))


def _player(known: Lab) -> None:
    """The first run: watched while it is trained, then playing by itself."""
    run = first_run()
    training = not run.over

    def draw() -> None:
        if training and run.over:
            parameters.rerun()
        run_view(
            known,
            run.history,
            key="story",
            run_id="training" if training else "",
            state="running" if training else "finished",
            layout="story",
            autoplay=not training,
            neighbours=None if training else canned(CANNED).neighbours,
        )

    st.fragment(draw, run_every=_POLL_SECONDS if training else None)()
    if not training:
        chrome.step_table(known, run.history)
