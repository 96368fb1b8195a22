"""Eigenvalues of a text beside those of the same words without concepts."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from core.figures.theme import BELOW, mode_colour, styled
from core.health import Health
from core.theory import FloatArray

_DEEP = 30  # how far below the noise edge the axis goes
_GREY = "#8a93a5"


@styled
def noise_figure(health: Health, *, dark: bool) -> go.Figure:
    """Eigenvalues by rank on a logarithmic scale, only positive ones; those above the noise edge in their colours.

    It misleads if a grey eigenvalue is taken for nothing: it may be weak rather than chance. Word frequency is taken
    out of both (``core.health``), so values of small texts differ from those of M* itself.
    """
    colours = [mode_colour(k, dark=dark) if k <= health.standing else _GREY for k in range(1, health.searched + 1)]
    figure = go.Figure()
    figure.add_trace(_points("this text", health.values, {"symbol": "circle", "size": 9, "color": colours}))
    figure.add_trace(_points(health.without, health.noise, {"symbol": "x-thin-open", "size": 6, "color": _GREY}))
    if health.noise_edge > 0:
        figure.add_trace(_edge(health.noise_edge, health.searched))
    figure.update_xaxes(title_text="k", zeroline=False)
    least, most = health.noise_edge / _DEEP, 2 * max(float(health.values[0]), health.noise_edge)
    figure.update_yaxes(title_text="λₖ", type="log", zeroline=False, dtick=1, range=np.log10([least, most]))
    figure.update_layout(height=340, legend=BELOW, hovermode="closest")
    return figure


def _points(name: str, values: FloatArray, marker: dict) -> go.Scatter:
    kept = values[values > 0]
    if isinstance(marker["color"], list):
        marker = marker | {"color": marker["color"][: len(kept)]}
    return go.Scatter(
        x=np.arange(1, len(kept) + 1),
        y=kept.astype(np.float32),
        mode="markers",
        name=name,
        marker=marker,
        hovertemplate=f"{name}: λ of rank %{{x}} = %{{y:,.4g}}<extra></extra>",
    )


def _edge(edge: float, searched: int) -> go.Scatter:
    return go.Scatter(
        x=[0.5, searched + 0.5],
        y=[edge, edge],
        mode="lines",
        name=f"noise edge, {edge:,.3g}",
        line={"dash": "dash", "width": 2, "color": _GREY},
        hoverinfo="skip",
    )
