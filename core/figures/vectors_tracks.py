"""A map of things that are not words, coloured by what was planted in them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.figures.theme import BELOW, literal, mode_colour, styled
from core.theory import FloatArray

_SYMBOLS = ("circle", "square", "diamond", "triangle-up")
_COLOURS = (1, 3, 2, 5)


@styled
def tracks_figure(
    places: FloatArray,
    groups: Sequence[int],
    *,
    names: Sequence[str],
    titles: Sequence[str],
    axis: str,
    dark: bool,
) -> go.Figure:
    """``places``: (T, 2). ``groups``: which of ``names``, at most four, each point belongs to. ``titles``: of points.
    ``axis``: what the two axes are called.

    Groups differ by symbol as well as by colour. It misleads if groups are taken for something found: they are what was
    planted, only the places were found.
    """
    figure = go.Figure()
    of = np.asarray(groups)
    for group, name in enumerate(names):
        chosen = np.flatnonzero(of == group).tolist()
        figure.add_trace(
            go.Scatter(
                x=places[chosen, 0],
                y=places[chosen, 1],
                mode="markers",
                name=literal(name),
                marker={
                    "size": 11,
                    "symbol": _SYMBOLS[group],
                    "color": mode_colour(_COLOURS[group], dark=dark),
                    "line": {"width": 0},
                },
                customdata=[[literal(titles[n])] for n in chosen],
                hovertemplate="%{customdata[0]}<extra></extra>",
            )
        )
    most = 1.15 * float(np.abs(places).max())
    look = {"range": [-most, most], "showticklabels": False, "showgrid": False, "zeroline": True}
    figure.update_xaxes(**look, title_text=f"{axis} 1")
    figure.update_yaxes(**look, title_text=f"{axis} 2", scaleanchor="x", constrain="domain")
    figure.update_xaxes(constrain="domain")
    figure.update_layout(height=380, legend=BELOW | {"y": -0.1}, hovermode="closest", dragmode=False)
    return figure
