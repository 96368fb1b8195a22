"""What the Story sends to the browser, and where its links lead."""

from __future__ import annotations

import json

import numpy as np
import pytest

from core.ui.lab import CANNED, lab
from core.ui.runs import canned
from core.ui.story import limits, places, prediction, training


@pytest.fixture(scope="module")
def known():
    return lab(CANNED)


def test_nothing_of_the_answer_travels_before_it_is_told(known):
    times = np.sort(known.prediction.descent_times[: known.concepts]) * known.clock
    before, after = (prediction._chart(known, 50.0, told) for told in (False, True))
    assert [step["k"] for step in before["steps"]] == [1]
    assert before["steps"][0]["until"] < times[1]
    assert not any(f"{time:.2f}"[:5] in json.dumps(before["steps"]) for time in times[1:])
    assert [step["time"] for step in after["steps"]] == pytest.approx(times)


def test_steps_go_down_by_what_their_concept_explains(known):
    steps = prediction._steps(known)
    total = known.problem.spectrum.total
    assert steps[0]["before"] == 1
    for step, following in zip(steps, steps[1:], strict=False):
        assert following["before"] == pytest.approx(step["after"])
        assert step["until"] == following["time"]
    for step in steps:
        value = known.problem.spectrum.values[step["k"] - 1]
        assert step["before"] - step["after"] == pytest.approx(value**2 / total, rel=1e-6)
    assert steps[-1]["until"] == known.end


def test_the_run_is_measured_against_its_own_snapshots(known):
    frames = canned(CANNED).frames
    told = training.measured(known, frames)
    modes, descent = known.concepts, known.prediction.descent
    trained = np.array([frame.singular_values[:modes] for frame in frames])
    assert len(frames) == len(descent.times) == told["moments"]
    apart = np.abs(trained - descent.singular_values[:, :modes]) / known.prediction.targets[:modes]
    assert told["miss"] == pytest.approx(apart.max(), rel=1e-3)
    assert 0 < told["miss"] < 0.03
    assert 0 < told["late"] < 0.1


def test_a_larger_start_leaves_fewer_steps_apart():
    base, melted = lab(limits._BASE), lab(limits.SWITCHES["start"])
    assert limits._wider(melted) < limits._wider(base)
    told = limits._text(base, lab(limits.SWITCHES["text"]), None)
    assert told["unseen"] > 0.5
    assert 0 <= told["common"] < 0.8
    assert limits._text(base, base, None)["common"] == pytest.approx(1)


def test_chapters_are_beside_each_other():
    assert places.beside("Cover", -1) is None
    assert places.beside("End", 1) is None
    walked = ["Cover"]
    while (following := places.beside(walked[-1], 1)) is not None:
        walked.append(following)
    assert tuple(walked) == places.CHAPTERS
    assert len(places.NUMBERED) == 8
