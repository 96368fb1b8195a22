"""Power over concepts: exact shares, the strongest in colour, words of users as data."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from core.figures.power import power_figure
from core.figures.theme import mode_colour

HOSTILE = "<img src=x onerror=alert(1)>%{y}"
SHARES = np.array([0.05, 0.4, 0.1, 0.3, 0.15])
NULL = np.array([0.5, 0.2, 0.1, 0.1, 0.1])
ENDS = tuple(((HOSTILE, "a&b"), (f"end{k}",)) for k in range(5))


def drawn(**more):
    return power_figure(SHARES, NULL, ENDS, **{"strongest": 2, "log": False, "dark": False} | more)


@pytest.mark.parametrize("dark", [False, True])
def test_bars_are_the_shares_and_the_strongest_stand_out(dark):
    bars, null = drawn(dark=dark).data
    assert list(bars.x) == [1, 2, 3, 4, 5]
    assert bars.y == pytest.approx(SHARES)
    assert null.y == pytest.approx(NULL)
    accent = [k for k, colour in zip(bars.x, bars.marker.color, strict=True) if colour == mode_colour(3, dark=dark)]
    assert accent == [2, 4]
    assert Counter(bars.marker.color)[mode_colour(1, dark=dark)] == 3


def test_words_are_data():
    bars, _ = drawn().data
    assert list(bars.customdata[0]) == ["&lt;img src=x onerror=alert(1)&gt;%{y} a&amp;b", "end0"]
    assert HOSTILE not in bars.hovertemplate
    assert "<img" not in drawn().to_json().replace("\\u003c", "<")


def test_axes_are_linear_or_logarithmic_and_hold_the_largest():
    linear, log = drawn().layout, drawn(log=True).layout
    assert (log.xaxis.type, log.yaxis.type) == ("log", "log")
    assert linear.yaxis.range[1] > 0.5
    assert 10 ** log.yaxis.range[1] > 0.5
    assert linear.xaxis.range[1] > 5
    assert 10 ** log.xaxis.range[1] > 5


def test_without_a_null_the_bars_remain():
    figure = power_figure(SHARES, np.full(5, np.nan), ENDS, strongest=2, log=True, dark=False)
    assert np.isfinite(figure.layout.yaxis.range).all()
    assert figure.layout.yaxis.range[1] == pytest.approx(np.log10(0.4) + 0.1)
