"""Measuring for the record: closed forms against numpy's own eigenpairs, runs against the matrix they end at."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.__main__ import main
from core.benchmark import Kept, load_record
from core.benchmarking import about, by_rank, closed_form, skip_gram, tasks_by_dim, trained
from core.commands import benchmark
from core.counts import Cooccurrence
from core.errors import InputError
from core.evaluation import evaluate
from core.problem import RunSpec
from core.questions import families, in_vocabulary
from core.sources import load_statistics
from core.targets import m_star, ppmi

DIM = 24


@pytest.fixture(scope="module")
def english() -> Cooccurrence:
    """Few enough words for a test, and enough for some analogies."""
    return load_statistics("wikipedia", 1_200)


def positive_part(matrix: np.ndarray, dim: int) -> np.ndarray:
    values, vectors = np.linalg.eigh(matrix.astype(np.float64))
    top = np.argsort(-values)[:dim]
    return vectors[:, top] * np.sqrt(np.maximum(values[top], 0))


@pytest.mark.parametrize(("name", "matrix"), [("mstar", m_star), ("ppmi", ppmi)])
def test_a_closed_form_is_evaluated_as_numpys_own_eigenpairs_are(name: str, matrix, english: Cooccurrence) -> None:
    row = closed_form(english, name, DIM)
    assert row.evaluation == evaluate(positive_part(matrix(english), DIM), english.words)
    assert row.original.accuracy == evaluate(positive_part(matrix(english), DIM), english.words, crossed=False).accuracy
    assert row.evaluation.total > 50
    assert (row.model, row.dim) == (name, DIM)


def test_a_cut_at_a_rank_is_the_closed_form_of_that_dimension(english: Cooccurrence) -> None:
    stages = by_rank(english, (3, DIM))
    assert [stage.rank for stage in stages] == [3, DIM]
    assert stages[1].evaluation == closed_form(english, "mstar", DIM).evaluation
    assert stages[0].evaluation.accuracy < stages[1].evaluation.accuracy


def test_a_trained_run_passes_ranks_in_order_and_ends_where_the_closed_form_is(english: Cooccurrence) -> None:
    told: list[float] = []
    spec = RunSpec(dim=DIM, init_scale=1e-3, step_size=0.3)
    found = trained(english, spec, moments=8, tasks=True, tell=told.append)
    ranks = [stage.rank for stage in found.stages]
    assert ranks == sorted(ranks)
    assert ranks[0] >= 1
    assert len(ranks) >= 5
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1)
    assert found.row.evaluation == found.stages[-1].evaluation
    assert found.row.evaluation.accuracy == pytest.approx(
        closed_form(english, "mstar", DIM).evaluation.accuracy, abs=0.05
    )
    assert all(len(readings) == len(found.times) == len(ranks) for readings in found.readings.values())
    assert found.times == tuple(stage.time for stage in found.stages)


def test_readings_of_a_run_are_of_the_families_that_have_pairs_here(english: Cooccurrence) -> None:
    spec = RunSpec(dim=4, init_scale=1e-2, step_size=0.3)
    found = trained(english, spec, moments=2, tasks=True, tell=lambda share: None)
    known = {one.name: in_vocabulary(one, english.index) for one in families()}
    assert set(found.readings) == {name for name, pairs in known.items() if len(pairs) >= 3}
    for name, readings in found.readings.items():
        assert readings[0].total == len(known[name]) * (len(known[name]) - 1)


def test_dimensions_end_where_no_eigenvalue_is_positive(english: Cooccurrence) -> None:
    positive = int((np.linalg.eigvalsh(m_star(english).astype(np.float64)) > 0).sum())
    found = tasks_by_dim(english, (16, 64, 4_096))
    for readings in found.values():
        assert [one.dim for one in readings][:2] == [16, 64]
        assert readings[-1].dim == pytest.approx(positive, abs=2)


def test_gensim_learns_from_the_text_and_one_worker_repeats_itself(counts: Cooccurrence, corpus) -> None:
    rows = [
        skip_gram(counts, corpus.sentences(), 5, epochs=2, workers=1, seed=seed, negative=2) for seed in (1, 1)
    ]  # fmt: skip
    assert rows[0].evaluation == rows[1].evaluation
    assert "2 passes" in rows[0].how
    assert rows[0].dim == 5


def test_other_statistics_are_told_apart(english: Cooccurrence) -> None:
    assert about(english) == about(load_statistics("wikipedia", 1_200))
    assert about(english).sha256 != about(load_statistics("wikipedia@50000000", 1_200)).sha256


def command(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    benchmark.options(parser)
    return parser.parse_args(arguments)


def run(path: Path, *parts: str, size: str = "300", dim: str = "6") -> dict:
    chosen = ("wikipedia", "--vocab-size", size, "--dim", dim, "--out", str(path), "--parts", *parts)
    return benchmark.run(command(*chosen))


def test_parts_are_added_to_the_record_of_the_same_statistics(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    run(path, "pmi")
    run(path, "mstar", "rank")
    kept = load_record(path)
    assert [row.model for row in kept.rows] == ["mstar", "pmi"]
    assert kept.by_rank
    run(path, "pmi", dim="7")
    assert [row.dim for row in load_record(path).rows] == [6, 7]


def test_a_record_of_other_statistics_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    run(path, "pmi")
    with pytest.raises(InputError, match="other statistics"):
        run(path, "mstar", size="250")
    assert [row.model for row in load_record(path).rows] == ["pmi"]


def test_the_command_line_knows_it_and_its_answer_is_json_where_nothing_can_be_asked(tmp_path: Path, capsys) -> None:
    chosen = ["wikipedia", "--vocab-size", "30", "--dim", "3", "--parts", "mstar", "--out", str(tmp_path / "r.json")]
    assert main(["benchmark", *chosen, "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)["rows"]
    assert row["analogies"] == {"accuracy": None, "total": 0}
    assert main(["benchmark", *chosen]) == 0
    assert "M*, closed form" in capsys.readouterr().out


def test_what_is_never_learned_is_not_counted_as_learned() -> None:
    few = load_statistics("wikipedia", 120)
    positive = int((np.linalg.eigvalsh(m_star(few).astype(np.float64)) > 0).sum())
    spec = RunSpec(vocab_size=120, dim=100, init_scale=1e-3, until=5)
    found = trained(few, spec, moments=4, tasks=False, tell=lambda share: None)
    assert found.stages[0].rank < 20
    assert found.stages[-1].rank <= positive < 100


def test_gensim_needs_the_text_and_it_must_be_the_one_that_was_counted(tmp_path: Path) -> None:
    run(tmp_path / "record.json", "gensim-sg")
    assert not (tmp_path / "record.json").exists()
    (tmp_path / "text.txt").write_text("some other text\n" * 20, encoding="utf-8")
    chosen = command(
        "wikipedia", "--parts", "gensim-sg", "--text", str(tmp_path / "text.txt"), "--out", str(tmp_path / "r")
    )
    with pytest.raises(InputError, match="not those of this text"):
        benchmark.run(chosen)


def test_a_line_of_a_model_takes_the_place_of_its_former_one(english: Cooccurrence) -> None:
    first, second = (closed_form(english, "mstar", dim) for dim in (2, 3))
    kept = benchmark._with_row(benchmark._with_row(Kept(about(english)), first), second)
    assert kept.rows == (second,)
    assert replace(kept, rows=()).row("mstar") is None
