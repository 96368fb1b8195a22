"""The instruments of the Ablation page: four models, two switches, one clock."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from core.ui import beside, chrome, texts
from core.ui.controls import STARTS, Choice
from core.ui.gallery import ABLATION
from core.ui.lab import Lab, lab
from core.ui.panels import Axis, panels_view
from core.ui.prose import Prose
from core.ui.runs import Sight, shared

SAY = Prose("ablation")
_MODES = 8
_CLEAR = 0.1
START = Choice("start", STARTS, 1e-6, 118, say=SAY)
NEGATIVES = Choice("k", [1, 2, 5], 1, 118, say=SAY)
_TITLES = {
    "sgns": "word2vec: its loss, its weights",
    "quartic": "quartic loss, word2vec's weights",
    "logistic": "word2vec's loss, Setting 3.1",
    "qwem": "QWEM: quartic loss, Setting 3.1",
}
Runs = dict[str, tuple[Lab, Sight]]


def switchboard() -> None:
    """The four runs, watched or finished, and what they say about which change makes the steps."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        data, start, negatives = texts.picker(), START.show(), NEGATIVES.show()
        shown = st.segmented_control(
            "show",
            ["side by side", "one chart"],
            default="side by side",
            required=True,
            key="show",
            bind="query-params",
        )
    specs = {
        model: replace(spec, init_scale=start, negatives=negatives if spec.pairwise_weights else 1)
        for model, spec in ((name, texts.recipe_on(spec, data)) for name, spec in ABLATION.items())
    }

    def draw() -> None:
        _draw({model: (lab(spec), shared(spec)) for model, spec in specs.items()}, overlay=shown == "one chart")

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
                title=_TITLES[model],
                modes=_MODES,
                note=_sharp_note(known, now),
                dash=dashes[model] if overlay else "solid",
                top=top,
            )  # fmt: skip
            for model, (known, now) in runs.items()
        ],
        key="ablation",
        identity=f"{[str(known.spec) for known, _ in runs.values()]} {overlay}",
        axis=Axis("time, in e-foldings of a model's own first concept", (0.0, end)),
        columns=2,
        overlay=overlay,
        live=any(now.moving for _, now in runs.values()),
        end=end,
        alt="Loss and singular values of the four models on one clock. How sharp their steps are is in the table.",
    )
    beside.problems([(_TITLES[model], known, now) for model, (known, now) in runs.items()])
    chrome.table(_rows(runs), label="The numbers: sharpness of every step")


def _sharp_note(known: Lab, now: Sight) -> str:
    value = beside.mean_sharpness(known, now)
    return "" if value is None else f"step sharpness {value:.2f} (0.9 to 1.1: as sharp as the theory)"


def _finding(runs: Runs) -> None:
    """Which switch makes the steps, from these runs."""
    found = np.array([beside.sharpnesses(*runs[model]) for model in runs])
    judged = np.isfinite(found).all(axis=0)  # steps that are missing in one model say nothing about the others
    if not judged.any():
        done = sum(now.done is not None for _, now in runs.values())
        moving = any(now.moving for _, now in runs.values())
        st.info(
            f"Training: {done} of {len(runs)} runs have finished."
            if moving
            else "From this start some runs never climb from a thousandth of a mode to all of it: no step to judge.",
            icon=":material/hourglass_top:" if moving else ":material/info:",
        )
        return
    values = dict(zip(runs, found[:, judged].mean(axis=1), strict=True))
    setting = (values["qwem"] + values["logistic"] - values["quartic"] - values["sgns"]) / 2
    quartic = (values["qwem"] + values["quartic"] - values["logistic"] - values["sgns"]) / 2
    st.success(_sentence(setting, quartic, int(judged.sum())), icon=":material/visibility:")
    if any(known.spec.negatives > 1 for known, _ in runs.values()):
        st.caption(
            "With more negatives than positives, most of the table lies below zero. One matrix, WWᵀ, cannot fit "
            "that: much of the loss stays, and singular values settle far from QWEM's levels."
        )


def _sentence(setting: float, quartic: float, steps: int) -> str:
    measured = (
        f"Switching to Setting 3.1 changes the step sharpness by {setting:+.2f}; switching to the quartic loss, by "
        f"{quartic:+.2f} (the mean of {steps} step{'s' if steps > 1 else ''} that all four runs made)."
    )
    if setting > quartic + _CLEAR and setting > _CLEAR:
        return f"{measured} In these runs the clean steps come from Setting 3.1, not from the quartic: as in the paper."
    if quartic > setting + _CLEAR and quartic > _CLEAR:
        return f"{measured} In these runs the quartic makes the steps. That differs from the paper's finding."
    return f"{measured} In these runs neither alone makes the steps. That differs from the paper's finding."


def _rows(runs: Runs) -> list[dict[str, object]]:
    rows = []
    for model, (known, now) in runs.items():
        row: dict[str, object] = {
            "model": f"{_TITLES[model]} ({model})",
            "Setting 3.1": "no" if known.spec.pairwise_weights else "yes",
        }
        row["loss"] = "quartic" if model in ("qwem", "quartic") else "logistic"
        if now.done is not None:
            sharp = beside.sharpnesses(known, now)
            row |= {f"step {k}": None if np.isnan(one) else round(float(one), 3) for k, one in enumerate(sharp, 1)}
            row["loss at the end"] = round(now.frames[-1].loss, 4)
            row["gradient steps"] = now.step
        rows.append(row)
    return rows
