"""Accuracy by line, by rank and in time: exact numbers where they are said to be, and nothing that was not measured."""

from __future__ import annotations

import numpy as np
import pytest

from core.benchmark import Stage
from core.evaluation import Correlation, Evaluation, Score
from core.figures.accuracy import Dots, accuracy
from core.figures.truncation import in_time, truncation


def stage(rank: int, right: int, time: float | None = None) -> Stage:
    scores = (Score("family", right, 200, 506), Score("currency", 0, 0, 866))
    return Stage(rank, time, Evaluation(scores, (Correlation("wordsim353", 0.5, 9, 353),), True))


@pytest.mark.parametrize("dark", [False, True])
def test_every_share_stands_on_the_line_of_its_name(dark):
    dots = [
        Dots("here", [0.25, None, 1.0], ["one", "", "three"]),
        Dots("paper", [None, 0.5, None], ["", "two", ""], kind=3, hollow=True),
    ]
    figure = accuracy(["first", "second", "third"], dots, title="right", dark=dark)
    here, paper = figure.data
    assert list(here.y) == list(paper.y) == [0, 1, 2]
    assert np.array(here.x, float) == pytest.approx([0.25, np.nan, 1], nan_ok=True)
    assert np.array(paper.x, float) == pytest.approx([np.nan, 0.5, np.nan], nan_ok=True)
    assert list(here.customdata) == ["one", "", "three"]
    assert "open" in paper.marker.symbol
    assert "open" not in here.marker.symbol
    assert here.marker.color != paper.marker.color
    assert [(one.text, one.y) for one in figure.layout.annotations] == [("first", 0), ("second", 1), ("third", 2)]
    top, bottom = figure.layout.yaxis.range[1], figure.layout.yaxis.range[0]
    assert top < 0 < 2 < bottom, "the first line is on top, and all have room"
    assert figure.layout.xaxis.range[0] < 0 < 1 < figure.layout.xaxis.range[1], "the axis begins at zero"


def test_more_lines_make_a_taller_figure_and_kinds_differ_in_shape():
    few = accuracy(["a"], [Dots("x", [0.5], ["x"])], title="t", dark=False)
    many = accuracy(["a"] * 14, [Dots(str(n), [0.5] * 14, [""] * 14, kind=n) for n in (1, 2, 3)], title="t", dark=False)
    assert many.layout.height - few.layout.height == 13 * (47)
    assert len({trace.marker.symbol for trace in many.data}) == 3


def test_cut_and_stopped_share_the_axis_of_ranks():
    cut = [stage(1, 0), stage(10, 50), stage(100, 120)]
    stopped = [stage(0, 0, 3.0), stage(1, 0, 20.0), stage(12, 55, 90.0)]
    figure = truncation(cut, stopped, dark=False)
    first, second = figure.data
    assert figure.layout.xaxis.type == "log"
    assert list(first.x) == [1, 10, 100]
    assert first.y == pytest.approx([0, 0.25, 0.6])
    assert list(second.x) == [1, 12], "rank 0 has no place on a logarithmic axis"
    assert second.mode == "markers"
    assert second.customdata[1] == "rank 12, at t·λ₁ = 90.0: 27.5%, 55 of 200"
    assert first.customdata[1] == "rank 10: 25.0%, 50 of 200"
    assert figure.layout.yaxis.range[1] > 0.6


def test_runs_in_time_leave_out_what_has_no_time():
    runs = {"QWEM": [stage(0, 0, 2.0), stage(1, 10, 20.0)], "other": [stage(2, 30, 0.0), stage(3, 40, 50.0)]}
    figure = in_time(runs, dark=True)
    assert [trace.name for trace in figure.data] == ["QWEM", "other"]
    assert [list(trace.x) for trace in figure.data] == [[20], [50]]
    assert figure.data[1].y == pytest.approx([0.2])
    assert len({(trace.line.color, trace.line.dash) for trace in figure.data}) == 2


def test_nothing_measured_draws_nothing_and_breaks_nothing():
    assert all(len(trace.x) == 0 for trace in truncation([], [], dark=False).data)
    assert not in_time({}, dark=False).data
