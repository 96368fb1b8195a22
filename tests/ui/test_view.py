"""What travels to the browser: every number of the run, and no more bytes than promised."""

from __future__ import annotations

import numpy as np
import pytest

from core.problem import RunSpec
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


def test_policy_allows_this_server_and_streamlits_own_scripts_only():
    rules = dict(rule.split(" ", 1) for rule in policy().split("; "))
    assert rules["default-src"] == "'self'"
    assert "unsafe-inline" not in rules["script-src"]
    assert "sha256-" in rules["script-src"]
    assert "http" not in policy()
