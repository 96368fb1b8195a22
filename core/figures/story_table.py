"""The table of all pairs of many words, too many to name: colours only, words on hover."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.figures.heatmap import heatmap
from core.figures.theme import literal
from core.prose import DEFAULT

_HEIGHT = 440


def whole_table(
    values: NDArray[np.floating],
    words: tuple[str, ...],
    names: Mapping[str, str],
    *,
    dark: bool,
    language: str = DEFAULT,
) -> go.Figure:
    """M*_ij of n words, shape (n, n), in the colours of ``heatmap``.

    ``names``: what the scale says at ``never``, ``chance`` and ``always``. It misleads as that one does.
    """
    figure = heatmap(values, words, dark=dark, language=language)
    hidden = {"showticklabels": False, "ticks": ""}
    figure.update_xaxes(**hidden, constrain="domain")
    figure.update_yaxes(**hidden, scaleanchor="x", constrain="domain")
    figure.update_traces(colorbar={"ticktext": [literal(names[one]) for one in ("never", "chance", "always")]})
    figure.update_layout(height=_HEIGHT, margin={"l": 4, "r": 4, "t": 8, "b": 8})
    return figure
