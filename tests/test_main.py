"""The command line: the keys of its contract, where it prints, and one line for every mistake."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.__main__ import main
from core.countfile import load_counts, save_counts
from core.counts import Cooccurrence
from core.sources import load_statistics
from core.spectrum import concept, decompose
from core.targets import TARGETS, m_star, word2vec_weights
from core.training import GENSIM, MODELS

ROOT = Path(__file__).resolve().parents[1]

COUNT_KEYS = (
    "documents tokens kept_tokens vocab_size window total_weight unseen_share words unigram row_weights seconds"
)
SPECTRUM_KEYS = "target vocab_size rank eigenvalues rise_times concepts seconds"
TRAIN_KEYS = (
    "model steps time loss_start loss_end loss_floor singular_values targets flow_deviation step_deviation "
    "seconds seconds_per_step untied rate mean_weight"
)


@pytest.fixture
def text_file(text: str, tmp_path: Path) -> str:
    path = tmp_path / "text.txt"
    path.write_text(text)
    return str(path)


@pytest.fixture
def stats(counts: Cooccurrence, tmp_path: Path) -> str:
    path = tmp_path / "counts.parquet"
    save_counts(counts, path)
    return str(path)


@pytest.fixture
def run_json(capsys) -> Callable[..., dict]:
    """Run a command with --json: its one object. Nothing else may be on stdout."""

    def run(*arguments: str) -> dict:
        assert main([*arguments, "--json"]) == 0
        out = capsys.readouterr().out
        assert out.endswith("\n")
        assert out.count("\n") == 1
        return json.loads(out, parse_constant=pytest.fail)

    return run


@pytest.fixture
def error_of(capsys) -> Callable[..., str]:
    """Run a command that must fail: its one line on stderr."""

    def run(*arguments: str) -> str:
        try:
            code = main(list(arguments))
        except SystemExit as stop:
            code = stop.code
        printed = capsys.readouterr()
        assert code
        assert printed.out == ""
        lines = [line for line in printed.err.splitlines() if line]
        assert len(lines) == 1, printed.err
        assert lines[0].startswith("error: ")
        return lines[0]

    return run


# count


def test_count_prints_the_contract(run_json, text_file: str, counts: Cooccurrence, text: str) -> None:
    found = run_json("count", text_file, "--vocab-size", "14", "--window", "4")
    assert set(found) == {*COUNT_KEYS.split(), "types", "replaced_share", "skipped"}
    assert found["documents"] == len(text.splitlines())
    assert found["tokens"] == len(text.split())
    assert found["kept_tokens"] == sum(found["unigram"])
    assert (found["vocab_size"], found["window"]) == (14, 4)
    assert found["words"] == list(counts.words)
    assert found["unigram"] == counts.unigram.tolist()
    assert found["row_weights"] == counts.row_weights.tolist()
    assert found["total_weight"] == counts.total_weight == sum(found["row_weights"])
    assert found["unseen_share"] == pytest.approx(counts.unseen_share)
    assert found["seconds"] > 0


def test_count_options_reach_the_corpus(run_json, tmp_path: Path) -> None:
    path = tmp_path / "few.txt"
    path.write_text("a b c a b\na a\nb c d\n")
    found = run_json("count", str(path), "--min-tokens", "3", "--min-count", "2")
    assert (found["documents"], found["tokens"], found["words"]) == (2, 8, ["b", "a", "c"])


def test_count_takes_several_texts_and_stdin(run_json, tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "first.txt"
    path.write_text("sun moon")
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"moon star\nsun star")))
    found = run_json("count", str(path), "-")
    assert (found["documents"], found["words"]) == (3, ["moon", "star", "sun"])


def test_count_writes_a_file_that_the_others_take(run_json, text_file: str, tmp_path: Path) -> None:
    out = str(tmp_path / "out.parquet")
    found = run_json("count", text_file, "--out", out)
    written = load_counts(Path(out))
    assert written.total_weight == found["total_weight"]
    assert run_json("spectrum", out, "--rank", "2")["vocab_size"] == found["vocab_size"]


def test_tables_are_for_people(capsys, text_file: str, stats: str) -> None:
    for arguments, shows in (
        (["count", text_file], "vocabulary    16 of 16"),
        (["spectrum", stats, "--rank", "2"], "lambda_k"),
        (["train", stats, "--dim", "2"], "sqrt(lambda_k)"),
    ):
        assert main(arguments) == 0
        assert shows in capsys.readouterr().out


# spectrum


@pytest.mark.parametrize("target", ["mstar", "pmi", "ppmi"])
def test_spectrum_prints_the_contract(run_json, stats: str, counts: Cooccurrence, target: str) -> None:
    found = run_json("spectrum", stats, "--rank", "14", "--target", target, "--top", "3", "--init-scale", "1e-3")
    assert set(found) == set(SPECTRUM_KEYS.split())
    assert (found["target"], found["vocab_size"], found["rank"]) == (target, 14, 14)
    matrix = TARGETS[target](counts)
    values = np.linalg.eigvalsh(matrix.astype(np.float64))[::-1]
    assert found["eigenvalues"] == pytest.approx(values.tolist(), abs=1e-5)
    for value, time in zip(found["eigenvalues"], found["rise_times"], strict=True):
        assert (time is None) == (value <= 0)
        if value > 1e-3:
            assert time == pytest.approx(np.log(value / 1e-6) / value)
    assert [list(one) for one in found["concepts"]] == [["k", "positive", "negative"]] * 14
    first = concept(decompose(matrix, 14), counts.words, 1, top=3)
    assert found["concepts"][0] == {"k": 1, "positive": [*first.positive], "negative": [*first.negative]}


def test_spectrum_of_the_bundled_statistics(run_json) -> None:
    found = run_json("spectrum", "wikipedia", "--vocab-size", "300", "--rank", "3")
    assert (found["target"], found["vocab_size"]) == ("mstar", 300)
    assert found["eigenvalues"] == pytest.approx([70.763, 44.683, 36.140], rel=1e-4)
    assert found["rise_times"][0] == pytest.approx(np.log(70.763e12) / 70.763, rel=1e-4)


# train


def test_train_prints_the_contract(run_json, tmp_path: Path) -> None:
    out = tmp_path / "run.npz"
    found = run_json("train", "wikipedia", "--vocab-size", "200", "--dim", "4", "--seed", "3", "--out", str(out))
    assert set(found) == set(TRAIN_KEYS.split())
    assert found["model"] == "qwem"
    assert found["loss_start"] == pytest.approx(1, abs=1e-6)
    assert found["loss_floor"] <= found["loss_end"] <= 1.05 * found["loss_floor"]
    assert found["singular_values"] == pytest.approx(found["targets"], rel=0.05)
    assert 0 < found["step_deviation"] < 0.04 < found["flow_deviation"]
    assert found["seconds"] > found["steps"] * found["seconds_per_step"] > 0
    with np.load(out, allow_pickle=False) as file:
        assert file["steps"][-1] == found["steps"]
        assert file["times"][-1] == pytest.approx(found["time"])
        assert file["singular_values"][-1].tolist() == found["singular_values"]


def test_train_on_counts_of_a_text(run_json, stats: str) -> None:
    found = run_json("train", stats, "--dim", "2", "--step-size", "0.02", "--init-scale", "1e-4")
    assert found["step_deviation"] < 0.003
    assert found["singular_values"] == pytest.approx(found["targets"], rel=0.05)


def test_train_is_as_long_as_told(run_json) -> None:
    arguments = ["train", "wikipedia", "--vocab-size", "100", "--dim", "3"]
    assert run_json(*arguments, "--steps", "17")["steps"] == 17
    timed = run_json(*arguments, "--time", "1.5", "--step-size", "0.05")
    assert timed["time"] == pytest.approx(1.5, rel=0.01)
    assert timed["time"] / timed["steps"] * timed["targets"][0] ** 2 == pytest.approx(0.05)


@pytest.mark.parametrize("untied", [[], ["--untied"]], ids=["tied", "untied"])
@pytest.mark.parametrize("model", MODELS)
def test_every_model_prints_the_contract(run_json, model: str, untied: list[str]) -> None:
    arguments = ["train", "wikipedia", "--vocab-size", "60", "--dim", "3", "--init-scale", "1e-2", "--model", model]
    found = run_json(*arguments, *untied)
    assert set(found) == set(TRAIN_KEYS.split())
    assert found["model"] == model
    assert found["untied"] == (bool(untied) or model in GENSIM)
    assert found["loss_start"] == pytest.approx(1, abs=1e-3)
    assert 0 < found["loss_end"] < 0.7
    assert (found["loss_floor"] is None) == (model != "qwem")
    assert len(found["singular_values"]) == len(found["targets"]) == 3
    assert found["singular_values"] == sorted(found["singular_values"], reverse=True)
    assert found["steps"] > 10
    assert found["seconds_per_step"] > 0
    counts = load_statistics("wikipedia", 60)
    if MODELS[model].setting_31:
        pull, weight = m_star(counts), 1.0
    else:
        weights = word2vec_weights(counts, asymmetric=model in GENSIM)
        pull, weight = weights.pull, weights.mean_weight
    assert found["rate"] == pytest.approx(np.linalg.eigvalsh((pull + pull.T).astype(np.float64) / 2)[-1], rel=1e-5)
    assert found["mean_weight"] == pytest.approx(weight)
    if model == "qwem":
        assert found["step_deviation"] < 0.06
        assert found["loss_floor"] <= found["loss_end"] <= 1.05 * found["loss_floor"]


def test_targets_of_two_matrices_are_the_largest_in_size(run_json) -> None:
    arguments = ["train", "wikipedia", "--vocab-size", "60", "--dim", "6", "--steps", "5"]
    values = np.linalg.eigvalsh(m_star(load_statistics("wikipedia", 60)).astype(np.float64))
    tied, untied = run_json(*arguments)["targets"], run_json(*arguments, "--untied")["targets"]
    assert tied == pytest.approx(np.sqrt(values[::-1][:6]), rel=1e-5)
    assert untied == pytest.approx(np.sqrt(np.sort(np.abs(values))[::-1][:6]), rel=1e-5)
    assert max(abs(one - other) for one, other in zip(tied, untied, strict=True)) > 0.01


def test_train_with_more_negatives_drawn_for_contexts(run_json) -> None:
    arguments = [
        "train",
        "wikipedia",
        "--vocab-size",
        "60",
        "--dim",
        "3",
        "--model",
        "sgns",
        "--untied",
        "--steps",
        "5",
    ]
    plain, more = run_json(*arguments), run_json(*arguments, "--negatives", "4", "--asymmetric")
    assert more["mean_weight"] == pytest.approx(2.5 * plain["mean_weight"]), "1 + k"
    weights = word2vec_weights(load_statistics("wikipedia", 60), negatives=4, asymmetric=True)
    pull = weights.pull.astype(np.float64)
    assert more["rate"] == pytest.approx(np.linalg.eigvalsh((pull + pull.T) / 2)[-1], rel=1e-5)


def test_gensim_trains_on_texts(run_json, tmp_path: Path) -> None:
    """Long documents of one theme each, by turns, in two files; pairs drawn from their statistics say the same."""
    rng, themes = np.random.default_rng(2), (["sea", "ship", "sail", "wave"], ["oven", "bread", "flour"])
    texts = [tmp_path / "one.txt", tmp_path / "two.txt"]
    for path in texts:
        path.write_text("\n".join(" ".join(rng.choice(themes[n % 2], 500)) for n in range(40)))
    names, stats = [str(path) for path in texts], str(tmp_path / "counts.parquet")
    run_json("count", *names, "--window", "3", "--out", stats)
    arguments = ["train", stats, "--dim", "2", "--model", "gensim-sg", "--init-scale", "0.1", "--time", "4"]
    drawn, read = run_json(*arguments), run_json(*arguments, "--text", *names)
    assert set(read) == set(TRAIN_KEYS.split())
    assert (read["model"], read["untied"]) == ("gensim-sg", True)
    assert read["loss_start"] == pytest.approx(1)
    assert read["time"] == drawn["time"]
    assert read["steps"] < 0.2 * drawn["steps"], "documents, not pairs"
    assert max(read["loss_end"], drawn["loss_end"]) < 0.6
    assert read["singular_values"] != drawn["singular_values"]
    assert read["singular_values"][0] == pytest.approx(drawn["singular_values"][0], rel=0.2)


def test_train_repeats_itself_by_seed(run_json) -> None:
    arguments = ["train", "wikipedia", "--vocab-size", "100", "--dim", "3", "--steps", "30", "--seed"]
    one, same, other = (run_json(*arguments, seed)["singular_values"] for seed in ("1", "1", "2"))
    assert one == same
    assert one != other


# What goes wrong


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no document"),
        (b"word word\nword", "only 1 different words"),
        (b"\x7fELF\0\0binary", "NUL bytes"),
        (b"one\ntwo\nthree", "no pairs"),
    ],
    ids=["empty", "one word", "binary", "lonely words"],
)
def test_count_of_an_unusable_text(error_of, tmp_path: Path, data: bytes, says: str) -> None:
    path, out = tmp_path / "bad.txt", tmp_path / "out.parquet"
    path.write_bytes(data)
    assert says in error_of("count", str(path), "--out", str(out))
    assert not out.exists()


def test_count_names_the_file_that_is_missing_or_binary(error_of, tmp_path: Path, text_file: str) -> None:
    binary = tmp_path / "picture.png"
    binary.write_bytes(b"\x89PNG\0")
    assert "picture.png" in error_of("count", text_file, str(binary))
    assert "absent.txt: No such file" in error_of("count", str(tmp_path / "absent.txt"))
    (tmp_path / "empty").mkdir()
    assert "no text found" in error_of("count", str(tmp_path / "empty"))


@pytest.mark.parametrize(
    ("option", "says"),
    [
        ("--vocab-size=1", "vocab_size is 1"),
        ("--window=0", "window is 0"),
        ("--min-count=0", "min_count is 0"),
        ("--min-tokens=0", "min_tokens is 0"),
        ("--workers=0", "workers is 0"),
        ("--min-tokens=999", "no document has 999"),
        ("--scheduler=here", "no dask scheduler"),
        ("--window=wide", "invalid int value"),
        ("--color=red", "unrecognized"),
    ],
)
def test_count_with_an_impossible_option(error_of, text_file: str, option: str, says: str) -> None:
    assert says in error_of("count", text_file, option)


@pytest.mark.parametrize("command", ["spectrum", "train"])
def test_unusable_statistics(error_of, command: str, stats: str, text_file: str, tmp_path: Path) -> None:
    truncated, foreign = tmp_path / "truncated.parquet", tmp_path / "foreign.parquet"
    truncated.write_bytes(Path(stats).read_bytes()[:-300])
    pq.write_table(pa.table({"a": [1, 2]}), foreign)
    for path in (str(truncated), str(foreign), text_file, str(tmp_path), str(tmp_path / "absent.parquet")):
        assert path in error_of(command, path)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["spectrum", "--rank=15"], "rank is 15"),
        (["spectrum", "--rank=0"], "rank is 0"),
        (["spectrum", "--vocab-size=15"], "vocabulary size is 15"),
        (["spectrum", "--vocab-size=1"], "vocabulary size is 1"),
        (["spectrum", "--init-scale=0"], "init scale is 0"),
        (["spectrum", "--top=0"], "top is 0"),
        (["spectrum", "--target=bert"], "invalid choice"),
        (["train", "--dim=15"], "dimension is 15"),
        (["train", "--dim=0"], "dimension is 0"),
        (["train", "--vocab-size=15", "--dim=2"], "vocabulary size is 15"),
        (["train", "--dim=2", "--init-scale=0"], "init scale is 0"),
        (["train", "--dim=2", "--init-scale=-1e-3"], "init scale is -0.001"),
        (["train", "--dim=2", "--step-size=0"], "step size is 0"),
        (["train", "--dim=2", "--step-size=4.5", "--steps=2000"], "the run diverged"),
        (["train", "--dim=2", "--steps=0"], "steps"),
        (["train", "--dim=2", "--time=-1"], "time is -1"),
        (["train", "--dim=2", "--steps=5", "--time=5"], "not allowed with"),
        (["train", "--dim=2", "--seed=-1"], "seed is -1"),
        (["train", "--dim=2", "--model=bert"], "invalid choice"),
        (["train", "--dim=2", "--model=sgns", "--asymmetric"], "asymmetric negatives need"),
        (["train", "--dim=2", "--untied", "--asymmetric"], "asymmetric negatives need"),
        (["train", "--dim=2", "--model=sgns", "--negatives=0"], "negatives is 0"),
        (["train", "--dim=2", "--model=gensim-sg", "--negatives=-1"], "negatives is -1"),
    ],
    ids=" ".join,
)
def test_impossible_options(error_of, stats: str, options: list[str], says: str) -> None:
    assert says in error_of(options[0], stats, *options[1:])


@pytest.mark.parametrize("model", ["qwem", "sgns"])
def test_a_text_for_a_model_that_trains_on_statistics(error_of, stats: str, text_file: str, model: str) -> None:
    told = error_of("train", stats, "--dim", "2", "--model", model, "--text", text_file)
    assert f"--text is for the models gensim-sg and gensim-cbow; {model} trains on the statistics" in told


def test_a_text_that_gensim_cannot_use(error_of, stats: str, tmp_path: Path) -> None:
    foreign, arguments = tmp_path / "foreign.txt", ["train", stats, "--dim", "2", "--model", "gensim-sg", "--text"]
    foreign.write_text("zebra quagga\nthe zebra\n")
    assert "no sentence of this text holds two of these words" in error_of(*arguments, str(foreign))
    assert "absent.txt: No such file" in error_of(*arguments, str(tmp_path / "absent.txt"))


def test_the_bundled_statistics_have_five_thousand_words(error_of) -> None:
    assert "5000 words" in error_of("spectrum", "wikipedia", "--vocab-size", "5001", "--rank", "1")


@pytest.mark.parametrize("arguments", [[], ["fly"], ["count"], ["spectrum"]], ids=" ".join)
def test_a_command_that_makes_no_sense(error_of, arguments: list[str]) -> None:
    assert "--help" in error_of(*arguments)


def test_mistakes_in_the_options_end_with_two(stats: str) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["train", stats, "--model", "bert"])
    assert stop.value.code == 2


def test_the_module_runs(text: str) -> None:
    command = [sys.executable, "-m", "core", "count", "-", "--json", "--window", "4", "--vocab-size", "14"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["vocab_size"] == 14
    failed = subprocess.run([*command[:3], "spectrum", "absent"], capture_output=True, cwd=ROOT, check=False)
    assert (failed.returncode, failed.stdout) == (1, b"")
    assert failed.stderr == b"error: absent: no such file\n"


# Inputs that once ended in a traceback, or in a wrong answer.


def test_as_many_dimensions_as_words(run_json) -> None:
    result = run_json("train", "wikipedia", "--vocab-size", "60", "--dim", "60")
    assert result["step_deviation"] < 0.04
    assert result["loss_end"] == pytest.approx(result["loss_floor"], abs=0.01)


@pytest.mark.parametrize("place", [".", "/dev/null/x", "missing/folder/x"])
def test_a_place_that_cannot_be_written_to(error_of, text_file: str, place: str) -> None:
    assert error_of("count", text_file, "--out", place)


def test_rounding_does_not_count_as_a_concept(run_json, tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("a\na\nb\nb\nc d\n")
    counts = tmp_path / "counts.parquet"
    run_json("count", str(text), "--out", str(counts))
    result = run_json("train", str(counts), "--dim", "2")
    assert result["steps"] < 10_000


def test_words_that_never_meet_are_statistics_all_the_same(error_of, run_json, tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("a\na\nb\nb\nc d\n")
    counts = tmp_path / "counts.parquet"
    run_json("count", str(text), "--out", str(counts))
    assert "no two of these words stand together" in error_of("spectrum", str(counts), "--vocab-size", "2")
    assert "from 2 to the 4 words known" in error_of("spectrum", str(counts), "--vocab-size", "0")


@pytest.mark.parametrize("sigma", ["nan", "inf", "1e-50", "0"])
def test_a_start_that_single_precision_cannot_hold(error_of, sigma: str) -> None:
    assert "init scale is" in error_of("spectrum", "wikipedia", "--init-scale", sigma)
    assert "init scale is" in error_of("train", "wikipedia", "--vocab-size", "100", "--dim", "5", "--init-scale", sigma)
