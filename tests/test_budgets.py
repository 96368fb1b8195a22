"""The table of budgets: what is held against what, and what is said where there is no figure. No clock is read."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent / "bench"))

import budgets
from verdicts import Budget, Missing, Outcome, Row, at, judged, number, table

BENCH = Path(budgets.__file__).parent
FIGURES = {
    "core": {
        "a QWEM step / its two bare products": 1.2,
        "default run to its floor + 5 % (s)": 5.0,
        "exact flow at 500 times (s)": 0.24,
    },
    "player": {
        "results": [{"fps_p50": 60.0, "payload_bytes": 3_000_000}, {"fps_p50": 49.0, "payload_bytes": 3_500_000}]
    },
    "viewers": {"a rerun, p95 (ms)": 123.4, "memory after (MB)": 437},
}
PAGE = {
    "on the page's eigenpairs, the whole process (s)": 52.0,
    "on the page's eigenpairs, peak memory (GiB)": 1.5,
}
PAPER = PAGE | {"training (s)": 31.0, "the whole process (s)": 44.0, "peak memory (GiB)": 2.5}


def rows_of(figures):
    return budgets.held({name: Outcome(told) for name, told in figures.items()})


def test_figures_are_found_scaled_and_judged():
    assert [(row.measured, row.budget, row.met) for row in rows_of(FIGURES)] == [
        ("1.2", "≤ 1.25", True),
        ("5 s", "≤ 5 s", True),
        ("240 ms", "≤ 50 ms", False),
        ("49 fps", "≥ 50 fps", False),
        ("3.5 MB", "≤ 4 MB", True),
        ("123 ms", "≤ 100 ms", False),
        ("437 MB", "≤ 600 MB", True),
    ]


def test_the_paper_scale_counts_at_its_vocabulary_only():
    at_scale = rows_of({"paper": {"words": 10_000, **PAPER}})
    assert [row.met for row in at_scale] == [True, True, True, True, False]
    page, _, *smaller = rows_of({"paper": {"words": 5_000, **PAPER}})
    assert page.met
    assert [row.met for row in smaller] == [None] * 3
    assert all("V = 5,000" in row.measured and "--stats" in row.measured for row in smaller)


@pytest.mark.parametrize(
    ("most", "value", "met"), [(True, 2.0, True), (True, 2.1, False), (False, 2.0, True), (False, 1.9, False)]
)
def test_a_limit_may_be_reached_and_has_a_direction(most, value, met):
    assert judged(Budget("it", "one", at("x"), 2, most=most), Outcome({"x": value})).met is met


@pytest.mark.parametrize("most", [True, False])
def test_what_is_not_a_number_is_not_met(most):
    assert judged(Budget("it", "one", at("x"), 2, most=most), Outcome({"x": float("nan")})).met is False


@pytest.mark.parametrize("figures", [{}, {"x": None}, {"x": "fast"}, {"x": [1]}])
def test_a_figure_that_is_not_told_is_neither_met_nor_missed(figures):
    row = judged(Budget("it", "one", at("x"), 2), Outcome(figures))
    assert row.met is None
    assert "does not tell" in row.measured


def test_a_benchmark_that_could_not_run_says_why_in_each_of_its_rows():
    rows = budgets.held({"player": Outcome(missing="no Chromium"), "viewers": Outcome(FIGURES["viewers"])})
    assert [(row.measured, row.met) for row in rows[:2]] == [("no Chromium", None)] * 2
    assert all(row.met is not None for row in rows[2:])


def test_a_figure_may_give_its_own_reason():
    def figure(_):
        raise Missing("too small")

    assert judged(Budget("it", "one", figure, 2), Outcome({})) == Row("it", "too small", "≤ 2", None)


def test_every_benchmark_has_budgets_and_every_budget_a_benchmark():
    assert {one.bench for one in budgets.BUDGETS} == set(budgets.BENCHES)
    assert len({one.what for one in budgets.BUDGETS}) == len(budgets.BUDGETS)


class Asked(dict):
    """Has every figure, and remembers which were looked up."""

    def __init__(self):
        self.names = []

    def __getitem__(self, name):
        self.names.append(name)
        return [self] if name == "results" else 10_000


@pytest.mark.parametrize("budget", budgets.BUDGETS, ids=lambda budget: budget.what)
def test_figures_are_called_what_the_benchmarks_call_them(budget):
    path, asked = BENCH / budgets.BENCHES[budget.bench].file, Asked()
    if not path.exists():
        pytest.skip(f"no {path.name}")
    budget.figure(asked)
    source = path.read_text(encoding="utf-8")
    assert asked.names
    assert [part for name in asked.names for part in name.split(" / ") if part not in source] == []


def test_tables_have_all_rows_and_line_up():
    rows = [Row("M* and more", "1.2 s", "≤ 2 s", True), Row("it", "no Chromium", "≥ 50 fps", None)]
    rows.append(Row("other", "9 s", "≤ 1 s", False))
    plain = list(table(rows, markdown=False))
    assert [line.split()[-1] for line in plain] == ["met", "yes", "-", "NO"]
    assert len({line.index(cell) for line, cell in zip(plain, ["budget", "≤ 2", "≥ 50", "≤ 1"], strict=True)}) == 1
    marked = list(table(rows, markdown=True))
    assert marked[1] == "| --- | --- | --- | --- |"
    assert marked[2] == "| M\\* and more | 1.2 s | ≤ 2 s | yes |"
    assert len(marked) == 5


@pytest.mark.parametrize(("value", "told"), [(1.1849, "1.18"), (437, "437"), (7_118.4, "7,118"), (9.8e-5, "9.8e-05")])
def test_numbers_are_short(value, told):
    assert number(value) == told


def test_a_benchmark_that_is_not_there_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(budgets, "HERE", tmp_path)
    assert budgets.outcome(budgets.Bench("one.py"), argparse.Namespace()) == Outcome(missing="no one.py")


def test_counting_needs_a_text_and_a_rival(monkeypatch):
    monkeypatch.delenv("STAIRCASE_GLOVE", raising=False)
    assert "no text" in budgets.no_rival(argparse.Namespace(text=None))
    assert "no GloVe" in budgets.no_rival(argparse.Namespace(text="text.txt"))
    monkeypatch.setenv("STAIRCASE_GLOVE", "tools")
    assert budgets.no_rival(argparse.Namespace(text="text.txt")) == ""


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("print('a line'); print('{\"x\": 1}')", Outcome({"x": 1})),
        ("print('x is 1')", Outcome(missing="one.py printed no JSON")),
        ("import sys; sys.exit('first\\nno luck')", Outcome(missing="one.py failed: no luck")),
        (
            "import sys, json; print(json.dumps({'told': sys.argv[1:]}))",
            Outcome({"told": ["--stats", str(Path("w.parquet").resolve()), "--json"]}),
        ),
    ],
    ids=["figures", "no JSON", "failure", "options"],
)
def test_a_benchmark_is_run_with_its_options_and_a_failure_is_told(script, expected, tmp_path, monkeypatch):
    (tmp_path / "one.py").write_text(script)
    monkeypatch.setattr(budgets, "HERE", tmp_path)
    options = argparse.Namespace(stats="w.parquet", text="not passed on")
    assert budgets.outcome(budgets.Bench("one.py", ("stats",)), options) == expected
