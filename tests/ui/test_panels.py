"""What travels to the view of several runs: every number, names that Plotly cannot read as HTML, few bytes."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest

from core.ui import panels
from core.ui.panels import Axis, Cloud, Line, Mark, Panel, panels_view
from core.ui.urls import component_js, version

TIMES = np.linspace(0, 10, 41)
LINES = [
    Line("trained", 1, "trained, concept 1"),
    Line("theory", 1, "predicted, concept 1"),
    Line("trained", 2, "trained, <b>concept</b> 2", dash="dash"),
]


def panel(name: str = "one", **more) -> Panel:
    values = np.stack([TIMES, 2 * TIMES], axis=1)
    given = {"theory": np.array([[0.0], [9.0], [18.0]]), "theory_times": [0, 5, 12]} | more
    return Panel(name, f"Run <i>{name}</i>", TIMES, values, LINES, **given)


def cloud(frames: int, words: int) -> Cloud:
    numbers = np.arange(frames * words * 3) % 30_000
    return Cloud("words", "", numbers.astype(np.int16).reshape(frames, words, 3), np.arange(frames), 1e-4, 2.0)


@pytest.fixture
def shown(monkeypatch):
    """Call ``panels_view`` and unpack what it sends."""
    sent = []
    monkeypatch.setattr(panels, "_component", lambda key, data: sent.append(data))

    def show(*many: Panel, **more) -> tuple[dict, dict]:
        given = {"axis": Axis("t / τ₁", (0.1, 10), "log"), "alt": "lines"} | more
        panels_view(many, key="view", identity="runs", **given)
        raw = sent[-1]
        (length,) = struct.unpack_from("<I", raw)
        header = json.loads(raw[4 : 4 + length])
        arrays = {
            name: np.frombuffer(raw, dtype, count, 4 + length + offset)
            for name, (dtype, offset, count) in header["arrays"].items()
        }
        return header, arrays

    return show


def test_lines_travel_one_after_the_other_and_theory_apart(shown):
    header, arrays = shown(panel(loss=1 / (1 + TIMES)), panel("two"))
    assert arrays["p0.values"].reshape(2, 41)[1] == pytest.approx(2 * TIMES)
    assert arrays["p0.theory"].tolist() == [0, 9, 18]
    assert arrays["p0.theoryTimes"].tolist() == [0, 5, 12]
    assert arrays["p0.loss"] == pytest.approx(1 / (1 + TIMES))
    assert arrays["p1.loss"].size == 0
    assert [one["series"] for one in header["panels"]] == ["p0", "p1"]
    assert header["panels"][1]["loss"] is None
    assert header["end"] == 12
    assert header["modes"] == 2


def test_a_prediction_alone_has_no_trained_lines(shown):
    theory = [Line("theory", 1, "predicted")]
    _, arrays = shown(Panel("theory", "Theory", [], [], theory, theory=np.ones((3, 1)), theory_times=[1, 2, 3]))
    assert arrays["p0.values"].size == arrays["p0.times"].size == 0
    assert arrays["p0.theory"].tolist() == [1, 1, 1]


def test_values_of_another_shape_are_refused(shown):
    with pytest.raises(ValueError, match="41 times and 2 lines"):
        shown(Panel("one", "", TIMES, np.ones((2, 41)), LINES, theory=np.ones((41, 1))))


def test_names_are_escaped_where_plotly_sees_them_and_nowhere_else(shown):
    header, _ = shown(panel(loss=TIMES), overlay=True, axis=Axis("t <x>", (0, 10)))
    sent = header["panels"][0]
    assert sent["lines"][2]["name"] == "Run &lt;i&gt;one&lt;/i&gt;: trained, &lt;b&gt;concept&lt;/b&gt; 2"
    assert sent["loss"]["name"] == "Run &lt;i&gt;one&lt;/i&gt;: loss"
    assert sent["title"] == "Run <i>one</i>"
    assert header["axis"]["label"] == "t &lt;x&gt;"
    assert header["axis"]["readout"] == "t <x>"


def test_a_long_title_of_the_axis_is_not_repeated_beside_the_scrubber(shown):
    header, _ = shown(panel(), axis=Axis("time, in e-foldings of the first concept", (0, 10)))
    assert header["axis"]["readout"] == "t"


@pytest.mark.parametrize(("runs", "words"), [(1, 2_000), (2, 1_000), (4, 1_000), (6, 5_000)])
def test_all_clouds_together_stay_below_four_megabytes(shown, runs, words):
    names = [f"word{n}" for n in range(words)]
    many = [panel(str(n), cloud=cloud(201, words)) for n in range(runs)]
    header, arrays = shown(*many, words=names)
    assert sum(array.nbytes for name, array in arrays.items() if name.endswith("frames")) < 4_000_000
    times = arrays["p0.frameTimes"]
    assert (times[0], times[-1]) == (0, 200)
    assert header["clouds"]
    sent = arrays["p0.frames"].reshape(len(times), words, 3)
    assert np.array_equal(sent[1], many[0].cloud.frames[int(times[1])])


def test_a_live_view_sends_the_newest_cloud_of_every_run(shown):
    header, arrays = shown(panel(cloud=cloud(9, 5)), panel("two", cloud=cloud(1, 5)), words=list("abcde"), live=True)
    assert arrays["p0.frameTimes"].tolist() == [8]
    assert arrays["p1.frameTimes"].tolist() == [0]
    assert header["live"]


def test_a_run_that_has_not_begun_can_be_shown(shown):
    header, arrays = shown(Panel("new", "New", [], [], LINES[:1], loss=[], cloud=cloud(0, 5)), words=list("abcde"))
    assert arrays["p0.frames"].size == 0
    assert header["end"] == 0
    low, high = header["panels"][0]["values"]["range"]
    assert low < high


def test_what_is_not_a_number_does_not_break_the_header(shown):
    values = np.full((41, 2), np.inf)
    marks = [Mark(float("nan"), 1, "τ1", "never"), Mark(1.0, 2, "τ2", "concept 2")]
    diverged = Panel("one", "", TIMES, values, LINES[::2], levels=[(1, float("nan")), (2, 3.0)], state="diverged")
    header, _ = shown(diverged, marks=marks)
    assert [mark["k"] for mark in header["marks"]] == [2]
    assert header["panels"][0]["levels"] == [{"k": 2, "value": 3.0}]
    assert "NaN" not in json.dumps(header) and "Infinity" not in json.dumps(header)


def test_charts_are_drawn_anew_only_where_something_that_stands_still_changes(shown):
    fixed = {"value_range": (0, 30), "loss_range": (0, 1)}
    first, _ = shown(panel(loss=TIMES, **fixed))
    later, _ = shown(panel(loss=TIMES / 2, state="running", status="step 3", **fixed))
    other, _ = shown(panel(loss=TIMES, theory=np.array([[0.0], [9.0], [17.0]]), **fixed))
    assert first["figure"] == later["figure"] != other["figure"]


def test_titles_of_rows_and_columns_make_a_table(shown):
    header, _ = shown(panel(), panel("two"), row_titles=["word2vec"], column_titles=["σ = 1", "σ = 2"])
    assert header["rows"] == {"titles": ["word2vec"]}
    assert header["columnTitles"] == ["σ = 1", "σ = 2"]


def test_an_entry_file_has_another_address_when_what_it_imports_changes(tmp_path):
    one, two = tmp_path / "one.js", tmp_path / "two.js"
    one.write_text("a")
    two.write_text("b")
    assert version(one, two) != version(one)
    assert "staircase/panels.js?v=" in component_js("panels.js")
