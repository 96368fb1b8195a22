"""The view of one run, as a Streamlit component: assets/view.js and player.js fed with bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.figures.staircase import staircase
from core.figures.theme import MODES_DARK, MODES_LIGHT
from core.frames import ARRIVING, FOUND, HALF, LEARNED, Frame
from core.problem import RunSpec
from core.ui.envelope import pack
from core.ui.lab import Lab, lab
from core.ui.memory import remembered
from core.ui.urls import component_js, urls

CLOUD_BYTES = 3_500_000
CLOUD_FRAMES = 100
_POLE_WORDS = 5
_CARD_WORDS = 4
_WAIT = 0.8

Layout = Literal["full", "story", "cloud"]
Axes = tuple[int, int, int]

_component = st.components.v2.component("staircase.view", js=component_js("view.js"), isolate_styles=False)


def run_view(
    known: Lab,
    frames: Sequence[Frame],
    *,
    key: str,
    run_id: str = "",
    state: str = "finished",
    layout: Layout = "full",
    axes: Axes = (1, 2, 3),
    autoplay: bool = False,
    neighbours: NDArray[np.int32] | None = None,
    selected: int | None = None,
    moment: tuple[int, float] | None = None,
    status: str = "",
    on_select: Callable[[], None] | None = None,
) -> None:
    """Show a run beside its prediction: charts, cloud, cards and one scrubber.

    ``run_id`` tells runs of one recipe apart: as long as recipe and id stay, so do time, zoom and camera.
    ``state`` is the run's; while it is live only its newest cloud is sent, and once it has ended all of
    them, thinned to ``CLOUD_BYTES``. ``axes`` are the concepts drawn up, across and towards the viewer;
    ``selected`` is the number of a word to pick out; ``moment`` (a serial number and t * lambda_1) makes the
    player go there once; ``status`` is a word on how far the run is. ``on_select`` is called when a visitor
    picks a word in the cloud; its number, or None, is then in ``st.session_state[key]["selected"]``.
    """
    live = state in ("running", "paused")
    header = _static(known.spec, axes) | {
        "recipe": str(known.spec),
        "run": f"{known.spec}/{run_id}",
        "key": f"{known.spec}/{run_id}/{axes}",
        "state": state,
        "live": live,
        "layout": layout,
        "autoplay": autoplay,
        "listens": on_select is not None,
        "selected": selected,
        "moment": moment,
        "status": status,
        "start": _first_sight(known, frames, autoplay),
    }
    rows = sent_clouds(len(frames), len(known.words), live=live)
    near = np.empty(0, np.int32) if neighbours is None else neighbours.ravel()
    arrays: dict[str, NDArray] = {
        "series": _series(frames, known),
        "rows": np.array(rows, np.int32),
        "frames": _clouds([frames[row] for row in rows], axes),
        "neighbours": near,
    }
    if on_select is None:
        _component(key=key, data=pack(header, arrays))
    else:
        _component(key=key, data=pack(header, arrays), on_selected_change=on_select)


@remembered(max_entries=16)
def _static(spec: RunSpec, axes: Axes) -> dict[str, Any]:
    """What does not change while a run goes on."""
    known = lab(spec)
    modes, clock, prediction = known.concepts, known.clock, known.prediction
    times = prediction.descent_times[:modes] * clock
    figure = staircase(prediction, modes=modes, clock=clock, open_ended=not known.spec.explained)
    cards = [known.concept(k, _CARD_WORDS) for k in range(1, modes + 1)]
    return {
        "urls": urls("view.css"),
        "legend": _legend(known),
        "words": list(known.words),
        "dim": spec.dim,
        "modes": modes,
        "figure": json.loads(figure.to_json()),
        "palette": {"light": MODES_LIGHT, "dark": MODES_DARK},
        "lambda": known.problem.spectrum.values[:modes].tolist(),
        "cards": [{"k": one.k, "positive": one.positive, "negative": one.negative} for one in cards],
        "ticks": [{"k": k, "time": float(one)} for k, one in enumerate(times, 1) if np.isfinite(one)],
        "settle": (prediction.widths[:modes] * clock / 2).tolist(),
        "axes": axes,
        "poles": pole_words(known, axes),
        "scale": known.camera.scale,
        "extent": known.camera.extent(axes),
        "end": known.end,
        "shares": {"learned": LEARNED, "arriving": ARRIVING, "half": HALF, "found": FOUND},
        "counted": "concepts learned" if known.spec.explained else "directions at full strength",
        "badge": "theorem" if known.spec.explained else "",
        "cloudTitle": f"{len(known.words):,} words, in the model's own directions",
        "cloudNote": f"concept {axes[0]} up, concept {axes[1]} across; turn it to see concept {axes[2]}",
        "alt": f"Loss and the first {modes} singular values against training time, predicted and trained; "
        "the same numbers are in the table below.",
    }


def _legend(known: Lab) -> dict[str, str]:
    """What each kind of line is."""
    whose = "" if known.spec.explained else "theory of QWEM, "
    return {
        "trained": "trained · simulation",
        "descent": f"{whose or 'predicted, '}this step size · beyond the paper",
        "flow": f"{whose}infinitely small steps · beyond the paper",
    }


def _first_sight(known: Lab, frames: Sequence[Frame], autoplay: bool) -> float:
    """The moment shown first: the end, or, if the run plays by itself, shortly before anything happens."""
    if not frames:
        return 0.0
    if autoplay:
        return _WAIT * float(known.prediction.descent_times[0]) * known.clock
    return frames[-1].time * known.rate


def pole_words(known: Lab, axes: Axes) -> list[int]:
    """Numbers of the words at the ends of the three axes, the furthest of each pole first."""
    index = known.problem.counts.index
    poles = [pole for k in axes for one in [known.concept(k, _POLE_WORDS)] for pole in (one.positive, one.negative)]
    return [index[pole[n]] for n in range(_POLE_WORDS) for pole in poles if n < len(pole)]


def sent_clouds(count: int, vocab_size: int, *, live: bool, share: int = 1) -> list[int]:
    """Which frames travel with their cloud: the newest of a live run, an even choice of a finished one.

    ``share`` runs on one page divide ``CLOUD_BYTES`` among them.
    """
    if live or count < 2:
        return [count - 1] if count else []
    most = min(CLOUD_FRAMES, CLOUD_BYTES // (6 * vocab_size * share), count)
    return np.unique(np.rint(np.linspace(0, count - 1, max(2, most))).astype(int)).tolist()


def _series(frames: Sequence[Frame], known: Lab) -> NDArray[np.float32]:
    """Rows of time, loss, effective rank, learned, s_1..s_K, alignment_1..alignment_K."""
    modes = known.concepts
    rows = [
        [one.time * known.rate, one.loss, one.effective_rank, one.learned]
        + list(one.singular_values[:modes])
        + list(one.alignment[:modes])
        for one in frames
    ]
    return np.array(rows, np.float32).reshape(len(frames), 4 + 2 * modes)


def _clouds(frames: Sequence[Frame], axes: Axes) -> NDArray[np.int16]:
    """Shape (frames, V, 3)."""
    if not frames:
        return np.empty(0, np.int16)
    chosen = [axis - 1 for axis in axes]
    return np.stack([frame.cloud[chosen].T for frame in frames])
