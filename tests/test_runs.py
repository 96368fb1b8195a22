"""The thread that carries a run, driven by small generators that wait for a permit."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest

import core.runs
from core.counts import Cooccurrence
from core.problem import RunSpec, load_problem
from core.runs import Run, State
from core.training import Diverged, TrainSpec, train

PATIENCE = 20  # seconds until a test that hangs gives up


class Tape:
    """Yields 0, 1, 2, ..., each when ``permits`` allows; ``kept`` counts what the run recorded."""

    def __init__(self, length: int, error: Exception | None = None) -> None:
        self.permits = threading.Semaphore(0)
        self.kept = threading.Semaphore(0)
        self.asked = threading.Semaphore(0)
        self.length, self.error = length, error

    def __iter__(self) -> Iterator[int]:
        for number in range(self.length):
            self.asked.release()
            assert self.permits.acquire(timeout=PATIENCE)
            yield number
        if self.error:
            raise self.error

    def keep(self, snapshot: int) -> int:
        self.kept.release()
        return 10 * snapshot

    def run(self, **options) -> Run:
        return Run(iter(self), self.keep, **options)

    def allow(self, count: int) -> None:
        """Let so many snapshots be drawn, and wait until they are recorded."""
        self.permits.release(count)
        for _ in range(count):
            assert self.kept.acquire(timeout=PATIENCE)


def all_of(length: int) -> tuple[int, ...]:
    return tuple(range(0, 10 * length, 10))


def test_a_run_waits_for_its_start_and_then_finishes() -> None:
    tape = Tape(3)
    run = tape.run()
    assert (run.state, run.alive, run.history, run.latest) == (State.READY, True, (), None)
    assert not tape.asked.acquire(timeout=0.05)
    run.start()
    assert run.state is State.RUNNING
    tape.allow(3)
    assert run.wait(PATIENCE)
    assert (run.state, run.alive, run.message) == (State.FINISHED, False, "")
    assert run.history == all_of(3)
    assert run.latest == 2


def test_pausing_changes_nothing_but_the_hour() -> None:
    tape = Tape(6)
    run = tape.run()
    run.start()
    tape.allow(2)
    assert tape.asked.acquire(timeout=PATIENCE)
    run.pause()
    assert (run.state, run.alive) == (State.PAUSED, True)
    tape.permits.release(6)  # the generator may, but the run must not
    while tape.kept.acquire(timeout=0.1):
        pass  # at most the one snapshot that was being computed
    assert len(run.history) <= 3
    run.resume()
    assert run.wait(PATIENCE)
    assert run.state is State.FINISHED
    assert run.history == all_of(6)


def test_a_step_draws_one_snapshot_and_pauses() -> None:
    tape = Tape(5)
    run = tape.run()
    tape.permits.release(5)
    for count in (1, 2, 3):
        run.step()
        assert tape.kept.acquire(timeout=PATIENCE)
        assert not tape.kept.acquire(timeout=0.05)
        assert run.state is State.PAUSED
        assert run.history == all_of(count)
    run.start()
    assert run.wait(PATIENCE)
    assert run.history == all_of(5)


def test_run_until_pauses_where_the_goal_is_met() -> None:
    tape, met = Tape(9), threading.Event()
    run = tape.run(pace=1_000.0)  # a goal is run for without waiting between snapshots

    def goal(kept: int) -> bool:
        if kept == 40:
            met.set()
        return kept == 40

    run.pause()  # no effect on a run not begun
    run.run_until(goal)
    tape.permits.release(9)
    assert met.wait(PATIENCE)
    assert run.history == all_of(5)
    assert run.state is State.PAUSED
    run.run_until(lambda kept: False)
    assert run.wait(PATIENCE)
    assert (run.state, run.history) == (State.FINISHED, all_of(9))


def test_a_stopped_run_keeps_what_it_has_and_stays_stopped() -> None:
    tape = Tape(100)
    run = tape.run()
    run.start()
    tape.allow(4)
    assert tape.asked.acquire(timeout=PATIENCE)
    run.stop()
    tape.permits.release(96)
    assert run.wait(PATIENCE)
    assert run.state is State.STOPPED
    assert len(run.history) in (4, 5), "at most the snapshot that was being computed is added"
    before = run.history
    for action in (run.start, run.pause, run.step, run.stop, lambda: run.run_until(lambda kept: True)):
        action()
        assert run.state is State.STOPPED
    assert run.history == before == all_of(len(before))


def test_stopping_ends_a_paused_run_and_one_not_begun() -> None:
    tape = Tape(9)
    paused, ready = tape.run(), Tape(1).run()
    paused.start()
    tape.allow(1)
    paused.pause()
    tape.permits.release(1)
    paused.stop()
    ready.stop()
    assert paused.wait(PATIENCE)
    assert not ready.wait(PATIENCE)
    assert paused.state is ready.state is State.STOPPED


@pytest.mark.parametrize(
    ("error", "state", "message"),
    [
        (Diverged("the step was too large"), State.DIVERGED, "the step was too large"),
        (ZeroDivisionError("a mistake"), State.FAILED, "ZeroDivisionError: a mistake"),
    ],
    ids=["diverged", "failed"],
)
def test_an_end_in_error_is_told(error: Exception, state: State, message: str) -> None:
    tape = Tape(2, error)
    run = tape.run()
    run.start()
    tape.allow(2)
    assert run.wait(PATIENCE)
    assert (run.state, run.alive, run.message) == (state, False, message)
    assert run.history == all_of(2)


def test_an_error_while_keeping_fails_the_run() -> None:
    def keep(snapshot: int) -> int:
        return 1 // snapshot

    run = Run(iter([1, 0, 1]), keep)
    run.start()
    assert run.wait(PATIENCE)
    assert run.state is State.FAILED
    assert run.message.startswith("ZeroDivisionError")
    assert run.history == (1,)


@pytest.mark.parametrize("error", [None, Diverged("late")], ids=["finishing", "diverging"])
def test_what_happens_after_a_stop_is_not_told(error: Exception | None) -> None:
    inside, leave = threading.Event(), threading.Event()

    def last_words() -> Iterator[int]:
        yield 0
        inside.set()
        assert leave.wait(PATIENCE)
        if error:
            raise error

    run = Run(last_words(), lambda snapshot: snapshot)
    run.start()
    assert inside.wait(PATIENCE)
    run.stop()
    leave.set()
    assert run.wait(PATIENCE)
    assert (run.state, run.message, run.history) == (State.STOPPED, "", (0,))


def test_wait_gives_up() -> None:
    tape = Tape(1)
    run = tape.run()
    run.start()
    assert not run.wait(0.01)
    tape.allow(1)
    assert run.wait(PATIENCE)


def test_pace_holds_a_run_back_but_not_the_impatient() -> None:
    tape = Tape(3)
    run = tape.run(pace=1_000.0)
    tape.permits.release(3)
    run.start()
    assert tape.kept.acquire(timeout=PATIENCE)
    assert not tape.kept.acquire(timeout=0.05)
    run.stop()
    assert run.wait(PATIENCE), "stopping does not wait for the pace"
    assert run.history == all_of(1)


def test_a_history_once_read_does_not_change() -> None:
    tape = Tape(4)
    run = tape.run()
    run.start()
    tape.allow(2)
    assert tape.asked.acquire(timeout=PATIENCE)
    early = run.history
    tape.allow(2)
    assert run.wait(PATIENCE)
    assert early == all_of(2)[: len(early)]
    assert len(run.history) == 4


def test_history_is_bounded_and_keeps_both_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core.runs, "MAX_HISTORY", 10)
    run = Run(iter(range(1_000)), lambda snapshot: snapshot)
    run.start()
    assert run.wait(PATIENCE)
    assert 5 <= len(run.history) <= 10
    assert (run.history[0], run.history[-1], run.latest) == (0, 999, 999)
    assert list(run.history) == sorted(set(run.history))


def test_a_watched_run_is_the_training(wikipedia: Cooccurrence) -> None:
    problem = load_problem(RunSpec(vocab_size=100, dim=3))
    spec = TrainSpec(3, 1e-3, 0.3 / float(problem.spectrum.values[0]), steps=30, every=10)
    run = Run(train(problem.matrix, spec), lambda snapshot: snapshot.singular_values)
    for _ in range(2):
        run.step()
    run.start()
    assert run.wait(PATIENCE)
    alone = [snapshot.singular_values for snapshot in train(problem.matrix, spec)]
    assert np.array_equal(run.history, alone)
