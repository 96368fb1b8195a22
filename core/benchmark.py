"""The record of what was measured at the paper's scale: the table, the curves, and what the paper reports.

Numbers of a record were computed by ``python -m core benchmark``, and each says when and how. Numbers of ``PAPER`` were
not: they are copied from the paper, and are shown as such.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import numpy as np

from core.counts import Source
from core.errors import InputError
from core.evaluation import Evaluation
from core.files import written
from core.frozen import frozen
from core.sources import ASSETS
from core.tasks import Reading

FORMAT = 1
KEPT = ASSETS / "benchmarks.json"
NAMES = {
    "gensim-sg": "word2vec (gensim's skip-gram)",
    "sgns": "word2vec's loss and weights, full batch",
    "qwem": "QWEM, trained",
    "mstar": "M*, closed form",
    "ppmi": "PPMI, closed form",
    "pmi": "PMI, closed form",
    "sppmi": "shifted PPMI (k = 5), closed form",
    "spmi": "shifted PMI (k = 5), closed form",
}
CHAIN = ("gensim-sg", "mstar", "qwem", "ppmi", "pmi")
"""From best to worst as the paper has them: word2vec >= M* >= QWEM > PPMI > PMI."""
_AT_LEAST = 1  # links of the chain from here on are strict: QWEM > PPMI > PMI


@dataclass(frozen=True)
class Reported:
    """What the paper reports of a model: shares of 1. Source: the benchmark table beside its Figure 3."""

    analogies: float
    wordsim353: float


PAPER = {
    "gensim-sg": Reported(0.680, 0.698),
    "qwem": Reported(0.651, 0.682),
    "mstar": Reported(0.663, 0.683),
    "ppmi": Reported(0.506, 0.690),
    "pmi": Reported(0.084, 0.221),
}
"""Paper-reported: 2.0 B tokens of Wikipedia, V = 10,000, d = 200."""


@dataclass(frozen=True)
class About:
    """What a record is of. window : L. sha256 : of words, their numbers and all pair weights."""

    documents: int
    tokens: int
    vocab_size: int
    window: int
    sha256: str

    def is_of(self, source: Source, vocab_size: int) -> bool:
        """Whether so many words of such a text can be what was measured, by all sizes that are known of both."""
        here = self.documents, self.tokens, self.window, self.vocab_size
        return here == (source.documents, source.tokens, source.window, vocab_size)


@dataclass(frozen=True)
class Row:
    """A line of the table: one set of embeddings, evaluated.

    model : a key of ``NAMES``. how : its settings in words. when : the day, ISO. seconds : to make the embeddings.
    machine : on what. evaluation : analogies crossed all-with-all, and similarity. original : analogies as listed.
    """

    model: str
    dim: int
    how: str
    when: str
    seconds: float
    machine: str
    evaluation: Evaluation
    original: Evaluation


@dataclass(frozen=True)
class Stage:
    """Embeddings of some rank on the way: cut there, or stopped there.

    rank : of M* cut, or how many concepts a run has learned (s_k^2 at least half of lambda_k).
    time : t * lambda_1 of a run, None where there was no training.
    """

    rank: int
    time: float | None
    evaluation: Evaluation


@dataclass(frozen=True)
class Kept:
    """A record. by_rank : of M*. by_time : of a trained model. Readings: of a family of analogies, by its name.

    task_times : t * lambda_1 of the readings of ``tasks_by_time``, which are of the trained ``qwem``.
    """

    about: About
    rows: tuple[Row, ...] = ()
    by_rank: tuple[Stage, ...] = ()
    by_time: Mapping[str, tuple[Stage, ...]] = field(default_factory=dict)
    tasks_by_dim: Mapping[str, tuple[Reading, ...]] = field(default_factory=dict)
    tasks_by_time: Mapping[str, tuple[Reading, ...]] = field(default_factory=dict)
    task_times: tuple[float, ...] = ()

    def row(self, model: str) -> Row | None:
        """The line of a model; None where it was not measured."""
        return next((row for row in self.rows if row.model == model), None)


def broken_links(kept: Kept) -> list[tuple[str, str]]:
    """Neighbours in ``CHAIN`` (of what was measured) whose analogies come out in another order than in the paper."""
    rows = [(place, row) for place, model in enumerate(CHAIN) if (row := kept.row(model))]
    wrong = []
    for (_, better), (place, worse) in zip(rows, rows[1:], strict=False):
        ahead = better.evaluation.accuracy - worse.evaluation.accuracy
        if ahead < 0 or (ahead == 0 and place > _AT_LEAST + 1):
            wrong.append((better.model, worse.model))
    return wrong


@dataclass(frozen=True)
class Gap:
    """How far two curves of accuracy over rank lie apart, in shares of 1. ranks : how many were compared."""

    mean: float
    largest: float
    at: int
    ranks: int


def gap(stopped: tuple[Stage, ...], cut: tuple[Stage, ...]) -> Gap | None:
    """A run stopped after r concepts against M* cut to rank r, at every rank the run passed, as it was there last.

    The cut is interpolated over log r between the ranks it was measured at. None where they share no rank.
    """
    known = [stage for stage in cut if stage.rank > 0]
    shared = [s for s in stopped if known and known[0].rank <= s.rank <= known[-1].rank]
    if not shared:
        return None
    shared = list({stage.rank: stage for stage in shared}.values())
    ranks = np.array([stage.rank for stage in shared])
    between = np.interp(
        np.log(ranks), np.log([s.rank for s in known]), [s.evaluation.accuracy for s in known]
    )  # fmt: skip
    apart = np.abs(between - [stage.evaluation.accuracy for stage in shared])
    return Gap(float(apart.mean()), float(apart.max()), int(ranks[apart.argmax()]), len(ranks))


def save_record(path: Path, kept: Kept) -> None:
    """Write a record as JSON, whole or not at all."""
    text = json.dumps(_plain({"format": FORMAT} | asdict(kept)), allow_nan=False, separators=(",", ":"))
    with written(path) as unfinished:
        unfinished.write_text(_cut_lines(text) + "\n", encoding="utf-8")


def load_record(path: Path = KEPT) -> Kept:
    """Read a record. Raises InputError where there is none, or it is not one of ours."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found.pop("format") != FORMAT:
            raise InputError(f"{path} was made by another version")
        return _made(Kept, found)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(f"{path} is not a record of benchmarks: {error}") from error


def _cut_lines(text: str) -> str:
    """A line for each object, so that a change of one number is a change of one line."""
    return text.replace("},{", "},\n{")


def _plain(value: Any) -> Any:
    """As JSON has it: arrays become lists, and what is not a number becomes null."""
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(one) for one in value]
    if isinstance(value, float | np.floating):
        return float(f"{value:.6g}") if np.isfinite(value) else None
    return value.item() if isinstance(value, np.generic) else value


def _made(kind: Any, value: Any) -> Any:
    """A value of this type from its JSON."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return None if value is None else _made(next(one for one in inner if one is not type(None)), value)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{name: _made(hints[name], one) for name, one in value.items()})  # type: ignore[operator]
    if origin is np.ndarray:
        return frozen(np.array([np.nan if one is None else one for one in value], np.float64))
    if origin is tuple:
        return tuple(_made(inner[0], one) for one in value)
    if origin is not None and issubclass(origin, Mapping):
        return {name: _made(inner[1], one) for name, one in value.items()}
    return float("nan") if value is None else kind(value)
