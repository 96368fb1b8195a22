"""The budgets of the core as ratios in one run: python tests/bench/bench_core.py [--json].

A QWEM step against its two bare matrix products, and a step of word2vec's loss and weights against a QWEM step, in
alternating rounds; the default run to its rank-d floor; loading and decomposing the bundled statistics; the exact flow.
"""

from __future__ import annotations

import statistics
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from reporting import report, seconds

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from core.compare import predict
from core.problem import Problem, RunSpec, load_problem, plan, pose, simulate
from core.theory import exact_flow, reduce
from core.training import TrainSpec, initial_embeddings, train

ROUNDS, STEPS = 9, 60


def step_ratio(matrix: np.ndarray, spec: TrainSpec) -> float:
    """Median over rounds of (time of training steps) / (time of as many pairs of bare products)."""
    w = initial_embeddings(len(matrix), spec)
    short = TrainSpec(spec.dim, spec.init_scale, spec.dt, STEPS, spec.every, spec.seed)

    def bare() -> None:
        for _ in range(STEPS):
            matrix @ w
            w @ (w.T @ w)

    bare()
    ratios = [seconds(lambda: list(train(matrix, short))) / seconds(bare) for _ in range(ROUNDS)]
    return statistics.median(ratios)


def sgns_ratio(problem: Problem, spec: RunSpec, train_spec: TrainSpec) -> float:
    """Median over rounds of (a step of sgns) / (a step of QWEM), snapshots included, in the same run."""
    other = replace(spec, model="sgns")
    posed = pose(problem.counts, problem.matrix, other)
    short = replace(train_spec, steps=STEPS, every=STEPS // 10)
    slow = replace(short, dt=spec.step_size / posed.fastest)
    list(simulate(posed, other, slow))
    ratios = []
    for _ in range(ROUNDS):
        taken = 0

        def run() -> None:
            nonlocal taken
            taken = list(simulate(posed, other, slow))[-1].step

        ours = seconds(run) / max(taken, 1)
        ratios.append(ours / (seconds(lambda: list(simulate(problem, spec, short))) / STEPS))
    return statistics.median(ratios)


def measure(_: object) -> dict[str, float]:
    spec = RunSpec(vocab_size=2_000, dim=50, init_scale=1e-6)
    results = {"load and decompose, V = 2,000 (s)": seconds(lambda: load_problem(spec))}
    problem = load_problem(spec)
    train_spec = plan(problem, spec)
    results["a QWEM step / its two bare products"] = step_ratio(problem.matrix, train_spec)
    results["an sgns step / a QWEM step"] = sgns_ratio(problem, spec, train_spec)
    floor = predict(problem, train_spec).floor
    snapshots = train(problem.matrix, train_spec)
    results["default run to its floor + 5 % (s)"] = seconds(
        lambda: next(one for one in snapshots if one.loss <= 1.05 * floor)
    )
    start = initial_embeddings(len(problem.matrix), train_spec)
    reduced = reduce(problem.matrix, problem.spectrum, start)
    times = np.linspace(0, train_spec.steps * train_spec.dt, 500)
    results["exact flow at 500 times (s)"] = seconds(lambda: exact_flow(reduced, times))
    return results


if __name__ == "__main__":
    report(__doc__, measure)
