"""What chapters share: text beside a picture, a guess that is kept, a reveal, and one line on what was seen."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import streamlit as st

from core.ui import chrome
from core.ui.prose import Prose

SAY = Prose("story")
SEED = 4  # of every shuffling in the Story


def open_chapter(chapter: str, *evidence: str, **values: Any) -> None:
    """The question of a chapter as its title, and one sentence to begin with."""
    st.title(SAY(f"{chapter}.question", **values), anchor=False)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="story-lead"):
        st.markdown(SAY(f"{chapter}.lead", **values), width="content")
        chrome.badges(*evidence)


def stage() -> tuple[AbstractContextManager[Any], AbstractContextManager[Any]]:
    """Text on the left, the picture on the right; on a phone one above the other."""
    left, right = st.columns([4, 7], gap="large")
    return left, right


def picked(chapter: str, options: Sequence[Any], called: Sequence[str]) -> Any | None:
    """The visitor's answer, None before there is one. It is kept while one walks through the Story.

    Labels in ``called`` are the program's own words.
    """
    names = dict(zip(options, called, strict=True))
    return st.pills(
        SAY("guess"), options, format_func=names.__getitem__, key=f"story-{chapter}-guess",
        label_visibility="collapsed", persist_state="session", wrap=True,
    )  # fmt: skip


def reveal(chapter: str, *verdict: str, right: bool = False, together: bool = False) -> None:
    """The answer, then what was seen in one line; ``together`` where there is little room."""
    text = " ".join(one for one in verdict if one)
    line = f"{SAY('seen')} **{SAY(f'{chapter}.line')}**"
    if together:
        text = f"{text} {line}"
    if right:
        st.success(text, icon=":material/check_circle:")
    else:
        st.info(text, icon=":material/lightbulb:")
    if not together:
        st.markdown(line)
