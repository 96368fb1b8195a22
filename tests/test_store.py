"""The file of a run."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError
from core.problem import RunSpec, load_problem, plan
from core.store import save_run
from core.training import train


@pytest.fixture(scope="module")
def finished():
    spec = RunSpec(vocab_size=100, dim=5, init_scale=1e-3)
    problem = load_problem(spec)
    return spec, problem.counts.words, list(train(problem.matrix, plan(problem, spec, steps=60)))


def test_a_saved_run_opens_without_pickle(finished, tmp_path: Path) -> None:
    spec, words, snapshots = finished
    path = tmp_path / "run.npz"
    save_run(path, spec, words, snapshots)
    with np.load(path, allow_pickle=False) as file:
        assert RunSpec(**json.loads(str(file["spec"]))) == spec
        assert tuple(file["words"].tolist()) == words
        assert (file["embeddings"] == snapshots[-1].embeddings).all()
        assert file["steps"].tolist() == list(range(61))
        assert file["times"].tolist() == [one.time for one in snapshots]
        assert file["loss"].tolist() == [one.loss for one in snapshots]
        assert (file["singular_values"][7] == snapshots[7].singular_values).all()
        assert file["singular_values"].shape == (61, 5)
    assert [one.name for one in tmp_path.iterdir()] == ["run.npz"]


def test_a_failed_save_leaves_everything_as_it_was(finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run.npz"
    path.write_bytes(b"the run before")

    def full_disk(file, **arrays) -> None:
        file.write(b"half a fi")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full_disk)
    with pytest.raises(InputError, match="No space left on device"):
        save_run(path, *finished)
    assert path.read_bytes() == b"the run before"
    assert [one.name for one in tmp_path.iterdir()] == ["run.npz"]


def test_saving_a_run_where_it_is_impossible(finished, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="absent"):
        save_run(tmp_path / "absent" / "run.npz", *finished)
