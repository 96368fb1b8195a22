"""The parallelogram: points where the plane has them, words letter by letter, names clear of each other."""

from __future__ import annotations

import numpy as np
import pytest

from core.figures.parallelogram import parallelogram
from core.plane import CORNERS, analogy_plane

HOSTILE = "<img src=x onerror=alert(1)>%{y}"
WORDS = ("man", "king", "woman", "queen", "throne", "prince", "princess", HOSTILE)


@pytest.fixture
def plane():
    rows = np.random.default_rng(8).standard_normal((len(WORDS), 12))
    rows[3:] = rows[3] + 0.05 * rows[3:]  # five answers on nearly one spot: the hard case for names
    return analogy_plane(rows, (0, 1, 2), [3, 4, 5, 6, 7])


def drawn(plane, **more):
    return parallelogram(plane, WORDS, dark=False, **more)


def marks(figure) -> dict:
    return {trace.name: trace for trace in figure.data if trace.name}


def test_every_word_stands_where_the_plane_has_it(plane):
    found = marks(drawn(plane))
    places = np.concatenate(
        [np.c_[found[name].x, found[name].y] for name in ("the question", "the answer", "next in rank")]
    )
    assert places == pytest.approx(np.delete(plane.places, CORNERS - 1, axis=0), abs=1e-6)
    target = found["c + b - a"]
    assert [*target.x, *target.y] == pytest.approx(plane.places[CORNERS - 1])


def test_hover_has_the_exact_values_and_words_are_data(plane):
    found = marks(drawn(plane))
    told = [row for name in ("the question", "the answer", "next in rank") for row in found[name].customdata]
    away, cosine = np.delete(plane.away, CORNERS - 1), np.delete(plane.cosine, CORNERS - 1)
    assert [float(row[1]) for row in told] == pytest.approx(cosine, abs=1e-4)
    assert [float(row[2]) for row in told] == pytest.approx(away, abs=1e-4)
    assert told[-1][0] == "&lt;img src=x onerror=alert(1)&gt;%{y}"
    figure = drawn(plane)
    assert "<img" not in figure.to_json().replace("\\u003c", "<")
    assert all("img" not in (trace.hovertemplate or "") for trace in figure.data)


def test_what_is_further_from_the_plane_is_smaller_and_fainter(plane):
    rest = marks(drawn(plane))["next in rank"]
    away = plane.away[CORNERS + 1 :]
    assert (np.argsort(away) == np.argsort(-np.array(rest.marker.size))).all()
    assert (np.argsort(away) == np.argsort(-np.array(rest.marker.opacity))).all()
    question = marks(drawn(plane))["the question"].marker
    assert set(question.size) == {17.0}
    assert set(question.opacity) == {1.0}


def test_the_two_arrows_are_the_same_step(plane):
    arrows = [trace for trace in drawn(plane).data if trace.mode == "lines+markers"]
    steps = [np.array([one.x[1] - one.x[0], one.y[1] - one.y[0]]) for one in arrows]
    assert len(arrows) == 2
    assert steps[0] == pytest.approx(steps[1])
    assert np.linalg.norm(steps[0]) == pytest.approx(plane.places[1][0])


def test_names_do_not_lie_on_each_other(plane):
    figure = drawn(plane)
    scale = 230 / np.ptp(plane.places, axis=0).max()
    boxes = []
    for one in figure.layout.annotations:
        letters = len(one.text.replace("<b>", "").replace("</b>", "").replace("&lt;", "<").replace("&gt;", ">"))
        x, y, width = one.x * scale + one.ax, one.y * scale - one.ay, 6.5 * letters
        boxes.append((x - width / 2, y - 7, x + width / 2, y + 7, one.text))
    assert len(boxes) == len(WORDS) + 1
    for n, (left, low, right, high, text) in enumerate(boxes):
        for left2, low2, right2, high2, text2 in boxes[n + 1 :]:
            assert right <= left2 or right2 <= left or high <= low2 or high2 <= low, (text, text2)


def test_both_axes_have_one_unit(plane):
    assert drawn(plane).layout.yaxis.scaleanchor == "x"
    assert drawn(plane).layout.yaxis.scaleratio == 1


def test_a_vocabulary_with_one_answer_is_drawn():
    rows = np.random.default_rng(2).standard_normal((4, 3))
    figure = parallelogram(analogy_plane(rows, (0, 1, 2), [3]), WORDS[:4], dark=True)
    assert set(marks(figure)) == {"the question", "c + b - a", "the answer"}
