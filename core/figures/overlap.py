"""Squared overlaps between two sets of directions."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from core.figures.theme import literal, styled
from core.prose import DEFAULT, passage
from core.theory import FloatArray

_SCALE_LIGHT = [[0, "#fbfaf6"], [0.5, "#8fb0dc"], [1, "#1d4f9c"]]
_SCALE_DARK = [[0, "#121826"], [0.5, "#3a5688"], [1, "#9cc3ff"]]


@styled
def overlap(squared: FloatArray, *, rows: str, columns: str, dark: bool, language: str = DEFAULT) -> go.Figure:
    """(u_i . v_j)^2, shape (K, K'): rows are the directions of one thing, columns those of another (paper, Fig. 5).

    ``rows``, ``columns``: what the two things are called.
    A clean diagonal means the same directions in the same order. It misleads where strengths are nearly equal: a block
    beside the diagonal is then one plane, described twice.
    """
    rows, columns = literal(rows), literal(columns)
    share = passage("concepts", "overlap.share", language)
    both = passage("concepts", "pair.name", language, first=f"{rows} %{{y}}", second=f"{columns} %{{x}}")
    across, down = np.arange(1, squared.shape[1] + 1), np.arange(1, squared.shape[0] + 1)
    figure = go.Figure(
        go.Heatmap(
            z=squared.astype(np.float32),
            x=across,
            y=down,
            zmin=0,
            zmax=1,
            xgap=1,
            ygap=1,
            colorscale=_SCALE_DARK if dark else _SCALE_LIGHT,
            colorbar={"title": share, "tickformat": ".0%", "thickness": 12},
            hovertemplate=f"{both}: %{{z:.1%}}<extra></extra>",
        )
    )
    right, up = (passage("concepts", "overlap.direction", language, name=name) for name in (columns, rows))
    figure.update_xaxes(title_text=right, dtick=1, showgrid=False, zeroline=False)
    figure.update_yaxes(title_text=up, dtick=1, autorange="reversed", showgrid=False, zeroline=False)
    figure.update_layout(height=420)
    return figure
