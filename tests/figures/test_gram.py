"""Gram spectra: every eigenvalue is drawn once, the law expects as many as there are, axes are those that are given."""

from __future__ import annotations

import numpy as np
import pytest

from core.figures.gram import BINS_A_DECADE, Part, gram, span, tallest
from core.figures.theme import mode_colour
from core.marchenko_pastur import fit_bulk


def part(rows: int = 30, dim: int = 80, *, strength: float = 0.0, seed: int = 3) -> Part:
    """Noise, and a direction that all rows share."""
    random = np.random.default_rng(seed)
    vectors = random.standard_normal((rows, dim))
    vectors[:, 0] += strength
    eigenvalues = np.linalg.svd(vectors, compute_uv=False) ** 2
    return Part("planted", eigenvalues, fit_bulk(eigenvalues, rows))


def drawn(one: Part, parts: list[Part] | None = None, *, dark: bool = False):
    parts = parts or [one]
    across = span(parts)
    return gram([one], across=across, top=tallest(parts, across), dark=dark)


def traces(figure, name: str) -> list:
    return [one for one in figure.data if one.name.startswith(name)]


def test_every_eigenvalue_is_in_one_bar_and_in_the_rug():
    planted = part(strength=6.0)
    figure = drawn(planted)
    (bars,), (spikes,), (rug,) = (traces(figure, name) for name in ("eigenvalues", "spikes", "each"))
    assert sum(bars.y) + sum(spikes.y) == len(planted.eigenvalues) == len(rug.x)
    assert sum(spikes.y) == planted.bulk.spikes == 1
    (x, (low, high), width) = spikes.x[0], spikes.customdata[0], spikes.width[0]
    assert low <= planted.eigenvalues[0] <= high
    assert low < x < high
    assert width < high - low
    assert rug.x == pytest.approx(planted.eigenvalues)
    assert np.log10(high / low) == pytest.approx(1 / BINS_A_DECADE)


def test_the_law_expects_as_many_eigenvalues_as_the_bulk_has():
    planted = part(strength=6.0)
    (law,) = traces(drawn(planted), "Marchenko")
    bins = np.diff(np.log10(law.x)) * BINS_A_DECADE
    assert (bins * (law.y[1:] + law.y[:-1]) / 2).sum() == pytest.approx(planted.bulk.count, rel=0.02)
    (edge,) = traces(drawn(planted), "edge")
    assert list(edge.x) == [planted.bulk.upper] * 2


def test_the_spike_is_told_as_a_multiple_of_the_edge_and_noise_has_none():
    planted, noise = part(strength=6.0), part()
    told = [one.text for one in drawn(planted).layout.annotations]
    assert told == ["planted", f"largest: {planted.eigenvalues[0] / planted.bulk.upper:.3g} × edge"]
    assert [one.text for one in drawn(noise).layout.annotations] == ["planted"]
    assert sum(traces(drawn(noise), "spikes")[0].y) == 0


@pytest.mark.parametrize("dark", [False, True])
def test_two_parts_stand_on_one_axis_and_random_pairs_are_grey(dark):
    planted, noise = part(strength=6.0), Part("random", part().eigenvalues, part().bulk, noise=True)
    parts = [planted, noise]
    across = span(parts)
    figure = gram(parts, across=across, top=tallest(parts, across), dark=dark)
    layout = figure.layout
    assert layout.xaxis.range == layout.xaxis2.range == pytest.approx(np.log10(across))
    assert layout.yaxis.range == layout.yaxis2.range
    assert layout.yaxis2.domain[1] < layout.yaxis.domain[0]
    first, second = traces(figure, "eigenvalues")
    assert first.marker.color == mode_colour(1, dark=dark) != second.marker.color
    assert (first.yaxis, second.yaxis) == ("y", "y2")
    assert (first.showlegend, second.showlegend) == (True, False)


def test_pictures_that_are_compared_have_the_same_axes_and_say_what_is_beyond_them():
    late = part(strength=6.0)
    early = Part("planted", late.eigenvalues * 1e-3, fit_bulk(late.eigenvalues * 1e-3, 30))
    parts = [early, late]
    one, other = (drawn(which, parts) for which in parts)
    assert one.layout.xaxis.range == other.layout.xaxis.range
    assert one.layout.yaxis.range == other.layout.yaxis.range
    low, high = 10 ** np.array(one.layout.xaxis.range)
    hidden = int((early.eigenvalues < low).sum())
    assert hidden > 0
    assert one.layout.annotations[0].text == f"planted, {hidden} of 30 are 0 or below this axis"
    assert other.layout.annotations[0].text == "planted"
    assert early.eigenvalues.max() < late.eigenvalues.max() < high
    assert sum(sum(bars.y) for name in ("eigen", "spikes") for bars in traces(one, name)) == 30 - hidden


def test_too_few_for_a_law_are_drawn_without_one():
    eigenvalues = np.array([9.0, 2.0, 1.0])
    few = Part("few", eigenvalues, fit_bulk(eigenvalues, 3))
    assert [one.name for one in drawn(few).data] == ["eigenvalues", "each eigenvalue"]
    assert sum(drawn(few).data[0].y) == 3


def test_zeros_leave_an_axis():
    nothing = Part("nothing", np.zeros(4), fit_bulk(np.zeros(4), 4))
    assert span([nothing]) == (0.1, 10.0)
    assert tallest([nothing], (0.1, 10.0)) == 1
    assert not len(drawn(nothing).data[0].x)
