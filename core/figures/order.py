"""Lists of words on the clock of a run: when each becomes resolvable, and one list rank by rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from core.figures.theme import BELOW, literal, mode_colour, styled
from core.numbers import number
from core.order import ANALOGIES, DIRECTION, TOGETHER, Curve
from core.prose import DEFAULT, passage
from core.theory import FloatArray

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
def timeline(rows: Sequence[Row], times: FloatArray, *, dark: bool, language: str = DEFAULT) -> go.Figure:
    """A row a list: a bar from each of its two moments to the end. ``times`` (K,), as shown, of ranks 1 to K.

    It misleads where bars begin close to each other late: those concepts rise at the same time, and which of them is
    first is hardly decided.
    """
    figure = go.Figure()
    for lane, (symbol, colour) in enumerate(_looks(dark)):
        figure.add_trace(_bars(rows, times, lane, colour))
        name = passage("order", "figure.second" if lane else "figure.first", language)
        marker = {"symbol": symbol, "size": 15, "color": colour}
        figure.add_trace(_markers(rows, times, lane, language).update(name=name, marker=marker))
    for place, row in enumerate(rows):
        figure.add_annotation(
            x=0, xref="paper", y=place - 0.32, text=_named(row, language), showarrow=False, xanchor="left",
            yanchor="middle",
        )  # fmt: skip
    _time_below(figure, times, language)
    _ranks_above(figure, times, language)
    figure.update_yaxes(visible=False, range=[len(rows) - 0.5, -0.66], fixedrange=True)
    figure.update_layout(
        height=150 + _ROW * len(rows), hovermode="closest", legend=BELOW | {"y": -70 / (_ROW * len(rows))}
    )
    return figure


def _looks(dark: bool) -> tuple[tuple[str, str], tuple[str, str]]:
    """The two moments: their symbols and colours."""
    return ("circle", mode_colour(1, dark=dark)), ("diamond", mode_colour(3, dark=dark))


def _named(row: Row, language: str) -> str:
    """The name of a list, and which of its questions are never answered."""
    name = f"<b>{literal(row.name)}</b>"
    never = [_asked(one, language) for one, rank in zip(row.questions, row.ranks, strict=True) if rank is None]
    if len(never) > 1:
        return passage("order", "figure.never.both", language, list=name, first=never[0], second=never[1])
    return passage("order", "figure.never", language, list=name, question=never[0]) if never else name


def _asked(question: str, language: str) -> str:
    return passage("order", f"question.{question}", language)


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


def _markers(rows: Sequence[Row], times: FloatArray, lane: int, language: str) -> go.Scatter:
    known = [(place, row, rank) for place, row in enumerate(rows) if (rank := row.ranks[lane]) is not None]
    return go.Scatter(
        x=[float(times[rank - 1]) for _, _, rank in known],
        y=[place + _LANES[lane] for place, _, _ in known],
        mode="markers+text",
        text=[f"<b>{rank}</b>" for _, _, rank in known],
        textposition="middle left",
        textfont={"size": 13},
        customdata=[[literal(row.name), _asked(row.questions[lane], language), rank] for _, row, rank in known],
        hovertemplate=f"%{{customdata[0]}}: %{{customdata[1]}}<br>{_moment('%{customdata[2]}', '%{x:.1f}', language)}"
        "<extra></extra>",
    )


def _moment(rank: str, time: str, language: str) -> str:
    return passage("order", "figure.moment", language, rank=rank, time=time)


@styled
def curve_figure(
    curve: Curve,
    times: FloatArray,
    *,
    colour_of: int,
    stopped: FloatArray | None = None,
    dark: bool,
    language: str = DEFAULT,
) -> go.Figure:
    """A score against rank, on the clock of the run: the list, chance, what it must pass, and where it arrives.

    ``times`` (K,), as shown, of ranks 1 to K. ``stopped`` : (n, 2), ranks and the score of a run that is stopped when
    so many concepts are half learned. It misleads if the band is read as certainty: it spans 19 random lists.
    """
    x, colour = times[curve.ranks - 1], mode_colour(colour_of, dark=dark)
    figure = go.Figure(_chance(curve, x, language))
    if stopped is not None and len(stopped):
        figure.add_trace(_stopped(stopped, times, language))
    figure.add_trace(_scores(curve, x, colour, language))
    if curve.rank is not None:
        time = float(times[curve.rank - 1])
        _mark(figure, curve, time, colour)
        told_time = number(time, ".0f", language)
        figure.add_annotation(
            x=time, y=0.01, yref="paper", yanchor="bottom", showarrow=False, xanchor="left", xshift=6,
            text=f"<b>{_moment(str(curve.rank), told_time, language)}</b>",
        )  # fmt: skip
    top = float(np.nanmax([*curve.scores, *curve.others[2], *curve.threshold])) * 1.08
    _time_below(figure, times, language)
    _ranks_above(figure, times, language)
    figure.update_yaxes(
        title_text=passage("order", f"figure.axis.{curve.question}", language),
        range=[-0.02 * top, top],
        zeroline=False,
        tickformat="" if curve.question == DIRECTION else ".0%",
    )
    figure.update_layout(height=400, hovermode="closest", legend=BELOW)
    return figure


def told(question: str, score: float, language: str = DEFAULT) -> str:
    """A score as it is told: a share, or an SNR."""
    return number(score, ".2f" if question == DIRECTION else ".0%", language)


def _chance(curve: Curve, x: FloatArray, language: str) -> list[go.Scatter]:
    """The band of random lists, and what the list must pass."""
    band = {"x": x, "line": {"width": 0}, "hoverinfo": "skip", "mode": "lines"}
    others = "figure.band.pairs" if curve.question in (DIRECTION, ANALOGIES) else "figure.band.words"
    name, bar = passage("order", others, language), passage("order", "curve.pass", language)
    return [
        go.Scatter(y=curve.others[0], showlegend=False, **band),
        go.Scatter(y=curve.others[2], fill="tonexty", fillcolor=_BAND, name=name, **band),
        go.Scatter(
            x=x, y=curve.threshold, mode="lines", name=bar, hoverinfo="skip",
            line={"dash": "dash", "width": 1.5, "color": _GREY},
        ),
    ]  # fmt: skip


def _scores(curve: Curve, x: FloatArray, colour: str, language: str) -> go.Scatter:
    moment = _moment("%{customdata[0]}", "%{x:.1f}", language)
    chance = passage("order", "figure.random", language, score="%{customdata[2]}")
    return go.Scatter(
        x=x,
        y=curve.scores,
        mode="lines+markers",
        name=passage("order", "figure.cut", language),
        customdata=[
            [int(rank), *(told(curve.question, float(one), language) for one in (curve.scores[n], curve.others[2, n]))]
            for n, rank in enumerate(curve.ranks)
        ],
        line={"width": 2.5, "color": colour},
        marker={"size": 4},
        hovertemplate=f"{moment}: %{{customdata[1]}}<br>{chance}<extra></extra>",
    )


def _stopped(stopped: FloatArray, times: FloatArray, language: str) -> go.Scatter:
    ranks = stopped[:, 0].astype(int)
    hover = passage("order", "figure.stopped.hover", language, concepts="%{customdata}", score="%{y:.2f}")
    return go.Scatter(
        x=times[ranks - 1],
        y=stopped[:, 1],
        mode="markers",
        name=passage("order", "figure.stopped", language),
        marker={"symbol": "x-thin-open", "size": 8, "color": _GREY, "line": {"width": 2}},
        customdata=ranks,
        hovertemplate=f"{hover}<extra></extra>",
    )


def _mark(figure: go.Figure, curve: Curve, time: float, colour: str) -> None:
    symbol = "circle" if curve.question in (TOGETHER, DIRECTION) else "diamond"
    figure.add_vline(time, line={"width": 1.5, "color": colour, "dash": "dot"})
    figure.add_trace(
        go.Scatter(
            x=[time], y=[curve.arrived], mode="markers", showlegend=False, hoverinfo="skip",
            marker={"size": 14, "color": colour, "symbol": symbol},
        )
    )  # fmt: skip


def _time_below(figure: go.Figure, times: FloatArray, language: str) -> None:
    title = passage("order", "figure.time", language)
    figure.update_xaxes(title_text=title, range=[0, float(times[-1]) * 1.02], zeroline=False)


def _ranks_above(figure: go.Figure, times: FloatArray, language: str) -> None:
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
            "title": {"text": passage("order", "figure.ranks", language), "standoff": 4},
            "showgrid": False,
            "zeroline": False,
        }
    )
