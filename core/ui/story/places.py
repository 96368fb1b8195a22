"""Where one is in the Story: the chapters, the address, the progress line and the way to the next."""

from __future__ import annotations

import streamlit as st

from core.sources import ASSETS
from core.ui import parameters
from core.ui.prose import Prose
from core.ui.urls import component_js, version

SAY = Prose("story")
COVER, END = "Cover", "End"
NUMBERED = ("Company", "Table", "Prediction", "Training", "Dimensions", "Stopping", "Use", "Limits")
CHAPTERS = (COVER, *NUMBERED, END)
_KEY = "story-bar"

_bar = st.components.v2.component("staircase.story_bar", js=component_js("story-bar.js"), isolate_styles=False)


def style() -> str:
    """The address of the Story's style sheet."""
    return f"staircase/story.css?v={version(ASSETS / 'story.css')}"


def here() -> str:
    """The chapter in the address, whatever its capitals; the cover if there is none."""
    asked = st.query_params.get("chapter", "").lower()
    return next((one for one in CHAPTERS if one.lower() == asked), COVER)


def go(chapter: str) -> None:
    """Have the next run show this chapter; the browser's Back returns to the one before."""
    parameters.write("chapter", None if chapter == COVER else chapter)


def beside(chapter: str, step: int) -> str | None:
    """The chapter so many further on, if there is one."""
    place = CHAPTERS.index(chapter) + step
    return CHAPTERS[place] if 0 <= place < len(CHAPTERS) else None


def name(chapter: str) -> str:
    """What a chapter is called."""
    return SAY(f"{chapter.lower()}.name")


def bar(chapter: str) -> None:
    """The progress line, which also listens for arrow keys, and the buttons back and next."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="story-steer"):
        with st.container(width=240, key="story-place"):
            st.markdown(_place(chapter))
        with st.container(width="stretch", key="story-progress"):
            data = {
                "chapters": [{"key": one, "name": name(one)} for one in CHAPTERS],
                "at": CHAPTERS.index(chapter),
                "label": SAY("nav.label"),
                "style": style(),
            }
            _bar(key=_KEY, data=data, on_go_change=_asked)
        _button(SAY("nav.back"), beside(chapter, -1), "back")
        _button(SAY("nav.next"), beside(chapter, 1), "next", kind="primary")


def _place(chapter: str) -> str:
    if chapter not in NUMBERED:
        return f"**{name(chapter)}**"
    number = NUMBERED.index(chapter) + 1
    return SAY("nav.place", n=number, count=len(NUMBERED), name=name(chapter))


def _button(label: str, target: str | None, key: str, kind: str = "secondary") -> None:
    st.button(
        label, key=f"story-{key}", disabled=target is None, on_click=go, args=(target or COVER,),
        help=SAY("nav.help"), type="primary" if kind == "primary" else "secondary",
    )  # fmt: skip


def _asked() -> None:
    """A segment was clicked or an arrow key pressed: the page itself says where that leads."""
    asked = st.session_state[_KEY].get("go")
    if asked in CHAPTERS:
        go(asked)
