"""Work in threads: everything comes, little is read ahead, and whoever stops leaves no thread behind."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.watch import CalledOff, Watch

PATIENCE = 20.0  # seconds until a test that hangs fails


class Counted:
    """Streams that know how many of their items were taken, and which of them are being read."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()

    def stream(self, name: str, length: int) -> Iterator[str]:
        for number in range(length):
            self.taken[name] += 1
            yield f"{name}{number}"


@given(lengths=st.lists(st.integers(0, 5), max_size=8), workers=st.integers(1, 4))
def test_everything_comes_once_and_in_the_order_of_its_stream(lengths: list[int], workers: int) -> None:
    counted = Counted()
    streams = (counted.stream(name, length) for name, length in zip("abcdefgh", lengths, strict=False))
    found = list(Watch().beside(streams, workers))
    assert sorted(found) == sorted(f"{a}{n}" for a, b in zip("abcdefgh", lengths, strict=False) for n in range(b))
    for name in "abcdefgh":
        own = [item for item in found if item[0] == name]
        assert own == sorted(own)


def test_streams_are_begun_as_others_end_and_read_one_item_ahead() -> None:
    counted, begun = Counted(), []

    def streams() -> Iterator[Iterator[str]]:
        for name in "abcd":
            begun.append(name)
            yield counted.stream(name, 100)

    found = Watch().beside(streams(), 2)
    assert begun == []
    seen: Counter[str] = Counter()
    for _ in range(150):
        seen[next(found)[0]] += 1
        assert len(begun) <= 2 + sum(one == 100 for one in seen.values())
        assert all(counted.taken[name] <= seen[name] + 2 for name in begun), "one ahead, and the one that is read"
    found.close()


def test_as_many_streams_as_workers_are_read_at_once() -> None:
    """Each waits for all others: with one thread fewer none would get past."""
    meeting = threading.Barrier(3, timeout=PATIENCE)

    def stream() -> Iterator[int]:
        yield meeting.wait()

    assert sorted(Watch().beside((stream() for _ in range(3)), 3)) == [0, 1, 2]


def test_an_error_in_one_stream_ends_the_others() -> None:
    watch, begun, ended = Watch(), threading.Event(), threading.Event()

    def bad() -> Iterator[int]:
        assert begun.wait(PATIENCE)
        raise LookupError("this one")
        yield 0

    def endless() -> Iterator[int]:
        begun.set()
        try:
            while not ended.wait(0):
                watch.note(1)
            yield 0
        except CalledOff:
            ended.set()
            raise

    threads = threading.active_count()
    with pytest.raises(LookupError, match="this one"):
        list(watch.beside(iter([bad(), endless()]), 2))
    assert ended.is_set()
    assert threading.active_count() == threads


def test_closing_early_ends_the_threads() -> None:
    watch, ended = Watch(), threading.Event()

    def endless() -> Iterator[int]:
        try:
            while True:
                watch.note(1)
        except CalledOff:
            ended.set()
            raise
        yield 0

    def short() -> Iterator[int]:
        yield 1

    threads = threading.active_count()
    found = watch.beside(iter([short(), endless()]), 2)
    assert next(found) == 1
    found.close()
    assert ended.is_set()
    assert threading.active_count() == threads
    with pytest.raises(CalledOff):
        watch.note(1)


def test_progress_is_told_in_this_thread_from_nothing_to_all() -> None:
    told = []

    def progress(share: float) -> None:
        assert threading.current_thread() is threading.main_thread()
        told.append(share)

    watch = Watch(40, progress)

    def stream() -> Iterator[int]:
        for _ in range(20):
            yield 1
            watch.note(1)

    assert sum(watch.beside(iter([stream(), stream()]), 2)) == 40
    assert told[0] == 0
    assert told[-1] == 1
    assert told == sorted(told)
    assert all(0 <= share <= 1 for share in told)


def test_progress_is_told_while_everyone_waits() -> None:
    """The stream goes on only after a second report, which nothing but time can bring."""
    reports, told = threading.Semaphore(0), []

    def progress(share: float) -> None:
        told.append(share)
        reports.release()

    watch = Watch(2, progress)

    def stream() -> Iterator[int]:
        watch.note(1)
        assert reports.acquire(timeout=PATIENCE)
        assert reports.acquire(timeout=PATIENCE)
        watch.note(1)
        yield 1

    assert list(watch.beside(iter([stream()]), 1)) == [1]
    assert 0.5 in told


def test_more_than_was_expected_is_no_more_than_all() -> None:
    told: list[float] = []
    watch = Watch(1, told.append)
    watch.note(5)
    list(watch.beside(iter([iter([1])]), 1))
    assert set(told) == {1.0}


def test_an_unknown_amount_has_no_share_to_tell() -> None:
    told: list[float] = []
    watch = Watch(0, told.append)
    watch.note(5)
    assert list(watch.beside(iter([iter([1])]), 1)) == [1]
    assert told == []


def test_what_progress_raises_ends_the_work() -> None:
    ended = threading.Event()

    def progress(share: float) -> None:
        if share:
            raise KeyError("enough")

    watch = Watch(1_000, progress)

    def endless() -> Iterator[int]:
        try:
            while True:
                watch.note(1)
        except CalledOff:
            ended.set()
            raise
        yield 0

    threads = threading.active_count()
    with pytest.raises(KeyError, match="enough"):
        list(watch.beside(iter([endless()]), 1))
    assert ended.is_set()
    assert threading.active_count() == threads
