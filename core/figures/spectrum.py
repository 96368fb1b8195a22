"""Eigenvalues of M* beside those of PMI and PPMI."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from core.figures.theme import mode_colour, styled
from core.prose import DEFAULT, passage
from core.theory import FloatArray

_MARKS = {"mstar": "M*", "ppmi": "PPMI", "pmi": "PMI"}
_OTHERS = {"ppmi": ("circle-open", "dash"), "pmi": ("diamond-open", "dot")}


@styled
def spectrum(values: Mapping[str, FloatArray], *, dark: bool, language: str = DEFAULT) -> go.Figure:
    """Eigenvalues by rank, each spectrum relative to its own first, on a logarithmic scale.

    ``values``: by target name, (K,) descending; only positive ones are drawn. It misleads if heights of different
    matrices are compared: only the fall from left to right is comparable.
    """
    relative = passage("concepts", "spectra.first", language)
    figure = go.Figure()
    for name, (symbol, dash) in _OTHERS.items():
        figure.add_trace(_line(_MARKS[name], values[name], symbol, dash, relative))
    own = values["mstar"]
    trace = _line(_MARKS["mstar"], own, "circle", "solid", relative)
    trace.marker = {
        "symbol": "circle", "size": 10, "color": [mode_colour(k, dark=dark) for k in range(1, len(own) + 1)],
    }  # fmt: skip
    figure.add_trace(trace)
    figure.update_xaxes(title_text="k", zeroline=False)
    figure.update_yaxes(title_text="λₖ / λ₁", type="log", zeroline=False, dtick=1)
    figure.update_layout(height=340, legend={"orientation": "h", "y": 1.12, "x": 0}, hovermode="x unified")
    return figure


def _line(name: str, values: FloatArray, symbol: str, dash: str, relative: str) -> go.Scatter:
    kept = values[values > 0]
    return go.Scatter(
        x=np.arange(1, len(kept) + 1),
        y=(kept / kept[0]).astype(np.float32),
        customdata=kept.astype(np.float32),
        mode="lines+markers",
        name=name,
        line={"dash": dash, "width": 1.5, "color": "#8a93a5"},
        marker={"symbol": symbol, "size": 7},
        hovertemplate=f"{name}: λ = %{{customdata:,.4g}} (%{{y:.3f}} {relative})<extra></extra>",
    )
