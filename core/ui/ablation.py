"""The instruments of the Ablation page: four models, two switches, one clock."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from core.ui import beside, chrome, texts
from core.ui.choices import choice
from core.ui.controls import STARTS, Choice
from core.ui.gallery import ABLATION
from core.ui.lab import Lab, lab
from core.ui.panels import Axis, panels_view
from core.ui.prose import Prose
from core.ui.runs import Sight, shared

SAY = Prose("ablation")
_MODES = 8
_CLEAR = 0.1
_OVERLAY = "one chart"
START = Choice("start", STARTS, 1e-6, 118, say=SAY)
NEGATIVES = Choice("k", [1, 2, 5], 1, 118, say=SAY)
Runs = dict[str, tuple[Lab, Sight]]


def switchboard() -> None:
    """The four runs, watched or finished, and what they say about which change makes the steps."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        data, start, negatives = texts.picker(), START.show(), NEGATIVES.show()
        ways = {"side by side": SAY("show.side-by-side"), _OVERLAY: SAY("show.one-chart")}
        shown = choice(st.segmented_control, SAY("show"), ways, key="show", required=True)
    specs = {
        model: replace(spec, init_scale=start, negatives=negatives if spec.pairwise_weights else 1)
        for model, spec in ((name, texts.recipe_on(spec, data)) for name, spec in ABLATION.items())
    }

    def draw() -> None:
        _draw({model: (lab(spec), shared(spec)) for model, spec in specs.items()}, overlay=shown == _OVERLAY)

    beside.polled(lambda: beside.moving(specs.values()), draw)


def _draw(runs: Runs, *, overlay: bool) -> None:
    _finding(runs)
    dashes = dict(zip(runs, ("dot", "dashdot", "dash", "solid"), strict=True))
    top = max(beside.height(known, now) for known, now in runs.values())
    end = max(known.end for known, _ in runs.values())
    panels_view(
        [
            beside.run_panel(
                known,
                now,
                id=model,
                title=SAY(f"model.{model}"),
                modes=_MODES,
                note=_sharp_note(known, now),
                dash=dashes[model] if overlay else "solid",
                top=top,
            )  # fmt: skip
            for model, (known, now) in runs.items()
        ],
        key="ablation",
        identity=f"{[str(known.spec) for known, _ in runs.values()]} {overlay}",
        axis=Axis(SAY("axis"), (0.0, end)),
        columns=2,
        overlay=overlay,
        live=any(now.moving for _, now in runs.values()),
        end=end,
        alt=SAY("alt"),
    )
    beside.problems([(SAY(f"model.{model}"), known, now) for model, (known, now) in runs.items()])
    chrome.table(_rows(runs), label=SAY("numbers"))


def _sharp_note(known: Lab, now: Sight) -> str:
    value = beside.mean_sharpness(known, now)
    return "" if value is None else SAY("sharpness", value=value)


def _finding(runs: Runs) -> None:
    """Which switch makes the steps, from these runs."""
    found = np.array([beside.sharpnesses(*runs[model]) for model in runs])
    judged = np.isfinite(found).all(axis=0)  # steps that are missing in one model say nothing about the others
    if not judged.any():
        done = sum(now.done is not None for _, now in runs.values())
        moving = any(now.moving for _, now in runs.values())
        st.info(
            SAY("training", done=done, runs=len(runs)) if moving else SAY("no-step"),
            icon=":material/hourglass_top:" if moving else ":material/info:",
        )
        return
    values = dict(zip(runs, found[:, judged].mean(axis=1), strict=True))
    setting = (values["qwem"] + values["logistic"] - values["quartic"] - values["sgns"]) / 2
    quartic = (values["qwem"] + values["quartic"] - values["logistic"] - values["sgns"]) / 2
    st.success(_sentence(setting, quartic, int(judged.sum())), icon=":material/visibility:")
    if any(known.spec.negatives > 1 for known, _ in runs.values()):
        st.caption(SAY("negatives"))


def _sentence(setting: float, quartic: float, steps: int) -> str:
    number = "several" if steps > 1 else "one"
    measured = SAY(f"measured.{number}", setting=setting, quartic=quartic, steps=steps)
    if setting > quartic + _CLEAR and setting > _CLEAR:
        return f"{measured} {SAY('found.setting')}"
    if quartic > setting + _CLEAR and quartic > _CLEAR:
        return f"{measured} {SAY('found.quartic')}"
    return f"{measured} {SAY('found.neither')}"


def _rows(runs: Runs) -> list[dict[str, object]]:
    rows = []
    for model, (known, now) in runs.items():
        row: dict[str, object] = {
            SAY("numbers.model"): f"{SAY(f'model.{model}')} ({model})",
            "Setting 3.1": SAY("numbers.no" if known.spec.pairwise_weights else "numbers.yes"),
            SAY("numbers.loss"): SAY("numbers.quartic" if model in ("qwem", "quartic") else "numbers.logistic"),
        }
        if now.done is not None:
            sharp = beside.sharpnesses(known, now)
            row |= {
                SAY("numbers.step", k=k): None if np.isnan(one) else round(float(one), 3)
                for k, one in enumerate(sharp, 1)
            }
            row[SAY("numbers.end")] = round(now.frames[-1].loss, 4)
            row[SAY("numbers.steps")] = now.step
        rows.append(row)
    return rows
