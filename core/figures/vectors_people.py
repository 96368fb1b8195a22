"""People as rows of numbers, and how near each is to the visitor by angle."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from core.figures.theme import literal, mode_colour, styled
from core.numbers import number
from core.prose import DEFAULT
from core.theory import FloatArray

MOST = 10  # the largest answer
_LIGHT = [[0, "#f4f2ec"], [1, "#a85300"]]
_DARK = [[0, "#1b2230"], [1, "#ffb454"]]


@styled
def people_figure(
    rows: FloatArray,
    cosines: FloatArray,
    *,
    names: Sequence[str],
    traits: Sequence[str],
    titles: tuple[str, str],
    dark: bool,
    language: str = DEFAULT,
) -> go.Figure:
    """``rows``: (n + 1, traits), the visitor first, then the others, most similar first; ``cosines``: (n,).

    ``titles``: of the strip and of the bars. It misleads in that answers from 0 to 10 are never negative, and so no
    cosine is: bars begin at 0, and even opposites are far from it.
    """
    figure = make_subplots(cols=2, column_widths=[0.6, 0.4], shared_yaxes=True, horizontal_spacing=0.03)
    places = list(range(len(rows)))
    figure.add_trace(
        go.Heatmap(
            z=rows,
            zmin=0,
            zmax=MOST,
            colorscale=_DARK if dark else _LIGHT,
            text=[[number(value, ".3g", language) for value in row] for row in rows],
            texttemplate="%{text}",
            textfont={"size": 12},
            xgap=2,
            ygap=2,
            showscale=False,
            hoverinfo="skip",
        ),
        row=1,
        col=1,
    )
    figure.add_trace(
        go.Bar(
            x=cosines,
            y=places[1:],
            orientation="h",
            text=[number(one, ".3f", language) for one in cosines],
            textposition="inside",
            insidetextanchor="start",
            insidetextfont={"color": "#0f131c" if dark else "#ffffff"},
            marker={"color": mode_colour(1, dark=dark), "line": {"width": 0}},
            hoverinfo="skip",
            showlegend=False,
        ),
        row=1,
        col=2,
    )
    shown = [f"<b>{literal(names[0])}</b>", *map(literal, names[1:])]
    figure.update_yaxes(tickvals=places, ticktext=shown, range=[len(rows) - 0.5, -0.5], showgrid=False, zeroline=False)
    figure.update_xaxes(
        tickvals=list(range(len(traits))), ticktext=[literal(one) for one in traits], side="top", tickangle=-60,
        showgrid=False, col=1,
    )  # fmt: skip
    figure.update_xaxes(range=[0, 1], title_text=titles[1], showticklabels=False, showgrid=False, zeroline=False, col=2)
    figure.update_layout(height=130 + 27 * len(rows), bargap=0.25, dragmode=False)
    figure.update_layout(xaxis={"title": {"text": titles[0]}, "fixedrange": True})
    return figure
