"""Listening sessions: what was planted is found in two ways, more of it where tastes are stronger."""

from __future__ import annotations

import numpy as np
import pytest

from core.counts import CountSpec, count
from core.errors import InputError
from core.listening import ListeningSpec, by_company, by_table, listen, overlap, recovery, turned


@pytest.fixture(scope="module")
def sessions():
    return listen(ListeningSpec())


def test_sessions_are_documents_of_tracks(sessions):
    assert len(set(sessions.tracks)) == 40
    assert sessions.plays.shape == (600, 40)
    assert (sessions.plays.sum(axis=1) == 12).all()
    assert (sessions.plays.sum(axis=0) == sessions.corpus.vocabulary.unigram).all()
    assert (np.diff(sessions.corpus.vocabulary.unigram) <= 0).all()
    for number in (0, 599):
        heard = sessions.corpus.ids[sessions.corpus.bounds[number] : sessions.corpus.bounds[number + 1]]
        assert (np.bincount(heard, minlength=40) == sessions.plays[number]).all()


def test_four_tastes_have_ten_tracks_each(sessions):
    _, times = np.unique(sessions.planted, axis=0, return_counts=True)
    assert times.tolist() == [10, 10, 10, 10]


def test_the_planted_strength_is_in_the_sessions():
    """E[t_f of two tracks of a session] is a_f^2 where popularity is spread over all tastes alike."""
    drawn = listen(ListeningSpec(strength=0.9, sessions=20_000, length=2, seed=1))
    leaning = drawn.plays @ drawn.planted
    together = (leaning**2 - 2).mean(axis=0) / 2
    assert together == pytest.approx([0.81, 0.5184], abs=0.06)


def test_the_same_seed_gives_the_same_sessions(sessions):
    assert (listen(ListeningSpec()).plays == sessions.plays).all()
    assert (listen(ListeningSpec(seed=1)).plays != sessions.plays).any()


@pytest.mark.parametrize("way", [by_company, by_table])
def test_tastes_are_recovered_far_above_chance(sessions, way):
    found = recovery(way(sessions), sessions.planted)
    assert found.share > 0.9
    assert found.chance == pytest.approx(2 / 39, abs=0.02)
    assert found.chance < found.high < 0.2


@pytest.mark.parametrize("way", [by_company, by_table])
def test_without_tastes_nothing_is_recovered(way):
    nothing = listen(ListeningSpec(strength=0))
    found = recovery(way(nothing), nothing.planted)
    assert found.share < 0.2


def test_weak_tastes_are_recovered_less(sessions):
    weak = listen(ListeningSpec(strength=0.25))
    assert recovery(by_company(weak), weak.planted).share < recovery(by_company(sessions), sessions.planted).share


def test_both_ways_find_the_same_plane(sessions):
    assert overlap(by_company(sessions), by_table(sessions)) > 0.97
    assert overlap(by_company(sessions), by_table(sessions, against_chance=False)) < 0.9


def test_the_first_direction_is_the_stronger_feature(sessions):
    first = by_company(sessions)[:, 0]
    shared = [abs(np.corrcoef(first, sessions.planted[:, feature])[0, 1]) for feature in (0, 1)]
    assert shared[0] > 0.9 > shared[1]


def test_the_table_times_itself_is_counting(sessions):
    """With a window as wide as a session, symmetrised counts at equal weight would be X^T X less its own plays."""
    counts = count(sessions.corpus, CountSpec(window=11))
    order = [counts.words.index(track) for track in sessions.tracks]
    lower = counts.lower.toarray()
    weighed = (lower + np.tril(lower, -1).T)[np.ix_(order, order)]
    plain = sessions.plays.T @ sessions.plays - np.diag(sessions.plays.sum(axis=0))
    off = ~np.eye(40, dtype=bool)
    assert np.corrcoef(weighed[off], plain[off])[0, 1] > 0.99


def test_overlap_knows_same_and_apart():
    axes = np.eye(5)
    assert overlap(axes[:, :2], axes[:, 1::-1]) == pytest.approx(1)
    assert overlap(axes[:, :2], 3 * axes[:, :2] @ np.array([[1, 2], [0, 1]])) == pytest.approx(1)
    assert overlap(axes[:, :2], axes[:, 2:4]) == pytest.approx(0)
    assert overlap(axes[:, :2], axes[:, 1:3]) == pytest.approx(0.5)


def test_turning_keeps_distances_and_finds_the_rotation():
    points = np.random.default_rng(0).standard_normal((9, 2))
    angle = np.array([[0.6, -0.8], [0.8, 0.6]])
    assert turned(points @ angle, points) == pytest.approx(points)


@pytest.mark.parametrize(
    "wrong", [{"strength": -0.1}, {"strength": 1.0}, {"sessions": 3}, {"length": 1}, {"seed": -1}], ids=str
)
def test_specs_that_cannot_be(wrong):
    with pytest.raises(InputError):
        ListeningSpec(**wrong)
