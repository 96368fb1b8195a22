"""What was predicted and what was trained, as tables for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.compare import Prediction, predict
from core.errors import InputError
from core.export.trained import Trained
from core.problem import Problem, load_problem, plan
from core.spectrum import concept
from core.spreadsheet import csv_bytes
from core.stairs import half_times

_WORDS_OF_AN_END = 20


def tables(run: Trained, problem: Problem, prediction: Prediction) -> dict[str, bytes]:
    """``spectrum.csv``, ``concepts.csv`` and ``history.csv``."""
    return {
        "spectrum.csv": spectrum_csv(run, problem, prediction),
        "concepts.csv": concepts_csv(run, problem),
        "history.csv": history_csv(run, problem),
    }


def theory(run: Trained) -> tuple[Problem, Prediction]:
    """The problem of a run and its prediction, worked out anew from the statistics that its recipe names.

    Raises
    ------
    InputError
        The statistics cannot be had any more, or are not of these words.
    """
    try:
        problem = load_problem(run.spec)
    except InputError as error:
        raise InputError(f"the statistics of this run are needed for its tables and cannot be had: {error}") from error
    if problem.counts.words != run.words:
        raise InputError(f"the statistics {run.spec.data} are not those of this run any more: their words are others")
    planned = plan(problem, run.spec, steps=1)
    planned = plan(problem, run.spec, steps=max(1, round(float(run.times[-1]) / planned.dt)))
    return problem, predict(problem, planned, two_matrices=run.spec.two_matrices)


def spectrum_csv(run: Trained, problem: Problem, prediction: Prediction) -> bytes:
    """A line for each of the d modes, predicted and trained. Times are t * lambda_1, as on all charts.

    ``tau_k`` for infinitely small steps and for this step size; ``learned_at`` is when half of the mode's variance
    lambda_k was there, between snapshots. Empty: never, or the mode began with it. A mode with a negative eigenvalue
    (two matrices can learn it) has its sign in ``lambda_k``.
    """
    names = ["k", "lambda_k", "tau_k_flow", "tau_k_this_step", "learned_at", "target_singular_value",
             "final_singular_value", "loss_after_predicted"]  # fmt: skip
    count = run.singular_values.shape[1]
    learned = half_times(run.times, run.singular_values, prediction.targets[:count]) * problem.clock
    signed = problem.spectrum.values * problem.spectrum.signs
    clock = problem.lambda_1
    rows = (
        [k + 1, float(signed[k]), _known(prediction.flow_times[k] * clock), _known(prediction.descent_times[k] * clock),
         _known(learned[k]), float(prediction.targets[k]), float(run.singular_values[-1, k]),
         float(prediction.plateaus[k + 1])]
        for k in range(count)
    )  # fmt: skip
    return csv_bytes(names, rows)


def concepts_csv(run: Trained, problem: Problem) -> bytes:
    """The words at both ends of each eigenvector of M*, furthest first, with their entries in it (unit length).

    Among the 4,000 most frequent words. Which end is called positive is a convention.
    """
    return csv_bytes(["k", "end", "rank", "word", "entry"], _ends(run, problem))


def _ends(run: Trained, problem: Problem) -> Iterator[list]:
    index, spectrum = problem.counts.index, problem.spectrum
    for k in range(1, min(run.spec.dim, max(1, problem.learnable)) + 1):
        found = concept(spectrum, run.words, k, top=_WORDS_OF_AN_END)
        for end, words in (("positive", found.positive), ("negative", found.negative)):
            for rank, word in enumerate(words, 1):
                yield [k, end, rank, word, float(spectrum.vectors[index[word], k - 1])]


def history_csv(run: Trained, problem: Problem) -> bytes:
    """A line for each snapshot: step, time as t * lambda_1 (the model's own first rate), loss, s_1 to s_d."""
    count = run.singular_values.shape[1]
    names = ["step", "time_lambda_1", "loss", *(f"s_{k}" for k in range(1, count + 1))]
    times = run.times * problem.clock
    columns = zip(run.steps.tolist(), times.tolist(), run.loss.tolist(), run.singular_values.tolist(), strict=True)
    return csv_bytes(names, ([step, time, loss, *values] for step, time, loss, values in columns))


def _known(time: float) -> float | None:
    return float(time) if np.isfinite(time) else None
