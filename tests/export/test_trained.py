"""A run is read from wherever it is kept, and what is no run is told in one line."""

from __future__ import annotations

import json
import zipfile
from dataclasses import asdict

import numpy as np
import pytest

from core.errors import InputError
from core.export.trained import Trained, find, read
from core.problem import RunSpec

ARRAYS = ("embeddings", "steps", "times", "loss", "singular_values")


def test_a_file_and_the_store_give_the_same_run(kept):
    for name in ARRAYS:
        one, other = getattr(kept.file, name), getattr(kept.stored, name)
        assert one.dtype == other.dtype
        assert np.array_equal(one, other), name
        assert not one.flags.writeable
        assert not other.flags.writeable
    assert (kept.file.spec, kept.file.words) == (kept.stored.spec, kept.stored.words)
    assert (kept.file.name, kept.stored.name) == ("qwem · V 150 · d 5 · σ 0.0001 · seed 4", "my run")
    assert kept.file.frames == ()
    assert len(kept.stored.frames) == len(kept.stored.steps)


def test_a_file_of_the_store_is_a_run_too(kept):
    again = read(kept.folder / f"{kept.id}.npz")
    assert again.name == "my run"
    assert np.array_equal(again.embeddings, kept.file.embeddings)


@pytest.mark.parametrize("name", ["absent.npz", "0123456789ab", "a" * 5_000, ""])
def test_what_is_not_there_is_told(name, monkeypatch, tmp_path):
    monkeypatch.setenv("STAIRCASE_RUNS", str(tmp_path))
    with pytest.raises(InputError, match="no such file|no run of this id") as told:
        find(name)
    assert "\n" not in str(told.value)


def written(path, **members):
    spec = asdict(RunSpec(vocab_size=2, dim=1))
    whole = {
        "spec": np.array(json.dumps(spec)), "words": np.array(["a", "b"]), "embeddings": np.ones((2, 1), np.float32),
        "steps": np.array([0, 1]), "times": np.array([0.0, 1.0]), "loss": np.array([1.0, 0.5]),
        "singular_values": np.ones((2, 1)),
    }  # fmt: skip
    np.savez(path, **{name: value for name, value in (whole | members).items() if value is not None})
    return path


def test_the_smallest_run(tmp_path):
    assert isinstance(read(written(tmp_path / "run.npz")), Trained)


@pytest.mark.parametrize(
    "members",
    [
        {"words": None},
        {"spec": np.array("{")},
        {"spec": np.array("[]")},
        {"spec": np.array(json.dumps({"model": "none"}))},
        {"spec": np.array(json.dumps({"dim": "5"}))},
        {"spec": np.array(json.dumps({"strange": 1}))},
        {"words": np.array(["a", "b", "c"])},
        {"words": np.array([1, 2])},
        {"embeddings": np.full((2, 1), np.nan, np.float32)},
        {"embeddings": np.ones((2, 3), np.float32)},
        {"embeddings": np.ones(2, np.float32)},
        {"embeddings": np.array([["a"], ["b"]])},
        {"contexts": np.ones((3, 1), np.float32)},
        {"loss": np.ones(3)},
        {"steps": np.array([])},
        {"words": np.array([{}, {}], dtype=object)},
    ],
    ids=str,
)
def test_a_file_of_something_else_is_told(tmp_path, members):
    with pytest.raises(InputError, match="not a (readable )?run") as told:
        find(str(written(tmp_path / "run.npz", **members)))
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("damage", ["cut", "text", "empty", "zip", "flipped"])
def test_a_damaged_or_foreign_file_is_told(kept, tmp_path, damage):
    path, data = tmp_path / "run.npz", kept.path.read_bytes()
    flipped = bytearray(data)
    flipped[len(data) // 3] ^= 0xFF
    path.write_bytes(
        {"cut": data[: len(data) // 2], "text": b"hello", "empty": b"", "flipped": bytes(flipped)}.get(damage, b"")
    )
    if damage == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("readme.txt", "no run")
    with pytest.raises(InputError, match="run.npz: not a"):
        read(path)
