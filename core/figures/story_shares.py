"""Shares of right answers: a bar for what was measured here, a hollow one for what the paper reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from core.figures.theme import BELOW, literal, mode_colour, styled
from core.numbers import number
from core.prose import DEFAULT

_COLOUR = 1
_HEIGHT = 390


@dataclass(frozen=True)
class Share:
    """A model. ours, paper : shares of 1; None where it was not measured."""

    name: str
    ours: float | None
    paper: float


@styled
def bars(rows: Sequence[Share], titles: tuple[str, str], *, dark: bool, language: str = DEFAULT) -> go.Figure:
    """``titles``: what ours and the paper's are called. The axis begins at 0."""
    colour = mode_colour(_COLOUR, dark=dark)
    names = [literal(row.name) for row in rows]
    figure = go.Figure()
    for title, shares, filled in (
        (titles[0], [row.ours for row in rows], True),
        (titles[1], [row.paper for row in rows], False),
    ):
        figure.add_trace(
            go.Bar(
                x=names,
                y=shares,
                name=title,
                text=["" if share is None else number(share, ".0%", language) for share in shares],
                textposition="outside",
                textfont={"size": 15},
                cliponaxis=False,
                hovertemplate="%{x}: %{y:.1%}<extra></extra>",
                marker={"color": colour if filled else "rgba(0,0,0,0)", "line": {"color": colour, "width": 2}},
            )
        )
    figure.update_yaxes(range=[0, 0.85], tickformat=".0%", zeroline=True)
    figure.update_xaxes(tickangle=0)
    figure.update_layout(height=_HEIGHT, barmode="group", bargap=0.25, bargroupgap=0.1, legend=BELOW | {"y": -0.12})
    return figure
