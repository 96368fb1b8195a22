"""Measuring what a record holds: embeddings of every kind on one vocabulary, evaluated the same way."""

from __future__ import annotations

import hashlib
import os
import platform
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.benchmark import About, Row, Stage
from core.counts import Cooccurrence
from core.evaluation import evaluate
from core.linear import FEWEST_PAIRS
from core.operators import target
from core.problem import RunSpec, plan, pose, simulate
from core.questions import families, in_vocabulary
from core.spectrum import decompose, embedding
from core.targets import SUBSAMPLE, m_star
from core.tasks import Reading, against_dimension, read
from core.training import Sentences, Snapshot
from core.training.word2vec import pieces

RANKS = (1, 2, 3, 5, 8, 12, 16, 24, 32, 48, 64, 96, 128, 160, 200, 256, 300)
DIMS = (16, 32, 64, 128, 200, 256, 512, 1_024, 2_048, 4_096)
RUNS = {
    "qwem": RunSpec(model="qwem", init_scale=1e-3, step_size=0.5),
    "sgns": RunSpec(model="sgns", init_scale=1e-2, step_size=0.5),
}
"""How the trained lines of the table are trained; dimension and statistics come from the command line."""

Embeddings = NDArray[np.float32]


def about(counts: Cooccurrence) -> About:
    """Which statistics these are."""
    digest = hashlib.sha256("\n".join(counts.words).encode())
    for part in (counts.unigram, counts.lower.indptr, counts.lower.indices, counts.lower.data):
        digest.update(np.ascontiguousarray(part, np.int64).tobytes())
    source = counts.source
    return About(source.documents, source.tokens, counts.vocab_size, source.window, digest.hexdigest())


def closed_form(counts: Cooccurrence, name: str, dim: int) -> Row:
    """V_d Lambda_d^(1/2) of a target, positive eigenvalues only; no gradient descent."""
    started = time.perf_counter()
    vectors = embedding(decompose(target(counts, name), dim)).astype(np.float32)
    seconds = time.perf_counter() - started
    return _row(name, vectors, counts.words, seconds, f"top {dim} eigenpairs with positive eigenvalues")


@dataclass(frozen=True)
class Trained:
    """A run of the table: its line, what it was worth on the way, and its tasks, where they were read."""

    row: Row
    stages: tuple[Stage, ...]
    times: tuple[float, ...]
    readings: dict[str, tuple[Reading, ...]]


def trained(counts: Cooccurrence, spec: RunSpec, *, moments: int, tasks: bool, tell: Callable[[float], Any]) -> Trained:
    """Train a model of the paper's chain, and evaluate it at about so many moments, evenly in log rank.

    ``tell`` : is given the share of the run that is over. ``tasks`` : whether to read analogy families on the way.
    """
    started = time.perf_counter()
    problem = pose(counts, m_star(counts), spec)
    train_spec = plan(problem, spec)
    aside, stages, times = 0.0, [], []
    readings: dict[str, list[Reading]] = {name: [] for name in _tasks(counts)}
    levels = np.where(problem.spectrum.values > 0, problem.spectrum.values / 2, np.inf)[: spec.dim]
    for snapshot, learned in _moments(simulate(problem, spec, train_spec), levels, moments):
        paused = time.perf_counter()
        now = snapshot.time * problem.clock
        stages.append(Stage(learned, now, evaluate(snapshot.embeddings, counts.words)))
        if tasks:
            times.append(now)
            for name, pairs in _tasks(counts).items():
                readings[name].append(read(snapshot.embeddings, pairs, rank=learned))
        tell(snapshot.time / (train_spec.steps * train_spec.dt))
        aside += time.perf_counter() - paused
    how = (
        f"full batch, one matrix, start {spec.init_scale:g}, dt·λ₁ {spec.step_size:g}, {snapshot.step:,} steps, "
        f"loss {snapshot.loss:.4f}"
    )
    row = _row(spec.model, snapshot.embeddings, counts.words, time.perf_counter() - started - aside, how)
    return Trained(row, tuple(stages), tuple(times), {k: tuple(v) for k, v in readings.items()} if tasks else {})


def _moments(snapshots: Iterable[Snapshot], levels: NDArray[np.float64], count: int) -> Iterator[tuple[Snapshot, int]]:
    """Snapshots worth looking at: the first of each of ``count`` ranks, evenly in log rank, and the last of all."""
    due = np.unique(np.geomspace(1, len(levels), count).round().astype(int))
    last: tuple[Snapshot, int] | None = None
    for snapshot in snapshots:
        learned = int((snapshot.singular_values**2 >= levels).sum())
        last = snapshot, learned
        passed = np.searchsorted(due, learned, side="right")
        if passed:
            due, last = due[passed:], None
            yield snapshot, learned
    if last:
        yield last


def skip_gram(
    counts: Cooccurrence, sentences: Sentences, dim: int, *, tell: Callable[[float], Any] = float, **knobs: Any
) -> Row:
    """gensim's word2vec as people run it: several passes over the text, with a rate that falls.

    More workers than one make it faster, and no two runs alike. ``tell`` : is given the share of the passes that are
    over. ``knobs`` : of gensim's Word2Vec.
    """
    import gensim
    from gensim.models import Word2Vec
    from gensim.models.callbacks import CallbackAny2Vec

    class Passes(CallbackAny2Vec):
        over = 0

        def on_epoch_end(self, model: Any) -> None:
            self.over += 1
            tell(self.over / model.epochs)

    started = time.perf_counter()
    sentences = pieces(sentences, counts)
    model = Word2Vec(
        vector_size=dim, sg=1, hs=0, window=counts.source.window, sample=SUBSAMPLE, min_count=1, **knobs
    )  # fmt: skip
    model.build_vocab_from_freq(dict(zip(counts.words, counts.unigram.tolist(), strict=True)))
    model.train(
        sentences,
        total_examples=len(sentences),
        total_words=sum(map(len, sentences)),
        epochs=model.epochs,
        callbacks=[Passes()],
    )  # fmt: skip
    order = [model.wv.key_to_index[word] for word in counts.words]
    how = (
        f"gensim {gensim.__version__}, {model.epochs} passes, window {counts.source.window}, "
        f"{model.negative} negatives, subsampling {SUBSAMPLE:g}, "
        f"rate {model.alpha:g} → {model.min_alpha:g}, {model.workers} workers"
    )
    return _row("gensim-sg", model.wv.vectors[order], counts.words, time.perf_counter() - started, how)


def by_rank(counts: Cooccurrence, ranks: Sequence[int]) -> tuple[Stage, ...]:
    """M* cut to each rank."""
    whole = embedding(decompose(m_star(counts), max(ranks))).astype(np.float32)
    return tuple(Stage(rank, None, evaluate(whole[:, :rank], counts.words)) for rank in ranks)


def tasks_by_dim(counts: Cooccurrence, dims: Sequence[int]) -> dict[str, tuple[Reading, ...]]:
    """Every family of analogies in M* cut to each dimension, as far as its eigenvalues are positive."""
    whole = decompose(m_star(counts), min(max(dims), counts.vocab_size))
    learnable = whole.learnable()
    vectors = embedding(learnable).astype(np.float32)
    within = sorted({min(dim, learnable.rank) for dim in dims})
    return {name: against_dimension(vectors, pairs, within) for name, pairs in _tasks(counts).items()}


def _tasks(counts: Cooccurrence) -> dict[str, tuple[tuple[int, int], ...]]:
    found = {family.name: in_vocabulary(family, counts.index) for family in families()}
    return {name: pairs for name, pairs in found.items() if len(pairs) >= FEWEST_PAIRS}


def _row(model: str, vectors: Embeddings, words: tuple[str, ...], seconds: float, how: str) -> Row:
    return Row(
        model=model,
        dim=vectors.shape[1],
        how=how,
        when=datetime.now(UTC).date().isoformat(),
        seconds=round(seconds, 1),
        machine=f"{os.cpu_count()} cores of {platform.machine()}",
        evaluation=evaluate(vectors, words),
        original=replace(evaluate(vectors, words, crossed=False), similarity=()),
    )
