"""A small run, as ``train --out`` writes it and as the store keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from core.compare import Prediction, predict
from core.export.trained import Trained, find, read
from core.frames import Camera
from core.problem import Problem, RunSpec, load_problem, plan, simulate
from core.runfile import Finished, save_run
from core.store import RunStore

SPEC = RunSpec(vocab_size=150, dim=5, seed=4, init_scale=1e-4)


@dataclass(frozen=True, eq=False)
class Kept:
    """Where a run is kept, and what is known of it. ``file`` and ``stored`` are the same run, read from either."""

    path: Path
    folder: Path
    id: str
    problem: Problem
    prediction: Prediction
    file: Trained
    stored: Trained


@pytest.fixture(scope="session")
def kept(tmp_path_factory) -> Kept:
    place = tmp_path_factory.mktemp("kept")
    problem = load_problem(SPEC)
    train_spec = plan(problem, SPEC)
    snapshots = list(simulate(problem, SPEC, train_spec))
    path, folder = place / "run.npz", place / "runs"
    save_run(path, SPEC, problem.counts.words, snapshots)
    camera = Camera(problem.spectrum, SPEC.dim)
    finished = Finished([camera.frame(one) for one in snapshots], snapshots[-1])
    id = RunStore(folder).put(SPEC, problem.counts, "my run", finished)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STAIRCASE_RUNS", str(folder))
        stored = find(id)
    return Kept(path, folder, id, problem, predict(problem, train_spec), read(path), stored)
