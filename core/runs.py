"""A run: the thread that draws snapshots, and can be paused, stepped and stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from enum import Enum
from functools import partial
from typing import Generic, TypeVar

from core.errors import InputError
from core.gate import Gate, Ticket
from core.training import Diverged, Snapshot

MAX_HISTORY = 400

Kept = TypeVar("Kept")
Finish = Callable[["Run[Kept]"], None]


class State(Enum):
    """Where a run stands."""

    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    DIVERGED = "diverged"
    FAILED = "failed"


class Run(Generic[Kept]):
    """Draws snapshots in a thread, and keeps of each what ``keep`` returns.

    Only the owner of the thread writes; readers get copies. What the run computes does not depend on
    when it is paused, how it is paced, or who looks.
    """

    def __init__(
        self,
        snapshots: Iterator[Snapshot],
        keep: Callable[[Snapshot], Kept],
        *,
        pace: float = 0.0,
        gate: Gate | None = None,
        finish: Finish[Kept] | None = None,
        stopped: threading.Event | None = None,
    ) -> None:
        """``pace``: least number of seconds between two snapshots, so that people can watch.

        ``gate``: snapshots are drawn only while it admits the run, which waits in line for that. A paused run
        has neither slot nor place. ``finish``: called in the thread with a run that has come to its end or
        diverged, when everything is kept and its message set but its state not yet; if it raises, ``notice`` says so.
        ``stopped``: set by ``stop``, for a generator that asks between two of its snapshots.
        """
        self.pace = pace
        self.message = ""
        self.notice = ""
        self._history: list[Kept] = []
        self._latest: Snapshot | None = None
        self._changed = threading.Condition()
        self._state = State.READY
        self._single = 0
        self._goal: Callable[[Kept], bool] | None = None
        self._gate = gate
        self._ticket: Ticket | None = None
        self._stopped = stopped or threading.Event()
        # Only the thread refers to these: a run that is over must not hold on to the matrices.
        self._work: Callable[[], None] | None = partial(self._draw_all, snapshots, keep, finish)
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> State:
        return self._state

    @property
    def alive(self) -> bool:
        """Whether more snapshots may still come."""
        return self._state in (State.READY, State.RUNNING, State.PAUSED)

    @property
    def under_way(self) -> bool:
        """Whether it was started and has not ended."""
        return self._state in (State.RUNNING, State.PAUSED)

    @property
    def over(self) -> bool:
        """Whether it was started and nothing more will be kept."""
        return self.wait(0)

    @property
    def history(self) -> tuple[Kept, ...]:
        """What was kept so far, oldest first."""
        with self._changed:
            return tuple(self._history)

    @property
    def latest(self) -> Snapshot | None:
        """The newest snapshot, whole."""
        return self._latest

    @property
    def place(self) -> int:
        """Its place in line, 1 for the next; 0 if it is computing or wants nothing."""
        ticket = self._ticket
        return ticket.place if ticket else 0

    def start(self) -> None:
        """Begin, or go on after a pause. Without effect on a run that has ended.

        Raises InputError where too many runs are waiting, and leaves this one as it was; so do ``step`` and
        ``run_until``.
        """
        with self._changed:
            if self.alive:
                self._go()
                self._become(State.RUNNING)

    resume = start

    def pause(self) -> None:
        """Stop drawing after the snapshot that is being computed."""
        with self._changed:
            if self._state is State.RUNNING:
                self._become(State.PAUSED)
                self._leave_line()

    def step(self) -> None:
        """Draw one more snapshot, then pause."""
        with self._changed:
            if self.alive:
                self._go()
                self._single += 1
                self._become(State.PAUSED)

    def run_until(self, goal: Callable[[Kept], bool]) -> None:
        """Go on, unpaced, until ``goal`` holds of what was kept; then pause."""
        with self._changed:
            self.start()
            self._goal = goal if self.alive else None
            self._changed.notify_all()

    def stop(self) -> None:
        """End for good; what was kept stays."""
        with self._changed:
            if self.alive:
                self._become(State.STOPPED)
                self._stopped.set()
                self._leave_line()
                self._work = None

    def wait(self, timeout: float | None = None) -> bool:
        """Block until the thread has ended; False after ``timeout`` seconds, or if it never began."""
        thread = self._thread
        if thread is None:
            return False
        thread.join(timeout)
        return not thread.is_alive()

    def _go(self) -> None:
        """Take a place in line, and begin if this is the first time."""
        if self._gate and self._ticket is None:
            self._ticket = self._gate.ticket()
        if self._thread is None:
            thread = threading.Thread(target=self._work, daemon=True, name="staircase-run")
            try:
                thread.start()
            except RuntimeError:  # the system has no thread left
                self._give_back()
                raise
            self._thread, self._work = thread, None

    def _become(self, state: State) -> None:
        self._state = state
        self._goal = None
        if state is not State.PAUSED:
            self._single = 0
        self._changed.notify_all()

    def _leave_line(self) -> None:
        """Give the place up if there is one. A slot stays: a snapshot may be on its way."""
        if self._ticket and self._ticket.withdraw():
            self._ticket = None

    def _give_back(self) -> None:
        with self._changed:
            if self._ticket:
                self._ticket.leave()
                self._ticket = None

    def _draw_all(
        self, snapshots: Iterator[Snapshot], keep: Callable[[Snapshot], Kept], finish: Finish[Kept] | None
    ) -> None:
        try:
            while self._may_go_on():
                snapshot = next(snapshots, None)
                if snapshot is None:
                    self._end(State.FINISHED, finish=finish)
                    return
                self._record(snapshot, keep(snapshot))
        except Diverged as reason:
            self._end(State.DIVERGED, str(reason), finish)
        except Exception as reason:  # the thread has no caller: the page shows it
            self._end(State.FAILED, f"{type(reason).__name__}: {reason}")
        finally:
            self._give_back()

    def _end(self, state: State, message: str = "", finish: Finish[Kept] | None = None) -> None:
        with self._changed:
            if self._state is State.STOPPED:
                return
            self.message = message
        if finish and self._latest is not None:
            self._finish(finish)
        with self._changed:
            if self._state is State.STOPPED:
                self.message = ""
            else:
                self._become(state)

    def _finish(self, finish: Finish[Kept]) -> None:
        try:
            finish(self)
        except Exception as reason:  # the run itself is as good as ever
            told = str(reason) if isinstance(reason, InputError) else f"{type(reason).__name__}: {reason}"
            self.notice += f"the run could not be kept: {told}"

    def _may_go_on(self) -> bool:
        """Wait for leave to draw the next snapshot, of people and then of the gate; False if the run was stopped."""
        with self._changed:
            if self._history and self.pace > 0:
                self._changed.wait_for(self._is_hurried, self.pace)
        while True:
            with self._changed:
                if self._rests():
                    self._give_back()
                self._changed.wait_for(lambda: not self._rests())
                if self._state is State.STOPPED:
                    return False
                ticket = self._ticket
            if ticket and not ticket.wait():
                continue
            with self._changed:
                if self._takes_turn():
                    return True

    def _rests(self) -> bool:
        return self._state is State.PAUSED and self._single == 0

    def _takes_turn(self) -> bool:
        """Whether the run may still draw, now that it is admitted; a single step is used up."""
        if self._rests() or self._state is State.STOPPED:
            return False
        if self._state is State.PAUSED:
            self._single -= 1
        return True

    def _is_hurried(self) -> bool:
        return self._state is not State.RUNNING or self._goal is not None

    def _record(self, snapshot: Snapshot, kept: Kept) -> None:
        with self._changed:
            self._latest = snapshot
            self._history.append(kept)
            if len(self._history) > MAX_HISTORY:
                del self._history[1::2]
            if self._goal is not None and self._goal(kept):
                self._become(State.PAUSED)
