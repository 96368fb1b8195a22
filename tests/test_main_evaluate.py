"""``evaluate``: the keys of its contract, everything it takes, and one line for everything it does not."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.__main__ import main
from core.countfile import save_counts
from core.counts import Cooccurrence
from core.evaluation import evaluate
from core.sources import load_statistics
from core.spectrum import decompose, embedding
from core.spectrumfile import save_spectrum
from core.targets import TARGETS

WORDS = ["boy", "girl", "king", "queen", "man", "woman", "he", "she", "tiger", "cat", "love", "sex", "old", "new"]
FEW = ["--vocab-size", "500", "--dim", "40"]


@pytest.fixture(scope="module")
def statistics() -> Cooccurrence:
    return load_statistics("wikipedia", 500)


@pytest.fixture
def vectors() -> np.ndarray:
    return np.random.default_rng(0).standard_normal((len(WORDS), 5)).astype(np.float32)


@pytest.fixture
def run_json(capsys) -> Callable[..., dict]:
    """Run ``evaluate`` with --json: its one object, without NaN."""

    def run(*arguments: object) -> dict:
        assert main(["evaluate", *map(str, arguments), "--json"]) == 0
        return json.loads(capsys.readouterr().out, parse_constant=pytest.fail)

    return run


@pytest.fixture
def error_of(capsys) -> Callable[..., str]:
    """Run ``evaluate``, which must fail: its one line on stderr."""

    def run(*arguments: object) -> str:
        try:
            code = main(["evaluate", *map(str, arguments)])
        except SystemExit as stop:
            code = stop.code
        printed = capsys.readouterr()
        assert code
        assert printed.out == ""
        assert printed.err.startswith("error: ")
        assert printed.err.count("\n") == 1
        return printed.err

    return run


def numbers(found: dict) -> tuple:
    """What is to be the same wherever the same embeddings come from."""
    return tuple(found[key] for key in ("analogies", "wordsim353", "simlex999", "vocab_size", "dim"))


def plain(words: list[str], vectors: np.ndarray) -> str:
    return "".join(f"{word} {' '.join(map(str, row))}\n" for word, row in zip(words, vectors.tolist(), strict=True))


def asked(words: list[str], vectors: np.ndarray) -> tuple[int, int, int, float]:
    found = evaluate(vectors, words)
    return found.overall.right, found.total, found.similarity[0].pairs, found.similarity[0].spearman


def told(found: dict) -> tuple[int, int, int, float]:
    similarity = found["wordsim353"]
    spearman = math.nan if similarity["spearman"] is None else similarity["spearman"]
    near = pytest.approx(spearman, nan_ok=True)
    return found["analogies"]["right"], found["analogies"]["total"], similarity["pairs"], near


# What it says


@pytest.mark.parametrize("listed", [False, True], ids=["crossed", "as listed"])
def test_the_contract(run_json, statistics: Cooccurrence, listed: bool) -> None:
    found = run_json("wikipedia", *FEW, *(["--original"] if listed else []))
    assert set(found) == {
        *("source", "kind", "name", "vocab_size", "dim", "by_magnitude", "crossed", "by_family"),
        *("analogies", "wordsim353", "simlex999", "evaluation_seconds", "seconds"),
    }
    expected = evaluate(embedding(decompose(TARGETS["mstar"](statistics), 40)), statistics.words, crossed=not listed)
    analogies = found["analogies"]
    assert set(analogies) == {"accuracy", "right", "total", "possible", "families"}
    assert (found["kind"], found["name"], found["crossed"]) == ("statistics", "mstar", not listed)
    assert (analogies["right"], analogies["total"], analogies["possible"]) == (
        *(expected.overall.right, expected.total),
        19_544 if listed else 30_494,
    )
    assert analogies["accuracy"] == pytest.approx(expected.accuracy)
    assert len(analogies["families"]) == 14
    for one in expected.analogies:
        score = analogies["families"][one.name]
        assert (score["right"], score["total"], score["possible"]) == (one.right, one.total, one.possible)
        assert score["accuracy"] == (one.right / one.total if one.total else None)
    for one in expected.similarity:
        assert found[one.name] == {
            "spearman": pytest.approx(one.spearman),
            "pairs": one.pairs,
            "possible": one.possible,
        }
    assert 0 < found["evaluation_seconds"] < found["seconds"]
    assert 0 < analogies["right"] < analogies["total"], "otherwise little would be shown"


def test_nothing_asked_is_null(run_json, tmp_path: Path) -> None:
    path = tmp_path / "odd.vec"
    path.write_text("2 2\nxx 1 0\nyy 0 1\n")
    found = run_json(path)
    assert found["analogies"]["accuracy"] is None
    assert {one["accuracy"] for one in found["analogies"]["families"].values()} == {None}
    assert found["wordsim353"] == {"spearman": None, "pairs": 0, "possible": 353}


def test_the_table_is_for_people(capsys, tmp_path: Path, vectors: np.ndarray) -> None:
    path = tmp_path / "few.vec"
    path.write_text(f"{len(WORDS)} 5\n" + plain(WORDS, vectors))
    assert main(["evaluate", str(path)]) == 0
    out = capsys.readouterr().out
    assert "14 words, d = 5" in out
    assert "crossed all-with-all" in out
    assert "WordSim-353" in out
    assert "family" not in out
    assert main(["evaluate", str(path), "--families", "--original"]) == 0
    out = capsys.readouterr().out
    assert "as listed" in out
    line = next(line.split() for line in out.splitlines() if line.startswith("family"))
    assert line[2:] == ["12", "506"], "four pairs, crossed: all of them are listed too"
    assert next(line for line in out.splitlines() if line.startswith("currency")).split()[1:] == ["-", "0", "866"]


# What it takes


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_every_target(run_json, statistics: Cooccurrence, name: str) -> None:
    found = run_json("wikipedia", *FEW, "--target", name)
    matrix = TARGETS[name](statistics).astype(np.float64)
    values, columns = np.linalg.eigh(matrix)
    closed = columns[:, -40:] * np.sqrt(np.maximum(values[-40:], 0))
    known = 3 if name.startswith("s") else 4  # a word without neighbours is rounding, and so are its similarities
    assert told(found)[:known] == asked(list(statistics.words), closed)[:known]
    assert found["name"] == name


def test_singular_values_instead(run_json, statistics: Cooccurrence) -> None:
    found = run_json("wikipedia", *FEW, "--target", "pmi", "--by-magnitude")
    left, values, _ = np.linalg.svd(TARGETS["pmi"](statistics).astype(np.float64))
    assert told(found) == asked(list(statistics.words), left[:, :40] * np.sqrt(values[:40]))
    assert numbers(found) != numbers(run_json("wikipedia", *FEW, "--target", "pmi"))


def test_a_file_of_counts_and_the_default_dimension(run_json, statistics: Cooccurrence, tmp_path: Path) -> None:
    path = tmp_path / "counts.of.something"
    save_counts(statistics, path)
    assert numbers(run_json(path, "--dim", 40)) == numbers(run_json("wikipedia", *FEW))
    assert run_json(path)["dim"] == 200
    assert run_json(path, "--vocab-size", 70)["dim"] == 70


def test_a_spectrum(run_json, error_of, statistics: Cooccurrence, tmp_path: Path) -> None:
    path = tmp_path / "spectrum"
    save_spectrum(path, decompose(TARGETS["ppmi"](statistics), 60), statistics, target="ppmi")
    found = run_json(path, "--dim", 40)
    same = run_json("wikipedia", *FEW, "--target", "ppmi")
    assert (found["kind"], found["name"]) == ("spectrum", "ppmi")
    assert found["analogies"]["total"] == same["analogies"]["total"]
    assert found["analogies"]["accuracy"] == pytest.approx(same["analogies"]["accuracy"], abs=0.03)
    assert found["wordsim353"]["spearman"] == pytest.approx(same["wordsim353"]["spearman"], abs=0.01)
    assert run_json(path)["dim"] == 60
    assert run_json(path, "--target", "ppmi", "--vocab-size", 90)["vocab_size"] == 90
    assert "spectrum of ppmi" in error_of(path, "--target", "pmi")
    assert "spectrum of ppmi" in error_of(path, "--by-magnitude")
    assert "from 1 to the 60" in error_of(path, "--dim", 61)
    assert "from 1 to the 500 words" in error_of(path, "--vocab-size", 501)
    assert "from 1 to the 500 words" in error_of(path, "--vocab-size", 0)


def test_a_run(run_json, capsys, tmp_path: Path) -> None:
    path = tmp_path / "run.npz"
    assert main(["train", "wikipedia", *FEW, "--model", "quartic", "--steps", "30", "--out", str(path)]) == 0
    capsys.readouterr()
    with np.load(path) as file:
        words, embeddings = file["words"].tolist(), file["embeddings"]
    found = run_json(path)
    assert (found["kind"], found["name"], found["vocab_size"], found["dim"]) == ("run", "quartic", 500, 40)
    assert told(found) == asked(words, embeddings)
    fewer = run_json(path, "--vocab-size", 90)
    assert told(fewer) == asked(words[:90], embeddings[:90])


@pytest.mark.parametrize("name", ["vectors.bin", "vectors.txt", "vectors"])
def test_vectors_of_other_programs_whatever_their_name(
    run_json, vectors: np.ndarray, tmp_path: Path, name: str
) -> None:
    from gensim.models import KeyedVectors

    path, theirs = tmp_path / name, KeyedVectors(5)
    theirs.add_vectors(WORDS, vectors)
    for options in ({}, {"binary": True}, {"write_header": False}):
        theirs.save_word2vec_format(str(path), **options)
        found = run_json(path)
        assert (found["kind"], found["vocab_size"], found["dim"]) == ("vectors", 14, 5)
        assert told(found) == asked(WORDS, vectors)
        assert run_json(path, "--vocab-size", 6)["analogies"]["total"] == 6


def test_words_may_be_anything(run_json, tmp_path: Path) -> None:
    path = tmp_path / "vectors"
    path.write_bytes("čaj 1 0\nnew york 0 1\n\u00a0 1 1\n".encode() + b"\xff\xfe\t1  0 \r\ncat 0 1")
    assert run_json(path)["vocab_size"] == 5
    path.write_bytes(b"2 2\ncat 1 0\n\xff 0 1\nand what follows is not read")
    assert run_json(path)["vocab_size"] == 2
    path.write_bytes(b"2 1\ncat " + np.float32(1).tobytes() + b"\ntiger " + np.float32(2).tobytes() + b"\n")
    assert run_json(path)["wordsim353"]["pairs"] == 2, "word2vec's own program ends every vector with a new line"


# What it does not


def test_statistics_have_knobs_that_vectors_have_not(error_of, tmp_path: Path, vectors: np.ndarray) -> None:
    path = tmp_path / "few.vec"
    path.write_text(plain(WORDS, vectors))
    for knob in (["--dim", "3"], ["--target", "mstar"], ["--by-magnitude"]):
        assert "are for statistics" in error_of(path, *knob)
    assert "from 1 to the 14 words" in error_of(path, "--vocab-size", 15)
    assert "at least 1" in error_of(path, "--vocab-size", 0)
    assert "rank is 501" in error_of("wikipedia", "--vocab-size", 500, "--dim", 501)
    assert "rank is 0" in error_of("wikipedia", "--vocab-size", 500, "--dim", 0)
    assert "invalid choice" in error_of("wikipedia", "--target", "glove")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "no statistics, spectrum, run or word vectors"),
        (b"\n", "no statistics, spectrum, run or word vectors"),
        (b"the quick brown fox\njumps\n", "no statistics, spectrum, run or word vectors"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "no statistics, spectrum, run or word vectors"),
        (b"\x80\x04\x95 pickled", "no statistics, spectrum, run or word vectors"),
        (b"0 5\n", "no statistics, spectrum, run or word vectors"),
        (b"PAR1 and no more", "not a readable file of counts"),
        (b"PK\x03\x04 and no more", "not a readable run"),
        (gzip.compress(b"2 2\nx 1 0\ny 0 1\n", mtime=0), "unpack it first"),
        (b"999999999 300\nx 1 0\n", "too short for the 999,999,999 vectors of 300 numbers"),
        (b"3 2\nx 1 0\ny 0 1\n", "has 2 vectors, and its first line tells of 3"),
        (b"2 2\nx 1 0\ny 0\n", "line 3 is not a word and 2 numbers"),
        (b"2 2\nx 1 0\ny 0 z\n", "line 3 is not a word and 2 numbers"),
        (b"x 1 0\ny 0\n", "line 2 is not a word and 2 numbers"),
        (b"x 1 0\n\n", "line 2 is not a word and 2 numbers"),
        (b"2 1\nx " + b"\x80" * 9, "vector 2 of 2 is cut short or damaged"),
        (b"2 1\nx " + b"\x80" * 5 + b" \x80\x80\x80", "vector 2 of 2 is cut short or damaged"),
        (b"x 1 nan\ny 0 1\n", "not finite"),
    ],
)
def test_what_is_no_embedding_is_told_in_a_line(error_of, tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "file.npz"
    path.write_bytes(content)
    line = error_of(path)
    assert complaint in line
    assert complaint == "not finite" or "file.npz" in line


@pytest.mark.parametrize(
    ("members", "complaint"),
    [
        ({"words": np.array(WORDS)}, "not a run written by"),
        ({"words": np.array(WORDS[:3]), "embeddings": np.ones((2, 2))}, "do not fit together"),
        ({"words": np.array(WORDS[:2]), "embeddings": np.ones((2, 2), int)}, "do not fit together"),
        ({"words": np.array(WORDS[:2], object), "embeddings": np.ones((2, 2))}, "not a readable run"),
        ({"words": np.array(WORDS[:2]), "embeddings": np.ones((2, 2)), "spec": np.array("[]")}, "not a readable run"),
        ({"words": np.array(WORDS[:2]), "embeddings": np.ones((2, 2)), "spec": np.array("{")}, "not a readable run"),
    ],
)
def test_archives_that_are_no_runs(error_of, tmp_path: Path, members: dict, complaint: str) -> None:
    path = tmp_path / "file.npz"
    np.savez(path, **members)
    assert complaint in error_of(path)


def test_files_that_are_not_there(error_of, tmp_path: Path) -> None:
    assert "no such file" in error_of(tmp_path / "none.npz")
    assert "folder" in error_of(tmp_path) or "directory" in error_of(tmp_path)
    error_of("x" * 5_000)
    error_of("")
    error_of("a\x00b")
