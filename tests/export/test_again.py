"""Runs that were kept without their clouds are trained again, and are the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.errors import InputError
from core.export.again import frames_of
from core.export.trained import read
from core.problem import RunSpec, load_problem, plan, simulate
from core.runfile import save_run


def test_trained_again_every_frame_is_as_it_was(kept):
    found = frames_of(kept.file, kept.problem)
    assert [one.step for one in found] == [one.step for one in kept.stored.frames]
    for one, other in zip(found, kept.stored.frames, strict=True):
        assert np.array_equal(one.cloud, other.cloud)
        assert one.loss == other.loss


def test_what_was_kept_with_its_clouds_is_not_trained_again(kept):
    def never(snapshots, planned):
        raise AssertionError

    assert frames_of(kept.stored, kept.problem, never) is kept.stored.frames


def test_how_far_it_is_can_be_watched(kept):
    seen = []

    def watched(snapshots, planned):
        for one in snapshots:
            seen.append((one.step, planned.steps))
            yield one

    frames_of(kept.file, kept.problem, watched)
    assert seen[-1] == (kept.file.steps[-1], kept.file.steps[-1])


def test_a_run_of_another_length_than_its_recipe_plans(tmp_path):
    spec = RunSpec(vocab_size=60, dim=3, model="sgns", init_scale=1e-2)
    problem = load_problem(spec)
    snapshots = list(simulate(problem, spec, plan(problem, spec, steps=23)))
    save_run(tmp_path / "run.npz", spec, problem.counts.words, snapshots)
    found = frames_of(read(tmp_path / "run.npz"), problem)
    assert [one.time for one in found] == [one.time for one in snapshots]


def test_another_run_is_told(kept):
    other = replace(kept.file, singular_values=kept.file.singular_values * 1.1)
    with pytest.raises(InputError, match="it ends elsewhere"):
        frames_of(other, kept.problem)
