"""Signal against dimension and time: the numbers of the readings, the null beside them, the largest marked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.figures.signal import peak, signal
from core.tasks import Reading, read

AT = (16.0, 32.0, 64.0)


@pytest.fixture(scope="module")
def readings() -> tuple[Reading, ...]:
    random = np.random.default_rng(1)
    pairs = [(n, n + 6) for n in range(6)]
    found = [read(random.standard_normal((20, int(dim))), pairs, nulls=5) for dim in AT]
    return tuple(replace(one, snr=snr) for one, snr in zip(found, (2.0, 5.0, 3.0), strict=True))


def drawn(readings, *, at=AT, now=32.0, dark=False):
    return signal(at, readings, title="dimension d", now=now, symbol="d", dark=dark)


def lines(figure, name: str) -> dict[str, object]:
    return {one.yaxis: one for one in figure.data if one.name == name}


def test_each_row_holds_its_numbers(readings):
    shown = lines(drawn(readings), "these pairs")
    assert list(shown["y"].x) == list(AT)
    assert list(shown["y"].y) == [2, 5, 3]
    assert shown["y2"].y == pytest.approx([one.right / one.total for one in readings])
    assert shown["y3"].y == pytest.approx([one.cosine for one in readings])
    assert len({tuple(one.y) for one in shown.values()}) == 3


def test_the_null_stands_beside_each_and_has_a_band_for_the_signal(readings):
    figure = drawn(readings)
    shown = lines(figure, "same words, paired at random")
    assert shown["y"].y == pytest.approx([one.null_snr[0] for one in readings])
    assert shown["y2"].y == pytest.approx([one.null_accuracy for one in readings])
    assert shown["y3"].y == pytest.approx([one.null_cosine for one in readings])
    (band,) = lines(figure, "up to 95 % of draws").values()
    assert band.y == pytest.approx([one.null_snr[1] for one in readings])
    before = figure.data[[one.name for one in figure.data].index(band.name) - 1]
    assert (before.yaxis, before.name) == ("y", "same words, paired at random"), "it is filled down to the median"
    assert band.fill == "tonexty"


def test_the_place_where_we_are_and_the_largest_signal_are_marked(readings):
    figure = drawn(readings, now=64.0)
    assert [(one.x0, one.x1, one.xref) for one in figure.layout.shapes] == [(64, 64, f"x{n}") for n in ("", 2, 3)]
    (star,) = lines(figure, "largest signal over noise").values()
    assert (list(star.x), list(star.y)) == ([32.0], [5.0])
    assert peak(readings) == 1


def test_axes_do_not_depend_on_where_we_are(readings):
    one, other = (drawn(readings, now=now).layout for now in (16.0, 64.0))
    for axis in ("xaxis", "xaxis2", "xaxis3", "yaxis", "yaxis2", "yaxis3"):
        assert one[axis] == other[axis]
    titles = ["signal over noise", "top-1 accuracy", "cosine with the expected word"]
    assert [note.text for note in one.annotations] == titles
    low, high = 10 ** np.array(one.xaxis.range)
    assert low < 16 < 64 < high
    most = max(5.0, *(reading.null_snr[1] for reading in readings))
    assert one.yaxis.range[1] > most
    assert one.xaxis2.matches == one.xaxis3.matches == "x"


def test_ticks_are_dimensions_or_round_times(readings):
    by_dimension = drawn(readings).layout.xaxis
    assert (list(by_dimension.tickvals), list(by_dimension.ticktext)) == ([16, 32, 64], ["16", "32", "64"])
    in_time = drawn(readings, at=(16.0, 70.0, 1_280.0)).layout.xaxis
    assert list(in_time.tickvals) == [20, 50, 100, 200, 500, 1_000]
    assert in_time.ticktext[-1] == "1,000"
    dims = [16 * 2**n for n in range(9)] + [200, 300]
    many = [replace(readings[0], dim=dim) for dim in sorted(dims)]
    some = drawn(many, at=[one.dim for one in many]).layout.xaxis
    assert len(some.tickvals) <= 6
    assert set(some.tickvals) <= {2.0**n for n in range(13)}
    assert some.ticktext[-1] == "4,096"
    (alone,) = drawn(readings[:1], at=(33.0,)).layout.xaxis.tickvals
    assert alone == 33


def test_numbers_that_are_none_leave_the_picture_whole(readings):
    nan = float("nan")
    none = tuple(replace(one, snr=nan, null_snr=(nan, nan), null_cosine=nan) for one in readings)
    figure = drawn(none)
    assert not lines(figure, "largest signal over noise")
    assert figure.layout.yaxis.range[1] > 1
    mixed = (replace(readings[0], snr=nan), *readings[1:])
    assert peak(mixed) == 1
