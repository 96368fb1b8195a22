"""One pair of words on the scale of M*, from never together to always."""

from __future__ import annotations

import plotly.graph_objects as go

from core.figures.theme import literal, styled
from core.numbers import number
from core.prose import DEFAULT, passage


@styled
def pair(m_star: float, first: str, second: str, *, dark: bool, language: str = DEFAULT) -> go.Figure:
    """M*_ij as a bar from 0 (chance) towards -2 (never) or +2 (always).

    It misleads for rare words: few expected meetings make any value shaky.
    """
    colour = ("#ffb454" if dark else "#a85300") if m_star > 0 else ("#7aaeff" if dark else "#1d4f9c")
    name = passage("concepts", "pair.name", language, first=literal(first), second=literal(second))
    never, chance, always = (passage("concepts", f"mark.{one}", language) for one in ("never", "as-chance", "always"))
    figure = go.Figure(
        go.Bar(
            x=[m_star],
            y=[""],
            orientation="h",
            marker={"color": colour},
            width=0.5,
            text=[number(m_star, "+.2f", language)],
            textposition="outside",
            textfont={"size": 16},
            customdata=[name],
            hovertemplate="%{customdata}: M* = %{x:.4f}<extra></extra>",
        )
    )
    figure.update_xaxes(
        range=[-2.35, 2.35],
        tickvals=[-2, -1, 0, 1, 2],
        ticktext=[f"-2<br>{never}", "-1", f"0<br>{chance}", "1", f"2<br>{always}"],
        zeroline=True,
        zerolinewidth=2,
    )
    figure.update_layout(height=130, showlegend=False)
    return figure
