"""Bars begin at the times of their ranks, and what visitors typed is shown letter by letter."""

from __future__ import annotations

import numpy as np
import pytest
from strange import HOSTILE

from core.figures.order import Row, curve_figure, timeline, told
from core.order import ANALOGIES, APART, DIRECTION, TOGETHER, order_of_pairs, order_of_words

TIMES = np.linspace(10, 500, 50)
WORDS = (TOGETHER, APART)


@pytest.fixture(scope="module")
def curves():
    embeddings = np.random.default_rng(0).standard_normal((200, 50))
    embeddings[:8, 11] = 40
    pairs = [(0, 9), (1, 10), (2, 11), (3, 12)]
    return [*order_of_words(embeddings, range(8)), *order_of_pairs(embeddings, pairs)]


def test_each_moment_stands_at_the_time_of_its_rank():
    rows = [Row("a", WORDS, (3, 20)), Row("b", (DIRECTION, ANALOGIES), (7, None)), Row("c", WORDS, (None, None))]
    figure = timeline(rows, TIMES, dark=False)
    circles, diamonds = (trace for trace in figure.data if trace.name and trace.marker.size)
    assert list(circles.x) == [TIMES[2], TIMES[6]]
    assert list(diamonds.x) == [TIMES[19]]
    assert [list(one) for one in circles.customdata] == [["a", "belong together", 3], ["b", "point one way", 7]]
    assert [list(one) for one in diamonds.customdata] == [["a", "told apart", 20]]
    assert circles.y[0] < circles.y[1]
    assert "pairs: point one way" in circles.name
    texts = [note.text for note in figure.layout.annotations]
    assert texts == ["<b>a</b>", "<b>b</b>: never answer analogies", "<b>c</b>: never belong together nor told apart"]
    assert figure.layout.height > timeline(rows[:1], TIMES, dark=True).layout.height


def test_ranks_stand_above_at_their_times():
    axis = timeline([Row("a", WORDS, (3, 20))], TIMES, dark=False).layout.xaxis2
    assert axis.tickvals == tuple(TIMES[int(rank) - 1] for rank in axis.ticktext)
    assert axis.ticktext[0] == "1"
    assert min(np.diff(axis.tickvals)) > 0.05 * TIMES[-1]
    assert "rank" in axis.title.text


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_shown_letter_by_letter(name):
    figure = timeline([Row(name, WORDS, (3, 20))], TIMES, dark=False)
    shown = [figure.layout.annotations[0].text, *(str(trace.customdata) for trace in figure.data if trace.name)]
    for text in shown:
        assert "<img" not in text
        assert "<script" not in text
    assert all("{{window" not in str(trace.hovertemplate) for trace in figure.data)


@pytest.mark.parametrize("place", range(4))
def test_a_curve_shows_score_chance_threshold_and_arrival(curves, place):
    curve = curves[place]
    stopped = np.column_stack([[1, 10, 50], [0.1, 0.2, 0.3]])
    figure = curve_figure(curve, TIMES, colour_of=1, stopped=stopped, dark=False)
    by_name = {trace.name: trace for trace in figure.data if trace.name}
    score = by_name["cut to this rank"]
    assert score.x == pytest.approx(TIMES[curve.ranks - 1])
    assert score.y == pytest.approx(curve.scores)
    assert by_name["to pass"].y == pytest.approx(curve.threshold)
    band = by_name["random words, as frequent" if place < 2 else "same words, paired at random"]
    assert band.y == pytest.approx(curve.others[2])
    assert by_name["a run stopped then (Lemma 3.1)"].x == pytest.approx(TIMES[[0, 9, 49]])
    notes = [note.text for note in figure.layout.annotations]
    if curve.rank is None:
        assert notes == []
    else:
        assert notes == [f"<b>rank {curve.rank}, t·λ₁ = {TIMES[curve.rank - 1]:.0f}</b>"]
    assert curves[0].rank == 12
    low, high = figure.layout.yaxis.range
    assert low < np.nanmin(curve.scores) <= np.nanmax(curve.scores) < high


def test_scores_are_told_as_what_they_are():
    assert told(TOGETHER, 0.825) == "82%"
    assert told(DIRECTION, 4.567) == "4.57"
    assert (told(TOGETHER, 0.825, "de"), told(DIRECTION, 4.567, "de")) == ("82\u00a0%", "4,57")
