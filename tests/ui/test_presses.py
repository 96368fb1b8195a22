"""A press that is told twice is answered once."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from core.ui import presses


@pytest.fixture
def press(monkeypatch):
    """press(key, when): whether a press at that second is answered; answering takes a tenth of a second."""
    session, clock = SimpleNamespace(session_state={}), SimpleNamespace(now=0.0)
    monkeypatch.setattr(presses, "st", session)
    monkeypatch.setattr(presses.time, "monotonic", lambda: clock.now)

    def at(key: str, when: float, fails: bool = False) -> bool:
        clock.now, done = when, []

        def act() -> None:
            clock.now += 0.1
            if fails:
                raise OSError
            done.append(key)

        presses.once(key, act)
        return bool(done)

    return at


def test_a_press_told_again_is_not_answered_again(press):
    assert press("main", 10)
    assert not press("main", 10.15)
    assert not press("main", 10.35), "counted from when the one before was answered"
    assert press("main", 10.6)


def test_another_button_never_waits(press):
    assert all([press("main", 10), press("step", 10.15), press("main", 10.3)])


def test_what_could_not_be_done_may_be_tried_at_once(press):
    with pytest.raises(OSError):
        press("main", 10, fails=True)
    assert press("main", 10.15)
