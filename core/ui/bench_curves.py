"""What the record of benchmarks says by family of analogies, and against rank and training time."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.benchmark import Kept, Stage, gap
from core.evaluation import Score
from core.figures.accuracy import Dots, accuracy
from core.figures.truncation import in_time, truncation
from core.questions import TITLES
from core.ui import chrome
from core.ui.benchmarks import SHORT, of, share
from core.ui.choices import choice
from core.ui.families import family_title
from core.ui.prose import Prose, language
from core.ui.records import model_name

SAY = Prose("benchmarks")
_SHOWN_FIRST = ("word2vec", "M*", "PPMI")
_TRAINED = "qwem"
_VERDICTS = ((0.015, "same", st.success), (0.05, "nearly", st.success), (1.0, "differs", st.warning))
"""Up to which mean difference of the two curves."""


def by_family(kept: Kept, *, crossed: bool) -> None:
    """A line for each of the fourteen families."""
    present = [SHORT[row.model] for row in kept.rows]
    chosen = st.pills(
        SAY("models"), present, selection_mode="multi", default=[name for name in _SHOWN_FIRST if name in present],
        key="models", bind="query-params", wrap=True,
    )  # fmt: skip
    rows = [row for row in kept.rows if SHORT[row.model] in (chosen or ())]
    if not rows:
        st.info(SAY("models.none"), icon=":material/add:")
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
            title=SAY("league.axis"),
            dark=chrome.dark(),
        ),
        key="families",
        alt=SAY("families.alt"),
    )
    chrome.table([_family_row(scores, n) for n in order], label=SAY("families.table"))


def _family_line(score: Score) -> str:
    family = family_title(score.name)
    return SAY("families.line" if score.total else "families.line.none", family=family, total=score.total)


def _family_told(model: str, score: Score) -> str:
    return SAY(
        "families.told",
        model=model,
        family=family_title(score.name),
        share=score.accuracy,
        right=score.right,
        total=score.total,
    )


def _family_row(scores: dict[str, tuple[Score, ...]], n: int) -> dict[str, Any]:
    """Shares of all models first; how many they are of stands behind them."""
    first = next(iter(scores.values()))[n]
    row: dict[str, Any] = {SAY("column.family"): family_title(first.name)}
    for model, found in scores.items():
        right = share(found[n])
        row[SHORT[model]] = None if right is None else round(right, 4)
    row |= {SAY("column.questions"): first.total, SAY("column.of"): first.possible}
    return row | {SAY("column.right.by", model=SHORT[model]): found[n].right for model, found in scores.items()}


def stopped_or_cut(kept: Kept) -> None:
    """Accuracy of M* cut at rank r, and of a run stopped when r concepts were learned; or all runs in time."""
    ways = {"rank": SAY("against.rank"), "time": SAY("against.time")}
    if choice(st.segmented_control, SAY("against"), ways, key="against", required=True) == "time":
        _over_time(kept)
        return
    stopped = kept.by_time.get(_TRAINED, ())
    apart = gap(stopped, kept.by_rank)
    if apart is None:
        st.info(SAY("stop.none"))
    else:
        verdict, box = next((verdict, box) for most, verdict, box in _VERDICTS if apart.mean <= most)
        mean, largest = 100 * apart.mean, 100 * apart.largest
        box(
            SAY(f"stopped.{verdict}", mean=mean, largest=largest, at=apart.at, ranks=apart.ranks),
            icon=":material/content_cut:",
        )
    if not (kept.by_rank or stopped):
        return
    drawn = truncation(kept.by_rank, stopped, dark=chrome.dark(), language=language())
    chrome.chart(drawn, key="truncation", alt=SAY("stop.alt"))
    st.caption(SAY("stop.caption"))
    rows = [_stage_row(SAY("stop.cut"), stage) for stage in kept.by_rank]
    chrome.table([*rows, *(_stage_row(SAY("stop.stopped"), one) for one in stopped)], label=SAY("stop.table"))


def _over_time(kept: Kept) -> None:
    runs = {model_name(model): stages for model, stages in kept.by_time.items() if stages}
    if not runs:
        st.info(SAY("time.none"))
        return
    chrome.chart(in_time(runs, dark=chrome.dark(), language=language()), key="in-time", alt=SAY("time.alt"))
    rows = [_stage_row(name, stage) for name, stages in runs.items() for stage in stages]
    chrome.table(rows, label=SAY("time.table"))


def _stage_row(name: str, stage: Stage) -> dict[str, Any]:
    found = stage.evaluation
    return {
        SAY("column.embeddings"): name,
        SAY("column.rank"): stage.rank,
        "t·λ₁": None if stage.time is None else round(stage.time, 2),
        SAY("column.analogies"): share(found),
        SAY("column.right"): found.overall.right,
        SAY("column.of"): found.total,
    } | {TITLES[one.name]: round(one.spearman, 3) for one in found.similarity}
