"""Presses of buttons that do something else the second time."""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st

TWICE_SECONDS = 0.3
"""A press of the same button that comes sooner after the one before is the same press, or a double click."""


def once(key: str, act: Callable[[], None]) -> None:
    """Do what a button is for, unless this press was answered already.

    While a part of a page is polled, its timer can fire between a press and the message that tells the server of it:
    the browser then sends the press with both, and its callback is called twice.
    """
    before, when = st.session_state.get("pressed", ("", 0.0))
    if key == before and time.monotonic() - when < TWICE_SECONDS:
        return
    act()
    st.session_state["pressed"] = (key, time.monotonic())
