"""What the record of benchmarks says by family of analogies, and against rank and training time."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.benchmark import NAMES, Kept, Stage, gap
from core.evaluation import Score
from core.figures.accuracy import Dots, accuracy
from core.figures.truncation import in_time, truncation
from core.ui import chrome
from core.ui.benchmarks import SHORT, of, share

_SHOWN_FIRST = ("word2vec", "M*", "PPMI")
_TRAINED = "qwem"
_VERDICTS = (  # up to which mean difference of the two curves
    (0.015, "Early stopping is rank truncation", st.success),
    (0.05, "Early stopping is nearly rank truncation", st.success),
    (1.0, "Here early stopping is not rank truncation", st.warning),
)


def by_family(kept: Kept, *, crossed: bool) -> None:
    """A line for each of the fourteen families."""
    present = [SHORT[row.model] for row in kept.rows]
    chosen = st.pills(
        "models", present, selection_mode="multi", default=[name for name in _SHOWN_FIRST if name in present],
        key="models", bind="query-params", wrap=True,
    )  # fmt: skip
    rows = [row for row in kept.rows if SHORT[row.model] in (chosen or ())]
    if not rows:
        st.info("Choose a model or more.", icon=":material/add:")
        return
    scores = {row.model: of(row, crossed).analogies for row in rows}
    families = scores[rows[0].model]
    order = sorted(range(len(families)), key=lambda n: -(families[n].accuracy if families[n].total else -1))
    chrome.chart(
        accuracy(
            [_family_line(families[n]) for n in order],
            [
                Dots(
                    SHORT[model],
                    [share(found[n]) for n in order],
                    [_family_told(SHORT[model], found[n]) for n in order],
                    kind=1 + list(SHORT).index(model),
                )
                for model, found in scores.items()
            ],
            title="analogies right",
            dark=chrome.dark(),
        ),
        key="families",
        alt="Share of analogies answered right in each of the fourteen families, by the models chosen.",
    )
    chrome.table([_family_row(scores, n) for n in order], label="The numbers, family by family")


def _family_line(score: Score) -> str:
    return f"{family_title(score.name)}, {score.total:,} questions" + ("" if score.total else ": no words known")


def family_title(name: str) -> str:
    """'gram1-adjective-to-adverb' in words."""
    first, _, rest = name.partition("-")
    return (rest if first.startswith("gram") else name).replace("-", " ")


def _family_told(model: str, score: Score) -> str:
    return f"{model}, {family_title(score.name)}: {score.accuracy:.1%}, {score.right:,} of {score.total:,}"


def _family_row(scores: dict[str, tuple[Score, ...]], n: int) -> dict[str, Any]:
    first = next(iter(scores.values()))[n]
    row: dict[str, Any] = {
        "family": family_title(first.name), "questions": first.total, "of": first.possible,
    }  # fmt: skip
    for model, found in scores.items():
        right = share(found[n])
        row[SHORT[model]] = None if right is None else round(right, 4)
        row[f"right, {SHORT[model]}"] = found[n].right
    return row


def stopped_or_cut(kept: Kept) -> None:
    """Accuracy of M* cut at rank r, and of a run stopped when r concepts were learned; or all runs in time."""
    ways = ["against rank", "against training time"]
    way = st.segmented_control("accuracy", ways, default=ways[0], required=True, key="against", bind="query-params")
    if way == ways[1]:
        _over_time(kept)
        return
    stopped = kept.by_time.get(_TRAINED, ())
    apart = gap(stopped, kept.by_rank)
    if apart is None:
        st.info("The record does not have both curves yet, so their difference is not measured.")
    else:
        verdict, box = next((verdict, box) for most, verdict, box in _VERDICTS if apart.mean <= most)
        box(
            f"**{verdict}:** the two differ by {100 * apart.mean:.1f} points on average, at most "
            f"{100 * apart.largest:.1f}, at rank {apart.at} ({apart.ranks} ranks compared).",
            icon=":material/content_cut:",
        )
    if not (kept.by_rank or stopped):
        return
    chrome.chart(
        truncation(kept.by_rank, stopped, dark=chrome.dark()),
        key="truncation",
        alt="Share of analogies right against rank: M* cut at each rank, and a QWEM run stopped when it had learned "
        "as many concepts.",
    )
    st.caption(
        "A run is counted at the concepts that are more than half learned. It has begun on the next ones too, which "
        "the cut does not have."
    )
    rows = [_stage_row("M*, cut", stage) for stage in kept.by_rank]
    chrome.table([*rows, *(_stage_row("QWEM, stopped", one) for one in stopped)], label="The numbers, rank by rank")


def _over_time(kept: Kept) -> None:
    runs = {NAMES[model]: stages for model, stages in kept.by_time.items() if stages}
    if not runs:
        st.info("The record has no run yet.")
        return
    chrome.chart(
        in_time(runs, dark=chrome.dark()),
        key="in-time",
        alt="Share of analogies right against training time, for every model that was trained.",
    )
    rows = [_stage_row(name, stage) for name, stages in runs.items() for stage in stages]
    chrome.table(rows, label="The numbers, moment by moment")


def _stage_row(name: str, stage: Stage) -> dict[str, Any]:
    found = stage.evaluation
    return {
        "embeddings": name,
        "rank": stage.rank,
        "t·λ₁": None if stage.time is None else round(stage.time, 2),
        "analogies": share(found),
        "right": found.overall.right,
        "of": found.total,
    } | {one.name: round(one.spearman, 3) for one in found.similarity}
