"""``train``: train a model and compare it with the theory."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from core.commands.statistics import statistics_options
from core.compare import Prediction, deviation, predict
from core.corpus import CorpusSpec, read_corpus
from core.errors import InputError
from core.problem import Problem, RunSpec, load_problem, plan, simulate
from core.reading import Limits
from core.recipe import recipe
from core.runfile import save_run
from core.sources import is_text, named_corpus, texts_at
from core.training import GENSIM, MODELS, Sentences, Snapshot, TrainSpec

Result = dict[str, Any]


def options(command: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add = command.add_argument
    statistics_options(command)
    add("--model", choices=list(MODELS), default="qwem", help="what to train (qwem)")
    add("--untied", action="store_true", help="a matrix each for words and contexts (gensim always has)")
    add("--negatives", type=int, default=1, help="k, where word2vec's weights apply (1)")
    add("--asymmetric", action="store_true", help="with two matrices: negatives drawn for contexts only")
    add("--text", nargs="+", help="for gensim: train on these texts, a document a line, not on drawn pairs")
    add("--dim", type=int, default=50, help="d, dimension of the embeddings (50)")
    add("--init-scale", type=float, default=1e-6, help="sigma, std of the entries of W(0) (1e-6)")
    add(
        "--step-size",
        type=float,
        default=0.3,
        help="dt lambda_1, stable below 2 (0.3); gensim learns at half of it",
    )
    length = command.add_mutually_exclusive_group()
    length.add_argument("--time", type=float, help="length in units of gradient flow, as rise times")
    length.add_argument("--steps", type=int, help="length in steps (until all d modes are learned)")
    length.add_argument("--until", type=int, default=0, help="length until so many concepts are learned")
    add("--seed", type=int, default=0, help="of the random start (0)")
    add("--out", type=Path, help="write the run to this .npz file")


def run(chosen: argparse.Namespace) -> Result:
    """Train to the end, and measure how far the run is from its prediction."""
    spec = RunSpec(
        data=chosen.stats,
        vocab_size=chosen.vocab_size,
        dim=chosen.dim,
        init_scale=chosen.init_scale,
        step_size=chosen.step_size,
        seed=chosen.seed,
        until=_wanted(chosen),
        model=chosen.model,
        untied=chosen.untied,
        negatives=chosen.negatives,
        asymmetric=chosen.asymmetric,
    )
    problem = load_problem(spec)
    train_spec = plan(problem, spec, time=chosen.time, steps=chosen.steps)
    prediction = predict(problem, train_spec, two_matrices=spec.two_matrices)
    sentences = _sentences(chosen, spec)
    started = time.perf_counter()
    snapshots = list(_watched(simulate(problem, spec, train_spec, sentences), train_spec))
    seconds = time.perf_counter() - started
    if chosen.out:
        save_run(chosen.out, spec, problem.counts.words, snapshots)
    return _train_result(problem, spec, prediction, snapshots, seconds)


def _wanted(chosen: argparse.Namespace) -> int:
    if not 0 <= chosen.until <= chosen.dim:
        raise InputError(f"until is {chosen.until}, and must be from 1 to the dimension, {chosen.dim}")
    return int(chosen.until)


def _sentences(chosen: argparse.Namespace, spec: RunSpec) -> Sentences | None:
    """For gensim, the documents of ``--text``, or of the text whose statistics these are, as lists of words."""
    if not chosen.text:
        named = spec.model in GENSIM and is_text(spec.data)
        return named_corpus(recipe(spec.data)).sentences() if named else None
    if spec.model not in GENSIM:
        raise InputError(f"--text is for the models {' and '.join(GENSIM)}; {spec.model} trains on the statistics")
    texts = [one for name in chosen.text for one in texts_at(name, Limits())]
    return read_corpus(texts, CorpusSpec(vocab_size=2**31 - 1)).sentences()


def _watched(snapshots: Iterator[Snapshot], train_spec: TrainSpec) -> Iterator[Snapshot]:
    with tqdm(total=100, desc="train", unit="%", delay=1, bar_format="{l_bar}{bar}| {elapsed}<{remaining}") as bar:
        for snapshot in snapshots:
            bar.update(100 * snapshot.time / (train_spec.steps * train_spec.dt) - bar.n)
            yield snapshot


def _train_result(
    problem: Problem, spec: RunSpec, prediction: Prediction, snapshots: list[Snapshot], seconds: float
) -> Result:
    last = snapshots[-1]
    trained = np.array([one.singular_values for one in snapshots])
    targets = prediction.targets
    return {
        "model": spec.model,
        "untied": spec.two_matrices,
        "steps": last.step,
        "time": last.time,
        "loss_start": snapshots[0].loss,
        "loss_end": last.loss,
        "loss_floor": prediction.floor if spec.explained else None,
        "singular_values": last.singular_values.tolist(),
        "targets": targets.tolist(),
        "flow_deviation": deviation(trained, prediction.flow.singular_values, targets),
        "step_deviation": deviation(trained, prediction.descent.singular_values, targets),
        "seconds_per_step": seconds / max(last.step, 1),
        "rate": problem.clock,
        "mean_weight": problem.objective.mean_weight,
    }


def table(result: Result) -> str:
    """The result for people."""
    lines = [
        f"{result['model']}, {result['steps']:,} steps to t = {result['time']:.4f} in "
        f"{result['seconds']:.1f} s ({1e3 * result['seconds_per_step']:.2f} ms a step)",
        f"loss {result['loss_start']:.4f} -> {result['loss_end']:.4f}" + _floor_told(result),
        f"largest deviation of a singular value: {result['step_deviation']:.2%} from the prediction for this "
        f"step size, {result['flow_deviation']:.2%} from the flow" + ("" if result["loss_floor"] else " (of QWEM)"),
        "",
        f"{'k':>3} {'s_k':>10} {'sqrt(lambda_k)':>15}",
    ]
    pairs = zip(result["singular_values"], result["targets"], strict=True)
    for k, (value, target) in enumerate(islice(pairs, 10), 1):
        lines.append(f"{k:>3} {value:>10.4f} {target:>15.4f}")
    return "\n".join(lines)


def _floor_told(result: Result) -> str:
    floor = result["loss_floor"]
    return f"; no rank-{len(result['targets'])} model can go below {floor:.4f}" if floor else ""
