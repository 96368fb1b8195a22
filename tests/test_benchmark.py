"""The record of benchmarks: what is written is read back; links of the chain and gaps of curves are as they are."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.benchmark import (
    CHAIN,
    NAMES,
    PAPER,
    About,
    Kept,
    Row,
    Stage,
    broken_links,
    gap,
    load_record,
    save_record,
)
from core.errors import InputError
from core.evaluation import Correlation, Evaluation, Score
from core.tasks import read

ABOUT = About(3, 1_000, 50, 16, "abc")


def evaluation(right: int, total: int = 100) -> Evaluation:
    rated = (Correlation("wordsim353", 0.5, 10, 353), Correlation("simlex999", float("nan"), 0, 999))
    return Evaluation((Score("family", right, total, 200),), rated, crossed=True)


def row(model: str, right: int) -> Row:
    return Row(model, 20, "somehow", "2026-01-02", 1.5, "a machine", evaluation(right), evaluation(right))


def stage(rank: int, right: int, time: float | None = None) -> Stage:
    return Stage(rank, time, evaluation(right))


def record(**parts: object) -> Kept:
    return replace(Kept(ABOUT), **parts)


def test_a_record_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    reading = read(random.standard_normal((30, 6)), [(0, 1), (2, 3), (4, 5), (6, 7)])
    kept = record(
        rows=(row("mstar", 66), row("pmi", 41)),
        by_rank=(stage(1, 2), stage(8, 30)),
        by_time={"qwem": (stage(1, 2, 0.5), stage(7, 29, 1.25))},
        tasks_by_dim={"family": (reading,)},
        tasks_by_time={"family": (reading, reading)},
        task_times=(0.5, 1.25),
    )
    save_record(tmp_path / "record.json", kept)
    again = load_record(tmp_path / "record.json")
    assert again.about == ABOUT
    assert [one.model for one in again.rows] == ["mstar", "pmi"]
    assert again.by_time["qwem"][1].time == 1.25
    assert again.by_rank[0].time is None
    assert again.rows[0].evaluation.analogies == kept.rows[0].evaluation.analogies
    assert np.isnan(again.rows[0].evaluation.similarity[1].spearman)
    found = again.tasks_by_dim["family"][0]
    assert found.right == reading.right
    assert found.total == reading.total
    np.testing.assert_allclose(found.eigenvalues, reading.eigenvalues, rtol=1e-5)
    np.testing.assert_allclose(found.null_snr, reading.null_snr, rtol=1e-5)
    assert found.bulk.spikes == reading.bulk.spikes
    assert not found.eigenvalues.flags.writeable


def test_a_record_is_valid_json(tmp_path: Path) -> None:
    save_record(tmp_path / "record.json", record(rows=(row("mstar", 66),)))
    text = (tmp_path / "record.json").read_text(encoding="utf-8")
    assert "NaN" not in text
    assert json.loads(text)["rows"][0]["model"] == "mstar"


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": 1}', '{"format": 0, "about": {}}', '{"format": 1, "about": {"tokens": "x"}}']
)
def test_what_is_not_a_record_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "record.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="record"):
        load_record(tmp_path / "record.json")


def test_a_record_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        load_record(tmp_path / "nothing.json")


def test_the_order_of_the_paper_breaks_no_link() -> None:
    assert broken_links(record(rows=tuple(row(model, 90 - 10 * n) for n, model in enumerate(CHAIN)))) == []


def test_equal_is_in_order_where_the_paper_says_at_least_and_not_where_it_says_more() -> None:
    same = record(rows=tuple(row(model, 50) for model in CHAIN))
    assert broken_links(same) == [("qwem", "ppmi"), ("ppmi", "pmi")]


def test_a_link_is_broken_where_the_worse_is_better_and_what_was_not_measured_is_passed_over() -> None:
    assert broken_links(record(rows=(row("mstar", 50), row("ppmi", 60), row("pmi", 40)))) == [("mstar", "ppmi")]
    assert broken_links(record(rows=(row("pmi", 40), row("gensim-sg", 30)))) == [("gensim-sg", "pmi")]


def test_a_gap_is_measured_between_the_curves_at_the_ranks_of_the_run() -> None:
    cut = (stage(1, 0), stage(4, 20), stage(16, 40))
    stopped = (stage(0, 90), stage(2, 10), stage(4, 26), stage(8, 90), stage(8, 28), stage(17, 90))
    found = gap(stopped, cut)
    assert found is not None
    assert found.ranks == 3
    assert found.at == 4
    np.testing.assert_allclose([found.mean, found.largest], [(0 + 0.06 + 0.02) / 3, 0.06])


def test_curves_without_a_rank_in_common_have_no_gap() -> None:
    assert gap((stage(0, 1), stage(9, 1)), (stage(1, 1), stage(4, 1))) is None
    assert gap((), (stage(1, 1),)) is None
    assert gap((stage(1, 1),), ()) is None


def test_every_line_that_the_paper_reports_has_a_name_here() -> None:
    assert set(PAPER) <= set(NAMES)
    assert set(CHAIN) <= set(NAMES)
