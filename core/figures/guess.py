"""The staircase of predicted losses, with a visitor's guess beside the second step."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from core.compare import Prediction
from core.figures.theme import mode_colour, styled


@styled
def guess(prediction: Prediction, *, modes: int, clock: float, guessed: float, told: bool, dark: bool) -> go.Figure:
    """Before ``told`` the first step and the guess; after it all predicted steps.

    Steps are drawn at their predicted times with their predicted heights; real ones are rounded off. Time is
    shown as t * ``clock``.
    """
    times = prediction.descent_times[:modes] * clock
    end = prediction.end * clock
    shown = modes if told else 1
    edges = np.concatenate([[0.0], times[:shown], [end if told else times[0] * 1.15]])
    figure = go.Figure()
    for k in range(shown + 1):
        figure.add_trace(
            go.Scatter(
                x=edges[[k, k + 1, k + 1]] if k < shown else edges[[k, k + 1]],
                y=prediction.plateaus[[k, k, k + 1]] if k < shown else prediction.plateaus[[k, k]],
                mode="lines",
                line={"width": 3, "color": mode_colour(max(k, 1), dark=dark)},
                name=f"after concept {k}" if k else "at the start",
                hovertemplate="loss %{y:.3f} at t·λ₁ = %{x:.1f}<extra></extra>",
            )
        )
    figure.add_vline(guessed, line={"dash": "dash", "width": 2, "color": "#8a93a5"}, annotation_text="your guess")
    figure.update_xaxes(range=[0, end], title_text="training time t·λ₁", zeroline=False)
    figure.update_yaxes(range=[float(prediction.plateaus[modes]) - 0.02, 1.03], title_text="loss", zeroline=False)
    figure.update_layout(height=300, showlegend=False)
    return figure
