"""Budgets held against figures: pure functions, which know no benchmark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from reporting import Results


class Missing(Exception):
    """There is no such figure; says why."""


@dataclass(frozen=True)
class Outcome:
    """The figures of one benchmark, or why there are none."""

    figures: Results = field(default_factory=dict)
    missing: str = ""


@dataclass(frozen=True)
class Budget:
    """What may be ``most``, or must be at least, ``limit``; ``figure`` finds it in what a benchmark told."""

    what: str
    bench: str
    figure: Callable[[Results], float]
    limit: float
    unit: str = ""
    most: bool = True

    @property
    def told(self) -> str:
        return f"{'≤' if self.most else '≥'} {number(self.limit)}{self.unit}"


@dataclass(frozen=True)
class Row:
    """A line of the table. met : None where nothing was measured."""

    what: str
    measured: str
    budget: str
    met: bool | None


def at(name: str, scale: float = 1.0) -> Callable[[Results], float]:
    """A figure by its name."""
    return lambda results: scale * results[name]


def number(value: float) -> str:
    """Three digits, or all before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def judged(budget: Budget, outcome: Outcome) -> Row:
    """A budget beside what was measured. A figure that is not there, or is not a number, is never met."""
    if outcome.missing:
        return Row(budget.what, outcome.missing, budget.told, None)
    try:
        value = float(budget.figure(outcome.figures))
    except Missing as reason:
        return Row(budget.what, str(reason), budget.told, None)
    except (KeyError, TypeError, ValueError) as error:
        return Row(budget.what, f"the benchmark does not tell it ({type(error).__name__}: {error})", budget.told, None)
    met = value <= budget.limit if budget.most else value >= budget.limit
    return Row(budget.what, f"{number(value)}{budget.unit}", budget.told, met)


def table(rows: list[Row], *, markdown: bool) -> Iterator[str]:
    """The lines of the table."""
    head = ("what", "measured", "budget", "met")
    lines = [
        head,
        *((row.what, row.measured, row.budget, {None: "-", True: "yes", False: "NO"}[row.met]) for row in rows),
    ]
    if markdown:
        lines.insert(1, ("---",) * len(head))
        yield from (f"| {' | '.join(cell.replace('*', chr(92) + '*') for cell in line)} |" for line in lines)
        return
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    yield from (
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
