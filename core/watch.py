"""Work in threads that can be watched and called off."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import TypeVar

_TICK = 0.1  # seconds between two reports

T = TypeVar("T")
Progress = Callable[[float], None]


class CalledOff(Exception):
    """The work of this thread is not wanted any more."""


class Watch:
    """What is known of work in other threads.

    ``progress`` is told the share done, from 0 to 1, in the thread that waits for the results; whatever it raises
    ends the work. Without an ``expected`` amount there is no share to tell.
    """

    def __init__(self, expected: int = 0, progress: Progress | None = None) -> None:
        self._expected, self._progress = expected, progress
        self._done = 0
        self._lock, self._over = threading.Lock(), threading.Event()

    def note(self, amount: int) -> None:
        """So much was done, in any thread. Raises CalledOff where no more is wanted."""
        if self._over.is_set():
            raise CalledOff
        with self._lock:
            self._done += amount

    def beside(self, streams: Iterable[Iterator[T]], workers: int) -> Iterator[T]:
        """What many iterators yield, as it comes. At most ``workers`` are under way, each in one thread at a time and
        at most one item ahead."""
        waiting = iter(streams)
        with ThreadPoolExecutor(workers) as pool:
            active: dict[Future[T | None], Iterator[T]] = {}

            def advance(streams: Iterable[Iterator[T]]) -> None:
                active.update({pool.submit(next, one, None): one for one in streams})

            try:
                self._tell()
                advance(islice(waiting, workers))
                while active:
                    done, _ = wait(active, timeout=_TICK, return_when=FIRST_COMPLETED)
                    for future in done:
                        stream, item = active.pop(future), future.result()
                        advance([stream] if item is not None else islice(waiting, 1))
                        if item is not None:
                            yield item
                    self._tell()
            except BaseException:
                self._over.set()
                raise

    def _tell(self) -> None:
        if self._progress and self._expected:
            self._progress(min(1.0, self._done / self._expected))
