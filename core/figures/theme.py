"""The look of every figure: margins, fonts and the colours of the concepts (core/palette.py)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from html import escape
from typing import ParamSpec

import plotly.graph_objects as go

from core.palette import MODES_DARK, MODES_LIGHT, MUTED_DARK, MUTED_LIGHT, TEXT_DARK, TEXT_LIGHT

P = ParamSpec("P")
BELOW = {"orientation": "h", "y": -0.22, "yanchor": "top", "x": 0}  # a legend that leaves the plot alone


def mode_colour(k: int, *, dark: bool) -> str:
    """The colour of mode k (from 1)."""
    colours = MODES_DARK if dark else MODES_LIGHT
    return colours[min(k, len(colours)) - 1]


def literal(word: str) -> str:
    """A word as Plotly shows it letter by letter: Plotly's text is a subset of HTML."""
    return escape(word, quote=False)


def styled(figure: Callable[P, go.Figure]) -> Callable[P, go.Figure]:
    """Give a figure function's result the common margins, fonts and background."""

    @wraps(figure)
    def dressed(*args: P.args, **kwargs: P.kwargs) -> go.Figure:
        drawn = figure(*args, **kwargs)
        layout = drawn.layout  # assigned to: plotly's own update takes four times as long
        layout.margin = {"l": 56, "r": 16, "t": 24, "b": 44}
        layout.paper_bgcolor = layout.plot_bgcolor = "rgba(0,0,0,0)"
        layout.font.size = layout.hoverlabel.font.size = 14
        return drawn

    return dressed


def inked(figure: go.Figure, *, dark: bool) -> None:
    """Give a figure's text the colours of the site's: Streamlit's grey is too faint for small letters by day."""
    text, muted = (TEXT_DARK, MUTED_DARK) if dark else (TEXT_LIGHT, MUTED_LIGHT)
    layout = figure.layout
    layout.font.color = layout.hoverlabel.font.color = layout.legend.font.color = text
    for name in layout:
        if name.startswith(("xaxis", "yaxis")):
            layout[name].title.font.color = layout[name].tickfont.color = muted
