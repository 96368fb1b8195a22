"""What travels to the browser: every number of the run, and no more bytes than promised."""

from __future__ import annotations

import re

import numpy as np
import pytest

from core.problem import RunSpec
from core.sources import ASSETS
from core.ui import view
from core.ui.headers import policy
from core.ui.lab import lab
from core.ui.runs import canned

SPEC = RunSpec(vocab_size=300, dim=5, step_size=0.3, seed=1)


def test_series_and_clouds_hold_the_frames():
    known, run = lab(SPEC), canned(SPEC)
    rows = view.series(run.frames, known)
    assert rows.shape == (len(run.frames), 4 + 2 * known.concepts)
    assert rows[-1, 1] == pytest.approx(run.frames[-1].loss)
    assert rows[-1, 4:9] == pytest.approx(run.frames[-1].singular_values)
    clouds = view.clouds(run.frames[-2:], (2, 1, 3))
    assert clouds.shape == (2, 300, 3)
    assert np.array_equal(clouds[1, :, 0], run.frames[-1].cloud[1])


def test_frames_that_are_sent_again_are_told_apart_from_as_many_others(monkeypatch):
    known, frames, sent = lab(SPEC), canned(SPEC).frames, []
    monkeypatch.setattr(view, "_component", lambda **one: sent.append(one["data"]))
    shown = (frames[:6], frames[:12:2], frames[:6])
    for some in shown:
        view.run_view(known, some, key="view")
    assert sent == [sent[0], sent[1], sent[0]]
    for some, data in zip(shown, sent, strict=True):
        assert view.series(some, known).tobytes() in bytes(data)
    assert view.series(shown[1], known).tobytes() not in bytes(sent[0])


@pytest.mark.parametrize(("count", "words"), [(0, 10), (1, 10), (201, 500), (201, 2_000), (201, 5_000)])
def test_a_finished_run_sends_its_ends_and_at_most_four_megabytes(count, words):
    rows = view.sent_clouds(count, words, live=False)
    assert len(rows) * words * 6 <= 4_000_000
    if count:
        assert rows[0] == 0
        assert rows[-1] == count - 1
        assert rows == sorted(set(rows))


def test_a_live_run_sends_its_newest_cloud_only():
    assert view.sent_clouds(57, 2_000, live=True) == [56]


def test_header_names_what_the_browser_draws():
    header = view._static(SPEC, (1, 2, 3))
    assert len(header["words"]) == 300
    assert [card["k"] for card in header["cards"]] == [1, 2, 3, 4, 5]
    assert header["end"] == pytest.approx(lab(SPEC).end)
    assert all(0 <= number < 300 for number in header["poles"])


@pytest.mark.parametrize("script", ["view", "panels"])
def test_a_script_is_given_every_passage_that_it_shows(script):
    source = (ASSETS / f"{script}.js").read_text("utf-8") + (ASSETS / "common.js").read_text("utf-8")
    names = {one or other for one, other in re.findall(r"""\btext(?:\.(\w+)|\["([\w.-]+)"\])""", source)}
    told = view.spoken(view.SAY.under("run" if script == "view" else script))
    assert len(names) > 5
    assert names - {"split", "replace"} <= set(told["text"])
    players = set(re.findall(r"header\.player\.(\w+)", source))
    assert players
    assert players <= set(told["player"])


def test_what_does_not_change_is_told_in_the_language_asked_for():
    english, german = view._static(SPEC, (1, 2, 3)), view._static(SPEC, (1, 2, 3), "de")
    assert english["cloudTitle"] == "300 words, in the model's own directions"
    assert german["cloudTitle"] == "300 Wörter, in den eigenen Richtungen des Modells"
    assert {name for name in english if english[name] != german[name]} == {
        "figure", "legend", "counted", "badge", "cloudTitle", "cloudNote", "alt"
    }  # fmt: skip


def test_policy_allows_this_server_and_streamlits_own_scripts_only():
    rules = dict(rule.split(" ", 1) for rule in policy().split("; "))
    assert rules["default-src"] == "'self'"
    assert "unsafe-inline" not in rules["script-src"]
    assert "sha256-" in rules["script-src"]
    assert "http" not in policy()
