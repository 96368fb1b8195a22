"""``benchmark``: everything the Benchmarks page shows, measured on one vocabulary and kept in one file."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from core.benchmark import NAMES, Kept, Row, gap, load_record, save_record
from core.benchmarking import (
    DIMS,
    RANKS,
    RUNS,
    about,
    by_rank,
    closed_form,
    skip_gram,
    tasks_by_dim,
    trained,
)
from core.commands.evaluate import finite
from core.commands.statistics import statistics_options
from core.corpus import CorpusSpec, read_corpus
from core.counts import Cooccurrence
from core.errors import InputError
from core.reading import Limits
from core.sources import load_statistics, texts_at
from core.targets import TARGETS
from core.training import Sentences

Result = dict[str, Any]
_CURVES = ("rank", "dims")
_PARTS = (*TARGETS, *RUNS, "gensim-sg", *_CURVES)
_MOMENTS = 28


def options(command: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add = command.add_argument
    statistics_options(command)
    add("--text", nargs="+", help="the text of these statistics, for gensim (without: no line for gensim)")
    add("--dim", type=int, default=200, help="d of every line of the table (200)")
    add("--parts", nargs="+", choices=_PARTS, default=list(_PARTS), metavar="PART", help=f"of {' '.join(_PARTS)} (all)")
    add("--epochs", type=int, default=5, help="passes of gensim over the text (5)")
    add("--negatives", type=int, default=5, help="negative samples of gensim (5)")
    add("--workers", type=int, default=os.cpu_count() or 1, help="threads of gensim (cores; with 1 it repeats itself)")
    add("--seed", type=int, default=0, help="of everything that is drawn (0)")
    add("--out", type=Path, default=Path("benchmarks.json"), help="the record; parts measured before stay in it")


def run(chosen: argparse.Namespace) -> Result:
    """Measure part after part; the record is written after each, so that nothing is lost."""
    counts = load_statistics(chosen.stats, chosen.vocab_size)
    kept = _before(chosen.out, counts)
    measures = _measures(chosen, counts)
    with tqdm(chosen.parts, desc="benchmark", delay=1) as parts:
        for part in parts:
            if part == "gensim-sg" and not chosen.text:
                continue
            parts.set_postfix_str(part)
            kept = measures[part](kept)
            save_record(chosen.out, kept)
    return _result(kept)


def _before(path: Path, counts: Cooccurrence) -> Kept:
    """What was measured on the same statistics."""
    fresh = Kept(about(counts))
    if not path.exists():
        return fresh
    known = load_record(path)
    if known.about != fresh.about:
        raise InputError(f"{path} is the record of other statistics; choose another file with --out")
    return known


def _measures(chosen: argparse.Namespace, counts: Cooccurrence) -> dict[str, Callable[[Kept], Kept]]:
    """What to do for each part: a record in, a record with that part out."""
    measures: dict[str, Callable[[Kept], Kept]] = {
        name: lambda kept, name=name: _with_row(kept, closed_form(counts, name, chosen.dim))  # type: ignore[misc]
        for name in TARGETS
    }
    for name in RUNS:
        measures[name] = lambda kept, name=name: _train(kept, counts, name, chosen)  # type: ignore[misc]
    measures["gensim-sg"] = lambda kept: _with_row(kept, _gensim(chosen, counts))
    largest = counts.vocab_size
    measures["rank"] = lambda kept: replace(
        kept, by_rank=by_rank(counts, [rank for rank in RANKS if rank <= largest])
    )  # fmt: skip
    measures["dims"] = lambda kept: replace(kept, tasks_by_dim=tasks_by_dim(counts, DIMS))
    return measures


def _train(kept: Kept, counts: Cooccurrence, name: str, chosen: argparse.Namespace) -> Kept:
    spec = replace(RUNS[name], data=chosen.stats, vocab_size=counts.vocab_size, dim=chosen.dim, seed=chosen.seed)
    explained = spec.explained
    with _watched(name) as tell:
        found = trained(counts, spec, moments=_MOMENTS, tasks=explained, tell=tell)
    kept = replace(_with_row(kept, found.row), by_time={**kept.by_time, name: found.stages})
    return replace(kept, tasks_by_time=found.readings, task_times=found.times) if explained else kept


def _gensim(chosen: argparse.Namespace, counts: Cooccurrence) -> Row:
    knobs = {"epochs": chosen.epochs, "negative": chosen.negatives, "workers": chosen.workers, "seed": chosen.seed}
    sentences = _sentences(chosen.text, counts)
    with _watched("gensim-sg") as tell:
        return skip_gram(counts, sentences, chosen.dim, tell=tell, **knobs)


@contextmanager
def _watched(name: str) -> Iterator[Callable[[float], Any]]:
    """A bar for one part; what is yielded takes the share that is over."""
    with tqdm(total=100, desc=name, unit="%", delay=1, bar_format="{l_bar}{bar}| {elapsed}<{remaining}") as bar:
        yield lambda share: bar.update(100 * share - bar.n)


def _sentences(names: list[str], counts: Cooccurrence) -> Sentences:
    texts = [one for name in names for one in texts_at(name, Limits())]
    corpus = read_corpus(texts, CorpusSpec(vocab_size=counts.vocab_size))
    if corpus.vocabulary.words != counts.words:
        raise InputError("the statistics are not those of this text: its most frequent words are others")
    return corpus.sentences()


def _with_row(kept: Kept, row: Row) -> Kept:
    """The record with this line in place of the model's former one, in the order of ``NAMES``."""
    rows = {one.model: one for one in (*kept.rows, row)}
    return replace(kept, rows=tuple(rows[name] for name in NAMES if name in rows))


def _result(kept: Kept) -> Result:
    apart = gap(kept.by_time.get("qwem", ()), kept.by_rank)
    return {
        "vocab_size": kept.about.vocab_size,
        "tokens": kept.about.tokens,
        "rows": [_row_result(row) for row in kept.rows],
        "stopped_or_cut": None if apart is None else {"mean": apart.mean, "largest": apart.largest, "at": apart.at},
    }


def _row_result(row: Row) -> Result:
    return {
        "model": row.model,
        "dim": row.dim,
        "how": row.how,
        "when": row.when,
        "seconds": row.seconds,
        "analogies": {"accuracy": finite(row.evaluation.accuracy), "total": row.evaluation.total},
        "original": {"accuracy": finite(row.original.accuracy), "total": row.original.total},
    } | {one.name: {"spearman": finite(one.spearman), "pairs": one.pairs} for one in row.evaluation.similarity}


def _told(value: float | None, form: str) -> str:
    width = int(form.partition(".")[0])
    return "-".rjust(width) if value is None else format(value, form)


def table(result: Result) -> str:
    """The result for people."""
    lines = [f"{result['tokens']:,} tokens, {result['vocab_size']:,} words", ""]
    lines.append(f"{'':44}{'analogies':>10}{'as listed':>10}{'WordSim':>9}{'SimLex':>8}{'seconds':>9}")
    for row in result["rows"]:
        lines.append(
            f"{NAMES[row['model']]:44}{_told(row['analogies']['accuracy'], '10.1%')}"
            f"{_told(row['original']['accuracy'], '10.1%')}{_told(row['wordsim353']['spearman'], '9.3f')}"
            f"{_told(row['simlex999']['spearman'], '8.3f')}{row['seconds']:>9.1f}"
        )
    if result["rows"]:
        lines += ["", f"{result['rows'][0]['analogies']['total']:,} analogies"]
    return "\n".join(lines)
