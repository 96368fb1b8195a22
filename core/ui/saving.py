"""The line below a chart that saves it: as PNG and SVG, made in the browser, and its numbers as CSV."""

from __future__ import annotations

import streamlit as st

from core.ui.prose import Prose
from core.ui.urls import component_js, whole_plotly

SAY = Prose("take")

_component = st.components.v2.component("staircase.save", js=component_js("save.js"), isolate_styles=False)


def menu(*, key: str, alt: str) -> None:
    """Save the chart that was drawn last. Nothing is made before a button is pressed."""
    _component(key=f"save-{key}", data={"plotly": whole_plotly(), "name": key, "alt": alt, "words": words()})


def words() -> dict[str, str]:
    """What the line says, for views that draw it themselves (``menu`` of assets/save.js)."""
    return {name: SAY(f"save.{name}") for name in ("save", "as", "making", "saved", "failed")}
