"""Runs beside each other: what a panel shows of a run, and one view of several on one clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.figures.staircase import OVERSHOOT
from core.problem import RunSpec
from core.stairs import sharpness
from core.theory import FloatArray, Trajectory
from core.ui import chrome, parameters
from core.ui.lab import Lab
from core.ui.panels import Cloud, Line, Panel
from core.ui.prose import Prose, reworded
from core.ui.runs import Sight, shared
from core.ui.view import Axes

SAY = Prose("shared")
POLL_SECONDS = 0.4
JUDGED = 5


def run_panel(
    known: Lab,
    now: Sight,
    *,
    id: str,
    title: str,
    modes: int,
    unit: float = 1.0,
    note: str = "",
    dash: str = "solid",
    loss: bool = True,
    theory: Trajectory | None = None,
    cloud: Cloud | None = None,
    top: float = 0.0,
) -> Panel:
    """A run as a panel. Time is counted in ``unit`` of 1 / rate: e-foldings of its own first concept.

    ``top`` : height of the axis, where panels share it. ``theory`` : dotted, on its own clock in the same units. Ranges
    are fixed beforehand, so that a live run never makes the axes jump.
    """
    modes = min(modes, known.spec.dim)
    times, values = series(known, now, modes, unit)
    lines = [Line("trained", k, SAY("concept", k=k), dash=dash) for k in range(1, modes + 1)]
    if theory is not None:
        lines += [Line("theory", k, SAY("theory", k=k)) for k in range(1, modes + 1)]
    top = max(top, height(known, now))
    losses = [frame.loss for frame in now.frames] if loss else None
    return Panel(
        id,
        title,
        times,
        values,
        lines,
        loss=losses,
        theory=None if theory is None else theory.singular_values[:, :modes],
        theory_times=None if theory is None else theory.times * known.clock / unit,
        levels=[(k, float(known.prediction.targets[k - 1])) for k in range(1, modes + 1)],
        note=note,
        cloud=cloud,
        state=now.state,
        status=status(known, now),
        value_range=(-0.02 * top, top),
        loss_range=(-0.03, 1.06),
    )


def height(known: Lab, now: Sight) -> float:
    """How high the axis of a run's singular values must reach."""
    room = float(known.prediction.targets[0]) * (1.1 if known.spec.explained else OVERSHOOT)
    return max(room, 1.05 * max(float(frame.singular_values[0]) for frame in now.frames))


def series(known: Lab, now: Sight, modes: int, unit: float = 1.0) -> tuple[FloatArray, FloatArray]:
    """Times in units of ``unit`` / rate, shape (T,), and the first singular values, shape (T, modes)."""
    times = np.array([frame.time for frame in now.frames]) * known.rate / unit
    return times, np.array([frame.singular_values[:modes] for frame in now.frames]).reshape(len(times), modes)


def status(known: Lab, now: Sight) -> str:
    """Where a run stands, in a few words."""
    if now.place:
        return waiting(now)
    if now.state == "running" and now.frames:
        return SAY("training", share=share_done(known, now))
    return "" if now.state == "finished" else state(now)


def state(now: Sight) -> str:
    """What the state of a run is called."""
    return SAY(f"state.{now.state}")


def waiting(now: Sight) -> str:
    """Where in line a run is that waits."""
    return SAY("waiting.next") if now.place == 1 else SAY("waiting", before=now.place - 1)


def share_done(known: Lab, now: Sight) -> float:
    """How much of its planned time a run has behind it, from 0 to 1."""
    return now.frames[-1].time * known.rate / known.end


def cloud(known: Lab, now: Sight, axes: Axes, *, words: int, title: str, contexts: bool = False) -> Cloud:
    """The first ``words`` words of a run along three concepts; of its contexts, if asked for."""
    chosen = [axis - 1 for axis in axes]
    frames = [frame.contexts if contexts else frame.cloud for frame in now.frames]
    return Cloud(
        title,
        SAY("across", up=axes[0], across=axes[1]),
        [_placed(frame, chosen, words) for frame in frames],
        [frame.time * known.rate for frame in now.frames],
        known.camera.scale,
        known.camera.extent(axes),
        axes,
    )


def _placed(frame: NDArray[np.int16] | None, chosen: list[int], words: int) -> NDArray[np.int16]:
    assert frame is not None  # noqa: S101 - contexts are asked for where there are some
    return np.ascontiguousarray(frame[chosen, :words].T)


def moving(specs: Iterable[RunSpec]) -> bool:
    """Whether any of these shared runs is moving; asking starts all that were not."""
    sights = [shared(spec) for spec in specs]
    return any(now.moving for now in sights)


def polled(moving: Callable[[], bool], draw: Callable[[], None], *, every: float = POLL_SECONDS) -> None:
    """Draw a part of a page, and again every so many seconds while something in it moves."""
    polling, inline = moving(), True

    def drawn() -> None:
        # Within a whole run the next poll is soon enough: a run that is broken off may leave half a page.
        if moving() != polling and not (inline and polling):
            parameters.rerun()
        draw()

    # Streamlit tells fragments apart by name and place: two of the same name would share one timer.
    drawn.__qualname__ = f"polled.{draw.__qualname__}"
    st.fragment(drawn, run_every=every if polling else None)()
    inline = False


def mean_sharpness(known: Lab, now: Sight) -> float | None:
    """The mean sharpness of a finished run's first steps, of those that can be judged; None before, or if none can."""
    judged = sharpnesses(known, now)
    judged = judged[np.isfinite(judged)]
    return float(judged.mean()) if len(judged) else None


def sharpnesses(known: Lab, now: Sight) -> FloatArray:
    """The sharpness of each of a finished run's first five steps; NaN for those that cannot be judged, or not yet."""
    count = min(JUDGED, known.spec.dim)
    if now.done is None:
        return np.full(count, np.nan)
    return sharpness(*series(known, now, count), count)


def problems(seen: Sequence[tuple[str, Lab, Sight]]) -> None:
    """Why runs broke off or were not kept, if any did."""
    for title, _, now in seen:
        for message in (now.message, now.notice):
            if message:
                chrome.literal_error(SAY("problem", title=title, message=reworded(message)))
