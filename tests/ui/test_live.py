"""The buttons of a visitor's run."""

from __future__ import annotations

import pytest

from core.problem import RunSpec
from core.runs import State
from core.ui import live
from core.ui.lab import lab


class Still:
    """A run in some state, which notes what is asked of it."""

    alive = True

    def __init__(self, state: State) -> None:
        self.state, self.asked = state, []

    def pause(self) -> None:
        self.asked.append("pause")

    def start(self) -> None:
        self.asked.append("start")


@pytest.mark.parametrize(
    ("state", "shown", "asked"),
    [
        (State.RUNNING, "pause", ["pause"]),
        (State.PAUSED, "resume", ["start"]),
        (State.READY, "train", ["start"]),
        (State.PAUSED, "pause", []),
        (State.FINISHED, "pause", []),
    ],
)
def test_a_button_does_what_it_says_even_if_the_run_has_paused_by_itself_since(state, shown, asked, monkeypatch):
    run = Still(state)
    monkeypatch.setattr(live, "_own_run", lambda spec: run)
    live._main(lab(RunSpec(vocab_size=60, dim=2)), 0.0, shown)
    assert run.asked == asked
