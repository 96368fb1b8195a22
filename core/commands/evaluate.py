"""``evaluate``: analogies and rated similarities, asked of trained embeddings or of a target's closed form."""

from __future__ import annotations

import argparse
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.commands.vectors import read_vectors
from core.errors import InputError
from core.evaluation import Correlation, Evaluation, Score, evaluate
from core.operators import target
from core.questions import TITLES
from core.sources import load_statistics
from core.spectrum import decompose, embedding
from core.spectrumfile import load_spectrum, spectrum_at
from core.targets import TARGETS

Result = dict[str, Any]
DIM = 200


@dataclass(frozen=True, eq=False)
class _Asked:
    """What is asked: V words with embeddings of shape (V, d), and what they are."""

    kind: str
    name: str
    words: tuple[str, ...]
    embeddings: NDArray[np.floating]


def options(command: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add = command.add_argument
    add(
        "source",
        metavar="SOURCE",
        help="a run written by train --out; or statistics as spectrum takes them, or a spectrum written by it (also: "
        "wikipedia-10k), for embeddings in closed form; or vectors in a format of word2vec or GloVe",
    )
    add("--target", choices=sorted(TARGETS), help="of statistics: which matrix (mstar)")
    add("--dim", type=int, help=f"of statistics and spectra: d, the eigenvectors used ({DIM})")
    add("--by-magnitude", action="store_true", help="of statistics: singular values, negative eigenvalues too")
    add("--vocab-size", type=int, help="the most frequent words only (wikipedia: 2000, a file: all)")
    add("--original", action="store_true", help="the questions as listed, not pairs crossed all-with-all")
    add("--families", action="store_true", help="a line for each family of analogies (--json always has them)")


def run(chosen: argparse.Namespace) -> Result:
    """Find the embeddings, and ask them."""
    asked = _asked(chosen)
    started = time.perf_counter()
    found = evaluate(asked.embeddings, asked.words, crossed=not chosen.original)
    vocab_size, dim = asked.embeddings.shape
    return {
        "source": chosen.source,
        "kind": asked.kind,
        "name": asked.name,
        "vocab_size": vocab_size,
        "dim": dim,
        "by_magnitude": chosen.by_magnitude,
        "crossed": found.crossed,
        "analogies": _analogies(found),
        **{one.name: _correlation(one) for one in found.similarity},
        "by_family": chosen.families,
        "evaluation_seconds": time.perf_counter() - started,
    }


def _asked(chosen: argparse.Namespace) -> _Asked:
    path = spectrum_at(chosen.source)
    if path is not None:
        return _of_spectrum(path, chosen)
    vectors = read_vectors(Path(chosen.source), chosen.vocab_size)
    if vectors is None:
        return _of_statistics(chosen)
    if chosen.target or chosen.dim is not None or chosen.by_magnitude:
        raise InputError(f"{chosen.source}: holds vectors; --target, --dim and --by-magnitude are for statistics")
    kind = "run" if vectors.model else "vectors"
    return _Asked(kind, vectors.model or "vectors", vectors.words, vectors.embeddings)


def _of_statistics(chosen: argparse.Namespace) -> _Asked:
    counts, name = load_statistics(chosen.source, chosen.vocab_size), chosen.target or "mstar"
    dim = min(DIM, counts.vocab_size) if chosen.dim is None else chosen.dim
    spectrum = decompose(target(counts, name), dim, by_magnitude=chosen.by_magnitude)
    return _Asked("statistics", name, counts.words, embedding(spectrum))


def _of_spectrum(path: Path, chosen: argparse.Namespace) -> _Asked:
    known = load_spectrum(path, chosen.dim)
    if chosen.target not in (None, known.target) or chosen.by_magnitude:
        raise InputError(f"{chosen.source}: is the spectrum of {known.target}; for another, give statistics")
    size = known.vocab_size if chosen.vocab_size is None else chosen.vocab_size
    if not 1 <= size <= known.vocab_size:
        raise InputError(f"vocab_size is {size}, and must be from 1 to the {known.vocab_size} words there are")
    dim = min(DIM, known.spectrum.rank) if chosen.dim is None else chosen.dim
    return _Asked("spectrum", known.target, known.words[:size], known.embeddings(dim)[:size])


def _analogies(found: Evaluation) -> Result:
    return {**_score(found.overall), "families": {one.name: _score(one) for one in found.analogies}}


def _score(one: Score) -> Result:
    return {"accuracy": finite(one.accuracy), "right": one.right, "total": one.total, "possible": one.possible}


def _correlation(one: Correlation) -> Result:
    return {"spearman": finite(one.spearman), "pairs": one.pairs, "possible": one.possible}


def finite(value: float) -> float | None:
    """JSON has no nan."""
    return None if math.isnan(value) else value


def table(result: Result) -> str:
    """The result for people."""
    how = "crossed all-with-all" if result["crossed"] else "as listed"
    analogies = result["analogies"]
    lines = [
        f"{result['name']}, {result['vocab_size']:,} words, d = {result['dim']}, {result['seconds']:.1f} s, "
        f"{result['evaluation_seconds']:.1f} s of them for asking",
        "",
        f"{'analogies, ' + how:<32} {'right':>8} {'asked':>7} {'of':>7}",
    ]
    if result["by_family"]:
        lines += [_score_told(name, one) for name, one in analogies["families"].items()]
    lines += [_score_told("all", analogies), "", f"{'similarity':<32} {'Spearman':>8} {'pairs':>7} {'of':>7}"]
    for name, title in TITLES.items():
        one = result[name]
        value = "-" if one["spearman"] is None else f"{one['spearman']:.3f}"
        lines.append(f"{title:<32} {value:>8} {one['pairs']:>7,} {one['possible']:>7,}")
    return "\n".join(lines)


def _score_told(name: str, one: Result) -> str:
    value = "-" if one["accuracy"] is None else f"{one['accuracy']:.1%}"
    return f"{name:<32} {value:>8} {one['total']:>7,} {one['possible']:>7,}"
