"""How often words come, by rank: Zipf's law."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.figures.theme import BELOW, literal, mode_colour, styled
from core.prose import DEFAULT, passage

POINTS = 400
NAMED = 200
_GREY = "#8a93a5"


@styled
def zipf_figure(
    frequency: NDArray[np.int64], *, kept: int, words: Sequence[str] = (), dark: bool, language: str = DEFAULT
) -> go.Figure:
    """Count of every word by its rank, both axes logarithmic: the vocabulary in colour, the rest grey.

    ``frequency`` : (types,), descending. ``kept`` : so many of the most frequent words are the vocabulary. ``words``:
    the most frequent ones in the same order, named on hover up to rank 200; leave them out where stop words were
    dropped, whose ranks are missing. At most 400 points are drawn, evenly along the axis; what they say is exact. It
    misleads at the right end: words met once or twice are steps of whole numbers, not a law.
    """
    ranks = _ranks(len(frequency), kept)
    inside = ranks <= kept
    figure = go.Figure()
    hover = passage("corpus", "zipf.hover", language, rank="%{x:,d}", count="%{y:,d}")
    vocabulary = passage("corpus", "zipf.vocabulary", language, words=kept)
    figure.add_trace(_points(frequency, ranks[inside], words, vocabulary, mode_colour(1, dark=dark), hover))
    if not inside.all():
        rest = passage("corpus", "zipf.left-out", language, words=len(frequency) - kept)
        figure.add_trace(_points(frequency, ranks[~inside], words, rest, _GREY, hover))
    figure.add_trace(_reference(frequency, passage("corpus", "zipf.slope", language)))
    figure.update_xaxes(title_text=passage("corpus", "frequent.rank", language), type="log", zeroline=False, dtick=1)
    figure.update_yaxes(title_text=passage("corpus", "zipf.times", language), type="log", zeroline=False, dtick=1)
    figure.update_layout(height=340, legend=BELOW, hovermode="closest")
    return figure


def _ranks(types: int, kept: int) -> NDArray[np.int64]:
    """Ranks from 1, evenly spaced on a logarithmic scale, with both sides of the edge of the vocabulary."""
    if types <= POINTS:
        return np.arange(1, types + 1)
    spaced = np.rint(np.geomspace(1, types, POINTS - 2)).astype(np.int64)
    return np.union1d(spaced, np.clip([kept, kept + 1], 1, types))


def _points(
    frequency: NDArray[np.int64], ranks: NDArray[np.int64], words: Sequence[str], name: str, colour: str, hover: str
) -> go.Scatter:
    named = min(len(words), NAMED)
    return go.Scatter(
        x=ranks,
        y=frequency[ranks - 1],
        customdata=[f"{literal(words[rank - 1])}: " if rank <= named else "" for rank in ranks.tolist()],
        mode="markers",
        name=name,
        marker={"size": 6, "color": colour},
        hovertemplate=f"%{{customdata}}{hover}<extra></extra>",
    )


def _reference(frequency: NDArray[np.int64], name: str) -> go.Scatter:
    """Slope -1, through the word in the middle of the axis, as long as it stays at one occurrence or more."""
    middle = max(1, round(len(frequency) ** 0.5))
    scale = float(middle * frequency[middle - 1])
    ends = np.array([1.0, max(2.0, min(len(frequency), scale))])
    return go.Scatter(
        x=ends,
        y=scale / ends,
        mode="lines",
        name=name,
        line={"dash": "dash", "width": 1.5, "color": _GREY},
        hoverinfo="skip",
    )
