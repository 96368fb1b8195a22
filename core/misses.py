"""Analogies that fail, and what can be said about each: facts, from which nobody can yet conclude why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.evaluation import Crossed, cosines_with, crossed, nearest, unit_rows

_NEIGHBOURS = 5


@dataclass(frozen=True)
class Miss:
    """An analogy a : b :: c : expected that was answered by another word, ``given``, and what can be said about it.

    cosine, given_cosine : of c + b - a with the word expected, and with the word given.
    rank : place of the expected word among all but a, b and c, from 1; 0 if it is one of those and cannot be answered.
    parallel : cosine of b - a with expected - c: 1 if both pairs differ in the same way.
    neighbours : the words nearest to c, nearest first, itself left out.
    """

    a: int
    b: int
    c: int
    expected: int
    given: int
    cosine: float
    given_cosine: float
    rank: int
    parallel: float
    neighbours: tuple[int, ...]

    @property
    def reason(self) -> str:
        """*excluded*: the expected word is in the question. *runner-up*: it came second. *neighbour*: the answer is
        the word nearest to c, whatever b - a was. *apart*: none of these, see ``parallel``."""
        if self.rank == 0:
            return "excluded"
        first = next((word for word in self.neighbours if word not in (self.a, self.b)), None)
        return "runner-up" if self.rank == 2 else "neighbour" if first == self.given else "apart"


def stumped(embeddings: NDArray[np.floating], pairs: Sequence[tuple[int, int]], count: int) -> tuple[Miss, ...]:
    """So many crossed analogies of these pairs that fail, furthest from right first, each expected word once."""
    asked = crossed(embeddings, pairs)
    gap = np.where(~asked.hits & (asked.given >= 0), asked.scores - asked.expected, -np.inf)
    chosen: dict[int, tuple[int, int]] = {}
    for place in np.argsort(-gap, axis=None, kind="stable"):
        p, q = divmod(int(place), len(gap))
        if len(chosen) == count or gap[p, q] == -np.inf:
            break
        chosen.setdefault(asked.pairs[q][1], (p, q))
    return tuple(_miss(embeddings, asked, p, q) for p, q in chosen.values())


def _miss(embeddings: NDArray[np.floating], asked: Crossed, p: int, q: int) -> Miss:
    (a, b), (c, expected), given = asked.pairs[p], asked.pairs[q], int(asked.given[p, q])
    unit = unit_rows(embeddings[[a, b, c, expected]])
    cosines = cosines_with(embeddings, unit[2] + unit[1] - unit[0])
    ahead = set(np.flatnonzero(cosines >= cosines[expected]).tolist()) - {a, b, c, expected}
    rank = 0 if expected in (a, b, c) else 1 + len(ahead)
    parallel = float(cosines_with(np.array([unit[1] - unit[0]]), unit[3] - unit[2])[0])
    neighbours = nearest(cosines_with(embeddings, unit[2]), _NEIGHBOURS, (c,))
    return Miss(a, b, c, expected, given, float(cosines[expected]), float(cosines[given]), rank, parallel, neighbours)
