"""One word in several encodings: a strip of numbers each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.figures.theme import literal, styled

BINS = 150  # a line of one of them is still seen on a phone
_LIGHT = [[0, "#1d4f9c"], [0.25, "#8fb0dc"], [0.5, "#f4f2ec"], [0.75, "#f0b36c"], [1, "#a85300"]]
_DARK = [[0, "#7aaeff"], [0.25, "#3a5688"], [0.5, "#1b2230"], [0.75, "#8a5a1c"], [1, "#ffb454"]]


def pooled(numbers: NDArray[np.floating], bins: int = BINS) -> NDArray[np.float64]:
    """Numbers, shape (n,), as ``bins`` of them, each the furthest from 0 of its share, the largest of all being 1.

    Fewer numbers than bins are spread: each fills several. All zeros stay so.
    """
    places = np.arange(bins) * len(numbers) // bins
    ends = np.maximum((np.arange(bins) + 1) * len(numbers) // bins, places + 1)
    chosen = [numbers[a:b][np.abs(numbers[a:b]).argmax()] for a, b in zip(places, ends, strict=True)]
    found = np.array(chosen, np.float64)
    return found / max(np.abs(found).max(), 1e-30)


@styled
def strips_figure(rows: Sequence[NDArray[np.floating]], names: Sequence[str], *, dark: bool) -> go.Figure:
    """A strip for each encoding, its numbers from left to right; the strongest colour is the largest of that strip.

    It misleads if strips are compared place by place: the numbers of each mean something else.
    """
    figure = go.Figure(
        go.Heatmap(
            z=np.array([pooled(row) for row in rows], np.float32),
            zmin=-1,
            zmax=1,
            colorscale=_DARK if dark else _LIGHT,
            ygap=6,
            showscale=False,
            hoverinfo="skip",
        )
    )
    figure.update_xaxes(visible=False, fixedrange=True)
    figure.update_yaxes(
        tickvals=list(range(len(rows))), ticktext=[literal(name) for name in names], autorange="reversed",
        showgrid=False, zeroline=False, fixedrange=True,
    )  # fmt: skip
    figure.update_layout(height=70 + 34 * len(rows), dragmode=False)
    return figure
