"""The line in front of a fixed number of slots."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from core.errors import InputError
from core.gate import Gate, Ticket

PATIENCE = 20  # seconds until a test that hangs gives up


def places(tickets: list[Ticket]) -> list[int]:
    return [ticket.place for ticket in tickets]


def test_the_first_are_admitted_and_the_others_know_their_places() -> None:
    gate = Gate(2)
    tickets = [gate.ticket() for _ in range(5)]
    assert places(tickets) == [0, 0, 1, 2, 3]
    assert [ticket.wait() for ticket in tickets[:2]] == [True, True]


def test_places_shrink_in_the_order_of_arrival() -> None:
    gate = Gate(1)
    tickets = [gate.ticket() for _ in range(4)]
    seen = []
    for ticket in tickets:
        seen.append(places(tickets))
        ticket.leave()
    assert seen == [[0, 1, 2, 3], [0, 0, 1, 2], [0, 0, 0, 1], [0, 0, 0, 0]]


def test_leaving_twice_gives_back_one_slot() -> None:
    gate = Gate(1)
    tickets = [gate.ticket() for _ in range(3)]
    tickets[0].leave()
    tickets[0].leave()
    assert places(tickets) == [0, 0, 1]
    assert [tickets[0].withdraw(), tickets[1].wait()] == [False, True]


def test_who_leaves_the_line_frees_no_slot() -> None:
    gate = Gate(1)
    tickets = [gate.ticket() for _ in range(4)]
    tickets[1].leave()
    assert tickets[2].withdraw()
    assert places(tickets) == [0, 0, 0, 1]
    assert [tickets[1].wait(), tickets[2].wait(), tickets[2].withdraw()] == [False, False, False]
    tickets[0].leave()
    assert (tickets[3].place, tickets[3].wait()) == (0, True)


def test_a_slot_cannot_be_withdrawn() -> None:
    gate = Gate(1)
    first, second = gate.ticket(), gate.ticket()
    assert not first.withdraw()
    assert (first.wait(), second.place) == (True, 1)


def started(pool: ThreadPoolExecutor, wait: Callable[[], bool]) -> Future[bool]:
    """``wait`` in a thread that is known to be about to call it."""
    begun = threading.Event()

    def work() -> bool:
        begun.set()
        return wait()

    future = pool.submit(work)
    assert begun.wait(PATIENCE)
    return future


def test_waiting_ends_with_a_slot_or_when_another_thread_gives_up() -> None:
    gate = Gate(1)
    first, second, third = (gate.ticket() for _ in range(3))
    with ThreadPoolExecutor(2) as pool:
        waits = [started(pool, ticket.wait) for ticket in (second, third)]
        assert not any(one.done() for one in waits)
        assert second.withdraw()
        assert waits[0].result(PATIENCE) is False
        assert not waits[1].done()
        first.leave()
        assert waits[1].result(PATIENCE) is True


def test_a_full_line_takes_nobody_and_keeps_its_order() -> None:
    gate = Gate(1, longest=2)
    tickets = [gate.ticket() for _ in range(3)]
    with pytest.raises(InputError, match=r"^the queue is full: 2 runs are waiting; try again later$"):
        gate.ticket()
    assert places(tickets) == [0, 1, 2]
    tickets[0].leave()
    assert gate.ticket().place == 2
    assert places(tickets) == [0, 0, 1]


def test_a_gate_without_a_line_admits_whom_it_can() -> None:
    gate = Gate(1, longest=0)
    ticket = gate.ticket()
    with pytest.raises(InputError, match="full"):
        gate.ticket()
    ticket.leave()
    assert gate.ticket().wait()


def test_a_gate_has_a_slot() -> None:
    with pytest.raises(InputError, match="slots is 0"):
        Gate(0)


def test_threads_that_come_and_go_never_exceed_the_slots() -> None:
    gate, inside, most = Gate(3), threading.Semaphore(3), []

    def visit(number: int) -> bool:
        ticket = gate.ticket()
        if number % 4 == 0:
            ticket.withdraw()
        admitted = ticket.wait()
        if admitted:
            most.append(inside.acquire(blocking=False))
            inside.release()
        ticket.leave()
        return admitted

    with ThreadPoolExecutor(12) as pool:
        visits = list(pool.map(visit, range(400)))
    assert sum(visits) >= 300, "only those who withdrew may be turned away"
    assert len(most) == sum(visits)
    assert all(most)
    assert not gate.full
    assert [gate.ticket().place for _ in range(4)] == [0, 0, 0, 1], "every slot was given back"
    assert gate.full
