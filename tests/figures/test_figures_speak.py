"""Charts in German: none is left out, no English word stays in one, and numbers that Python writes have commas."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

import core.figures
from core.benchmark import Stage
from core.evaluation import Evaluation, Score
from core.figures.accuracy import Dots, accuracy
from core.figures.gram import Part, gram, span, tallest
from core.figures.heatmap import heatmap
from core.figures.noise import noise_figure
from core.figures.order import Row, curve_figure, timeline
from core.figures.overlap import overlap
from core.figures.pair import pair
from core.figures.parallelogram import parallelogram
from core.figures.power import power_figure
from core.figures.signal import signal
from core.figures.spectrum import spectrum
from core.figures.staircase import staircase
from core.figures.story_clouds import two_clouds
from core.figures.story_pairs import Company, company
from core.figures.story_shares import Share, bars
from core.figures.story_table import whole_table
from core.figures.truncation import in_time, truncation
from core.figures.vectors_people import people_figure
from core.figures.vectors_strips import strips_figure
from core.figures.vectors_tracks import tracks_figure
from core.figures.zipf import zipf_figure
from core.health import Health
from core.marchenko_pastur import fit_bulk
from core.order import ANALOGIES, APART, DIRECTION, TOGETHER, order_of_pairs, order_of_words
from core.plane import analogy_plane
from core.problem import RunSpec
from core.tasks import read
from core.ui.lab import lab

SAME = {"in", "PMI", "PPMI", "SNR", "RR", "Lemma", "Marchenko", "Pastur"}
"""Words of two letters or more that are the same in both languages; symbols have one letter."""
SHOWN = {"name", "text", "hovertemplate", "texttemplate", "ticktext", "customdata"}
"""Where Plotly keeps what people read; titles are a ``text`` too."""
ENDS = {"never": "-", "chance": "0", "always": "+"}
TIMES = np.linspace(10, 1_500, 50)
RANDOM = np.random.default_rng(3)
NOISE, LEANING, FEW = RANDOM.standard_normal((3, 30, 80))
LEANING[:, 0] += 6
PAIRS = [(n, n + 6) for n in range(6)]

Drawn = Callable[[str], list[go.Figure]]


def parts() -> list[Part]:
    """One with a spike, one with values that are below the axis, one with too few for a law."""
    found = []
    for vectors, scale in ((LEANING, 1.0), (NOISE, 1e-5), (FEW[:3], 1.0)):
        eigenvalues = np.linalg.svd(vectors, compute_uv=False) ** 2 * scale
        found.append(Part("1", eigenvalues, fit_bulk(eigenvalues, len(vectors))))
    return found


def grams(language: str) -> list[go.Figure]:
    shown = parts()
    across = span(shown)
    return [gram(shown, across=across, top=tallest(shown, across), dark=False, language=language)]


def curves(language: str) -> list[go.Figure]:
    embeddings = np.random.default_rng(0).standard_normal((200, 50))
    embeddings[:8, 11] = 40
    stopped = np.array([[1, 0.1], [50, 0.2]])
    return [
        curve_figure(one, TIMES, colour_of=1, stopped=stopped, dark=False, language=language)
        for one in (*order_of_words(embeddings, range(8)), *order_of_pairs(embeddings, PAIRS[:4]))
    ]


def lists(language: str) -> list[go.Figure]:
    words, pairs = (TOGETHER, APART), (DIRECTION, ANALOGIES)
    rows = [Row("1", words, (3, 20)), Row("2", pairs, (7, None)), Row("3", words, (None, None))]
    return [timeline(rows, TIMES, dark=False, language=language)]


def signals(language: str) -> list[go.Figure]:
    random = np.random.default_rng(1)
    readings = [read(random.standard_normal((20, dim)), PAIRS, nulls=5) for dim in (16, 2_048)]
    return [signal([16, 2_048], readings, title="", now=16, symbol="", dark=False, language=language)]


def stages() -> list[Stage]:
    found = Evaluation((Score("1", 1_234, 5_000, 6_000),), (), True)
    return [Stage(1, None, found), Stage(10, 25.5, found)]


def parallelograms(language: str) -> list[go.Figure]:
    plane = analogy_plane(np.random.default_rng(8).standard_normal((6, 12)), (0, 1, 2), [3, 4, 5])
    return [parallelogram(plane, "123456", dark=False, language=language)]


def noises(language: str) -> list[go.Figure]:
    values, noise = np.array([9.0, 5.0, 2.0]), np.array([2.5, 1.0, 0.5])
    every = (Health(50, 0.1, 0.1, 9.0, 50, values, noise, orders, 1_000) for orders in (0, 1, 20))
    return [noise_figure(one, dark=False, language=language) for one in every]


def people(language: str) -> list[go.Figure]:
    rows, titles = np.array([[0.8, 3.0], [9, 2]]), ("", "")
    return [
        people_figure(
            rows, np.array([0.9]), names="12", traits="34", titles=titles, dark=False, language=language
        )
    ]  # fmt: skip


@cache
def known():
    return lab(RunSpec(vocab_size=300, dim=5, step_size=0.3, seed=1))


THREE = np.array([8.0, 4.0, 1.0])
FIGURES: dict[str, Drawn] = {
    "accuracy.accuracy": lambda _: [accuracy(["1"], [Dots("2", [0.5], ["3"])], title="", dark=False)],
    "gram.gram": grams,
    "heatmap.heatmap": lambda language: [heatmap(np.eye(2), ("1", "2"), dark=False, language=language)],
    "noise.noise_figure": noises,
    "order.curve_figure": curves,
    "order.timeline": lists,
    "overlap.overlap": lambda language: [overlap(np.eye(2), rows="1", columns="2", dark=False, language=language)],
    "pair.pair": lambda language: [pair(1.5, "1", "2", dark=False, language=language)],
    "parallelogram.parallelogram": parallelograms,
    "power.power_figure": lambda language: [
        power_figure(THREE, THREE, [("12", "34")] * 3, strongest=1, log=log, dark=False, language=language)
        for log in (False, True)
    ],
    "signal.signal": signals,
    "spectrum.spectrum": lambda language: [
        spectrum(dict.fromkeys(("mstar", "ppmi", "pmi"), THREE), dark=False, language=language)
    ],
    "staircase.staircase": lambda language: [
        staircase(known().prediction, modes=5, clock=known().clock, language=language)
    ],
    "story_clouds.two_clouds": lambda _: [
        two_clouds([np.eye(4), np.eye(4)], "1234", ("5", "6"), [0, 1, 2, 3], ("7", "8"), dark=False)
    ],
    "story_pairs.company": lambda language: [company([Company("1", 1.5, "2")], ENDS, dark=False, language=language)],
    "story_shares.bars": lambda language: [
        bars([Share("1", 0.25, 0.5), Share("2", None, 0.5)], ("3", "4"), dark=False, language=language)
    ],
    "story_table.whole_table": lambda language: [
        whole_table(np.eye(2), ("1", "2"), ENDS, dark=False, language=language)
    ],
    "truncation.in_time": lambda language: [in_time({"1": stages()}, dark=False, language=language)],
    "truncation.truncation": lambda language: [truncation(stages(), stages(), dark=False, language=language)],
    "vectors_people.people_figure": people,
    "vectors_strips.strips_figure": lambda _: [strips_figure([THREE], ["1"], dark=False)],
    "vectors_tracks.tracks_figure": lambda _: [
        tracks_figure(np.eye(2), [0, 1], names="12", titles="34", axis="", dark=False)
    ],
    "zipf.zipf_figure": lambda language: [
        zipf_figure(1_000_000 // np.arange(1, 9_001), kept=5_000, words=("1", "2"), dark=False, language=language)
    ],
}  # fmt: skip
"""Every figure, drawn of things whose names have no letters: what letters there are is the figure's own."""


def shown(figure: go.Figure) -> list[str]:
    """Every text that people may read, without what Plotly fills in itself and without tags."""
    return [re.sub(r"%\{[^}]*\}|<[^>]*>", " ", text) for text in _strings(figure.to_plotly_json(), "")]


def _strings(node: Any, key: str) -> Iterator[str]:
    match node:
        case str():
            yield from [node] if key in SHOWN else []
        case dict():
            for name, one in node.items():
                if name not in ("template", "shapes"):
                    yield from _strings(one, name)
        case list() | tuple() | np.ndarray():
            for one in node:
                yield from _strings(one, key)


def words(texts: list[str]) -> set[str]:
    return set(re.findall("[A-Za-zÄÖÜäöüß]{2,}", " ".join(texts)))


def fractions(texts: list[str]) -> set[str]:
    """Numbers with a comma or a point in them; Lemma 3.1 is a name."""
    return set(re.findall(r"\d+(?:[.,]\d+)+", " ".join(texts).replace("Lemma 3.1", "")))


def figure_functions() -> dict[str, Callable[..., go.Figure]]:
    found = {}
    for one in pkgutil.iter_modules(core.figures.__path__):
        module = importlib.import_module(f"core.figures.{one.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            own = function.__module__ == module.__name__ and not name.startswith("_")
            if own and inspect.signature(function).return_annotation == "go.Figure":
                found[f"{one.name}.{name}"] = function
    return found


def test_no_figure_is_left_out():
    assert sorted(FIGURES) == sorted(figure_functions())


@pytest.mark.parametrize("name", FIGURES)
def test_no_english_word_is_left_in_a_german_chart(name):
    english, german = ([text for one in FIGURES[name](language) for text in shown(one)] for language in ("en", "de"))
    assert words(english) & words(german) - SAME == set()
    assert {one.translate(str.maketrans(",.", ".,")) for one in fractions(english)} == fractions(german)
    speaks = "language" in inspect.signature(figure_functions()[name]).parameters
    assert (english != german) == speaks, "what takes a language uses it, and the others have no words of their own"


def test_pages_ask_for_figures_in_the_language_of_the_visit():
    speaking = {name.split(".")[1] for name, one in figure_functions().items()
                if "language" in inspect.signature(one).parameters}  # fmt: skip
    asked = set()
    for path in (Path(core.figures.__path__[0]).parent / "ui").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        drawn = {
            one.asname or one.name: one.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("core.figures.")
            for one in node.names
            if one.name in speaking
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in drawn:
                given = {one.arg: ast.unparse(one.value) for one in node.keywords}
                assert given.get("language") in ("language()", "language"), (path.name, node.lineno)
                asked.add(drawn[node.func.id])
    assert asked == speaking


def test_words_are_found_wherever_a_figure_has_them():
    trace = go.Bar(
        x=[1], y=[1], name="one", text=["two"], customdata=np.array([["three", 1]], object),
        hovertemplate="four %{customdata[0]:.2f}<br>five<extra></extra>", marker={"colorbar": {"title": "six"}},
    )  # fmt: skip
    figure = go.Figure(trace, {"xaxis": {"title": "seven", "ticktext": ["eight"], "tickvals": [1]}})
    figure.add_annotation(text="nine 1.5 <b>ten</b>")
    assert words(shown(figure)) == {"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
    assert fractions(shown(figure)) == {"1.5"}
