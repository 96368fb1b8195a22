"""Two clouds of words side by side, in the same axes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from core.figures.theme import literal, mode_colour, styled

_COLOUR, _NAMED = 1, 3
_HEIGHT = 440
_ROOM = 1.15
_PLACES = ["top center", "bottom center", "top center", "top center"]  # of the names: up, down, right, left


@styled
def two_clouds(
    clouds: Sequence[NDArray[np.floating]],
    words: Sequence[str],
    titles: Sequence[str],
    named: Sequence[int],
    axes: tuple[str, str],
    *,
    dark: bool,
) -> go.Figure:
    """``clouds``: two arrays of shape (n, K) of the same words; their first column is drawn up, the second across.

    ``named``: places in ``words`` of the four that have their names beside them: up, down, right and left. ``axes``:
    what stands at the first and the second concept. It misleads if taken for the whole cloud: other concepts are not
    seen.
    """
    figure = make_subplots(rows=1, cols=2, subplot_titles=list(titles), horizontal_spacing=0.06)
    names = [literal(word) for word in words]
    bound = _ROOM * max(float(np.abs(cloud[:, :2]).max()) for cloud in clouds)
    for column, cloud in enumerate(clouds, 1):
        for chosen, mode, colour in ((range(len(names)), "markers", _COLOUR), (named, "markers+text", _NAMED)):
            figure.add_trace(
                go.Scatter(
                    x=cloud[list(chosen), 1].astype(np.float32),
                    y=cloud[list(chosen), 0].astype(np.float32),
                    mode=mode,
                    text=[names[n] for n in chosen],
                    textposition=_PLACES,
                    textfont={"size": 14},
                    cliponaxis=False,
                    hovertemplate="%{text}<extra></extra>",
                    marker={
                        "size": 4 if mode == "markers" else 6,
                        "opacity": 0.45 if mode == "markers" else 1,
                        "color": mode_colour(colour, dark=dark),
                    },
                    showlegend=False,
                ),
                row=1,
                col=column,
            )
    hidden = {"range": [-bound, bound], "showticklabels": False, "showgrid": False}
    figure.update_xaxes(title_text=literal(axes[1]), **hidden)
    figure.update_yaxes(**hidden)
    figure.update_yaxes(title_text=literal(axes[0]), title_standoff=34, row=1, col=1)  # names reach out here
    figure.update_layout(height=_HEIGHT)
    return figure
