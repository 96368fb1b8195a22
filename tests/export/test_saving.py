"""Exported files on disk and in archives, and what is said about them."""

from __future__ import annotations

import io
import os
import shlex
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.__main__ import main
from core.errors import InputError
from core.export import save, with_about, word2vec, zipped
from core.export.about import bibtex, command, readme
from core.export.trained import read

FILES = {"a.txt": b"one", "b.bin": bytes(range(256))}


def test_files_are_saved_in_a_folder_that_is_made(tmp_path):
    paths = save(FILES, tmp_path / "new" / "folder")
    assert [path.read_bytes() for path in paths] == list(FILES.values())
    assert set((tmp_path / "new" / "folder").iterdir()) == set(paths)


def test_a_full_disk_leaves_everything_as_it_was(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_bytes(b"before")
    write = Path.write_bytes

    def full(path, data):
        if data == FILES["b.bin"]:
            write(path, data[:3])
            raise OSError(28, "No space left on device")
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(InputError, match=r"b\.bin: No space left on device"):
        save(FILES, tmp_path)
    assert (tmp_path / "a.txt").read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [tmp_path / "a.txt"]


def test_a_folder_that_cannot_be_is_told(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(InputError, match="file"):
            save(FILES, place)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_may_not_be_written_to_is_told(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="Permission denied"):
        save(FILES, tmp_path)


def test_an_archive_holds_the_files_and_is_always_the_same():
    with zipfile.ZipFile(io.BytesIO(zipped(FILES))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == FILES
    assert zipped(FILES) == zipped(dict(FILES))


def test_the_readme_names_every_file_and_the_settings(kept):
    files = with_about(word2vec(kept.stored), kept.stored, "http://localhost:8501/train?V=150&seed=4")
    told = files["README.txt"].decode()
    assert list(files)[-2:] == ["staircase.bib", "README.txt"]
    assert [name for name in files if name not in told] == ["README.txt"]
    for part in ("my run", "150 words", "seed               4", "address: http://localhost:8501/train?V=150&seed=4"):
        assert part in told
    assert f"numpy {np.__version__}" in told
    assert "became _" not in told


def test_the_readme_says_which_words_were_changed_and_why_a_run_broke_off(kept):
    words = tuple(f"new york {n}" for n in range(30)) + kept.file.words[30:]
    told = readme(replace(kept.file, words=words, message="it diverged\nat once"), ["vectors.txt"]).decode()
    assert "'new york 0' -> new_york_0" in told
    assert "and 10 more" in told
    assert "The run broke off: it diverged at once." in told


def test_a_visitors_own_text_has_no_command(kept):
    own = replace(kept.file, spec=replace(kept.file.spec, data="own:1234"))
    assert "command" not in readme(own, []).decode()


@pytest.mark.parametrize("model", ["qwem", "sgns"])
def test_the_command_of_the_readme_makes_the_same_run(tmp_path, capsys, model):
    first = "train wikipedia --vocab-size 60 --dim 3 --init-scale 0.003 --seed 2 --step-size 0.07 --steps 37"
    assert main([*first.split(), "--model", model, "--out", str(tmp_path / "first.npz")]) == 0
    run = read(tmp_path / "first.npz")
    given = shlex.split(command(run))
    given[given.index("run.npz")] = str(tmp_path / "again.npz")
    assert given[:3] == ["python", "-m", "core"]
    assert main(given[3:]) == 0
    again = read(tmp_path / "again.npz")
    assert np.array_equal(again.embeddings, run.embeddings)
    assert again.steps.tolist() == run.steps.tolist()


def test_bibtex_has_the_paper_and_the_program():
    entries = bibtex().decode()
    assert entries.count("@") == 2
    assert entries.count("{") == entries.count("}")
    assert "2502.09863" in entries
