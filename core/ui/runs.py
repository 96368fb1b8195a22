"""Runs as the pages see them: the queue, the store on disk, and runs that everybody shares."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.errors import InputError
from core.frames import Frame
from core.gate import Gate
from core.problem import RunSpec
from core.runfile import Finished, run_id
from core.runs import Run, State
from core.store import RunStore, runs_folder
from core.ui.lab import CANNED, Lab, lab
from core.ui.memory import is_own, remembered
from core.ui.prose import Prose, reworded

SAY = Prose("shared")
_SHARED_RUNS = 12
_UNWATCHED_SECONDS = 20
_PATIENCE_SECONDS = 90
FOLDER = runs_folder()
MAX_RUNS = int(os.environ.get("STAIRCASE_MAX_RUNS", 200))
MAX_MEGABYTES = int(os.environ.get("STAIRCASE_MAX_RUN_MEGABYTES", 500))
AT_ONCE = int(os.environ.get("STAIRCASE_RUNS_AT_ONCE", 0)) or os.cpu_count() or 1
WARM_UP = os.environ.get("STAIRCASE_WARM_UP", "1") != "0"  # whether anything is computed before it is asked for
LONGEST_QUEUE = int(os.environ.get("STAIRCASE_LONGEST_QUEUE", 200))


@dataclass(frozen=True, eq=False)
class Sight:
    """What there is to see of a run.

    frames : at least that of the start. state : a value of ``State``. place : its place in the queue, 0 if it does not
    wait. step : gradient steps so far.
    done : the run, once it is over and has anything to show. message : why it broke off. notice : why it was not kept.
    """

    frames: Sequence[Frame]
    state: str
    place: int = 0
    step: int = 0
    done: Finished | None = None
    message: str = ""
    notice: str = ""

    @property
    def moving(self) -> bool:
        """Whether there may soon be more to see."""
        return self.state in (State.RUNNING.value, State.PAUSED.value)


@st.cache_resource(show_spinner=False)
def gate() -> Gate:
    """The queue of all runs of this server."""
    return Gate(AT_ONCE, LONGEST_QUEUE)


@st.cache_resource(show_spinner=False)
def store() -> RunStore:
    """Finished runs, on disk: they survive this server."""
    return RunStore(FOLDER, max_runs=MAX_RUNS, max_bytes=MAX_MEGABYTES * 1_000_000)


def queued_run(known: Lab, name: str = "") -> Run[Frame]:
    """A run of this recipe, not yet started, which waits its turn and is kept when it has finished."""
    return known.run(gate=gate(), finish=_keeper(known, name))


def _keeper(known: Lab, name: str) -> Callable[[Run[Frame]], None]:
    """Runs in the run's own thread, where Streamlit is out of reach: everything is looked up before."""
    where, spec, counts = store(), known.spec, known.problem.counts

    def keep(run: Run[Frame]) -> None:
        if is_own(spec):
            return  # nothing of a visitor's own text is kept
        where.put(spec, counts, name, finished(run))

    return keep


class Replay(Run[Frame]):
    """A run that was trained before, drawn again from what was kept of it."""

    def __init__(self, done: Finished) -> None:
        frames: Sequence[Any] = done.frames
        super().__init__(iter(frames), keep=_as_it_is)
        self.done = done


def _as_it_is(frame: Any) -> Frame:
    return frame


def finished(run: Run[Frame]) -> Finished:
    """What is left of a run that is over."""
    if isinstance(run, Replay):
        return run.done
    assert run.latest is not None  # noqa: S101 - step 0 is always there
    return Finished(run.history, run.latest, run.message)


class _SharedRuns:
    """The runs that everybody shares. None is given up while somebody watches it, however many there are."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs: dict[RunSpec, Run[Frame]] = {}
        self._watched: dict[RunSpec, float] = {}

    def watched(self, known: Lab) -> Run[Frame]:
        """The run of this recipe, started by whoever asks first. Runs that nobody asks for any more are stopped."""
        with self._lock:
            self._watched[known.spec] = time.monotonic()
            run = self._runs.get(known.spec)
            if run is None:
                run = queued_run(known)
                run.start()
                self._runs[known.spec] = run
            self._sweep()
            return run

    def stop(self) -> None:
        """Stop and give up all of them."""
        with self._lock:
            for spec in list(self._runs):
                self._drop(spec)

    def forget(self, spec: RunSpec) -> None:
        with self._lock:
            self._drop(spec)

    def _sweep(self) -> None:
        unwatched = time.monotonic() - _UNWATCHED_SECONDS
        for spec in [one for one, run in self._runs.items() if run.alive and self._watched[one] < unwatched]:
            self._drop(spec)
        over = [one for one, run in self._runs.items() if run.over and self._watched[one] < unwatched]
        for spec in over[: max(0, len(over) - _SHARED_RUNS)]:
            self._drop(spec)

    def _drop(self, spec: RunSpec) -> None:
        run = self._runs.pop(spec, None)
        self._watched.pop(spec, None)
        if run is not None:
            run.stop()


@st.cache_resource(show_spinner=False)
def shared_runs() -> _SharedRuns:
    """One table for all visitors."""
    return _SharedRuns()


@st.cache_resource(scope="session", show_spinner=False, on_release=_SharedRuns.stop)
def _own_runs() -> _SharedRuns:
    """The same for a visitor's own text: nobody else has it, and it goes with the session."""
    return _SharedRuns()


def _table(spec: RunSpec) -> _SharedRuns:
    return _own_runs() if is_own(spec) else shared_runs()


@st.cache_resource(show_spinner=False)
def first_run() -> Run[Frame]:
    """The run that everybody sees first, started; until it is over it can be watched. It never waits.

    A server that finds it in the store does not train it again.
    """
    known = lab(CANNED)
    done = stored(known)
    run = Replay(done) if done else known.run(finish=_keeper(known, ""))
    run.start()
    return run


class _NotKeptError(LookupError):
    """Not an answer to remember: a run may be kept any moment."""


@st.cache_resource(max_entries=_SHARED_RUNS, show_spinner=False)
def _opened(identity: str) -> Finished:
    kept = store().get(identity)
    if kept is None:
        raise _NotKeptError(identity)
    return kept.finished


def kept(identity: str) -> Finished | None:
    """A run of the store, or None. Opened once for everybody."""
    try:
        return _opened(identity)
    except _NotKeptError:
        return None


def identity(known: Lab) -> str:
    """The name of a recipe's run in the store."""
    return run_id(known.spec, known.problem.counts)


def stored(known: Lab) -> Finished | None:
    """The run of this recipe, if the store has it."""
    return kept(identity(known))


def watch(run: Run[Frame], known: Lab, done: Finished | None = None) -> Sight:
    """What there is to see of a run in this server: its start at least."""
    step = run.latest.step if run.latest else 0
    return Sight(run.history or (known.start,), run.state.value, run.place, step, done, run.message, run.notice)


def sight(done: Finished) -> Sight:
    """What there is to see of a run that is over."""
    state = State.DIVERGED if done.message else State.FINISHED
    return Sight(done.frames, state.value, 0, done.last.step, done, done.message)


def shared(spec: RunSpec) -> Sight:
    """The run of a recipe that everybody shares: from the store, or being trained now.

    Raises InputError where it broke off for want of memory, or too many runs are waiting already.
    """
    known = lab(spec)
    if spec == CANNED:
        run = first_run()
        return sight(_finished(spec, run)) if run.over else watch(run, known)
    done = stored(known)
    if done is not None:
        return sight(done)
    run = _table(spec).watched(known)
    if run.over and run.state is State.FAILED:
        _table(spec).forget(spec)
        raise InputError(SAY("broke-off", message=reworded(run.message)))
    return sight(_finished(spec, run)) if run.over and run.latest else watch(run, known)


@remembered(max_entries=_SHARED_RUNS)
def _finished(spec: RunSpec, _run: Run[Frame]) -> Finished:
    """A shared run that is over, with what is worked out from it once."""
    return finished(_run)


def canned(spec: RunSpec) -> Finished:
    """The same, waited for. Raises InputError where that takes too long."""
    seen = shared(spec)
    with st.spinner(SAY("training-it")) if seen.done is None else contextlib.nullcontext():
        patience = time.monotonic() + _PATIENCE_SECONDS
        while seen.done is None:
            if time.monotonic() > patience:
                raise InputError(SAY("still.waiting" if seen.place else "still.training"))
            (first_run() if spec == CANNED else _table(spec).watched(lab(spec))).wait(0.5)
            seen = shared(spec)
    return seen.done
