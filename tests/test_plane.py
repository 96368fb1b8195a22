"""The plane of an analogy, against least squares and Pythagoras."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import InputError
from core.plane import CORNERS, analogy_plane

QUESTION = (3, 0, 5)
OTHERS = [1, 2, 7, 3]


@pytest.fixture
def embeddings():
    return np.random.default_rng(4).standard_normal((9, 6)) * np.linspace(0.1, 30, 9)[:, None]


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_places_and_distances_are_those_of_least_squares(embeddings):
    plane = analogy_plane(embeddings, QUESTION, OTHERS)
    words = unit(embeddings)
    a, b, c = words[list(QUESTION)]
    edges = np.stack([b - a, c - a], axis=1)
    for n, word in enumerate(words[[*QUESTION]].tolist() + [c + b - a] + words[OTHERS].tolist()):
        solved, *_ = np.linalg.lstsq(edges, np.array(word) - a, rcond=None)
        dropped = edges @ solved
        assert plane.away[n] == pytest.approx(np.linalg.norm(word - a - dropped), abs=1e-9)
        assert np.linalg.norm(plane.places[n]) == pytest.approx(np.linalg.norm(dropped), abs=1e-9)
        assert plane.cosine[n] == pytest.approx(
            np.dot(word, c + b - a) / np.linalg.norm(word) / np.linalg.norm(c + b - a)
        )


def test_the_corners_are_a_parallelogram_of_true_lengths(embeddings):
    plane = analogy_plane(embeddings, QUESTION, [])
    a, b, c, target = plane.places
    words = unit(embeddings)[list(QUESTION)]
    assert a == pytest.approx([0, 0])
    assert b[1] == pytest.approx(0)
    assert b[0] > 0 < c[1], "b lies to the right of a, and c above both"
    assert target == pytest.approx(b + c)
    assert np.linalg.norm(b - c) == pytest.approx(np.linalg.norm(words[1] - words[2]))
    assert (plane.away == 0).all()
    assert plane.cosine[3] == pytest.approx(1)


def test_a_word_in_the_plane_is_not_away_from_it_and_one_at_a_right_angle_is(embeddings):
    a, b, c = unit(embeddings)[list(QUESTION)]
    upright = np.linalg.qr(np.stack([b - a, c - a, a], axis=1), mode="complete")[0][:, 5]
    plane = analogy_plane(np.vstack([embeddings, upright]), QUESTION, [*QUESTION, 9])
    assert plane.places[CORNERS : CORNERS + 3] == pytest.approx(plane.places[:3])
    assert plane.away[CORNERS : CORNERS + 3] == pytest.approx(0, abs=1e-6)
    assert plane.away[-1] > 1, "as far as its own length, and as the plane is from the origin"


def test_lengths_of_words_do_not_matter_and_a_word_of_zeros_has_a_place(embeddings):
    scaled = embeddings * np.random.default_rng(1).uniform(0.1, 9, (9, 1))
    for name in ("places", "away", "cosine"):
        assert getattr(analogy_plane(scaled, QUESTION, OTHERS), name) == pytest.approx(
            getattr(analogy_plane(embeddings, QUESTION, OTHERS), name)
        )
    embeddings[1] = 0
    assert np.isfinite(analogy_plane(embeddings, QUESTION, [1]).places).all()


@pytest.mark.parametrize(("question", "dim"), [((1, 1, 2), 6), ((1, 2, 1), 6), ((1, 2, 2), 6), ((1, 2, 3), 1)])
def test_three_words_on_a_line_have_no_plane(embeddings, question, dim):
    with pytest.raises(InputError, match="three different words"):
        analogy_plane(embeddings[:, :dim], question, [])
