"""Figures hold the numbers they were given, and show words letter by letter."""

from __future__ import annotations

import numpy as np
import pytest

from core.figures.heatmap import heatmap
from core.figures.overlap import overlap
from core.figures.pair import pair
from core.figures.spectrum import spectrum
from core.figures.staircase import staircase
from core.figures.story_table import whole_table
from core.figures.theme import MODES_DARK, MODES_LIGHT, mode_colour
from core.problem import RunSpec
from core.ui.lab import lab

NAMES = {"never": "nie", "chance": "Zufall", "always": "immer"}
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def known():
    return lab(RunSpec(vocab_size=300, dim=5, step_size=0.3, seed=1))


def test_staircase_draws_both_predictions_and_leaves_room_for_training(known):
    figure = staircase(known.prediction, modes=5, clock=known.clock)
    roles = {(trace.meta["role"], trace.meta["k"]): trace for trace in figure.data}
    flow = known.prediction.flow
    assert roles["flow", 2].y == pytest.approx(flow.singular_values[:, 1], rel=1e-6)
    assert roles["descent", 0].y == pytest.approx(known.prediction.descent.loss, rel=1e-6)
    assert roles["plateau", 3].y[0] == pytest.approx(known.prediction.plateaus[3])
    assert len(roles["trained", 4].x) == 0
    low, high = figure.layout.yaxis.range
    assert low < known.prediction.descent.loss.min() < known.prediction.descent.loss.max() < high
    assert sum(shape.name.startswith("tick") for shape in figure.layout.shapes) == 5


def test_a_model_without_a_theory_has_room_above_and_below(known):
    tight, open_ended = (staircase(known.prediction, modes=5, clock=known.clock, open_ended=room).layout
                         for room in (False, True))  # fmt: skip
    top = np.sqrt(known.problem.spectrum.values[0])
    assert tight.yaxis2.range[1] < 1.2 * top
    assert open_ended.yaxis2.range[1] > 1.4 * top
    assert tight.yaxis.range[0] > 0.5 * known.prediction.floor > 0 > open_ended.yaxis.range[0]
    assert open_ended.yaxis.range[1] > 1
    assert open_ended.xaxis.range == tight.xaxis.range


def test_words_are_data_in_every_figure():
    one = heatmap(np.zeros((1, 1)), (HOSTILE,), dark=True).to_json()
    other = pair(1.0, HOSTILE, "b", dark=False).to_json()
    assert "<img" not in one.replace("\\u003c", "<")
    assert "<img" not in other.replace("\\u003c", "<")


@pytest.mark.parametrize("dark", [False, True])
def test_overlap_shows_every_entry_where_its_row_and_column_say(dark):
    squared = np.array([[0.9, 0.1, 0.0], [0.05, 0.6, 0.35]])
    figure = overlap(squared, rows="run: sgns", columns="M*", dark=dark)
    (shown,) = figure.data
    assert shown.z == pytest.approx(squared)
    assert (list(shown.y), list(shown.x)) == ([1, 2], [1, 2, 3])
    assert (shown.zmin, shown.zmax) == (0, 1)
    assert figure.layout.yaxis.autorange == "reversed", "the first direction is at the top"
    assert (figure.layout.yaxis.title.text, figure.layout.xaxis.title.text) == (
        "direction of run: sgns",
        "direction of M*",
    )
    assert shown.hovertemplate == "run: sgns %{y} and M* %{x}: %{z:.1%}<extra></extra>"


def test_charts_speak_the_language_they_are_asked_for():
    bar = pair(1.0, "{first}", "b", dark=False, language="de")
    assert bar.data[0].customdata[0] == "{first} und b", "what a visitor types is not filled in"
    assert bar.data[0].text[0] == "+1,00"
    assert list(bar.layout.xaxis.ticktext[::2]) == ["-2<br>nie", "0<br>wie durch Zufall", "2<br>immer"]
    for table in (heatmap(np.zeros((1, 1)), ("a",), dark=False, language="de").data[0],
                  whole_table(np.zeros((1, 1)), ("a",), NAMES, dark=False, language="de").data[0]):  # fmt: skip
        assert list(table.colorbar.ticktext) == ["nie", "Zufall", "immer"]
        assert table.hovertemplate.startswith("%{customdata[0]} und %{customdata[1]}: ")
    figure = overlap(np.eye(2), rows="A", columns="B", dark=False, language="de")
    assert (figure.layout.yaxis.title.text, figure.layout.xaxis.title.text) == ("Richtung von A", "Richtung von B")
    assert figure.data[0].hovertemplate == "A %{y} und B %{x}: %{z:.1%}<extra></extra>"
    assert figure.data[0].colorbar.title.text == "Anteil"


def test_spectrum_is_relative_to_the_first_eigenvalue():
    values = {name: np.array([8.0, 4.0, -1.0]) for name in ("mstar", "ppmi", "pmi")}
    figure = spectrum(values, dark=False)
    assert [list(trace.y) for trace in figure.data] == [[1.0, 0.5]] * 3


def test_a_mode_has_one_colour_and_late_modes_share_one():
    assert len(set(MODES_LIGHT)) == len(set(MODES_DARK)) == 10
    assert mode_colour(3, dark=False) == MODES_LIGHT[2]
    assert mode_colour(40, dark=True) == MODES_DARK[-1]
