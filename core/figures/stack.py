"""Charts one below the other on one axis, laid out in one go: plotly's own way of it is slow under a slider."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def stack(titles: Sequence[str], *, gap: float, x: dict[str, Any], y: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A layout of rows from top to bottom, ``gap`` of the height apart, each with its title at the left.

    ``x`` : the axis that all share. ``y`` : that of each row. Traces choose their row by ``axes``.
    """
    count = len(titles)
    height = (1 - gap * (count - 1)) / count
    layout: dict[str, Any] = {"annotations": []}
    for row, (title, own) in enumerate(zip(titles, y, strict=True), 1):
        low = max(0.0, 1 - row * height - (row - 1) * gap)
        place = "" if row == 1 else str(row)
        layout[f"xaxis{place}"] = x | {"anchor": f"y{place}"} | ({} if row == 1 else {"matches": "x"})
        layout[f"yaxis{place}"] = own | {"anchor": f"x{place}", "domain": [low, low + height]}
        layout["annotations"].append(note(title, low + height, "left"))
    return layout


def axes(row: int) -> dict[str, str]:
    """What puts a trace into a row."""
    place = "" if row == 1 else str(row)
    return {"xaxis": f"x{place}", "yaxis": f"y{place}"}


def top_of(layout: dict[str, Any], row: int) -> float:
    """Where a row ends, as a share of the height."""
    return float(layout["yaxis" if row == 1 else f"yaxis{row}"]["domain"][1])


def note(text: str, y: float, side: str) -> dict[str, Any]:
    """A line at the left or right end, above this height."""
    return {
        "text": text, "x": 0 if side == "left" else 1, "y": y, "xref": "paper", "yref": "paper", "xanchor": side,
        "yanchor": "bottom" if side == "left" else "top", "showarrow": False, "font": {"size": 14},
    }  # fmt: skip
