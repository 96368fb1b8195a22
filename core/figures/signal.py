"""Signal over noise, accuracy and cosine of a family of word pairs, on one axis: of dimension, or of time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.figures.stack import axes, stack
from core.figures.theme import BELOW, mode_colour, styled
from core.numbers import number
from core.prose import DEFAULT, passage
from core.tasks import Reading
from core.theory import FloatArray

_SHAPES = (".3g", ".1%", ".3f")
_BAND = "rgba(138,147,165,0.25)"
_GREY = "#8a93a5"
_ROOM = 1.12
_MOST_TICKS = 6  # on a phone

Trace = dict[str, Any]


@styled
def signal(
    at: Sequence[float],
    readings: Sequence[Reading],
    *,
    title: str,
    now: float,
    symbol: str,
    dark: bool,
    language: str = DEFAULT,
) -> go.Figure:
    """A reading for each place of a logarithmic axis, with the null beside it: random pairs of the same words.

    ``now``: the place that is marked by a line. ``symbol``: of the axis, on hover. The null's band reaches from the
    median to 95 % of its draws. It misleads if the three are compared with each other: they have no common unit.
    """
    places = np.asarray(at, np.float64)
    values = [np.array(one) for one in zip(*((r.snr, r.accuracy, r.cosine) for r in readings), strict=True)]
    titles = [passage("linear", f"figure.signal.{name}", language) for name in ("snr", "accuracy", "cosine")]
    traces = [one for row in (1, 2, 3) for one in _null(places, row, readings, language)]
    for row, (called, y, shape) in enumerate(zip(titles, values, _SHAPES, strict=True), 1):
        told = {"title": called, "value": f"%{{y:{shape}}}", "symbol": symbol, "place": "%{x:,.4g}"}
        hover = passage("linear", "figure.signal.hover", language, **told)
        traces.append(_line(places, y, row, dark, language) | {"hovertemplate": f"{hover}<extra></extra>"})
    if np.isfinite(values[0]).any():
        name = passage("linear", "figure.signal.largest", language)
        traces.append(_star(places, values[0], peak(readings), dark) | {"name": name})
    ends = np.log10(places[[0, -1]]) + [-0.05, 0.05]
    x = {"type": "log", "range": ends.tolist(), "zeroline": False} | _ticks(places, readings, language)
    layout = stack(titles, gap=0.09, x=x | {"showticklabels": False}, y=_heights(readings))
    layout["xaxis3"] |= {"title": {"text": title}, "showticklabels": True}
    line = {"color": mode_colour(3, dark=dark), "width": 2}
    mark = {"type": "line", "x0": now, "x1": now, "y0": 0, "y1": 1, "line": line, "layer": "below"}
    layout |= {
        "shapes": [mark | {"xref": f"x{n}", "yref": f"y{n} domain"} for n in ("", "2", "3")],
        "height": 500,
        "legend": BELOW | {"y": -0.13},
        "hovermode": "closest",
        "dragmode": False,
    }
    return go.Figure(traces, layout)


def peak(readings: Sequence[Reading]) -> int:
    """The place of the largest signal over noise."""
    return int(np.argmax([one.snr if np.isfinite(one.snr) else -1.0 for one in readings]))


def _heights(readings: Sequence[Reading]) -> list[dict[str, Any]]:
    """An axis for each row: from 0 to the largest, from 0 to 100 %, and from 0, or the least cosine, to 1."""
    signals = [value for one in readings for value in (one.snr, one.null_snr[1]) if np.isfinite(value)]
    cosines = [value for one in readings for value in (one.cosine, one.null_cosine) if np.isfinite(value)]
    return [
        {"range": [0, _ROOM * max(signals, default=1.0)], "zeroline": False, "nticks": 5},
        {"range": [-0.04, 1.06], "zeroline": False, "tickformat": ".0%", "tickvals": [0, 0.5, 1]},
        {"range": [min([0.0, *cosines]) - 0.04, 1.06], "zeroline": False, "tickvals": [0, 0.5, 1]},
    ]


def _line(x: FloatArray, y: FloatArray, row: int, dark: bool, language: str) -> Trace:
    return axes(row) | {
        "type": "scatter",
        "x": x,
        "y": y,
        "mode": "lines+markers",
        "name": passage("linear", "column.these", language),
        "showlegend": row == 1,
        "line": {"width": 2.5, "color": mode_colour(1, dark=dark)},
        "marker": {"size": 7},
    }


def _null(x: FloatArray, row: int, readings: Sequence[Reading], language: str) -> list[Trace]:
    """Of signal over noise a band from the median to 95 %, of the other two a line."""
    median, most = np.array([one.null_snr for one in readings]).T
    others = [[one.null_accuracy for one in readings], [one.null_cosine for one in readings]]
    plain = axes(row) | {"type": "scatter", "x": x, "mode": "lines", "hoverinfo": "skip", "showlegend": row == 1}
    dotted = {"dash": "dot", "width": 2, "color": _GREY}
    name = passage("linear", "figure.null", language)
    line = plain | {"y": [median, *others][row - 1], "name": name, "line": dotted}
    if row > 1:
        return [line]
    band = {"y": most, "fill": "tonexty", "fillcolor": _BAND, "line": {"width": 0}}
    return [line, plain | band | {"name": passage("linear", "figure.null.most", language)}]


def _star(x: FloatArray, snr: FloatArray, best: int, dark: bool) -> Trace:
    return axes(1) | {
        "type": "scatter",
        "x": x[[best]],
        "y": snr[[best]],
        "mode": "markers",
        "marker": {"symbol": "star", "size": 14, "color": mode_colour(3, dark=dark)},
        "hoverinfo": "skip",
    }


def _ticks(x: FloatArray, readings: Sequence[Reading], language: str) -> dict[str, Any]:
    """Dimensions by their numbers, powers of two if there are; times by round numbers; as far as there is room."""
    if all(at == one.dim for at, one in zip(x, readings, strict=True)):
        chosen = [one for one in x if float(np.log2(one)).is_integer()] or list(x)
    else:
        round_ones = np.multiply.outer(10.0 ** np.arange(-2, 9), [1, 2, 5]).ravel()
        chosen = [one for one in round_ones if x[0] <= one <= x[-1]] or list(x[:1])
    chosen = chosen[:: -(-len(chosen) // _MOST_TICKS)]
    return {"tickvals": chosen, "ticktext": [number(one, ",g", language) for one in chosen]}
