"""A corner of M*, its words put in the order of one eigenvector: blocks appear."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.figures.theme import literal, styled
from core.prose import DEFAULT, passage

# Blue for never, orange for always, the page's own background between: safe for colour-blind viewers.
_SCALE_LIGHT = [[0, "#1d4f9c"], [0.25, "#8fb0dc"], [0.5, "#f4f2ec"], [0.75, "#f0b36c"], [1, "#a85300"]]
_SCALE_DARK = [[0, "#7aaeff"], [0.25, "#3a5688"], [0.5, "#1b2230"], [0.75, "#8a5a1c"], [1, "#ffb454"]]


@styled
def heatmap(values: NDArray[np.floating], words: tuple[str, ...], *, dark: bool, language: str = DEFAULT) -> go.Figure:
    """M*_ij of a few words, shape (n, n), from -2 (never together) to +2 (always).

    It misleads if taken for the whole matrix: words at the two ends of a direction were chosen.
    """
    names = [literal(word) for word in words]
    places = list(range(len(words)))
    names_of_two = passage("concepts", "pair.name", language, first="%{customdata[0]}", second="%{customdata[1]}")
    figure = go.Figure(
        go.Heatmap(
            z=np.asarray(values, np.float32),
            zmin=-2,
            zmax=2,
            colorscale=_SCALE_DARK if dark else _SCALE_LIGHT,
            customdata=[[[row, column] for column in names] for row in names],
            hovertemplate=f"{names_of_two}: M* = %{{z:.2f}}<extra></extra>",
            colorbar={
                "title": "M*",
                "tickvals": [-2, 0, 2],
                "ticktext": [passage("concepts", f"mark.{one}", language) for one in ("never", "chance", "always")],
                "thickness": 12,
            },
        )
    )
    ticks = {"tickvals": places, "ticktext": names, "showgrid": False, "zeroline": False, "tickfont": {"size": 12}}
    figure.update_xaxes(**ticks, tickangle=-60)
    figure.update_yaxes(**ticks, autorange="reversed")
    figure.update_layout(height=520)
    return figure
