"""Lists of words on the clock of a run: when each becomes resolvable, and one list rank by rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from core.figures.theme import BELOW, literal, mode_colour, styled
from core.order import ANALOGIES, APART, DIRECTION, TOGETHER, Curve
from core.theory import FloatArray

QUESTIONS = {
    TOGETHER: "belong together",
    APART: "told apart",
    DIRECTION: "point one way",
    ANALOGIES: "answer analogies",
}
_AXES = {
    TOGETHER: "of its nearest words, in the list",
    APART: "told which of two",
    DIRECTION: "signal over noise (SNR)",
    ANALOGIES: "analogies right",
}
_GREY = "#8a93a5"
_BAND = "rgba(138, 147, 165, 0.25)"
_TICKS = (1, 2, 3, 5, 8, 12, 20, 30, 50, 100, 200, 300, 500, 1_000, 2_000)
_APART_TICKS = 0.07  # of the axis
_LANES = (0.06, 0.29)  # below the row's place; the name is above it
_ROW = 58  # pixels


@dataclass(frozen=True)
class Row:
    """One list: its name (data), its questions, and the rank at which each is answered; None for never."""

    name: str
    questions: tuple[str, str]
    ranks: tuple[int | None, int | None]


@styled
def timeline(rows: Sequence[Row], times: FloatArray, *, dark: bool) -> go.Figure:
    """A row a list: a bar from each of its two moments to the end. ``times`` (K,), as shown, of ranks 1 to K.

    It misleads where bars begin close to each other late: those concepts rise at the same time, and which of them is
    first is hardly decided.
    """
    end = float(times[-1])
    figure = go.Figure()
    for lane, (name, symbol, colour) in enumerate(_moments(dark)):
        figure.add_trace(_bars(rows, times, lane, colour))
        figure.add_trace(_markers(rows, times, lane, symbol, colour, name))
    for place, row in enumerate(rows):
        never = [QUESTIONS[name] for name, rank in zip(row.questions, row.ranks, strict=True) if rank is None]
        text = f"<b>{literal(row.name)}</b>" + (f": never {' nor '.join(never)}" if never else "")
        figure.add_annotation(
            x=0, xref="paper", y=place - 0.32, text=text, showarrow=False, xanchor="left", yanchor="middle"
        )
    figure.update_xaxes(title_text="predicted time t·λ₁", range=[0, end * 1.02], zeroline=False)
    _ranks_above(figure, times)
    figure.update_yaxes(visible=False, range=[len(rows) - 0.5, -0.66], fixedrange=True)
    figure.update_layout(
        height=150 + _ROW * len(rows), hovermode="closest", legend=BELOW | {"y": -70 / (_ROW * len(rows))}
    )
    return figure


def _moments(dark: bool) -> tuple[tuple[str, str, str], tuple[str, str, str]]:
    """The two moments: what they are called, their symbols and colours."""
    first = "belong together (pairs: point one way)"
    second = "are told apart (pairs: answer analogies)"
    return (first, "circle", mode_colour(1, dark=dark)), (second, "diamond", mode_colour(3, dark=dark))


def _bars(rows: Sequence[Row], times: FloatArray, lane: int, colour: str) -> go.Scatter:
    """From each moment to the end, one trace with gaps."""
    x: list[float | None] = []
    y: list[float | None] = []
    for place, row in enumerate(rows):
        rank = row.ranks[lane]
        if rank is not None:
            x += [float(times[rank - 1]), float(times[-1]), None]
            y += [place + _LANES[lane], place + _LANES[lane], None]
    return go.Scatter(
        x=x, y=y, mode="lines", line={"width": 8, "color": colour}, opacity=0.3, hoverinfo="skip", showlegend=False
    )


def _markers(rows: Sequence[Row], times: FloatArray, lane: int, symbol: str, colour: str, name: str) -> go.Scatter:
    known = [(place, row, rank) for place, row in enumerate(rows) if (rank := row.ranks[lane]) is not None]
    return go.Scatter(
        x=[float(times[rank - 1]) for _, _, rank in known],
        y=[place + _LANES[lane] for place, _, _ in known],
        mode="markers+text",
        marker={"symbol": symbol, "size": 15, "color": colour},
        text=[f"<b>{rank}</b>" for _, _, rank in known],
        textposition="middle left",
        textfont={"size": 13},
        customdata=[[literal(row.name), QUESTIONS[row.questions[lane]], rank] for _, row, rank in known],
        hovertemplate="%{customdata[0]}: %{customdata[1]}<br>rank %{customdata[2]}, t·λ₁ = %{x:.1f}<extra></extra>",
        name=name,
    )


@styled
def curve_figure(
    curve: Curve, times: FloatArray, *, colour_of: int, stopped: FloatArray | None = None, dark: bool
) -> go.Figure:
    """A score against rank, on the clock of the run: the list, chance, what it must pass, and where it arrives.

    ``times`` (K,), as shown, of ranks 1 to K. ``stopped`` : (n, 2), ranks and the score of a run that is stopped when
    so many concepts are half learned. It misleads if the band is read as certainty: it spans 19 random lists.
    """
    x, colour = times[curve.ranks - 1], mode_colour(colour_of, dark=dark)
    label = [[int(rank), *_told(curve, n)] for n, rank in enumerate(curve.ranks)]
    figure = go.Figure()
    band = {"line": {"width": 0}, "hoverinfo": "skip", "mode": "lines"}
    figure.add_trace(go.Scatter(x=x, y=curve.others[0], showlegend=False, **band))
    figure.add_trace(
        go.Scatter(x=x, y=curve.others[2], fill="tonexty", fillcolor=_BAND, name=_band_name(curve.question), **band)
    )
    figure.add_trace(
        go.Scatter(
            x=x, y=curve.threshold, mode="lines", name="to pass", hoverinfo="skip",
            line={"dash": "dash", "width": 1.5, "color": _GREY},
        )
    )  # fmt: skip
    if stopped is not None and len(stopped):
        figure.add_trace(_stopped(stopped, times))
    figure.add_trace(
        go.Scatter(
            x=x, y=curve.scores, mode="lines+markers", name="cut to this rank", customdata=label,
            line={"width": 2.5, "color": colour}, marker={"size": 4},
            hovertemplate="rank %{customdata[0]}, t·λ₁ = %{x:.1f}: %{customdata[1]}<br>random: up to %{customdata[2]}"
            "<extra></extra>",
        )
    )  # fmt: skip
    if curve.rank is not None:
        _mark(figure, curve, curve.rank, float(times[curve.rank - 1]), colour)
    top = float(np.nanmax([*curve.scores, *curve.others[2], *curve.threshold])) * 1.08
    figure.update_xaxes(title_text="predicted time t·λ₁", range=[0, float(times[-1]) * 1.02], zeroline=False)
    _ranks_above(figure, times)
    figure.update_yaxes(
        title_text=_AXES[curve.question],
        range=[-0.02 * top, top],
        zeroline=False,
        tickformat="" if curve.question == DIRECTION else ".0%",
    )
    figure.update_layout(height=400, hovermode="closest", legend=BELOW)
    return figure


def told(question: str, score: float) -> str:
    """A score as it is told: a share, or an SNR."""
    return f"{score:.2f}" if question == DIRECTION else f"{score:.0%}"


def _told(curve: Curve, n: int) -> tuple[str, str]:
    return told(curve.question, float(curve.scores[n])), told(curve.question, float(curve.others[2, n]))


def _band_name(question: str) -> str:
    return "same words, paired at random" if question in (DIRECTION, ANALOGIES) else "random words, as frequent"


def _stopped(stopped: FloatArray, times: FloatArray) -> go.Scatter:
    ranks = stopped[:, 0].astype(int)
    return go.Scatter(
        x=times[ranks - 1],
        y=stopped[:, 1],
        mode="markers",
        name="a run stopped then (Lemma 3.1)",
        marker={"symbol": "x-thin-open", "size": 8, "color": _GREY, "line": {"width": 2}},
        customdata=ranks,
        hovertemplate="stopped with %{customdata} concepts half learned: %{y:.2f}<extra></extra>",
    )


def _mark(figure: go.Figure, curve: Curve, rank: int, time: float, colour: str) -> None:
    symbol = "circle" if curve.question in (TOGETHER, DIRECTION) else "diamond"
    figure.add_vline(time, line={"width": 1.5, "color": colour, "dash": "dot"})
    figure.add_trace(
        go.Scatter(
            x=[time], y=[curve.arrived], mode="markers", showlegend=False, hoverinfo="skip",
            marker={"size": 14, "color": colour, "symbol": symbol},
        )
    )  # fmt: skip
    figure.add_annotation(
        x=time, y=0.01, yref="paper", yanchor="bottom", showarrow=False, xanchor="left", xshift=6,
        text=f"<b>rank {rank}, t·λ₁ = {time:.0f}</b>",
    )  # fmt: skip


def _ranks_above(figure: go.Figure, times: FloatArray) -> None:
    """A second axis above, with ranks at their times, as many as have room."""
    end = float(times[-1]) * 1.02
    kept: list[int] = []
    for rank in (one for one in _TICKS if one <= len(times)):
        if not kept or times[rank - 1] - times[kept[-1] - 1] >= _APART_TICKS * end:
            kept.append(rank)
    figure.add_trace(go.Scatter(x=[0.0], y=[None], xaxis="x2", hoverinfo="skip", showlegend=False, mode="markers"))
    figure.update_layout(
        xaxis2={
            "overlaying": "x",
            "side": "top",
            "range": [0, end],
            "tickvals": [float(times[rank - 1]) for rank in kept],
            "ticktext": [str(rank) for rank in kept],
            "title": {"text": "concepts learned (rank)", "standoff": 4},
            "showgrid": False,
            "zeroline": False,
        }
    )
