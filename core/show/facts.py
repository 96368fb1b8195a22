"""What the slides of the Story show beside the run itself: every number of them is computed here, from the run's M*."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.benchmark import PAPER, load_record
from core.errors import InputError
from core.evaluation import answers
from core.frames import INT16_MAX, Frame
from core.known import Known
from core.plane import analogy_plane
from core.spectrumfile import PAPER_SCALE, load_spectrum
from core.story import shares, stopped_and_cut
from core.targets import meetings, pair_facts
from core.theory import aligned_start, exact_flow, reduce, rise_times
from core.training import initial_embeddings

PAIRS = (("river", "water"), ("river", "album"), ("river", "the"))
COMPARED = ("gensim-sg", "mstar", "ppmi")
QUESTION = ("man", "woman", "king")
STARTS = (1e-6, 1e-4, 1e-2, 1e-1)
TABLE_WORDS = 72
_STOPPED = 3
_TIMES = 100
_ANSWERS = 4
_PAPER_DIM = 200


def company(known: Known) -> list[dict[str, Any]]:
    """How often pairs of words meet, beside chance, and M* between -2 and 2. Pairs whose words are not there: none."""
    counts = known.problem.counts
    index = counts.index
    found = []
    for first, second in PAIRS:
        if first in index and second in index:
            facts = pair_facts(counts, index[first], index[second])
            found.append(
                {
                    "pair": [first, second],
                    "count": meetings(facts.count, counts.source.window),
                    "expected": meetings(facts.expected, counts.source.window),
                    "mstar": facts.m_star,
                }
            )
    return found


def table(known: Known, *, top: int = 6) -> tuple[dict[str, Any], NDArray[np.int16]]:
    """Words of both ends of concept 1, in the order of their places along it, and M* between them.

    The array has shape (n, n), M* / 2 as a share of 32,767; ``order`` is a shuffle of the places, always the same.
    """
    vector = known.problem.spectrum.vectors[:, 0]
    ranked = np.argsort(-vector, kind="stable")
    half = min(TABLE_WORDS, len(ranked)) // 2
    chosen = np.concatenate([ranked[:half], ranked[len(ranked) - half :]])
    part = np.asarray(known.problem.matrix)[np.ix_(chosen, chosen)]
    order = np.random.default_rng(0).permutation(len(chosen))
    one = known.concept(1, top)
    facts = {"size": len(chosen), "order": order.tolist(), "positive": one.positive, "negative": one.negative}
    return facts, np.clip(np.rint(part / 2 * INT16_MAX), -INT16_MAX, INT16_MAX).astype(np.int16)


def moments(known: Known, frames: Sequence[Frame]) -> list[dict[str, float]]:
    """The moments at which the cloud is most clearly a point, a line, a plane, and the end.

    ``time`` is t * lambda_1, ``rank`` the effective rank then, ``share`` the part of the cloud's variance along its
    first k directions.
    """
    values = known.problem.spectrum.values[: known.spec.dim]
    found = [_moment(known, frames[0], 1)]
    for k in (1, 2):
        contrast = [
            one.singular_values[k - 1] ** 2 / values[k - 1] - one.singular_values[k] ** 2 / values[k] for one in frames
        ]
        found.append(_moment(known, frames[int(np.argmax(contrast))], k))
    return [*found, _moment(known, frames[-1], known.spec.dim)]


def _moment(known: Known, frame: Frame, k: int) -> dict[str, float]:
    return {
        "time": frame.time * known.rate,
        "rank": frame.effective_rank,
        "share": float(shares(frame)[:k].sum()),
    }


def early(known: Known, frames: Sequence[Frame]) -> tuple[dict[str, Any], NDArray[np.int16]]:
    """A run stopped after three concepts, and M* cut to rank three: both clouds, and how far they are the same.

    ``same`` as in ``core.story.Pair``, of the clouds along the concepts that a frame keeps. The array has shape
    (2, V, 3).
    """
    found = stopped_and_cut(frames, known.camera, known.prediction, _STOPPED)
    quanta = np.rint(np.stack([found.stopped, found.cut])[:, :, :3] / known.camera.scale)
    facts = {"rank": _STOPPED, "same": found.same, "time": found.time * known.rate, "axes": found.cut.shape[1]}
    return facts, np.clip(quanta, -INT16_MAX, INT16_MAX).astype(np.int16)


def melting(known: Known) -> tuple[dict[str, Any], NDArray[np.float32]]:
    """The loss under exact gradient flow from larger and larger starts, each against its own t / tau_1.

    The array has shape (starts, times), at even steps of t / tau_1 from 0 to ``until``. ``ordered``: how many concepts
    from the first come in the same order from every start.
    """
    problem, prediction = known.problem, known.prediction
    top = problem.spectrum.head(known.spec.dim)
    until = float(prediction.end / prediction.flow_times[0])
    curves, orders = [], []
    for sigma in STARTS:
        start = initial_embeddings(problem.counts.vocab_size, replace(prediction.plan, init_scale=sigma))
        times = rise_times(top.values, aligned_start(top.vectors, start))
        orders.append(np.argsort(times))
        reduced = reduce(problem.matrix, problem.spectrum, start)
        curves.append(exact_flow(reduced, np.linspace(0, until * times[0], _TIMES)).loss)
    same = np.all(np.array(orders) == orders[0], axis=0)[: known.concepts]
    ordered = len(same) if same.all() else int(np.argmin(same))
    return {"starts": list(STARTS), "until": until, "times": _TIMES, "ordered": ordered}, np.array(curves, np.float32)


def analogy() -> dict[str, Any]:
    """One analogy answered by M* in closed form at the paper's vocabulary, and the plane that contains it.

    ``places`` are of a, b, c, the target, then the answers, best first; ``words`` the same without the target.
    """
    known = load_spectrum(PAPER_SCALE)
    embeddings = known.embeddings(_PAPER_DIM)
    a, b, c = (known.index[word] for word in QUESTION)
    found = answers(embeddings, a, b, c, count=_ANSWERS)
    plane = analogy_plane(embeddings, (a, b, c), [word for word, _ in found])
    return {
        "question": list(QUESTION),
        "answers": [{"word": known.words[word], "cosine": cosine} for word, cosine in found],
        "places": plane.places.tolist(),
        "away": plane.away.tolist(),
        "words": len(known.words),
        "dim": _PAPER_DIM,
    }


def verdict() -> dict[str, Any]:
    """The one table: analogies answered by word2vec, M* in closed form, and PPMI; measured, and as the paper reports.

    Raises InputError where one of them was not measured.
    """
    record = load_record()
    rows = [row for model in COMPARED if (row := record.row(model))]
    if len(rows) < len(COMPARED):
        raise InputError(f"the record of the benchmarks lacks one of {', '.join(COMPARED)}")
    return {
        "ours": [row.evaluation.accuracy for row in rows],
        "paper": [PAPER[model].analogies for model in COMPARED],
        "questions": rows[0].evaluation.total,
        "tokens": record.about.tokens,
        "vocab": record.about.vocab_size,
        "when": max(row.when for row in rows),
    }
