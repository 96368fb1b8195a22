"""``export``: the keys of its contract, everything it takes, and one line for everything it does not."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from gensim.models import KeyedVectors

from core.__main__ import main

PLAYER = {"staircase.html"}
WORD2VEC, PROJECTOR = {"vectors.txt", "vectors.bin"}, {"vectors.tsv", "metadata.tsv", "projector_config.json"}
TABLES, ALWAYS = {"spectrum.csv", "concepts.csv", "history.csv"}, {"staircase.bib", "README.txt"}


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("trained") / "run.npz"
    arguments = "train wikipedia --vocab-size 100 --dim 4 --init-scale 1e-3 --until 2 --out"
    assert main([*arguments.split(), str(path)]) == 0
    return path


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_the_contract(run, tmp_path, capsys):
    out = tmp_path / "new"
    assert main(["export", str(run), "--out", str(out), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) == {"files", "bytes", "name", "vocab_size", "dim", "seconds"}
    assert {Path(one).name for one in found["files"]} == names(out) == WORD2VEC | PROJECTOR | TABLES | PLAYER | ALWAYS
    assert [Path(one).stat().st_size for one in found["files"]] == found["bytes"]
    with np.load(run) as file:
        embeddings, words = file["embeddings"], file["words"].tolist()
    for name in WORD2VEC:
        vectors = KeyedVectors.load_word2vec_format(str(out / name), binary=name.endswith("bin"))
        assert np.array_equal(vectors[words], embeddings)
    assert len(pd.read_csv(out / "spectrum.csv")) == 4


@pytest.mark.parametrize(
    ("formats", "files"),
    [
        (["word2vec"], WORD2VEC),
        (["projector"], PROJECTOR),
        (["csv"], TABLES),
        (["html", "--language", "de"], PLAYER),
        (["csv", "--format", "word2vec"], TABLES | WORD2VEC),
    ],
)
def test_formats_are_chosen(run, tmp_path, capsys, formats, files):
    assert main(["export", str(run), "--out", str(tmp_path), "--format", *formats]) == 0
    assert names(tmp_path) == files | ALWAYS
    assert "100 words, d = 4" in capsys.readouterr().out


def test_a_kept_run_is_named_by_its_id(kept_run, tmp_path, capsys):
    assert main(["export", kept_run, "--format", "word2vec", "--out", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "of the store"


@pytest.fixture
def kept_run(tmp_path, monkeypatch) -> str:
    from test_store import SPEC, some_counts, some_run

    from core.store import RunStore

    folder = tmp_path / "runs"
    monkeypatch.setenv("STAIRCASE_RUNS", str(folder))
    return RunStore(folder).put(SPEC, some_counts(), "of the store", some_run())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["absent.npz", "--out", "o"], "no such file"),
        (["0123456789ab", "--out", "o"], "no run of this id"),
        ([__file__, "--out", "o"], "not a readable run"),
        (["absent.npz"], "--out"),
        (["absent.npz", "--out", "o", "--format", "pdf"], "pdf"),
    ],
)
def test_bad_input_is_one_line(arguments, told, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STAIRCASE_RUNS", str(tmp_path / "runs"))
    try:
        code = main(["export", *arguments])
    except SystemExit as stop:
        code = stop.code
    printed = capsys.readouterr()
    assert code
    assert printed.out == ""
    assert printed.err.startswith("error: ")
    assert printed.err.count("\n") == 1
    assert told in printed.err
    assert not (tmp_path / "o").exists()


def test_a_file_in_the_place_of_the_folder_is_told(run, tmp_path, capsys):
    (tmp_path / "o").write_bytes(b"")
    assert main(["export", str(run), "--format", "word2vec", "--out", str(tmp_path / "o")]) == 1
    assert capsys.readouterr().err.startswith("error: ")
    assert (tmp_path / "o").read_bytes() == b""
