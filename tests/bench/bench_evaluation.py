"""Analogies at the paper's vocabulary: python tests/bench/bench_evaluation.py [--rounds 5] [--json].

Google's families, pairs crossed all-with-all, asked of the bundled top of M* at d = 200, with the rated similarities
that ``evaluate`` also asks. Against the bare products that any way of asking needs: the words of a family's pairs with
all words, in float64. Rounds take turns; seconds and ratio are medians. The first time also reads the questions.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path

import numpy as np
from reporting import Results, report, seconds

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from core.evaluation import evaluate
from core.questions import families, in_vocabulary
from core.spectrumfile import PAPER_SCALE, load_spectrum

DIM = 200


def measure(options: argparse.Namespace) -> Results:
    known = load_spectrum(PAPER_SCALE, DIM)
    embeddings = known.embeddings(DIM)
    first = seconds(lambda: evaluate(embeddings, known.words))
    exact = embeddings.astype(np.float64)
    asked = [np.ravel(in_vocabulary(family, known.index)) for family in families()]
    sides = [exact[numbers] for numbers in asked if len(numbers)]

    def bare() -> None:
        for side in sides:
            side @ exact.T

    bare()
    taken, ratios = [], []
    for _ in range(options.rounds):
        taken.append(seconds(lambda: evaluate(embeddings, known.words)))
        ratios.append(taken[-1] / seconds(bare))
    found = evaluate(embeddings, known.words)
    return {
        "words": known.vocab_size,
        "analogies": found.total,
        "right (%)": 100 * found.accuracy,
        "the first time (s)": first,
        "all analogies (s)": statistics.median(taken),
        "all analogies / their bare products": statistics.median(ratios),
    }


if __name__ == "__main__":
    report(__doc__, measure, rounds=5)
