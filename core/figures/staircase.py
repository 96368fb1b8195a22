"""The main figure: the loss staircase above the singular values, predicted and trained, on one clock."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from core.compare import Prediction
from core.figures.theme import styled
from core.prose import DEFAULT, passage
from core.theory import FloatArray

LOSS, VALUES = 1, 2
_RIGHT = 1.02
OVERSHOOT = 1.5  # room for models that the theory is not about, over its first target


@styled
def staircase(
    prediction: Prediction, *, modes: int, clock: float, open_ended: bool = False, language: str = DEFAULT
) -> go.Figure:
    """Everything known before training, with empty traces for what training will draw.

    ``modes`` first modes are drawn; time is shown as t * ``clock`` with clock = lambda_1. ``open_ended``: leave
    room on the axes for a model that the theory is not about. Traces have no colour of
    their own: ``meta`` says role (flow, descent, plateau, trained) and mode, and the page colours them for its
    theme. It misleads if the two halves are compared with each other: a step of the loss is a rate, a
    singular value a level.
    """
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.15, row_heights=[0.44, 0.56])
    end = prediction.end * clock
    line = partial(_line, figure, language)
    _predicted_loss(line, prediction, modes, clock, end)
    for k in range(1, modes + 1):
        line(prediction.flow.times * clock, prediction.flow.singular_values[:, k - 1], "flow", k)
        line(prediction.descent.times * clock, prediction.descent.singular_values[:, k - 1], "descent", k)
    line(np.empty(0), np.empty(0), "trained", 0, row=LOSS)
    for k in range(1, modes + 1):
        line(np.empty(0), np.empty(0), "trained", k)
    _ticks(figure, prediction.descent_times[:modes] * clock, end)
    _axes(figure, prediction, modes, end, open_ended)
    time = passage("view", "time", language)
    figure.update_xaxes(title={"text": time, "font": {"size": 14}, "standoff": 4}, row=VALUES)
    return figure


def _axes(figure: go.Figure, prediction: Prediction, modes: int, end: float, open_ended: bool) -> None:
    top = float(prediction.targets[0]) * (OVERSHOOT if open_ended else 1.08)
    lowest = float(min(prediction.plateaus[modes], prediction.descent.loss.min(), prediction.flow.loss.min()))
    lowest = 0.0 if open_ended else lowest
    figure.update_xaxes(range=[0, end * _RIGHT], showgrid=False, zeroline=False)
    figure.update_xaxes(row=VALUES, ticks="", ticklabelstandoff=20)
    figure.update_yaxes(zeroline=False, nticks=6)
    figure.update_yaxes(range=[lowest - 0.06 * (1 - lowest), 1 + 0.06 * (1 - lowest)], row=LOSS)
    figure.update_yaxes(range=[-0.02 * top, top], row=VALUES)
    figure.update_layout(showlegend=False, hovermode="closest", dragmode="zoom")


def _predicted_loss(line: Callable[..., None], prediction: Prediction, modes: int, clock: float, end: float) -> None:
    """A dotted level for each plateau, from one predicted step to the next, and the predicted curve."""
    line(prediction.flow.times * clock, prediction.flow.loss, "flow", 0, row=LOSS)
    line(prediction.descent.times * clock, prediction.descent.loss, "descent", 0, row=LOSS)
    rises = np.append(prediction.descent_times[:modes] * clock, end * _RIGHT)
    for k in range(1, modes + 1):
        begin, stop = float(rises[k - 1]), float(np.fmin(rises[k], end * _RIGHT))
        if begin < end:
            level = float(prediction.plateaus[k])
            line(np.array([begin, stop]), np.array([level, level]), "plateau", k, row=LOSS)


def _line(figure: go.Figure, language: str, x: FloatArray, y: FloatArray, role: str, k: int, row: int = VALUES) -> None:
    name = passage("view", f"line.{role}" if k else f"line.{role}.loss", language, k=k)
    hover = passage("view", "line.hover", language, name=name, value="%{y:.4g}", time="%{x:.4g}")
    figure.add_trace(
        go.Scatter(
            x=np.asarray(x, np.float32),
            y=np.asarray(y, np.float32),
            mode="lines",
            name=name,
            meta={"role": role, "k": k},
            hovertemplate=f"{hover}<extra></extra>",
        ),
        row=row,
        col=1,
    )


def _ticks(figure: go.Figure, times: FloatArray, end: float) -> None:
    """A coloured tick and a label at every predicted rise; the page leaves out labels that have no room."""
    for k, time in enumerate(times, 1):
        if not 0 < time <= end * _RIGHT:
            continue
        figure.add_shape(
            type="line", x0=time, x1=time, y0=0, y1=-9, ysizemode="pixel", yanchor=0, row=VALUES, col=1,
            name=f"tick {k}", line={"width": 3},
        )  # fmt: skip
        figure.add_annotation(x=time, y=0, yshift=-18, text=f"τ<sub>{k}</sub>", showarrow=False, row=VALUES, col=1)
