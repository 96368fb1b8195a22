"""The paper's scale: python tests/bench/bench_paper.py [--stats FILE] [--json].

QWEM with d = 200 from the default start through its tenth plateau, by the command line in a process of its own: seconds
of training, seconds of the whole process (start, load, spectrum, prediction, training), and its peak memory. FILE holds
counts of at least 10,000 words; without it the bundled 5,000 are taken, which is not the paper's scale. The same as
Train live runs it: on the bundled 300 eigenpairs, at the page's step. The time of the bare products of a step, M W and
W (W'W), on random numbers of the same shapes, is a median.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from children import ROOT, run
from reporting import Results, report, seconds

WORDS, BUNDLED_WORDS = 10_000, 5_000
DIM, CONCEPTS, STEP_SIZE, PAGE_STEP_SIZE = 200, 10, 0.5, 0.1
LEARNED = 0.9  # of a concept's variance
GIB = 2**30


def train(stats: str, words: int, step_size: float) -> tuple[dict[str, Any], float, int]:
    """What the command tells, seconds from its start to its end, and its peak memory in bytes."""
    chosen = {"vocab-size": words, "dim": DIM, "until": CONCEPTS, "step-size": step_size}
    knobs = [text for name, value in chosen.items() for text in (f"--{name}", str(value))]
    command = [sys.executable, "-m", "core", "train", stats, *knobs, "--json"]
    with tempfile.TemporaryDirectory(prefix="staircase-bench-") as folder:
        out = Path(folder) / "told.json"
        started = time.perf_counter()
        memory = run(command, ROOT, out=out)
        return json.loads(out.read_text()), time.perf_counter() - started, memory


def bare_products(words: int, rounds: int) -> float:
    """Seconds of the products of one step."""
    rng = np.random.default_rng(0)
    matrix = rng.standard_normal((words, words), np.float32)
    w = rng.standard_normal((words, DIM), np.float32)

    def act() -> None:
        matrix @ w
        w @ (w.T @ w)

    act()
    return statistics.median(seconds(act) for _ in range(rounds))


def learned(told: dict[str, Any]) -> int:
    """How many of the first concepts have most of their variance; the targets are sqrt(lambda_k)."""
    pairs = zip(told["singular_values"], told["targets"], strict=True)
    risen = [value**2 >= LEARNED * target**2 > 0 for value, target in pairs]
    return [*risen, False].index(False)


def measure(options: argparse.Namespace) -> Results:
    words = WORDS if options.stats else BUNDLED_WORDS
    counts = str(Path(options.stats).resolve()) if options.stats else "wikipedia"
    told, whole, memory = train(counts, words, STEP_SIZE)
    page, page_whole, page_memory = train("wikipedia-10k", WORDS, PAGE_STEP_SIZE)
    training = told["seconds_per_step"] * told["steps"]
    return {
        "statistics": Path(options.stats).name if options.stats else "bundled, which is not the paper's scale",
        "words": words,
        "steps": told["steps"],
        "concepts learned": learned(told),
        "training (s)": training,
        "the whole process (s)": whole,
        "training / its bare products": training / (told["steps"] * bare_products(words, options.rounds)),
        "peak memory (GiB)": memory / GIB,
        "on the page's eigenpairs, steps": page["steps"],
        "on the page's eigenpairs, concepts learned": learned(page),
        "on the page's eigenpairs, the whole process (s)": page_whole,
        "on the page's eigenpairs, peak memory (GiB)": page_memory / GIB,
    }


if __name__ == "__main__":
    report(__doc__, measure, stats="", rounds=15)
