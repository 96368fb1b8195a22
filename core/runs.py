"""A run: the thread that draws snapshots, and can be paused, stepped and stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Generic, TypeVar

from core.training import Diverged, Snapshot

MAX_HISTORY = 400

Kept = TypeVar("Kept")


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

    def __init__(self, snapshots: Iterator[Snapshot], keep: Callable[[Snapshot], Kept], *, pace: float = 0.0) -> None:
        """``pace``: least number of seconds between two snapshots, so that people can watch."""
        self.pace = pace
        self.message = ""
        self._snapshots = snapshots
        self._keep = keep
        self._history: list[Kept] = []
        self._latest: Snapshot | None = None
        self._changed = threading.Condition()
        self._state = State.READY
        self._single = 0
        self._goal: Callable[[Kept], bool] | None = None
        self._thread = threading.Thread(target=self._work, daemon=True, name="staircase-run")

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

    def start(self) -> None:
        """Begin, or go on after a pause. Without effect on a run that has ended."""
        with self._changed:
            if self._state is State.READY:
                self._thread.start()
            if self.alive:
                self._become(State.RUNNING)

    resume = start

    def pause(self) -> None:
        """Stop drawing after the snapshot that is being computed."""
        with self._changed:
            if self._state is State.RUNNING:
                self._become(State.PAUSED)

    def step(self) -> None:
        """Draw one more snapshot, then pause."""
        with self._changed:
            if self._state is State.READY:
                self._thread.start()
            if self.alive:
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

    def wait(self, timeout: float | None = None) -> bool:
        """Block until the thread has ended; False after ``timeout`` seconds, or if it never began."""
        if self._thread.ident is None:
            return False
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _become(self, state: State) -> None:
        self._state = state
        self._goal = None
        if state is not State.PAUSED:
            self._single = 0
        self._changed.notify_all()

    def _work(self) -> None:
        try:
            while self._may_go_on():
                snapshot = next(self._snapshots, None)
                if snapshot is None:
                    self._end(State.FINISHED)
                    return
                self._record(snapshot)
        except Diverged as reason:
            self._end(State.DIVERGED, str(reason))
        except Exception as reason:  # the thread has no caller: the page shows it
            self._end(State.FAILED, f"{type(reason).__name__}: {reason}")
        finally:
            self._snapshots = iter(())  # lets go of the matrices

    def _end(self, state: State, message: str = "") -> None:
        with self._changed:
            if self._state is not State.STOPPED:
                self.message = message
                self._become(state)

    def _may_go_on(self) -> bool:
        """Wait for leave to draw the next snapshot; False if the run was stopped."""
        with self._changed:
            if self._history and self.pace > 0:
                self._changed.wait_for(self._is_hurried, self.pace)
            self._changed.wait_for(lambda: self._state is not State.PAUSED or self._single > 0)
            if self._state is State.PAUSED:
                self._single -= 1
            return self._state is not State.STOPPED

    def _is_hurried(self) -> bool:
        return self._state is not State.RUNNING or self._goal is not None

    def _record(self, snapshot: Snapshot) -> None:
        kept = self._keep(snapshot)
        with self._changed:
            self._latest = snapshot
            self._history.append(kept)
            if len(self._history) > MAX_HISTORY:
                del self._history[1::2]
            if self._goal is not None and self._goal(kept):
                self._become(State.PAUSED)
