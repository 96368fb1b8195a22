"""The command line: ``python -m core COMMAND``. Results on stdout, progress and errors on stderr."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from tqdm import tqdm

from core.compare import Prediction, deviation, predict
from core.corpus import CHUNK_BYTES, CorpusSpec, file_chunks, plain, read_corpus
from core.counts import Cooccurrence, CountSpec, count, save_counts
from core.errors import InputError
from core.problem import Problem, RunSpec, load_problem, plan, simulate
from core.runfile import save_run
from core.sources import load_statistics
from core.spectrum import Spectrum, concept, decompose
from core.targets import TARGETS
from core.theory import rise_times
from core.training import GENSIM, MODELS, Diverged, Sentences, Snapshot, TrainSpec, check_init_scale

Result = dict[str, Any]


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line instead of argparse's usage block."""
        self.exit(2, f"error: {message} (see '{self.prog} --help')\n")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    started = time.perf_counter()
    try:
        result = options.command(options)
    except (InputError, Diverged, MemoryError) as error:
        print(f"error: {_one_line(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("error: interrupted; nothing was written", file=sys.stderr)
        return 130
    result["seconds"] = time.perf_counter() - started
    try:
        print(json.dumps(result) if options.json else options.table(result), flush=True)
    except BrokenPipeError:  # the reader of a pipe, such as head, has what it wanted
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m core", description="Predict and train word2vec-like models.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _count_options(commands.add_parser("count", help="text to exact co-occurrence counts"))
    _spectrum_options(commands.add_parser("spectrum", help="eigenvalues of M* and their concepts"))
    _train_options(commands.add_parser("train", help="train a model and compare it with the theory"))
    return parser


def _count_options(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("texts", metavar="TEXT", nargs="+", help="text files, a document a line; - is stdin")
    add("--vocab-size", type=int, default=5_000, help="keep at most so many words (5000)")
    add("--window", type=int, default=16, help="L, words on each side of a centre (16)")
    add("--min-count", type=int, default=1, help="drop words met less often (1)")
    add("--min-tokens", type=int, default=1, help="drop documents with fewer tokens (1)")
    add("--workers", type=int, default=os.cpu_count() or 1, help="threads (all cores)")
    add("--scheduler", help="address of a dask scheduler (not available yet)")
    add("--out", type=Path, help="write the counts to this file")
    _finish(command, _count, _count_table)


def _spectrum_options(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    _statistics_options(command)
    add("--rank", type=int, default=10, help="so many eigenvalues (10)")
    add("--target", choices=sorted(TARGETS), default="mstar", help="which matrix (mstar)")
    add("--top", type=int, default=8, help="so many words for each pole of a concept (8)")
    add(
        "--init-scale",
        type=float,
        default=1e-6,
        help="s_k(0) of every mode in the rise times ln(lambda_k / s_k(0)^2) / lambda_k (1e-6)",
    )
    _finish(command, _spectrum, _spectrum_table)


def _train_options(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    _statistics_options(command)
    add("--model", choices=list(MODELS), default="qwem", help="what to train (qwem)")
    add("--untied", action="store_true", help="a matrix each for words and contexts (gensim always has)")
    add("--negatives", type=int, default=1, help="k, where word2vec's weights apply (1)")
    add("--asymmetric", action="store_true", help="with two matrices: negatives drawn for contexts only")
    add("--text", type=Path, nargs="+", help="for gensim: train on these texts, a document a line, not on drawn pairs")
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
    add("--seed", type=int, default=0, help="of the random start (0)")
    add("--out", type=Path, help="write the run to this .npz file")
    _finish(command, _train, _train_table)


def _statistics_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("stats", metavar="STATS", help="a file made by count, or: wikipedia")
    command.add_argument("--vocab-size", type=int, help="the most frequent words only (wikipedia: 2000, a file: all)")


def _finish(command: argparse.ArgumentParser, run, table) -> None:
    command.add_argument("--json", action="store_true", help="print one JSON object")
    command.set_defaults(command=run, table=table)


# count


def _count(options: argparse.Namespace) -> Result:
    if options.scheduler:
        raise InputError("--scheduler is not available yet: counting uses --workers threads of one machine")
    corpus_spec = CorpusSpec(options.vocab_size, options.min_count, options.min_tokens)
    count_spec = CountSpec(options.window, options.workers)
    size = sum(os.path.getsize(text) for text in options.texts if os.path.isfile(text))
    with tqdm(total=size or None, desc="read", unit="B", unit_scale=True, delay=1) as bar:
        corpus = read_corpus(_texts(options.texts), corpus_spec, progress=bar.update)
    with tqdm(total=1.0, desc="count", delay=1, bar_format="{l_bar}{bar}| {elapsed}") as bar:
        counts = count(corpus, count_spec, progress=lambda share: bar.update(share - bar.n))
    if options.out:
        save_counts(counts, options.out)
    return _count_result(counts)


def _texts(names: list[str]) -> Iterator[Iterable[bytes]]:
    for name in names:
        yield _stdin_chunks() if name == "-" else file_chunks(Path(name))


def _stdin_chunks() -> Iterator[bytes]:
    return plain(iter(lambda: sys.stdin.buffer.read(CHUNK_BYTES), b""), "stdin")


def _count_result(counts: Cooccurrence) -> Result:
    source = counts.source
    return {
        "documents": source.documents,
        "tokens": source.tokens,
        "kept_tokens": source.kept_tokens,
        "vocab_size": counts.vocab_size,
        "window": source.window,
        "total_weight": counts.total_weight,
        "unseen_share": counts.unseen_share,
        "words": list(counts.words),
        "unigram": counts.unigram.tolist(),
        "row_weights": counts.row_weights.tolist(),
    }


def _count_table(result: Result) -> str:
    rows = [
        ("documents", f"{result['documents']:,}"),
        ("tokens", f"{result['tokens']:,}"),
        ("kept tokens", f"{result['kept_tokens']:,}"),
        ("vocabulary", f"{result['vocab_size']:,}"),
        ("window", f"{result['window']}"),
        ("total weight", f"{result['total_weight']:,}"),
        ("unseen pairs", f"{result['unseen_share']:.1%}"),
        ("first words", " ".join(result["words"][:10])),
        ("seconds", f"{result['seconds']:.2f}"),
    ]
    return "\n".join(f"{name:14}{value}" for name, value in rows)


# spectrum


def _spectrum(options: argparse.Namespace) -> Result:
    check_init_scale(options.init_scale)
    if options.top < 1:
        raise InputError(f"top is {options.top}, and must be at least 1")
    counts = load_statistics(options.stats, options.vocab_size)
    spectrum = decompose(TARGETS[options.target](counts), options.rank)
    with np.errstate(invalid="ignore"):
        times = rise_times(spectrum.values, np.full(spectrum.rank, options.init_scale**2))
    return {
        "target": options.target,
        "vocab_size": counts.vocab_size,
        "rank": spectrum.rank,
        "eigenvalues": spectrum.values.tolist(),
        "rise_times": [float(one) if np.isfinite(one) else None for one in times],
        "concepts": _concepts(spectrum, counts.words, options.top),
    }


def _concepts(spectrum: Spectrum, words: tuple[str, ...], top: int) -> list[Result]:
    found = (concept(spectrum, words, k, top=top) for k in range(1, spectrum.rank + 1))
    return [{"k": one.k, "positive": list(one.positive), "negative": list(one.negative)} for one in found]


def _spectrum_table(result: Result) -> str:
    lines = [f"{result['target']} of {result['vocab_size']:,} words, {result['seconds']:.2f} s", ""]
    lines.append(f"{'k':>3} {'lambda_k':>10} {'tau_k':>10}  words of one pole / the other")
    for value, rise, one in zip(result["eigenvalues"], result["rise_times"], result["concepts"], strict=True):
        when = "never" if rise is None else f"{rise:.4f}"
        poles = f"{' '.join(one['positive'])} / {' '.join(one['negative'])}"
        lines.append(f"{one['k']:>3} {value:>10.2f} {when:>10}  {poles}")
    return "\n".join(lines)


# train


def _train(options: argparse.Namespace) -> Result:
    spec = RunSpec(
        data=options.stats,
        vocab_size=options.vocab_size,
        dim=options.dim,
        init_scale=options.init_scale,
        step_size=options.step_size,
        seed=options.seed,
        model=options.model,
        untied=options.untied,
        negatives=options.negatives,
        asymmetric=options.asymmetric,
    )
    problem = load_problem(spec)
    train_spec = plan(problem, spec, time=options.time, steps=options.steps)
    prediction = predict(problem, train_spec, two_matrices=spec.two_matrices)
    sentences = _sentences(options, spec)
    started = time.perf_counter()
    snapshots = list(_watched(simulate(problem, spec, train_spec, sentences), train_spec))
    seconds = time.perf_counter() - started
    if options.out:
        save_run(options.out, spec, problem.counts.words, snapshots)
    return _train_result(problem, spec, prediction, snapshots, seconds)


def _sentences(options: argparse.Namespace, spec: RunSpec) -> Sentences | None:
    """The documents of ``--text`` as lists of words."""
    if not options.text:
        return None
    if spec.model not in GENSIM:
        raise InputError(f"--text is for the models {' and '.join(GENSIM)}; {spec.model} trains on the statistics")
    corpus = read_corpus([file_chunks(path) for path in options.text], CorpusSpec(vocab_size=2**31 - 1))
    return corpus.sentences()


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


def _train_table(result: Result) -> str:
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


if __name__ == "__main__":
    sys.exit(main())
