"""Chapter 8: four switches on the same run, and what each assumption was for."""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from core.errors import InputError
from core.geometry import overlaps
from core.problem import RunSpec
from core.stairs import wider_gaps
from core.ui import beside, chrome
from core.ui.gallery import ABLATION, FAILING, figure_2
from core.ui.lab import Lab, lab
from core.ui.panels import Axis, panels_view
from core.ui.prose import Prose
from core.ui.runs import WARM_UP, Sight, shared
from core.ui.story import parts

SAY = Prose("story")
_TOKENS = 5_000
_BASE = figure_2("qwem", 1e-6)
SWITCHES: dict[str, RunSpec] = {
    "start": FAILING["large"][0],
    "weights": ABLATION["sgns"],
    "text": replace(_BASE, data=f"wikipedia@{_TOKENS}"),
    "step": FAILING["long"][0],
}
_MODES = 5
_LOOK_SECONDS = 0.5


@st.cache_resource(show_spinner=False)
def warm() -> None:
    """Have all runs of this chapter trained in the background, once for everybody, so that nobody waits for them.

    Not where ``STAIRCASE_WARM_UP`` is 0.
    """
    if WARM_UP:
        threading.Thread(target=_train_all, daemon=True, name="staircase-story").start()


def _train_all() -> None:
    for spec in (_BASE, *SWITCHES.values()):
        with contextlib.suppress(InputError):  # whoever opens the chapter is told
            while shared(spec).moving:
                time.sleep(_LOOK_SECONDS)


def show(known: Lab) -> None:
    """One run as it was, and beside it the same with one assumption broken."""
    parts.open_chapter("limits", "simulation", "beyond the paper")
    with st.container(horizontal=True, vertical_alignment="center"):
        switch = st.segmented_control(
            SAY("limits.switch"), list(SWITCHES), default="start", required=True, key="story-switch",
            format_func=lambda one: SAY(f"limits.{one}", tokens=_TOKENS), label_visibility="collapsed",
            persist_state="session", wrap=True,
        ) or "start"  # fmt: skip
        st.markdown(SAY("limits.what"), width="content")
        guess = parts.picked(f"limits-{switch}", list(SWITCHES), [SAY(f"limits.{one}.happens") for one in SWITCHES])

    def draw() -> None:
        _draw(str(switch), guess)

    beside.polled(lambda: beside.moving((_BASE, SWITCHES[str(switch)])), draw)
    chrome.maths(r"\Psi^\pm_{ij} = \frac{1}{P_{ij} + P_iP_j}, \qquad \sigma \ll 1, \qquad dt\,\lambda_1 \ll 2")


def _draw(switch: str, guess: str | None) -> None:
    base, spec = lab(_BASE), SWITCHES[switch]
    broken, now = lab(spec), shared(spec)
    if guess is not None and now.done is not None:
        _reveal(switch, guess, base, broken, now)
    panels = [_panel(base, shared(_BASE), "base", SAY("limits.base"))]
    if guess is not None:
        panels.append(_panel(broken, now, switch, SAY(f"limits.{switch}", tokens=_TOKENS)))
    panels_view(
        panels,
        key="story-limits",
        identity=f"story {switch} {guess is None}",
        axis=Axis(SAY("limits.axis"), (0, max(base.end, broken.end if guess is not None else 0.0)), symbol="t·λ₁"),
        alt=SAY("limits.alt"),
        live=now.moving,
        end=max(base.end, broken.end if guess is not None else 0.0),
    )
    chrome.table(_rows([(SAY("limits.base"), shared(_BASE), base)] + (
        [(SAY(f"limits.{switch}", tokens=_TOKENS), now, broken)] if guess is not None else []
    )), label=SAY("numbers"))  # fmt: skip


def _panel(known: Lab, now: Sight, id: str, title: str) -> Any:
    panel = beside.run_panel(known, now, id=id, title=title, modes=_MODES, theory=known.prediction.descent)
    return replace(panel, value_title=SAY("limits.values"))


def _rows(runs: list[tuple[str, Sight, Lab]]) -> list[dict[str, Any]]:
    return [
        {
            SAY("limits.table.run"): title,
            SAY("limits.table.state"): SAY(f"limits.state.{now.state}"),
            SAY("limits.table.steps"): now.step,
            **{
                f"s{k}": round(float(now.frames[-1].singular_values[k - 1]), 3)
                for k in range(1, min(_MODES, known.spec.dim) + 1)
            },
        }
        for title, now, known in runs
    ]


def _reveal(switch: str, guess: str, base: Lab, broken: Lab, now: Sight) -> None:
    told = MEASURED[switch](base, broken, now)
    about = "" if guess == switch else SAY("limits.about", other=SAY(f"limits.{guess}", tokens=_TOKENS))
    verdict = SAY("limits.right") if guess == switch else SAY("limits.wrong")
    parts.reveal("limits", verdict, SAY(f"limits.{switch}.told", **told), about, right=guess == switch, together=True)


def _wider(known: Lab) -> int:
    """Of the first gaps between steps, how many are wider than the step before."""
    return wider_gaps(known.prediction.flow_times, known.prediction.widths, _MODES - 1)


def _start(base: Lab, broken: Lab, now: Sight) -> dict[str, Any]:
    return {
        "start": broken.spec.init_scale,
        "before": _wider(base),
        "after": _wider(broken),
        "gaps": _MODES - 1,
    }


def _weights(base: Lab, broken: Lab, now: Sight) -> dict[str, Any]:
    firsts = np.array([frame.singular_values[0] for frame in now.frames])
    return {"over": float(firsts.max() / firsts[-1] - 1)}


def _text(base: Lab, broken: Lab, now: Sight) -> dict[str, Any]:
    mine, whole = (one.problem.spectrum.vectors[:, :_MODES] for one in (broken, base))
    return {
        "tokens": _TOKENS,
        "unseen": broken.problem.counts.unseen_share,
        "common": float(overlaps(mine, whole).sum() / _MODES),
        "modes": _MODES,
    }


def _step(base: Lab, broken: Lab, now: Sight) -> dict[str, Any]:
    return {"size": broken.spec.step_size, "step": now.step, "factor": 1 - broken.spec.step_size}


MEASURED = {"start": _start, "weights": _weights, "text": _text, "step": _step}
