"""Gram spectra of task vectors, one below the other on one axis, each with its Marchenko-Pastur law (Fig. 4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.figures.stack import axes, note, stack, top_of
from core.figures.theme import BELOW, mode_colour, styled
from core.marchenko_pastur import Bulk, density
from core.prose import DEFAULT, passage
from core.theory import FloatArray

BINS_A_DECADE = 12
_POINTS = 120
_DECADES = 4
_SPIKE = 3
_GREY = "#8a93a5"
_ROOM = 1.3
_RUG = -0.09  # of the height
_PART, _GAP, _LEGEND, _BELOW = 205, 58, 58, 120  # pixels

Span = tuple[float, float]
Trace = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Part:
    """One spectrum to draw. eigenvalues : (N,), descending. noise : whether the pairs were drawn at random."""

    title: str
    eigenvalues: FloatArray
    bulk: Bulk
    noise: bool = False

    @property
    def limit(self) -> float:
        """Above it an eigenvalue is a spike; none is where no bulk was fitted."""
        return self.bulk.threshold if self.bulk.fitted else np.inf


def span(parts: Iterable[Part]) -> Span:
    """An axis for all of these, up to the largest eigenvalue and four decades down at most, in whole bins."""
    every = np.concatenate([part.eigenvalues for part in parts])
    largest = every.max(initial=0)
    if not largest > 0:
        return 0.1, 10.0
    least = every[every > largest * 10.0**-_DECADES].min()
    low, high = (np.log10(one) * BINS_A_DECADE for one in (least, largest))
    return float(10 ** ((np.floor(low) - 1) / BINS_A_DECADE)), float(10 ** ((np.ceil(high) + 2) / BINS_A_DECADE))


def tallest(parts: Iterable[Part], across: Span) -> float:
    """How many eigenvalues the fullest bin of these holds, at least 1."""
    return float(max(1, *(np.histogram(part.eigenvalues, _edges(across))[0].max() for part in parts)))


@styled
def gram(parts: Sequence[Part], *, across: Span, top: float, dark: bool, language: str = DEFAULT) -> go.Figure:
    """Histogram and rug of eigenvalues of G = R R^T, a row a part; bars above the edge of the bulk stand out.

    ``across``, ``top``: the same for all pictures that are compared. Bins are equally wide on the logarithmic axis, and
    the law is drawn as the number of eigenvalues it expects in such a bin. It misleads for few pairs: a dozen
    eigenvalues fit many laws.
    """
    height = _PART * len(parts)
    x = {"type": "log", "range": np.log10(across).tolist(), "zeroline": False, "dtick": 1, "exponentformat": "power"}
    y = {
        "range": [1.8 * _RUG * top, _ROOM * top], "zeroline": False, "showgrid": False, "tickvals": _whole(top),
        "title": {"text": passage("linear", "figure.count", language)},
    }  # fmt: skip
    layout = stack([_title(part, across, language) for part in parts], gap=_GAP / height, x=x, y=[y] * len(parts))
    below = {"text": passage("linear", "figure.eigenvalue", language)}
    layout[f"xaxis{len(parts) if len(parts) > 1 else ''}"]["title"] = below
    for row, part in enumerate(parts, 1):
        if part.eigenvalues[0] > part.limit:
            ratio = part.eigenvalues[0] / part.bulk.upper
            told = passage("linear", "figure.largest", language, ratio=ratio)
            layout["annotations"].append(note(told, top_of(layout, row), "right"))
    layout |= {
        "height": height + _BELOW, "barmode": "overlay", "bargap": 0, "legend": BELOW | {"y": -_LEGEND / height},
        "hovermode": "closest", "dragmode": False,
    }  # fmt: skip
    rows = (_traces(part, across, top, dark=dark, language=language) for part in parts)
    shown = ({"showlegend": row == 1} | one | axes(row) for row, drawn in enumerate(rows, 1) for one in drawn)
    return go.Figure(list(shown), layout)


def _title(part: Part, across: Span, language: str) -> str:
    """What is drawn, and how much of it is too small for the axis."""
    hidden, count = int((part.eigenvalues < across[0]).sum()), len(part.eigenvalues)
    if not hidden:
        return part.title
    return passage("linear", "figure.hidden", language, title=part.title, hidden=hidden, count=count)


def _traces(part: Part, across: Span, top: float, *, dark: bool, language: str) -> list[Trace]:
    """Bars below and above the edge, the law, its edge, and a tick for each eigenvalue, which has no legend."""
    plain = _GREY if part.noise else mode_colour(1, dark=dark)
    below, above = (part.eigenvalues[some] for some in (part.eigenvalues <= part.limit, part.eigenvalues > part.limit))
    hover = passage(
        "linear", "figure.bars.hover", language, count="%{y}", low="%{customdata[0]:.3g}", high="%{customdata[1]:.3g}"
    )
    bars = {"name": passage("linear", "figure.bars", language), "hovertemplate": f"{hover}<extra></extra>"}
    found = [_bars(below, across, plain) | bars]
    if part.bulk.fitted:
        spikes = _bars(above, across, mode_colour(_SPIKE, dark=dark))
        found.append(spikes | bars | {"name": passage("linear", "figure.spikes", language)})
        law = _law(part, across, dark) | {"name": passage("linear", "figure.law", language)}
        found += [law, _edge(part.bulk.upper, top, passage("linear", "figure.edge", language))]
    return [*found, _rug(part, top, plain, language)]


def _bars(eigenvalues: FloatArray, across: Span, colour: str) -> Trace:
    edges = _edges(across)
    counts, _ = np.histogram(eigenvalues, edges)
    some = counts > 0
    return {
        "type": "bar",
        "x": np.sqrt(edges[1:] * edges[:-1])[some],
        "y": counts[some],
        "width": (0.94 * np.diff(edges))[some],
        "customdata": np.stack([edges[:-1], edges[1:]], axis=1)[some],
        "marker": {"color": colour, "opacity": 0.75, "line": {"width": 0}},
    }


def _law(part: Part, across: Span, dark: bool) -> Trace:
    """Eigenvalues expected in a bin around x: their number, times density, times the bin's width there."""
    bulk = part.bulk
    x = np.geomspace(max(bulk.lower, across[0]), max(bulk.upper, across[0]), _POINTS)
    width = x * np.log(10) / BINS_A_DECADE
    return {
        "type": "scatter",
        "x": x,
        "y": (bulk.count + bulk.zeros) * density(x, bulk.variance, bulk.gamma) * width,
        "mode": "lines",
        "line": {"width": 2.5, "color": "#d7dce6" if dark else "#2c3444"},
        "hoverinfo": "skip",
    }


def _edge(edge: float, top: float, name: str) -> Trace:
    return {
        "type": "scatter",
        "x": [edge, edge],
        "y": [0, top],
        "mode": "lines",
        "name": name,
        "line": {"dash": "dash", "width": 2, "color": _GREY},
        "hovertemplate": f"{name}, %{{x:.3g}}<extra></extra>",
    }


def _rug(part: Part, top: float, colour: str, language: str) -> Trace:
    hover = passage("linear", "figure.each.hover", language, k="%{customdata}", value="%{x:.4g}")
    return {
        "type": "scatter",
        "x": part.eigenvalues,
        "y": np.full(len(part.eigenvalues), _RUG * top),
        "customdata": np.arange(1, len(part.eigenvalues) + 1),
        "mode": "markers",
        "name": passage("linear", "figure.each", language),
        "showlegend": False,
        "marker": {"symbol": "line-ns", "size": 9, "line": {"width": 1.5, "color": colour}},
        "hovertemplate": f"{hover}<extra></extra>",
    }


def _edges(across: Span) -> FloatArray:
    """Edges of bins over an axis."""
    low, high = np.log10(across)
    return np.logspace(low, high, round((high - low) * BINS_A_DECADE) + 1)


def _whole(top: float) -> list[int]:
    """Few whole numbers up to the top."""
    step = max(1, round(top / 4))
    return list(range(0, int(top) + 1, step))
