"""Text to a file of counts, against GloVe's tools: python tests/bench/bench_counting.py --text FILE [--json].

STAIRCASE_GLOVE names the folder of GloVe's built tools; without it there is no ratio, and without dask no row for
it. Whole processes, from start to a file on disk, take turns, so that a busy moment slows all of them. A first
count, not measured, compiles the loops and brings the text into memory. Seconds are medians over the rounds; memory
is the peak of the largest process.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from children import ROOT, run
from reporting import Results, report

WINDOW = 16
MB = 1e6


@dataclass
class Measured:
    """Seconds of each round, and the most bytes that one process held."""

    seconds: list[float] = field(default_factory=list)
    memory: int = 0

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def glove(tools: Path, text: Path, vocab_size: int, folder: Path) -> int:
    """A vocabulary, then its co-occurrences, each in a process of its own."""
    words = [str(tools / "vocab_count"), "-max-vocab", str(vocab_size), "-min-count", "1", "-verbose", "0"]
    pairs = [str(tools / "cooccur"), "-memory", "4", "-vocab-file", "vocab", "-verbose", "0"]
    return max(
        run(words, folder, stdin=text, out=folder / "vocab"),
        run([*pairs, "-window-size", str(WINDOW)], folder, stdin=text, out=folder / "cooccurrences"),
    )


def ours(text: Path, vocab_size: int, folder: Path, *options: str) -> int:
    command = [sys.executable, "-m", "core", "count", str(text), "--out", str(folder / "counts.parquet")]
    return run([*command, "--vocab-size", str(vocab_size), "--window", str(WINDOW), *options], ROOT)


def contestants(text: Path, vocab_size: int) -> dict[str, Callable[[Path], int]]:
    """Everyone who counts, by name: given a folder for files, each returns its peak memory."""
    found: dict[str, Callable[[Path], int]] = {
        "count": lambda folder: ours(text, vocab_size, folder),
        "count, one thread": lambda folder: ours(text, vocab_size, folder, "--workers", "1"),
    }
    if importlib.util.find_spec("distributed"):
        found["count --workers 2"] = lambda folder: ours(text, vocab_size, folder, "--workers", "2")
    if tools := os.environ.get("STAIRCASE_GLOVE"):
        found["GloVe"] = lambda folder: glove(Path(tools).resolve(), text, vocab_size, folder)
    return found


def measure(options: argparse.Namespace) -> Results:
    if not options.text:
        sys.exit("--text FILE names the text to count")
    text = Path(options.text).resolve()
    rivals = contestants(text, options.vocab_size)
    measured = {name: Measured() for name in rivals}
    for number in range(options.rounds + 1):
        for name, act in rivals.items():
            if not number and name != "count":
                continue
            with tempfile.TemporaryDirectory(prefix="staircase-bench-") as folder:
                started = time.perf_counter()
                memory = act(Path(folder))
                if number:
                    measured[name].seconds.append(time.perf_counter() - started)
                    measured[name].memory = max(measured[name].memory, memory)
    results: Results = {}
    for name, one in measured.items():
        results[f"{name} (s)"] = one.median
        results[f"{name} (MB of text a second)"] = text.stat().st_size / MB / one.median
        results[f"{name} (MB of memory)"] = one.memory / MB
    if "GloVe" in measured:
        for name, one in measured.items():
            pairs = zip(measured["GloVe"].seconds, one.seconds, strict=True)
            if one is not measured["GloVe"]:
                results[f"GloVe / {name}"] = statistics.median(theirs / mine for theirs, mine in pairs)
    return results


if __name__ == "__main__":
    report(__doc__, measure, text="", rounds=5, **{"vocab-size": 10_000})
