"""The thread that carries a run, driven by small generators that wait for a permit; plans; files."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import core.runs
from core.counts import Cooccurrence
from core.errors import InputError
from core.runs import MAX_STEPS, Problem, Run, RunSpec, State, load_problem, plan, save_run
from core.spectrum import decompose
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


# Problems and plans


@pytest.fixture(scope="module")
def problem() -> Problem:
    return load_problem(RunSpec(vocab_size=100, dim=5))


def test_a_problem_is_m_star_with_its_top_eigenpairs(problem: Problem) -> None:
    assert problem.counts.vocab_size == 100
    assert problem.matrix.shape == (100, 100)
    assert problem.spectrum.rank >= 5
    expected = np.linalg.eigvalsh(problem.matrix.astype(np.float64))[::-1][: problem.spectrum.rank]
    assert problem.spectrum.values == pytest.approx(expected, abs=1e-5)
    assert problem.learnable == (expected > 0).sum()


@pytest.mark.parametrize("dim", [0, -1, 101])
def test_a_problem_of_an_impossible_dimension(dim: int) -> None:
    with pytest.raises(InputError, match=f"dimension is {dim}.*100 words"):
        load_problem(RunSpec(vocab_size=100, dim=dim))


def test_a_plan_takes_the_step_size_in_units_of_the_first_eigenvalue(problem: Problem) -> None:
    spec = plan(problem, RunSpec(dim=5, init_scale=1e-5, step_size=0.25, seed=9), steps=77)
    assert (spec.dim, spec.init_scale, spec.steps, spec.seed) == (5, 1e-5, 77, 9)
    assert spec.dt * problem.spectrum.values[0] == pytest.approx(0.25)


def test_the_length_of_a_plan_is_time_over_step(problem: Problem) -> None:
    spec = plan(problem, RunSpec(dim=5), time=2.0)
    assert spec.steps * spec.dt == pytest.approx(2.0, abs=spec.dt / 2)
    assert plan(problem, RunSpec(dim=5), time=1e-9).steps == 1


@pytest.mark.parametrize("steps", [1, 199, 200, 201, 5_000])
def test_a_plan_has_about_two_hundred_frames(problem: Problem, steps: int) -> None:
    frames = len(plan(problem, RunSpec(dim=5), steps=steps).snapshot_steps())
    assert min(steps + 1, 100) <= frames <= 201


@pytest.mark.parametrize("until", [1, 3, 5])
def test_a_plan_ends_when_the_wanted_concepts_are_learned(problem: Problem, until: int) -> None:
    spec = plan(problem, RunSpec(dim=5, init_scale=1e-6, until=until))
    share = list(train(problem.matrix, spec))[-1].singular_values ** 2 / problem.spectrum.values[:5]
    assert (share[:until] > 0.85).all()
    if until == 1:
        assert share[2] < 0.5, "longer than asked for"


def test_by_default_a_plan_learns_all_it_can(problem: Problem) -> None:
    specs = [plan(problem, RunSpec(dim=5, until=until)) for until in (0, 5, 99)]
    assert specs[0] == specs[1] == specs[2]


@pytest.mark.parametrize("step_size", [0.0, -0.3, float("nan"), float("inf")])
def test_a_plan_with_an_impossible_step(problem: Problem, step_size: float) -> None:
    with pytest.raises(InputError, match="step size"):
        plan(problem, RunSpec(dim=5, step_size=step_size))


@pytest.mark.parametrize("time", [0.0, -1.0, float("nan"), float("inf")])
def test_a_plan_with_an_impossible_time(problem: Problem, time: float) -> None:
    with pytest.raises(InputError, match="time"):
        plan(problem, RunSpec(dim=5), time=time)


def test_a_plan_that_would_never_end(problem: Problem) -> None:
    with pytest.raises(InputError, match="above the limit of 1,000,000"):
        plan(problem, RunSpec(dim=5), steps=MAX_STEPS + 1)
    with pytest.raises(InputError, match="above the limit"):
        plan(problem, RunSpec(dim=5, step_size=1e-7))


@pytest.mark.parametrize(("knob", "value"), [("init_scale", 0.0), ("init_scale", -1.0), ("seed", -1)])
def test_a_plan_passes_on_what_the_training_refuses(problem: Problem, knob: str, value: float) -> None:
    with pytest.raises(InputError, match=knob.replace("_", " ")):
        plan(problem, RunSpec(dim=5, **{knob: value}))


def test_nothing_to_learn(wikipedia: Cooccurrence) -> None:
    matrix = -np.eye(300, dtype=np.float32)
    with pytest.raises(InputError, match="nothing to learn"):
        plan(Problem(wikipedia, matrix, decompose(matrix, 5)), RunSpec(dim=5))


# The file of a run


@pytest.fixture(scope="module")
def finished(problem: Problem):
    spec = RunSpec(vocab_size=100, dim=5, init_scale=1e-3)
    return spec, problem.counts.words, list(train(problem.matrix, plan(problem, spec, steps=60)))


def test_a_saved_run_opens_without_pickle(finished, tmp_path: Path) -> None:
    spec, words, snapshots = finished
    path = tmp_path / "run.npz"
    save_run(path, spec, words, snapshots)
    with np.load(path, allow_pickle=False) as file:
        assert RunSpec(**json.loads(str(file["spec"]))) == spec
        assert tuple(file["words"].tolist()) == words
        assert (file["embeddings"] == snapshots[-1].embeddings).all()
        assert file["steps"].tolist() == list(range(61))
        assert file["times"].tolist() == [one.time for one in snapshots]
        assert file["loss"].tolist() == [one.loss for one in snapshots]
        assert (file["singular_values"][7] == snapshots[7].singular_values).all()
        assert file["singular_values"].shape == (61, 5)
    assert [one.name for one in tmp_path.iterdir()] == ["run.npz"]


def test_a_failed_save_leaves_everything_as_it_was(finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run.npz"
    path.write_bytes(b"the run before")

    def full_disk(file, **arrays) -> None:
        file.write(b"half a fi")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full_disk)
    with pytest.raises(InputError, match="No space left on device"):
        save_run(path, *finished)
    assert path.read_bytes() == b"the run before"
    assert [one.name for one in tmp_path.iterdir()] == ["run.npz"]


def test_saving_a_run_where_it_is_impossible(finished, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="absent"):
        save_run(tmp_path / "absent" / "run.npz", *finished)
