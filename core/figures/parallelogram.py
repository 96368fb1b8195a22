"""The arithmetic of an analogy, drawn in the plane that contains it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.figures.theme import BELOW, literal, mode_colour, styled
from core.numbers import number
from core.plane import CORNERS, Plane
from core.prose import DEFAULT, passage

_QUESTION, _ANSWER, _REST = 1, 3, 10  # colours
_LARGEST, _SMALLEST = 17.0, 6.0  # marks: in the plane, and as far out of it as a word can be
_FARTHEST = 2**0.5
_TARGET = "c + b - a"
_GREY = "#8a93a5"
_SCALE, _LETTER, _LED = 230, 7.0, 60  # pixels: of the longer side on a phone, of a letter; of a name that has no line
_BELOW, _ABOVE = ((0, -1), (-1, -1), (1, -1)), ((0, 1), (-1, 1), (1, 1))  # sides of a mark, best first
_ANYWHERE = ((1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1), (0, 1), (0, -1))
_SIDES = (_BELOW, _BELOW, _ABOVE, _ABOVE)  # of the corners: outwards


def parallelogram(plane: Plane, words: Sequence[str], *, dark: bool, language: str = DEFAULT) -> go.Figure:
    """``words``: a, b, c, then the others of ``plane``, the answer first. Smaller and fainter marks are further away.

    It misleads if distance in the picture is taken for the ranking, which is by angle in all dimensions: a word may
    stand on the target and lie far behind it.
    """
    figure = _drawn(plane, words, dark=dark, language=language)
    figure.update_layout(margin={"l": 12})
    return figure


@styled
def _drawn(plane: Plane, words: Sequence[str], *, dark: bool, language: str) -> go.Figure:
    names = [literal(word) for word in (*words[:3], _TARGET, *words[3:])]
    figure = go.Figure()
    _edges(figure, plane)
    question, answer, rest = [0, 1, 2], [CORNERS], list(range(CORNERS + 1, len(names)))
    for chosen, title, colour in (
        (question, "question", _QUESTION),
        (answer[: len(names) - CORNERS], "answer", _ANSWER),
        (rest, "next", _REST),
    ):
        if chosen:
            marks = _marks(plane, names, chosen, mode_colour(colour, dark=dark), language)
            figure.add_trace(marks.update(name=passage("benchmarks", f"figure.{title}", language)))
        if chosen is question:
            figure.add_trace(_target(plane, dark, language))
    figure.update_layout(annotations=_labels(plane, names, [*words[:3], _TARGET, *words[3:]]))
    _frame(figure, plane.places)
    return figure


def _edges(figure: go.Figure, plane: Plane) -> None:
    """a to b and c to the target are the same arrow; a to c and b to the target close the figure."""
    a, b, c, target = plane.places[:CORNERS]
    for begin, end, dash in ((a, c, "dot"), (b, target, "dot"), (a, b, "solid"), (c, target, "solid")):
        figure.add_trace(
            go.Scatter(
                x=[begin[0], end[0]],
                y=[begin[1], end[1]],
                mode="lines+markers" if dash == "solid" else "lines",
                line={"dash": dash, "width": 2 if dash == "solid" else 1.5, "color": _GREY},
                marker={"symbol": "arrow", "size": [0, 13], "angleref": "previous", "standoff": 11},
                hoverinfo="skip",
                showlegend=False,
            )
        )


def _marks(plane: Plane, names: Sequence[str], chosen: list[int], colour: str, language: str) -> go.Scatter:
    nearness = 1 - np.minimum(plane.away[chosen] / _FARTHEST, 1)
    cosine, away = (passage("benchmarks", f"column.{name}", language) for name in ("cosine", "away"))
    return go.Scatter(
        x=plane.places[chosen, 0].astype(np.float32),
        y=plane.places[chosen, 1].astype(np.float32),
        customdata=[
            [names[n], *(number(one, ".4f", language) for one in (plane.cosine[n], plane.away[n]))] for n in chosen
        ],
        mode="markers",
        marker={
            "color": colour,
            "size": _SMALLEST + (_LARGEST - _SMALLEST) * nearness,
            "opacity": 0.3 + 0.7 * nearness,
            "line": {"width": 0},
        },
        hovertemplate=f"%{{customdata[0]}}<br>{cosine}: %{{customdata[1]}}<br>{away}: %{{customdata[2]}}"
        "<extra></extra>",
    )


def _target(plane: Plane, dark: bool, language: str) -> go.Scatter:
    x, y = plane.places[CORNERS - 1]
    hover = passage("benchmarks", "figure.target.hover", language, target=_TARGET)
    return go.Scatter(
        x=[x],
        y=[y],
        mode="markers",
        name=_TARGET,
        marker={"symbol": "x-thin", "size": 15, "line": {"width": 3, "color": mode_colour(_ANSWER, dark=dark)}},
        hovertemplate=f"{hover}<extra></extra>",
    )


def _labels(plane: Plane, names: Sequence[str], shown: Sequence[str]) -> list[dict[str, Any]]:
    """Names stand clear of each other and of the marks; one that has to move away keeps a line to its mark.

    ``shown``: the names as they look, letter by letter.
    """
    pixels = plane.places * (_SCALE / np.ptp(plane.places, axis=0).max())
    taken, labels = [_box(x, y, 16, 16) for x, y in pixels], []
    for n, (name, look) in enumerate(zip(names, shown, strict=True)):
        bold = n <= CORNERS
        width = _LETTER * (1.15 if bold else 1) * len(look) + 4
        shift, box = _room(pixels[n], width, taken, _SIDES[n] if n < CORNERS else _ANYWHERE)
        taken.append(box)
        labels.append(
            {
                "x": float(plane.places[n, 0]), "y": float(plane.places[n, 1]), "ax": shift[0], "ay": -shift[1],
                "text": f"<b>{name}</b>" if bold else name, "font": {"size": 14 if bold else 12},
                "arrowhead": 0, "arrowwidth": 1, "standoff": 6, "opacity": 1 if bold else 0.85,
                "arrowcolor": _GREY if np.hypot(*shift) > _LED else "rgba(0,0,0,0)",
            }
        )  # fmt: skip
    return labels


def _room(
    mark: np.ndarray, width: float, taken: list[np.ndarray], sides: Sequence[tuple[int, int]]
) -> tuple[tuple[float, float], np.ndarray]:
    """Where a name goes beside its mark, in pixels, and the box it fills: the nearest place that is free."""
    tried = []
    for far in (12, 26, 42, 60):
        for across, up in sides:
            shift = (across * (far + width / 2), up * max(far, 18))
            box = _box(mark[0] + shift[0], mark[1] + shift[1], width, 15)
            hidden = sum(_overlap(box, other) for other in taken)
            if not hidden:
                return shift, box
            tried.append((hidden, shift, box))
    _, shift, box = min(tried, key=lambda one: one[0])
    return shift, box


def _box(x: float, y: float, width: float, height: float) -> np.ndarray:
    return np.array([x - width / 2, y - height / 2, x + width / 2, y + height / 2])


def _overlap(one: np.ndarray, other: np.ndarray) -> float:
    across, up = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
    return max(float(across), 0.0) * max(float(up), 0.0)


def _frame(figure: go.Figure, places: np.ndarray) -> None:
    """Both axes in the same unit, with room for names."""
    low, high = places.min(axis=0), places.max(axis=0)
    room = 0.22 * (high - low).max()
    hidden = {"showticklabels": False, "zeroline": False, "showgrid": False}
    figure.update_xaxes(range=[low[0] - room, high[0] + room], **hidden)
    figure.update_yaxes(
        range=[low[1] - room / 2, high[1] + room / 2], scaleanchor="x", scaleratio=1, constrain="domain", **hidden
    )
    figure.update_xaxes(constrain="domain")
    figure.update_layout(height=460, hovermode="closest", legend=BELOW | {"y": -0.02})
