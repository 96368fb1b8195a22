"""Shares of right answers as dots, a line for each model or each family of analogies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.figures.theme import mode_colour, styled

_SHAPES = ("circle", "square", "diamond", "triangle-up", "star", "cross", "hexagon", "triangle-down")
_GREY = "rgba(138, 147, 165, 0.35)"
_LINE, _ROOM = 47, 108  # pixels: of a line, and of axis and legend together


@dataclass(frozen=True)
class Dots:
    """A mark on every line. name : in the legend. kind : its colour, that of a mode from 1, and its shape. hollow : not
    computed here.

    shares : from 0 to 1, None where there is nothing to show. told : what stands on hover, a text for each line.
    """

    name: str
    shares: Sequence[float | None]
    told: Sequence[str]
    kind: int = 1
    hollow: bool = False


def accuracy(lines: Sequence[str], dots: Sequence[Dots], *, title: str, dark: bool) -> go.Figure:
    """The names of ``lines`` stand above them, so that the plot has all the width there is. The axis begins at 0.

    Names and ``told`` are the program's own words, not a visitor's. It misleads where a line is of few questions:
    one answer is then a long way.
    """
    figure = _drawn(lines, dots, title, dark)
    figure.update_layout(margin={"l": 12})
    return figure


@styled
def _drawn(lines: Sequence[str], dots: Sequence[Dots], title: str, dark: bool) -> go.Figure:
    figure = go.Figure()
    places = np.arange(len(lines))
    for one in dots:
        figure.add_trace(
            go.Scatter(
                x=[np.nan if share is None else share for share in one.shares],
                y=places,
                customdata=list(one.told),
                mode="markers",
                name=one.name,
                marker={
                    "symbol": "diamond-open" if one.hollow else _SHAPES[(one.kind - 1) % len(_SHAPES)],
                    "size": 13 if one.hollow else 11,
                    "color": mode_colour(one.kind, dark=dark),
                    "line": {"width": 2.5 if one.hollow else 0},
                },
                hovertemplate="%{customdata}<extra></extra>",
            )
        )
    figure.update_xaxes(range=[-0.02, 1.02], tickformat=".0%", title_text=title, zeroline=False, nticks=6)
    figure.update_yaxes(
        range=[len(lines) - 0.6, -0.75], tickvals=places, showticklabels=False, gridcolor=_GREY, zeroline=False
    )  # fmt: skip
    figure.update_layout(
        height=_ROOM + _LINE * len(lines),
        annotations=[_name(place, name) for place, name in enumerate(lines)],
        hovermode="closest",
        legend={"orientation": "h", "yref": "container", "y": 0.002, "yanchor": "bottom", "x": 0},
    )
    return figure


def _name(place: int, name: str) -> dict[str, Any]:
    return {
        "x": 0, "y": place, "yshift": 18, "xref": "paper", "xanchor": "left", "text": name, "showarrow": False,
        "font": {"size": 13},
    }  # fmt: skip
