"""Eigenvalues of a text beside those of the same words without concepts."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from core.figures.theme import BELOW, mode_colour, styled
from core.health import Health
from core.prose import DEFAULT, passage
from core.theory import FloatArray

_DEEP = 30  # how far below the noise edge the axis goes
_GREY = "#8a93a5"


@styled
def noise_figure(health: Health, *, dark: bool, language: str = DEFAULT) -> go.Figure:
    """Eigenvalues by rank on a logarithmic scale, only positive ones; those above the noise edge in their colours.

    It misleads if a grey eigenvalue is taken for nothing: it may be weak rather than chance. Word frequency is taken
    out of both (``core.health``), so values of small texts differ from those of M* itself.
    """
    colours = [mode_colour(k, dark=dark) if k <= health.standing else _GREY for k in range(1, health.searched + 1)]
    figure = go.Figure()
    dots, crosses = (
        {"symbol": "circle", "size": 9, "color": colours},
        {"symbol": "x-thin-open", "size": 6, "color": _GREY},
    )
    figure.add_trace(_points(passage("corpus", "noise.text", language), health.values, dots, language))
    figure.add_trace(_points(health.without(language), health.noise, crosses, language))
    if health.noise_edge > 0:
        name = passage("corpus", "noise.edge", language, edge=health.noise_edge)
        figure.add_trace(_edge(name, health.noise_edge, health.searched))
    figure.update_xaxes(title_text="k", zeroline=False)
    least, most = health.noise_edge / _DEEP, 2 * max(float(health.values[0]), health.noise_edge)
    figure.update_yaxes(title_text="λₖ", type="log", zeroline=False, dtick=1, range=np.log10([least, most]))
    figure.update_layout(height=340, legend=BELOW, hovermode="closest")
    return figure


def _points(name: str, values: FloatArray, marker: dict, language: str) -> go.Scatter:
    kept = values[values > 0]
    if isinstance(marker["color"], list):
        marker = marker | {"color": marker["color"][: len(kept)]}
    told = passage("corpus", "noise.hover", language, name=name, rank="%{x}", value="%{y:,.4g}")
    return go.Scatter(
        x=np.arange(1, len(kept) + 1),
        y=kept.astype(np.float32),
        mode="markers",
        name=name,
        marker=marker,
        hovertemplate=f"{told}<extra></extra>",
    )


def _edge(name: str, edge: float, searched: int) -> go.Scatter:
    return go.Scatter(
        x=[0.5, searched + 0.5],
        y=[edge, edge],
        mode="lines",
        name=name,
        line={"dash": "dash", "width": 2, "color": _GREY},
        hoverinfo="skip",
    )
