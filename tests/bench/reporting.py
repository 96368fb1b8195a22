"""What benchmarks share: a clock, options, and how figures are told. Each calls ``report`` when it is run."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

Results = dict[str, Any]
_SMALL = 0.005  # two digits behind the point would hide it


def seconds(act: Callable[[], object]) -> float:
    """How long this takes."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def rows(results: Results) -> Iterator[str]:
    """A line for each figure: its name and its value."""
    width = max(map(len, results)) + 2
    for name, value in results.items():
        form = (
            ("8,.2f" if abs(value) >= _SMALL else "8.1e")
            if isinstance(value, float)
            else "8,"
            if isinstance(value, int)
            else ""
        )
        yield f"{name:{width}}{value:{form}}"


def report(
    description: str | None,
    measure: Callable[[argparse.Namespace], Results],
    *,
    table: Callable[[Results], Iterator[str]] = rows,
    **choices: int | str,
) -> None:
    """Measure what the command line asks for; print one JSON object with ``--json``, else the lines of ``table``.

    ``choices`` : further options, by name, with their defaults: whole numbers or texts.
    """
    parser = argparse.ArgumentParser(description=description)
    for name, default in choices.items():
        parser.add_argument(f"--{name}", type=type(default), default=default)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    results = measure(options)
    for line in [json.dumps(results)] if options.json else table(results):
        print(line)
