"""The thread that carries a run, driven by small generators that wait for a permit."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable, Iterator

import numpy as np
import pytest

import core.runs
from core.counts import Cooccurrence
from core.errors import InputError
from core.gate import Gate, Ticket
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


def queued(number: int, *, slots: int = 1, longest: int = 200) -> tuple[list[Tape], list[Run]]:
    """So many started runs of two snapshots, in line for the slots; each slot's run is at its first snapshot."""
    gate = Gate(slots, longest)
    tapes = [Tape(2) for _ in range(number)]
    runs = [tape.run(gate=gate) for tape in tapes]
    for run in runs:
        run.start()
    for tape in tapes[:slots]:
        assert tape.asked.acquire(timeout=PATIENCE)
    return tapes, runs


def places(runs: list[Run]) -> list[int]:
    return [run.place for run in runs]


def complete(tapes: list[Tape], runs: list[Run]) -> None:
    """Let all runs come to their end, which they do only if every slot is given back."""
    for tape in tapes:
        tape.permits.release(2)
    for run in runs:
        assert run.wait(PATIENCE)


def test_runs_take_their_turns_in_the_order_they_were_started() -> None:
    tapes, runs = queued(4)
    seen = []
    for tape, run in zip(tapes, runs, strict=True):
        if run is not runs[0]:
            assert tape.asked.acquire(timeout=PATIENCE)
        seen.append((places(runs), [len(one.history) for one in runs]))
        assert all(one.state is State.RUNNING for one in runs if one.alive)
        tape.permits.release(2)
        assert run.wait(PATIENCE)
    assert [place for place, _ in seen] == [[0, 1, 2, 3], [0, 0, 1, 2], [0, 0, 0, 1], [0, 0, 0, 0]]
    assert [kept for _, kept in seen] == [[0, 0, 0, 0], [2, 0, 0, 0], [2, 2, 0, 0], [2, 2, 2, 0]]
    assert all(run.state is State.FINISHED for run in runs)


def test_a_run_stopped_in_line_makes_room_at_once() -> None:
    tapes, runs = queued(4)
    runs[1].stop()
    assert places(runs) == [0, 0, 1, 2]
    assert runs[1].wait(PATIENCE), "while the first still holds the slot"
    complete(tapes, runs)
    assert [run.state for run in runs] == [State.FINISHED, State.STOPPED, State.FINISHED, State.FINISHED]
    assert runs[1].history == ()
    assert not tapes[1].asked.acquire(blocking=False)


def test_a_run_stopped_while_it_draws_keeps_its_slot_until_it_has_drawn() -> None:
    tapes, runs = queued(2)
    runs[0].stop()
    assert places(runs) == [0, 1]
    assert not tapes[1].asked.acquire(timeout=0.05)
    complete(tapes, runs)
    assert runs[1].history == all_of(2)


def test_a_pause_hands_the_slot_on_and_resuming_queues_again() -> None:
    tapes, runs = queued(3)
    runs[0].pause()
    assert places(runs) == [0, 1, 2]
    tapes[0].permits.release(2)
    assert tapes[1].asked.acquire(timeout=PATIENCE)
    assert places(runs) == [0, 0, 1]
    runs[0].resume()
    assert (places(runs), runs[0].state) == ([2, 0, 1], State.RUNNING)
    assert runs[0].history == all_of(1)
    complete(tapes, runs)
    assert [run.history for run in runs] == [all_of(2)] * 3


def test_a_pause_in_line_gives_the_place_up() -> None:
    tapes, runs = queued(3)
    runs[1].pause()
    assert places(runs) == [0, 0, 1]
    runs[1].resume()
    assert places(runs) == [0, 2, 1]
    complete(tapes, runs)
    assert [run.history for run in runs] == [all_of(2)] * 3


@pytest.mark.parametrize("action", [Run.pause, Run.stop], ids=["pause", "stop"])
def test_who_is_held_up_just_when_admitted_draws_nothing(
    action: Callable[[Run], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, waiting, admitted = Gate(1), threading.Event(), threading.Event()
    slot, wait = gate.ticket(), Ticket.wait

    def watched(ticket: Ticket) -> bool:
        waiting.set()
        called = wait(ticket)
        admitted.set()
        return called

    monkeypatch.setattr(Ticket, "wait", watched)
    tape = Tape(1)
    run = tape.run(gate=gate)
    run.start()
    assert waiting.wait(PATIENCE)
    with run._changed:  # the thread of the run has to wait here, between the gate and its snapshot
        slot.leave()
        assert admitted.wait(PATIENCE)
        action(run)
    after = gate.ticket()
    assert wait(after), "the slot was handed on"
    assert not tape.asked.acquire(blocking=False)
    run.stop()
    assert run.wait(PATIENCE)
    assert run.history == ()


def test_a_pause_taken_back_in_time_keeps_the_slot() -> None:
    tapes, runs = queued(2)
    runs[0].pause()
    runs[0].resume()
    assert places(runs) == [0, 1]
    complete(tapes, runs)
    assert [run.history for run in runs] == [all_of(2)] * 2


def test_a_single_step_queues_and_gives_its_slot_back() -> None:
    tapes, runs = queued(2)
    stepping = Tape(3)
    run = stepping.run(gate=runs[0]._gate)
    stepping.permits.release(3)
    run.step()
    run.step()
    assert (run.place, run.state) == (2, State.PAUSED)
    for tape in tapes:
        tape.permits.release(2)
    for _ in range(2):
        assert stepping.kept.acquire(timeout=PATIENCE)
    assert not stepping.kept.acquire(timeout=0.05)
    assert (run.history, run.state, run.place) == (all_of(2), State.PAUSED, 0)
    other = Run(iter(range(2)), lambda snapshot: snapshot, gate=runs[0]._gate)
    other.start()
    assert other.wait(PATIENCE), "the paused run holds no slot"
    run.run_until(lambda kept: False)
    assert run.wait(PATIENCE)
    assert run.history == all_of(3)


def test_a_goal_met_hands_the_slot_on() -> None:
    gate, tape = Gate(1), Tape(5)
    run = tape.run(gate=gate)
    run.run_until(lambda kept: kept == 10)
    other = Run(iter(range(3)), lambda snapshot: snapshot, gate=gate)
    other.start()
    assert (run.place, other.place) == (0, 1)
    tape.permits.release(5)
    assert other.wait(PATIENCE)
    assert (run.state, run.history, other.history) == (State.PAUSED, all_of(2), (0, 1, 2))
    run.stop()
    assert run.wait(PATIENCE)


@pytest.mark.parametrize("error", [Diverged("late"), ZeroDivisionError("a mistake")], ids=["diverged", "failed"])
def test_an_error_gives_the_slot_back(error: Exception) -> None:
    gate, tape = Gate(1), Tape(1, error)
    broken, other = tape.run(gate=gate), Run(iter(range(3)), lambda snapshot: snapshot, gate=gate)
    broken.start()
    other.start()
    assert other.place == 1
    tape.permits.release(1)
    assert other.wait(PATIENCE)
    assert (other.state, other.history) == (State.FINISHED, (0, 1, 2))


START_WAYS: list[Callable[[Run], None]] = [Run.start, Run.step, lambda run: run.run_until(lambda kept: True)]


@pytest.mark.parametrize("begin", START_WAYS, ids=["start", "step", "run_until"])
def test_a_full_queue_leaves_a_run_as_it_was(begin: Callable[[Run], None]) -> None:
    tapes, runs = queued(2, longest=1)
    late, paused = Tape(2), runs[1]
    run = late.run(gate=paused._gate)
    with pytest.raises(InputError, match="the queue is full: 1 runs are waiting"):
        begin(run)
    assert (run.state, run.place, run.wait(0)) == (State.READY, 0, False)
    paused.pause()
    run.start()
    with pytest.raises(InputError, match="full"):
        begin(paused)
    assert (paused.state, places([*runs, run])) == (State.PAUSED, [0, 0, 1])
    complete([tapes[0], late], [runs[0], run])
    begin(paused)
    paused.start()
    complete([tapes[1]], [paused])
    assert paused.history == run.history == all_of(2)


def test_thirty_runs_share_two_slots() -> None:
    before = set(threading.enumerate())
    gate, slots, counted = Gate(2), threading.Semaphore(2), []

    def drawing(number: int) -> Iterator[int]:
        for snapshot in range(20):
            counted.append(slots.acquire(blocking=False))
            yield number + snapshot

    def keep(snapshot: int) -> int:
        slots.release()
        return snapshot

    runs = [Run(drawing(100 * number), keep, gate=gate) for number in range(30)]
    for run in runs:
        run.start()
    for number, run in enumerate(runs):
        if number % 3 == 0:
            run.pause()
            run.start()
    for number, run in enumerate(runs):
        assert run.wait(PATIENCE)
        assert (run.state, run.place) == (State.FINISHED, 0)
        assert run.history == tuple(range(100 * number, 100 * number + 20))
    assert len(counted) == 600
    assert all(counted), "never more than two at once"
    assert set(threading.enumerate()) <= before


def test_a_run_that_no_thread_can_carry_keeps_no_slot(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(1)
    run = Run(iter(range(2)), lambda snapshot: snapshot, gate=gate)

    def exhausted(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", exhausted)
        with pytest.raises(RuntimeError, match="can't start"):
            run.start()
    assert (run.state, run.place) == (State.READY, 0)
    slot = gate.ticket()
    assert slot.place == 0
    slot.leave()
    run.start()
    assert run.wait(PATIENCE)
    assert run.history == (0, 1)


@pytest.mark.parametrize(
    ("error", "state", "message"),
    [(None, State.FINISHED, ""), (Diverged("too large"), State.DIVERGED, "too large")],
    ids=["finished", "diverged"],
)
def test_finish_sees_the_whole_run_before_its_state_changes(
    error: Exception | None, state: State, message: str
) -> None:
    tape, seen = Tape(3, error), []
    run = tape.run(finish=lambda run: seen.append((run.state, run.history, run.latest, run.message)))
    run.start()
    tape.allow(3)
    assert run.wait(PATIENCE)
    assert seen == [(State.RUNNING, all_of(3), 2, message)]
    assert (run.state, run.message, run.notice) == (state, message, "")


def test_finish_is_not_called_for_runs_that_are_not_whole() -> None:
    called: list[Run] = []
    failed = Tape(1, ZeroDivisionError("a mistake"))
    stopped, empty = Tape(5), Tape(0)
    runs = [tape.run(finish=called.append) for tape in (failed, stopped, empty)]
    for run in runs:
        run.start()
    failed.allow(1)
    stopped.allow(1)
    runs[1].stop()
    stopped.permits.release(4)
    for run in runs:
        assert run.wait(PATIENCE)
    assert [run.state for run in runs] == [State.FAILED, State.STOPPED, State.FINISHED]
    assert called == []


@pytest.mark.parametrize(
    ("error", "notice"),
    [
        (InputError("the disk is full"), "the run could not be kept: the disk is full"),
        (KeyError("a mistake"), "the run could not be kept: KeyError: 'a mistake'"),
    ],
)
@pytest.mark.parametrize("end", [None, Diverged("too large")], ids=["finished", "diverged"])
def test_an_error_while_finishing_is_a_notice(error: Exception, notice: str, end: Exception | None) -> None:
    def finish(run: Run) -> None:
        raise error

    tape, gate = Tape(2, end), Gate(1)
    run = tape.run(finish=finish, gate=gate)
    run.start()
    tape.allow(2)
    assert run.wait(PATIENCE)
    assert (run.state, run.message) == ((State.DIVERGED, "too large") if end else (State.FINISHED, ""))
    assert (run.history, run.notice) == (all_of(2), notice)
    assert gate.ticket().place == 0


def test_a_stop_while_finishing_stays_a_stop() -> None:
    tape = Tape(1, Diverged("late"))
    run = tape.run(finish=Run.stop)
    run.start()
    tape.allow(1)
    assert run.wait(PATIENCE)
    assert (run.state, run.message, run.history) == (State.STOPPED, "", all_of(1))


class Burden:
    """Stands for something large that a generator, a keeper, a goal or a finisher holds."""


@pytest.mark.parametrize("way", ["finished", "diverged", "failed", "stopped", "never started"])
def test_a_run_that_is_over_holds_on_to_nothing(way: str) -> None:
    errors = {"diverged": Diverged("late"), "failed": ZeroDivisionError("a mistake")}
    tape, burden = Tape(1 if way != "stopped" else 9, errors.get(way)), Burden()
    gone = weakref.ref(burden)

    def drawing(held: Burden) -> Iterator[int]:
        yield from tape

    def keep(snapshot: int, held: Burden = burden) -> int:
        return tape.keep(snapshot)

    def goal(kept: int, held: Burden = burden) -> bool:
        return False

    def finish(run: Run, held: Burden = burden) -> None:
        pass

    run = Run(drawing(burden), keep, finish=finish, gate=Gate(1))
    if way != "never started":
        run.run_until(goal)
        tape.allow(1)
    if way in ("stopped", "never started"):
        run.stop()
    tape.permits.release(9)
    assert run.wait(PATIENCE) is (way != "never started")
    tape.error = None  # its traceback holds the frames of the thread
    errors.clear()
    del burden, keep, goal, finish
    gc.collect()
    assert gone() is None
    assert run.state.value == way.replace("never started", "stopped")
