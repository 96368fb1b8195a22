"""The top of the spectrum of M*, against scipy: python tests/bench/bench_spectrum.py [--stats FILE] [--json].

``--stats`` names counts of at least 10,000 words; without it the bundled 5,000 are used, and it is said. Both get the
same float32 table and the same tolerance, and take turns; seconds and ratio are medians over the rounds. Residuals
||M v - lambda v|| / lambda are computed here, in float64, and are the worst of all pairs.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path

import numpy as np
import scipy.sparse.linalg
from reporting import Results, report, seconds

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from core.eigensolver import top_eigenpairs
from core.sources import BUNDLED_VOCAB, load_statistics
from core.targets import m_star

PAPER_VOCAB, TOLERANCE = 10_000, 1e-4


def worst_residual(matrix: np.ndarray, values: np.ndarray, vectors: np.ndarray) -> float:
    image = np.vstack([matrix[rows].astype(np.float64) @ vectors for rows in np.array_split(range(len(matrix)), 20)])
    return float((np.linalg.norm(image - vectors * values, axis=0) / np.abs(values)).max())


def measure(options: argparse.Namespace) -> Results:
    size = PAPER_VOCAB if options.stats else BUNDLED_VOCAB
    matrix = m_star(load_statistics(str(options.stats or "wikipedia"), size))
    start = np.random.default_rng(0).standard_normal(size).astype(np.float32)
    found: dict[str, tuple[np.ndarray, np.ndarray]] = {}

    def ours() -> None:
        pairs = top_eigenpairs(matrix, options.rank, tolerance=TOLERANCE)
        found["ours"] = pairs.values, pairs.vectors

    def theirs() -> None:
        found["eigsh"] = scipy.sparse.linalg.eigsh(matrix, k=options.rank, which="LA", tol=TOLERANCE, v0=start)

    taken: dict[str, list[float]] = {"ours": [], "eigsh": []}
    for _ in range(options.rounds):
        taken["ours"].append(seconds(ours))
        taken["eigsh"].append(seconds(theirs))
    results: Results = {"words": size, "eigenpairs": options.rank}
    residuals = {name: worst_residual(matrix, one[0], one[1].astype(np.float64)) for name, one in found.items()}
    results |= {"ours (s)": statistics.median(taken["ours"]), "eigsh (s)": statistics.median(taken["eigsh"])}
    results |= {"worst residual, ours": residuals["ours"], "worst residual, eigsh": residuals["eigsh"]}
    results["eigsh / ours"] = statistics.median(b / a for a, b in zip(taken["ours"], taken["eigsh"], strict=True))
    lowest = np.sort(found["eigsh"][0])[::-1]
    results["largest relative difference of eigenvalues"] = float(np.abs(found["ours"][0] / lowest - 1).max())
    return results


if __name__ == "__main__":
    report(__doc__, measure, stats="", rounds=1, rank=200)
