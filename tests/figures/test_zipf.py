"""Zipf's law and the noise beside the concepts: exact numbers, few points, words letter by letter."""

from __future__ import annotations

import numpy as np
import pytest

from core.figures.noise import noise_figure
from core.figures.theme import mode_colour
from core.figures.zipf import zipf_figure
from core.health import Health

HOSTILE = "<img src=x onerror=alert(1)>%{y}"
ZIPF = (1_000_000 // np.arange(1, 30_001)).astype(np.int64)


def gauge(*, orders: int = 1) -> Health:
    values, noise = np.array([9.0, 5.0, 2.0, -1.0]), np.array([2.0, 1.0, 0.5, -3.0])
    return Health(50, 0.1, 0.1, 9.0, 50, values, noise, orders, 1_000)


@pytest.mark.parametrize("kept", [1, 5_000, 30_000])
def test_every_point_is_exact_and_there_are_few(kept):
    figure = zipf_figure(ZIPF, kept=kept, dark=False)
    points = [trace for trace in figure.data if trace.mode == "markers"]
    ranks = np.concatenate([trace.x for trace in points])
    assert (np.concatenate([trace.y for trace in points]) == ZIPF[ranks - 1]).all()
    assert len(ranks) <= 400
    assert (ranks[0], ranks[-1]) == (1, len(ZIPF))
    assert (np.diff(ranks) > 0).all()
    assert np.diff(np.log10(ranks)).max() < 0.31, "no gap wider than from the first word to the second"
    assert points[0].x[-1] == kept
    assert [trace.name for trace in points][1:] == ([f"left out, {30_000 - kept:,} words"] if kept < 30_000 else [])
    assert (figure.layout.xaxis.type, figure.layout.yaxis.type) == ("log", "log")


def test_few_words_are_all_shown():
    figure = zipf_figure(ZIPF[:3], kept=2, dark=True)
    assert [list(trace.x) for trace in figure.data[:2]] == [[1, 2], [3]]
    assert figure.data[0].marker.color == mode_colour(1, dark=True) != figure.data[1].marker.color
    assert len(zipf_figure(ZIPF[:1], kept=1, dark=True).data) == 2


def test_the_reference_has_slope_minus_one_and_lies_on_a_law():
    (line,) = [trace for trace in zipf_figure(ZIPF, kept=5, dark=False).data if trace.mode == "lines"]
    assert np.diff(np.log(line.y)) == pytest.approx(-np.diff(np.log(line.x)))
    assert line.x * line.y == pytest.approx(1_000_000, rel=0.01)
    assert "slope -1" in line.name


def test_words_are_named_up_to_rank_200_and_are_data():
    words = (HOSTILE, "a&b", *(f"word{n}" for n in range(1_000)))
    figure = zipf_figure(ZIPF, kept=150, words=words, dark=False)
    kept, rest = figure.data[:2]
    assert list(kept.customdata[:2]) == ["&lt;img src=x onerror=alert(1)&gt;%{y}: ", "a&amp;b: "]
    named = [rank for trace in (kept, rest) for rank, told in zip(trace.x, trace.customdata, strict=True) if told]
    assert 150 < max(named) <= 200
    assert {trace.hovertemplate for trace in (kept, rest)} == {
        "%{customdata}rank %{x:,d}, %{y:,d} times<extra></extra>"
    }
    assert "<img" not in figure.to_json().replace("\\u003c", "<")


@pytest.mark.parametrize("dark", [False, True])
def test_what_stands_out_of_the_noise_has_its_colour(dark):
    health = gauge()
    text, without, edge = noise_figure(health, dark=dark).data
    assert text.y == pytest.approx([9, 5, 2]), "what is not positive has no place on a logarithmic axis"
    assert without.y == pytest.approx([2, 1, 0.5])
    assert list(edge.y) == [health.noise_edge] * 2
    assert health.standing == 2
    assert list(text.marker.color[:2]) == [mode_colour(1, dark=dark), mode_colour(2, dark=dark)]
    assert text.marker.color[2] == without.marker.color, "grey"
    assert len(text.marker.color) == 3


def test_noise_says_where_it_is_from():
    for orders in (0, 1, 20):
        assert noise_figure(gauge(orders=orders), dark=False).data[1].name == gauge(orders=orders).without()
