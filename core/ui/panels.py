"""Several runs side by side on one clock, as a Streamlit component: assets/panels.js and player.js fed with bytes."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import KW_ONLY, asdict, dataclass
from typing import Any, Literal

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike, NDArray

from core.figures.theme import MODES_DARK, MODES_LIGHT, literal
from core.show.envelope import pack
from core.ui.prose import SITE, Prose
from core.ui.urls import component_js, urls
from core.ui.view import Axes, sent_clouds, spoken

Role = Literal["trained", "theory", "other"]
Range = tuple[float, float]

SAY = Prose("view")
_ROOM = 0.08
_SHORT = 12
_EVIDENCE = {"beyond the paper": "beyond"}  # what it is called in assets/prose

_component = st.components.v2.component("staircase.panels", js=component_js("panels.js"), isolate_styles=False)


@dataclass(frozen=True)
class Line:
    """One line of a panel's chart, in the colour of mode ``k`` (0: the colour of the text).

    Lines of role "theory" stand there from the start, dotted unless they ask for a dash of their own; all others
    are drawn as time goes by. ``dash`` is one of Plotly's.
    """

    role: Role
    k: int
    name: str
    dash: str = "solid"
    width: float = 2.5


@dataclass(frozen=True, eq=False)
class Cloud:
    """The words of a run as they move.

    frames : (F, V, 3), int16, or F arrays of (V, 3). times : (F,), on the panels' clock. scale : length of one
    quantum. extent : half-width of what is seen. axes : the concepts drawn up, across and towards the viewer.
    """

    title: str
    note: str
    frames: NDArray[np.int16] | Sequence[NDArray[np.int16]]
    times: ArrayLike
    scale: float
    extent: float
    axes: Axes = (1, 2, 3)


@dataclass(frozen=True, eq=False)
class Panel:
    """One run, or one prediction: a chart, and a cloud if there is one.

    times : (T,). values : (T, lines that are not theory). theory : (T2, lines that are), at ``theory_times``, or at
    ``times`` if those are not given. lines : all of them, in the order of the columns. loss : (T,). levels : (mode,
    value), faint targets. state : of the run; ``status`` says more, at the panel's head. Ranges that are not given
    are those of the numbers so far: give them where runs are live, or the chart is drawn anew at every update.
    """

    id: str
    title: str
    times: ArrayLike
    values: ArrayLike
    lines: Sequence[Line]
    _: KW_ONLY
    loss: ArrayLike | None = None
    theory: ArrayLike | None = None
    theory_times: ArrayLike | None = None
    levels: Sequence[tuple[int, float]] = ()
    note: str = ""
    badge: str = "simulation"
    cloud: Cloud | None = None
    state: str = "finished"
    status: str = ""
    value_title: str = ""
    value_range: Range | None = None
    loss_range: Range | None = None


@dataclass(frozen=True)
class Axis:
    """The clock that all panels share. A logarithmic one needs a range above 0; what is before it is not shown.

    ``symbol`` stands for the time beside the scrubber and on hover: by default the title if it is short, else t.
    """

    title: str
    range: Range
    kind: Literal["linear", "log"] = "linear"
    symbol: str = ""


@dataclass(frozen=True)
class Mark:
    """A tick on the scrubber, in the colour of mode ``k``."""

    time: float
    k: int
    label: str
    title: str


def panels_view(
    panels: Sequence[Panel],
    *,
    key: str,
    identity: str,
    axis: Axis,
    alt: str,
    words: Sequence[str] = (),
    poles: Sequence[int] = (),
    columns: int = 2,
    overlay: bool = False,
    live: bool = False,
    end: float | None = None,
    marks: Sequence[Mark] = (),
    row_titles: Sequence[str] | None = None,
    column_titles: Sequence[str] | None = None,
) -> None:
    """Show runs side by side with one scrubber, or with ``overlay`` their lines in one chart.

    ``key`` is Streamlit's; as long as ``identity`` stays, so do time, zoom and cameras. While ``live``, the view
    follows the newest moment unless the viewer has left it, only the newest cloud of every run is sent, and ``end``
    is where the runs are planned to end (by default the last time there is). ``words`` belong to all clouds,
    ``poles`` are the numbers of those to label first. ``columns`` panels stand in a row on a wide screen;
    ``row_titles`` and ``column_titles`` make a table of them. ``alt`` says in words what the charts show.
    """
    table = {
        "columns": columns,
        "overlay": overlay,
        "rows": {"titles": list(row_titles)} if row_titles else None,
        "columnTitles": list(column_titles) if column_titles else None,
    }
    shared = spoken(SAY.under("panels")) | {
        "urls": urls("panels.css"),
        "key": identity,
        "palette": {"light": MODES_LIGHT, "dark": MODES_DARK},
        "live": live,
        "words": list(words),
        "poles": [int(word) for word in poles],
        "marks": [asdict(mark) for mark in marks if np.isfinite(mark.time)],
        "alt": alt,
    }
    header, arrays = _message(panels, axis, overlay=overlay, live=live, vocab_size=len(words), end=end)
    _component(key=key, data=pack(shared | table | header, arrays))


def _message(
    panels: Sequence[Panel], axis: Axis, *, overlay: bool, live: bool, vocab_size: int, end: float | None
) -> tuple[dict[str, Any], dict[str, NDArray]]:
    """What the charts and clouds are made of, as header and arrays."""
    share = max(1, sum(panel.cloud is not None for panel in panels))
    described: list[dict[str, Any]] = []
    arrays: dict[str, NDArray] = {}
    for n, panel in enumerate(panels):
        series = f"p{n}"
        described.append(_described(panel, overlay) | {"series": series})
        numbers = _numbers(panel) | _sent(panel.cloud, vocab_size, live, share)
        arrays |= {f"{series}.{name}": array for name, array in numbers.items()}
    header = {
        "modes": max((line.k for panel in panels for line in panel.lines), default=0),
        "axis": _axis(axis),
        "clouds": any(panel.cloud is not None for panel in panels),
        "end": float(end) if end is not None else _last(arrays),
        "panels": described,
    }
    return header | {"figure": _checksum(header, arrays, overlay)}, arrays


def _axis(axis: Axis) -> dict[str, Any]:
    """Title and symbol as Plotly shows them letter by letter, and the symbol as it is for the scrubber."""
    symbol = axis.symbol or (axis.title if len(axis.title) <= _SHORT else "t")
    return {
        "label": literal(axis.title),
        "symbol": literal(symbol),
        "readout": symbol,
        "type": axis.kind,
        "range": _range(axis.range),
    }


def _described(panel: Panel, overlay: bool) -> dict[str, Any]:
    """All that is said of a panel but its numbers. Plotly sees the names of lines, and takes them for HTML."""
    whose = f"{panel.title}: " if overlay else ""
    return {
        "id": panel.id,
        "title": panel.title,
        "note": panel.note,
        "badge": SITE(f"evidence.{_EVIDENCE.get(panel.badge, panel.badge)}"),
        "values": {
            "title": panel.value_title or SAY("values"),
            "range": _range(panel.value_range or _value_range(panel)),
        },
        "loss": _loss(panel, whose),
        "lines": [asdict(line) | {"name": literal(whose + line.name)} for line in panel.lines],
        "levels": [{"k": k, "value": float(value)} for k, value in panel.levels if np.isfinite(value)],
        "cloud": _cloud(panel.cloud),
        "state": panel.state,
        "status": panel.status,
    }


def _loss(panel: Panel, whose: str) -> dict[str, Any] | None:
    if panel.loss is None:
        return None
    return {
        "range": _range(panel.loss_range or _spanned([panel.loss, [1.0]])),
        "name": literal(whose + SAY("panels.loss")),
    }


def _cloud(cloud: Cloud | None) -> dict[str, Any] | None:
    if cloud is None:
        return None
    return {
        "title": cloud.title,
        "note": cloud.note,
        "scale": float(cloud.scale),
        "extent": float(cloud.extent),
        "axes": list(cloud.axes),
    }


def _numbers(panel: Panel) -> dict[str, NDArray[np.float32]]:
    """Times and lines, line after line."""
    theory = sum(line.role == "theory" for line in panel.lines)
    times = _float32(panel.times)
    theory_times = times if panel.theory_times is None else _float32(panel.theory_times)
    return {
        "times": times,
        "values": _columns(panel.values, len(times), len(panel.lines) - theory),
        "loss": _float32([] if panel.loss is None else panel.loss),
        "theoryTimes": theory_times if theory else _float32([]),
        "theory": _columns([] if panel.theory is None else panel.theory, len(theory_times), theory),
    }


def _columns(table: ArrayLike, rows: int, columns: int) -> NDArray[np.float32]:
    known = _float32(table)
    if known.size == rows * columns == 0:
        return known.ravel()
    if known.shape != (rows, columns):
        raise ValueError(f"{rows} times and {columns} lines, but values of shape {known.shape}")
    return np.ascontiguousarray(known.T)


def _sent(cloud: Cloud | None, vocab_size: int, live: bool, share: int) -> dict[str, NDArray]:
    """The frames that travel, and their times."""
    if cloud is None:
        return {}
    rows = sent_clouds(len(cloud.frames), vocab_size, live=live, share=share)
    frames = np.array([cloud.frames[row] for row in rows], np.int16).reshape(len(rows), vocab_size, 3)
    return {"frames": frames, "frameTimes": _float32(cloud.times)[rows]}


def _float32(values: ArrayLike) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):  # of a run that diverged
        return np.asarray(values, np.float32)


def _value_range(panel: Panel) -> Range:
    """That of all that is drawn, and 0."""
    levels = [value for _, value in panel.levels]
    return _spanned([panel.values, [] if panel.theory is None else panel.theory, levels, [0.0]])


def _spanned(parts: Iterable[ArrayLike]) -> Range:
    """The range of all these numbers, with a little room on both sides."""
    numbers = np.concatenate([np.ravel(_float32(part)) for part in parts])
    known = numbers[np.isfinite(numbers)]
    low, high = float(known.min()), float(known.max())
    room = _ROOM * (high - low or 1.0)
    return low - room / 2, high + room


def _range(ends: Range) -> list[float]:
    return [float(end) for end in ends]


def _last(arrays: dict[str, NDArray]) -> float:
    ends = [float(array[-1]) for name, array in arrays.items() if name.lower().endswith("times") and array.size]
    return max(ends, default=0.0)


def _checksum(header: dict[str, Any], arrays: dict[str, NDArray], overlay: bool) -> int:
    """Of all that Plotly draws once: another one makes it draw anew."""
    names = ("title", "values", "loss", "lines", "levels")
    fixed = [header["axis"], overlay, [{name: panel[name] for name in names} for panel in header["panels"]]]
    digest = zlib.crc32(json.dumps(fixed).encode())
    for name, array in arrays.items():
        if ".theory" in name:
            digest = zlib.crc32(array.tobytes(), digest)
    return digest
