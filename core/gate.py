"""First come, first served: how many runs may compute at once, and where each of the others stands in line."""

from __future__ import annotations

import threading
from collections import deque

from core.errors import InputError


class Gate:
    """Admits so many holders of tickets at a time, in the order in which the tickets were drawn."""

    def __init__(self, slots: int, longest: int = 200) -> None:
        """``slots``: how many are admitted at once. ``longest``: how many may wait. Raises InputError below 1 slot."""
        if slots < 1:
            raise InputError(f"slots is {slots}, and must be at least 1")
        self._slots = slots
        self._longest = longest
        self._lock = threading.Lock()
        self._admitted: set[Ticket] = set()
        self._line: deque[Ticket] = deque()

    def ticket(self) -> Ticket:
        """A place at the end of the line, or a slot if one is free. Raises InputError where too many wait."""
        ticket = Ticket(self)
        with self._lock:
            if len(self._admitted) >= self._slots and len(self._line) >= self._longest:
                raise InputError(f"the queue is full: {len(self._line)} runs are waiting; try again later")
            self._line.append(ticket)
            self._admit()
        return ticket

    @property
    def full(self) -> bool:
        """Whether whoever draws a ticket now would have to wait."""
        with self._lock:
            return len(self._admitted) >= self._slots

    def _admit(self) -> None:
        while self._line and len(self._admitted) < self._slots:
            ticket = self._line.popleft()
            self._admitted.add(ticket)
            ticket._called.set()

    def _place(self, ticket: Ticket) -> int:
        with self._lock:
            return self._line.index(ticket) + 1 if ticket in self._line else 0

    def _holds(self, ticket: Ticket) -> bool:
        with self._lock:
            return ticket in self._admitted

    def _remove(self, ticket: Ticket, *, waiting_only: bool) -> bool:
        """Take a ticket out of the line or its slot; whether it was there."""
        with self._lock:
            if ticket in self._line:
                self._line.remove(ticket)
            elif ticket in self._admitted and not waiting_only:
                self._admitted.remove(ticket)
                self._admit()
            else:
                return False
        ticket._called.set()
        return True


class Ticket:
    """One place in line, later one slot. Any thread may use it; it never blocks but in ``wait``."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._called = threading.Event()

    @property
    def place(self) -> int:
        """How many are admitted until this one is: 1 for the next; 0 if it is admitted, or has left."""
        return self._gate._place(self)

    def wait(self) -> bool:
        """Block until admitted, or until another thread has given the place up; whether it is admitted."""
        self._called.wait()
        return self._gate._holds(self)

    def withdraw(self) -> bool:
        """Give the place up if still in line, and wake who waits for it; whether it was in line."""
        return self._gate._remove(self, waiting_only=True)

    def leave(self) -> None:
        """Give back slot or place, once; the next in line is admitted."""
        self._gate._remove(self, waiting_only=False)
