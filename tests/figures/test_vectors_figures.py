"""Figures of Words as vectors: exact places and orders, words as data, both themes."""

from __future__ import annotations

import numpy as np
import pytest

from core.figures.vectors_people import people_figure
from core.figures.vectors_strips import BINS, pooled, strips_figure
from core.figures.vectors_tracks import tracks_figure

HOSTILE = "<img src=x onerror=alert(1)>%{y}"
LITERAL = "&lt;img src=x onerror=alert(1)&gt;%{y}"
ROWS = np.array([[8, 3.0], [9, 2], [1, 7]])


@pytest.mark.parametrize("dark", [False, True])
def test_people_are_a_strip_each_with_a_bar_beside_all_but_the_visitor(dark):
    figure = people_figure(
        ROWS, np.array([0.9, 0.4]), names=["you", HOSTILE, "b"], traits=["x", HOSTILE], titles=("", "cosine"), dark=dark
    )
    strip, bars = figure.data
    assert strip.z == pytest.approx(ROWS)
    assert (list(bars.y), list(bars.x)) == ([1, 2], [0.9, 0.4])
    assert list(figure.layout.yaxis.ticktext) == ["<b>you</b>", LITERAL, "b"]
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1], "the visitor is at the top"
    assert list(figure.layout.xaxis2.range) == [0, 1]


def test_pooling_keeps_the_largest_and_spreads_what_is_short():
    one_hot = np.zeros(1_550)
    one_hot[777] = 3
    found = pooled(one_hot)
    assert np.flatnonzero(found).tolist() == [777 * BINS // 1_550]
    assert found.max() == 1
    short = pooled(np.array([1.0, -4.0, 2.0]), 6)
    assert short == pytest.approx([0.25, 0.25, -1, -1, 0.5, 0.5])
    assert (pooled(np.zeros(10)) == 0).all()


def test_pooling_looks_at_every_number():
    for size in (20, 50, 299, 300, 301, 1_550):
        for place in (0, size // 3, size - 1):
            numbers = np.zeros(size)
            numbers[place] = -2
            assert pooled(numbers).min() == -1, (size, place)


@pytest.mark.parametrize("dark", [False, True])
def test_there_is_a_strip_for_each_way(dark):
    figure = strips_figure([np.eye(5)[2], np.array([1.0, -1])], ["one", HOSTILE], dark=dark)
    (strips,) = figure.data
    assert np.shape(strips.z) == (2, BINS)
    assert (strips.zmin, strips.zmax) == (-1, 1)
    assert list(figure.layout.yaxis.ticktext) == ["one", LITERAL]


@pytest.mark.parametrize("dark", [False, True])
def test_tracks_stand_where_they_were_found_marked_by_what_was_planted(dark):
    places = np.array([[0.1, 0.2], [-0.3, 0.1], [0.2, -0.4]])
    figure = tracks_figure(
        places, [1, 0, 1], names=["a", HOSTILE], titles=["t0", HOSTILE, "t2"], axis="direction", dark=dark
    )
    first, second = figure.data
    assert list(first.x) == [-0.3]
    assert (list(second.x), list(second.y)) == ([0.1, 0.2], [0.2, -0.4])
    assert first.customdata[0][0] == LITERAL
    assert second.name == LITERAL
    assert first.marker.symbol != second.marker.symbol
    assert first.marker.color != second.marker.color
    assert HOSTILE not in first.hovertemplate
    assert figure.layout.yaxis.scaleanchor == "x"
    assert figure.layout.xaxis.range[1] > 0.4
