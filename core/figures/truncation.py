"""Accuracy against rank, of M* cut and of a run stopped on the way; and against training time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from core.benchmark import Stage
from core.figures.theme import BELOW, mode_colour, styled
from core.prose import DEFAULT, passage

_RANKS = [1, 3, 10, 30, 100, 300]
_TIMES = [5, 10, 20, 50, 100, 200, 500, 1_000]
_DASHES = ("solid", "dash", "dot", "dashdot")


@styled
def truncation(cut: Sequence[Stage], stopped: Sequence[Stage], *, dark: bool, language: str = DEFAULT) -> go.Figure:
    """Share of analogies answered right against rank, logarithmic: M* cut there, and a run stopped there.

    Rank of a run is the number of concepts it has learned, each at least half: a stage between two concepts stands at
    the lower one. Rank 0, before the first, has no place on the axis.
    """
    figure = go.Figure()
    name = passage("benchmarks", "figure.cut", language)
    figure.add_trace(_line(cut, "rank", mode_colour(1, dark=dark), name=name, language=language))
    name, colour = passage("benchmarks", "figure.stopped", language), mode_colour(3, dark=dark)
    run = _line(stopped, "rank", colour, name=name, language=language)
    run.mode, run.marker = "markers", {"symbol": "square", "size": 7, "color": colour}
    figure.add_trace(run)
    title = passage("benchmarks", "figure.rank", language)
    figure.update_xaxes(title_text=title, type="log", tickvals=_RANKS, zeroline=False, tickangle=0)
    return _finished(figure, [*cut, *stopped], language)


@styled
def in_time(runs: Mapping[str, Sequence[Stage]], *, dark: bool, language: str = DEFAULT) -> go.Figure:
    """The same against training time, logarithmic. Every model on its own clock: e-foldings of its first concept.

    ``runs``: by what they are called, the program's own words.
    """
    figure = go.Figure()
    for n, (name, stages) in enumerate(runs.items()):
        colour = mode_colour(3 if n == 0 else n + 3, dark=dark)
        trace = _line(stages, "time", colour, name=name, language=language)
        trace.line.dash = _DASHES[n % len(_DASHES)]
        figure.add_trace(trace)
    figure.update_xaxes(title_text=passage("view", "time", language), type="log", tickvals=_TIMES, zeroline=False)
    return _finished(figure, [stage for stages in runs.values() for stage in stages], language)


def _line(stages: Sequence[Stage], x: str, colour: str, *, name: str, language: str) -> go.Scatter:
    shown = [stage for stage in stages if stage.rank > 0 and (stage.time or x == "rank")]
    return go.Scatter(
        x=np.array([getattr(stage, x) for stage in shown], np.float32),
        y=np.array([stage.evaluation.accuracy for stage in shown], np.float32),
        customdata=[_told(stage, language) for stage in shown],
        mode="lines+markers",
        name=name,
        line={"width": 2.5, "color": colour},
        marker={"size": 7},
        hovertemplate=f"{name}<br>%{{customdata}}<extra></extra>",
    )


def _told(stage: Stage, language: str) -> str:
    found = stage.evaluation
    told = {"rank": stage.rank, "share": found.accuracy, "right": found.overall.right, "total": found.total}
    if stage.time is None:
        return passage("benchmarks", "figure.told", language, **told)
    return passage("benchmarks", "figure.told.time", language, time=stage.time, **told)


def _finished(figure: go.Figure, stages: Sequence[Stage], language: str) -> go.Figure:
    best = max((stage.evaluation.accuracy for stage in stages), default=1.0)
    title = passage("benchmarks", "league.axis", language)
    figure.update_yaxes(title_text=title, tickformat=".0%", range=[-0.01, 1.1 * best], zeroline=False)
    figure.update_layout(height=470, legend=BELOW, hovermode="closest")
    return figure
