"""Lessons: whole in every language, with links that open, and with answers that the statistics bear out."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import InputError
from core.lessons import lesson, names
from core.prose import LANGUAGES
from core.spectrum import embedding
from core.stairs import separation
from core.targets import pair_facts
from core.ui.gallery import from_start
from core.ui.lab import CANNED, lab
from core.ui.sitemap import NAMES

LESSONS = names()


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_is_whole_and_opens_the_same_in_every_language(name):
    found = [lesson(name, language) for language in LANGUAGES]
    assert len({one.link for one in found}) == len({one.minutes for one in found}) == 1
    assert len({one.answer for one in found}) == len(LANGUAGES)
    assert found[0].page in NAMES
    assert all(found[0].query.values())


def test_what_is_not_there_is_told():
    with pytest.raises(InputError, match="nonsense"):
        lesson("nonsense")


def test_a_link_is_read():
    assert (lesson("start").page, lesson("start").query) == ("theory", {"sigma": "0.1"})


def met(first: str, second: str):
    counts = lab(CANNED).problem.counts
    return pair_facts(counts, counts.index[first], counts.index[second])


def test_the_answers_about_company_are_those_of_the_text():
    water, the = met("river", "water"), met("river", "the")
    assert 50 < the.count / water.count < 60
    assert 5.5 < water.count / water.expected < 6
    assert 0 < the.m_star < water.m_star / 2
    assert met("football", "species").count == 0
    assert met("river", "album").m_star == pytest.approx(-1.4, abs=0.1)


def test_the_answers_about_starts_are_those_of_the_theory():
    apart = {}
    for start in (1e-6, 1e-4, 1e-3, 1e-2):
        told = lab(from_start(start)).prediction
        apart[start] = float(separation(told.flow_times, told.widths)[0])
    assert apart[1e-6] > 1.5 > apart[1e-4] > apart[1e-3] > 0.7 > apart[1e-2]
    gaps = []
    for start in (1e-12, 1e-10, 1e-8):
        times = lab(from_start(start)).prediction.flow_times
        gaps.append(times[1] - times[0])
    assert np.diff(gaps)[0] == pytest.approx(np.diff(gaps)[1], rel=0.1)


@pytest.mark.parametrize(
    ("k", "one", "other"),
    [
        (1, "processes frequency linear", "defeated married joined"),
        (2, "love comedy songs", "transportation sector agriculture"),
    ],
)
def test_the_concepts_named_in_an_answer_are_found(k, one, other):
    found = lab(CANNED).concept(k, top=6)
    assert set(one.split()) <= set(found.positive)
    assert set(other.split()) <= set(found.negative)


def test_the_words_of_the_cloud_lesson_end_as_its_answer_says():
    known = lab(CANNED)
    index = known.problem.counts.index
    ends = embedding(known.problem.spectrum.head(known.concepts))

    def near(a: str, b: str) -> float:
        x, y = ends[index[a]], ends[index[b]]
        return float(x @ y / np.linalg.norm(x) / np.linalg.norm(y))

    assert near("war", "army") > 0.6 > 0.3 > near("war", "game")
