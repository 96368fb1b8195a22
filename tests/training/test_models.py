"""What all models share: their names, and that they stop when they are told to."""

from __future__ import annotations

import pytest

from core.counts import Cooccurrence
from core.problem import RunSpec, plan, pose, simulate
from core.targets import m_star
from core.training import MODELS, TrainSpec, word2vec


@pytest.fixture(scope="module")
def few(wikipedia: Cooccurrence) -> Cooccurrence:
    return wikipedia.head(60)


@pytest.mark.parametrize("untied", [False, True], ids=["tied", "untied"])
@pytest.mark.parametrize("model", MODELS)
def test_a_model_that_is_stopped_stops_within_a_step(few: Cooccurrence, model: str, untied: bool, monkeypatch) -> None:
    monkeypatch.setattr(word2vec, "_CHUNK", 5)
    spec = RunSpec(vocab_size=60, dim=3, model=model, untied=untied)
    problem = pose(few, m_star(few), spec)
    whole = plan(problem, spec, steps=60)
    one_frame = TrainSpec(whole.dim, whole.init_scale, whole.dt, whole.steps, every=whole.steps)
    asked = 0

    def stopped() -> bool:
        nonlocal asked
        asked += 1
        return asked > 2

    found = list(simulate(problem, spec, one_frame, stopped=stopped))
    assert asked == 3, "asked again after it was told"
    assert [snapshot.step for snapshot in found] == [0]
    assert [snapshot.step for snapshot in simulate(problem, spec, one_frame)][-1] > 2
