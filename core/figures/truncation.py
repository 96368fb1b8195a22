"""Accuracy against rank, of M* cut and of a run stopped on the way; and against training time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from core.benchmark import Stage
from core.figures.theme import BELOW, mode_colour, styled

_RANKS = [1, 3, 10, 30, 100, 300]
_TIMES = [5, 10, 20, 50, 100, 200, 500, 1_000]
_DASHES = ("solid", "dash", "dot", "dashdot")


@styled
def truncation(cut: Sequence[Stage], stopped: Sequence[Stage], *, dark: bool) -> go.Figure:
    """Share of analogies answered right against rank, logarithmic: M* cut there, and a run stopped there.

    Rank of a run is the number of concepts it has learned, each at least half: a stage between two concepts stands at
    the lower one. Rank 0, before the first, has no place on the axis.
    """
    figure = go.Figure()
    figure.add_trace(_line(cut, "M* cut to rank r", 1, dark, x="rank"))
    run = _line(stopped, "a run, stopped at r concepts", 3, dark, x="rank")
    run.mode, run.marker = "markers", {"symbol": "square", "size": 7}
    run.marker.color = mode_colour(3, dark=dark)
    figure.add_trace(run)
    figure.update_xaxes(title_text="rank r: concepts known", type="log", tickvals=_RANKS, zeroline=False, tickangle=0)
    return _finished(figure, [*cut, *stopped])


@styled
def in_time(runs: Mapping[str, Sequence[Stage]], *, dark: bool) -> go.Figure:
    """The same against training time, logarithmic. Every model on its own clock: e-foldings of its first concept."""
    figure = go.Figure()
    for n, (name, stages) in enumerate(runs.items()):
        trace = _line(stages, name, 3 if n == 0 else n + 3, dark, x="time")
        trace.line.dash = _DASHES[n % len(_DASHES)]
        figure.add_trace(trace)
    figure.update_xaxes(title_text="training time t·λ₁", type="log", tickvals=_TIMES, zeroline=False)
    return _finished(figure, [stage for stages in runs.values() for stage in stages])


def _line(stages: Sequence[Stage], name: str, colour: int, dark: bool, *, x: str) -> go.Scatter:
    shown = [stage for stage in stages if stage.rank > 0 and (stage.time or x == "rank")]
    return go.Scatter(
        x=np.array([getattr(stage, x) for stage in shown], np.float32),
        y=np.array([stage.evaluation.accuracy for stage in shown], np.float32),
        customdata=[_told(stage) for stage in shown],
        mode="lines+markers",
        name=name,
        line={"width": 2.5, "color": mode_colour(colour, dark=dark)},
        marker={"size": 7},
        hovertemplate=f"{name}<br>%{{customdata}}<extra></extra>",
    )


def _told(stage: Stage) -> str:
    found = stage.evaluation
    when = "" if stage.time is None else f", at t·λ₁ = {stage.time:.1f}"
    return f"rank {stage.rank}{when}: {found.accuracy:.1%}, {found.overall.right:,} of {found.total:,}"


def _finished(figure: go.Figure, stages: Sequence[Stage]) -> go.Figure:
    best = max((stage.evaluation.accuracy for stage in stages), default=1.0)
    figure.update_yaxes(title_text="analogies right", tickformat=".0%", range=[-0.01, 1.1 * best], zeroline=False)
    figure.update_layout(height=470, legend=BELOW, hovermode="closest")
    return figure
