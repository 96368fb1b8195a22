"""What benchmarks share: their options, and how their figures are told. Each calls ``report`` when it is run."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from typing import Any

Results = dict[str, Any]


def rows(results: Results, form: str = "8.2f") -> Iterator[str]:
    """A line for each figure: its name and its value in this format."""
    width = max(map(len, results)) + 2
    return (f"{name:{width}}{value:{form}}" for name, value in results.items())


def report(
    description: str | None,
    measure: Callable[[argparse.Namespace], Results],
    *,
    table: Callable[[Results], Iterator[str]] = rows,
    **numbers: int,
) -> None:
    """Measure what the command line asks for; print one JSON object with ``--json``, else the lines of ``table``.

    ``numbers`` : further whole-number options, by name, with their defaults.
    """
    parser = argparse.ArgumentParser(description=description)
    for name, default in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    results = measure(options)
    for line in [json.dumps(results)] if options.json else table(results):
        print(line)
