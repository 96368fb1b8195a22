"""Which eigen-features carry what a family of word pairs has in common."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.figures.theme import BELOW, literal, mode_colour, styled
from core.prose import DEFAULT, passage
from core.theory import FloatArray

_GREY = "#8a93a5"
_DECADES = 4


@styled
def power_figure(
    shares: FloatArray,
    null: FloatArray,
    ends: Sequence[tuple[Sequence[str], Sequence[str]]],
    *,
    strongest: int,
    log: bool,
    dark: bool,
    language: str = DEFAULT,
) -> go.Figure:
    """Share of the mean task vector's squared length along each eigen-feature; bars over k, the strongest in colour.

    shares : (K,). null : (K,), mean share of the same words paired at random. ends : for each k the words at the end
    of the pairs' first words, and at that of their second, for hovering. It misleads where eigenvalues are nearly
    equal: their features mix, and share at will.
    """
    ranks = np.arange(1, len(shares) + 1)
    loudest = set(np.argsort(-shares, kind="stable")[:strongest].tolist())
    accent, plain = mode_colour(3, dark=dark), mode_colour(1, dark=dark)
    hover = (
        passage("linear", "figure.power.hover", language, k="%{x}", share="%{y:.2%}"),
        passage("linear", "figure.power.first", language, words="%{customdata[0]}"),
        passage("linear", "figure.power.second", language, words="%{customdata[1]}"),
    )
    figure = go.Figure(
        go.Bar(
            x=ranks,
            y=shares,
            name=passage("linear", "column.these", language),
            marker={"color": [accent if k in loudest else plain for k in range(len(shares))], "line": {"width": 0}},
            customdata=[[_line(one) for one in both] for both in ends],
            hovertemplate=f"{'<br>'.join(hover)}<extra></extra>",
        )
    )
    figure.add_trace(_null(ranks, null, language))
    most, count = float(np.nanmax([shares.max(), *null])), len(shares)
    if log:
        figure.update_xaxes(type="log", range=np.log10([0.8, count + 0.6]), dtick="D2")
        figure.update_yaxes(type="log", range=[np.log10(most) - _DECADES, np.log10(most) + 0.1], dtick=1)
    else:
        figure.update_xaxes(range=[0.4, count + 0.6])
        figure.update_yaxes(range=[0, 1.08 * most])
    figure.update_xaxes(title_text=passage("linear", "figure.power.k", language), zeroline=False)
    figure.update_yaxes(title_text=passage("linear", "figure.power.share", language), tickformat="~%", zeroline=False)
    figure.update_layout(height=340, legend=BELOW, hovermode="closest", bargap=0.05, dragmode=False)
    return figure


def _null(ranks: NDArray[np.int64], null: FloatArray, language: str) -> go.Scatter:
    hover = passage("linear", "figure.power.null", language, k="%{x}", share="%{y:.2%}")
    return go.Scatter(
        x=ranks,
        y=null,
        mode="lines",
        name=passage("linear", "figure.null.mean", language),
        line={"width": 2, "dash": "dot", "color": _GREY},
        hovertemplate=f"{hover}<extra></extra>",
    )


def _line(words: Sequence[str]) -> str:
    """The words of an end, letter by letter."""
    return " ".join(literal(word) for word in words)
