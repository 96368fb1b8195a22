"""How far pairs of words meet above or below chance: a bar for each, from never to always."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from core.figures.theme import literal, mode_colour, styled
from core.numbers import number
from core.prose import DEFAULT

_ABOVE, _BELOW = 3, 1  # colours, as in the heat map: orange above chance, blue below
_LINE, _ROOM = 52, 60  # pixels
_BOUND, _AXIS = 2.0, 2.45  # of M*; of the axis, with room for numbers


@dataclass(frozen=True)
class Company:
    """One pair. m_star : from -2 to 2. told : what stands beside the name, the program's own words."""

    name: str
    m_star: float
    told: str


def company(rows: Sequence[Company], ends: Mapping[str, str], *, dark: bool, language: str = DEFAULT) -> go.Figure:
    """``ends``: what the axis says at ``never``, ``chance`` and ``always``.

    Bars do not say how often a pair meets: a rare pair may have a long one.
    """
    figure = _drawn(rows, ends, dark, language)
    figure.update_layout(margin={"l": 12, "t": 8})
    return figure


@styled
def _drawn(rows: Sequence[Company], ends: Mapping[str, str], dark: bool, language: str) -> go.Figure:
    places = list(range(len(rows)))
    figure = go.Figure(
        go.Bar(
            x=[row.m_star for row in rows],
            y=places,
            width=0.36,
            orientation="h",
            marker={"color": [mode_colour(_ABOVE if row.m_star > 0 else _BELOW, dark=dark) for row in rows]},
            text=[number(row.m_star, "+.2f", language) for row in rows],
            textposition="outside",
            cliponaxis=False,
            hoverinfo="skip",
        )
    )
    for place, row in zip(places, rows, strict=True):
        figure.add_annotation(
            x=0, xref="paper", xanchor="left", y=place, yshift=21, showarrow=False,
            text=f"<b>{literal(row.name)}</b>  {literal(row.told)}",
        )  # fmt: skip
    called = [literal(ends[one]) for one in ("never", "chance", "always")]
    figure.update_xaxes(range=[-_AXIS, _AXIS], tickvals=[-_BOUND, 0, _BOUND], ticktext=called, zerolinewidth=2)
    figure.update_yaxes(range=[len(rows) - 0.6, -0.75], showticklabels=False, showgrid=False, zeroline=False)
    figure.update_layout(height=_LINE * len(rows) + _ROOM, showlegend=False)
    return figure
