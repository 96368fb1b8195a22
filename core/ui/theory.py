"""The instruments of the Theory page."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from core.compare import miss
from core.stairs import half_times, separation
from core.theory import FloatArray
from core.ui import beside, chrome, texts
from core.ui.controls import STARTS, read, respelled
from core.ui.gallery import LARGE_START, SMALL_START, figure_2, from_start
from core.ui.lab import Lab, lab
from core.ui.panels import Axis, Line, Panel, panels_view
from core.ui.prose import Prose, spelt
from core.ui.runs import Sight, shared

SAY = Prose("theory")
_MODES = 8
_MELTED = 5
_FROM = 0.1
_MELT_FROM = 1e-2
_SEPARATE, _MELTING = 1.5, 0.7  # gaps in widths
_STARTS = (LARGE_START, SMALL_START)
Rows = list[tuple[str, float, Lab, Sight]]


def table() -> None:
    """Fig. 2: word2vec, QWEM and the theory, from a large and from a small start, on t / tau_1."""
    data = texts.picker()
    specs = {
        (model, start): texts.recipe_on(figure_2(model, start), data) for model in ("sgns", "qwem") for start in _STARTS
    }

    def draw() -> None:
        _draw_table([(model, start, lab(spec), shared(spec)) for (model, start), spec in specs.items()])

    beside.polled(lambda: beside.moving(specs.values()), draw)


def _draw_table(runs: Rows) -> None:
    panels = [
        beside.run_panel(
            known,
            now,
            id=f"{model}-{start:g}",
            title=SAY(f"model.{model}"),
            modes=_MODES,
            unit=_tau(known),
            loss=False,
            note=SAY("start", start=start),
        )  # fmt: skip
        for model, start, known, now in runs
    ]
    panels += [_theory_panel(known, start) for model, start, known, _ in runs if model == "qwem"]
    top = max(beside.height(known, now) for _, _, known, now in runs)  # one for all six, so that rows can be compared
    panels = [replace(panel, value_range=(-top / 40, top)) for panel in panels]
    end = max(known.plan.steps * known.plan.dt * known.rate / _tau(known) for _, _, known, _ in runs)
    panels_view(
        panels,
        key="figure2",
        identity=str([str(known.spec) for _, _, known, _ in runs]),
        axis=Axis(SAY("axis.rows"), (_FROM, end), "log", symbol="t / τ₁"),
        columns=2,
        column_titles=[SAY("column.large"), SAY("column.small")],
        row_titles=[SAY("row.sgns"), SAY("row.qwem"), SAY("row.theory")],
        live=any(now.moving for *_, now in runs),
        end=end,
        alt=SAY("rows.alt"),
    )  # fmt: skip
    beside.problems([(SAY(f"model.{model}"), known, now) for model, _, known, now in runs])
    chrome.table(_table_rows(runs), label=SAY("numbers"))


def _tau(known: Lab) -> float:
    """tau_1 of the theory, as t * lambda_1: the same unit for every model, on its own clock. Nothing is stretched."""
    return float(known.prediction.flow_times[0]) * known.clock


def _theory_panel(known: Lab, start: float) -> Panel:
    flow, modes = known.prediction.flow, min(_MODES, known.spec.dim)
    return Panel(
        f"theory-{start:g}",
        SAY("exact-flow"),
        flow.times * known.clock / _tau(known),
        flow.singular_values[:, :modes],
        [Line("trained", k, SAY("concept", k=k), dash="dot") for k in range(1, modes + 1)],
        levels=[(k, float(known.prediction.targets[k - 1])) for k in range(1, modes + 1)],
        badge="beyond the paper",
        note=SAY("start", start=start),
    )


def _table_rows(runs: Rows) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for model, start, known, now in runs:
        sharp = beside.mean_sharpness(known, now)
        values = (
            {f"s{k}": round(float(now.frames[-1].singular_values[k - 1]), 3) for k in range(1, 6)} if now.frames else {}
        )
        rows.append(
            {
                SAY("numbers.model"): SAY(f"model.{model}"),
                SAY("numbers.start"): spelt(start, "g"),
                SAY("numbers.sharpness"): sharp and round(sharp, 2),
                **values,
            }
        )
    return rows


def melting() -> None:
    """The slider: how far apart steps are against their width, and how wrong each theory is."""
    respelled("sigma", STARTS)
    start = st.select_slider(
        SAY("melt.start"), STARTS, value=_MELT_FROM, format_func=read, key="sigma", bind="query-params"
    )
    known = lab(texts.recipe_on(from_start(start), texts.chosen()))

    def draw() -> None:
        _draw_melting(known, shared(known.spec))

    beside.polled(lambda: shared(known.spec).moving, draw)


def _draw_melting(known: Lab, now: Sight) -> None:
    prediction, clock = known.prediction, known.clock
    apart = separation(prediction.flow_times, prediction.widths)[: _MELTED - 1]
    gap = float(prediction.flow_times[1] - prediction.flow_times[0]) * clock
    width = float(prediction.widths[0]) * clock
    st.markdown(
        SAY(
            "melt.found",
            gap=gap,
            width=width,
            verdict=_verdict(float(apart[0])),
            wider=int((apart > 1).sum()),
            gaps=len(apart),
        )
    )
    panel = beside.run_panel(
        known, now, id="melt", title=SAY("start", start=known.spec.init_scale), modes=_MELTED, loss=False,
        theory=prediction.flow, note=SAY("melt.note"),
    )  # fmt: skip
    dashed = [Line("theory", k, SAY("lemma", k=k), dash="dash", width=1.5) for k in range(1, _MELTED + 1)]
    both = np.hstack([prediction.flow.singular_values[:, :_MELTED], prediction.lemma[:, :_MELTED]])
    panels_view(
        [replace(panel, lines=[*panel.lines, *dashed], theory=both)],
        key="melt",
        identity=str(known.spec),
        axis=Axis(SAY("axis.melt"), (0.0, known.end)),
        columns=1,
        live=now.moving,
        end=known.end,
        alt=SAY("melt.alt"),
    )
    chrome.table(_errors(known, now), label=SAY("errors"), expanded=True)


def _verdict(apart: float) -> str:
    if apart > _SEPARATE:
        return SAY("melt.separate", apart=apart)
    return SAY("melt.touching" if apart > _MELTING else "melt.melted", apart=apart)


def _errors(known: Lab, now: Sight) -> list[dict[str, object]]:
    """Each theory against training: the largest relative error of a singular value, and the error of the half-times."""
    if now.done is None or now.message:
        return [{SAY("errors.theory"): SAY("errors.training" if now.moving else "errors.broken")}]
    prediction = known.prediction
    times, targets = prediction.flow.times, prediction.targets
    _, trained = beside.series(known, now, known.spec.dim)
    told = {
        SAY("errors.descent"): prediction.descent.singular_values,
        SAY("errors.flow"): prediction.flow.singular_values,
        SAY("errors.lemma"): prediction.lemma,
    }
    came = half_times(times, trained, targets)
    return [
        {
            SAY("errors.theory"): name,
            SAY("errors.largest"): spelt(miss(trained, values, targets), ".1%"),
            SAY("errors.half-time"): _share(half_times(times, values, targets) / came - 1),
        }
        for name, values in told.items()
    ]


def _share(errors: FloatArray) -> str:
    known = errors[np.isfinite(errors)]
    return spelt(np.abs(known).max(), ".1%") if len(known) else SAY("errors.none")
