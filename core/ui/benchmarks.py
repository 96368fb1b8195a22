"""What the record of benchmarks says: the claim, and the table beside the paper's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.benchmark import PAPER, Kept, Row, broken_links
from core.errors import InputError
from core.evaluation import Evaluation, Score
from core.figures.accuracy import Dots, accuracy
from core.questions import TITLES
from core.ui import chrome
from core.ui.choices import choice
from core.ui.prose import Prose
from core.ui.records import kept_record, model_name, of_bundled

SAY = Prose("benchmarks")
PAPER_TOKENS = 2.0e9  # as the paper states it
SHORT = {
    "gensim-sg": "word2vec", "sgns": "sgns", "qwem": "QWEM", "mstar": "M*", "ppmi": "PPMI", "pmi": "PMI",
    "sppmi": "shifted PPMI", "spmi": "shifted PMI",
}  # fmt: skip


def record() -> Kept | None:
    """The bundled record; None, and a word about it, where it is missing."""
    try:
        return kept_record()
    except InputError as error:
        st.info(SAY("no-record"), icon=":material/hourglass_empty:")
        st.text(str(error)[:200])
        return None


def questions() -> bool:
    """Whether pairs are crossed; else the questions as Google listed them."""
    ways = {"crossed": SAY("questions.crossed"), "listed": SAY("questions.listed")}
    return choice(
        st.segmented_control, SAY("questions"), ways, key="questions", required=True, help=SAY("questions.help")
    ) == "crossed"  # fmt: skip


def claim(kept: Kept) -> None:
    """The claim in a line, from the record; and whether the order is the paper's."""
    closed, trained = kept.row("mstar"), kept.row("gensim-sg")
    if closed is None or trained is None or not trained.evaluation.overall.right:
        st.info(SAY("claim.none"))
    else:
        ours, theirs = closed.evaluation, trained.evaluation
        paper = PAPER["mstar"].analogies / PAPER["gensim-sg"].analogies
        st.success(
            SAY(
                "claim",
                share=ours.accuracy / theirs.accuracy,
                right=ours.overall.right,
                theirs=theirs.overall.right,
                total=ours.total,
                paper=paper,
            ),
            icon=":material/verified:",
        )
    broken = broken_links(kept)
    if broken:
        st.warning(_out_of_order(kept, broken), icon=":material/swap_vert:")


def _out_of_order(kept: Kept, broken: Sequence[tuple[str, str]]) -> str:
    """Which neighbours come out the other way round, and what differs from the paper's conditions."""
    told = []
    for better, worse in broken:
        first, second = kept.row(better), kept.row(worse)
        assert first and second  # noqa: S101 - broken links are between rows that are there
        told.append(
            SAY(
                "order.link",
                better=_plain(model_name(better)),
                worse=_plain(model_name(worse)),
                first=first.evaluation.accuracy,
                second=second.evaluation.accuracy,
            )
        )
    return SAY("order", links="; ".join(told), times=PAPER_TOKENS / kept.about.tokens)


def league(kept: Kept, *, crossed: bool) -> None:
    """A line a model: share of analogies right, here and in the paper; beneath it the whole table."""
    if not kept.rows:
        st.info(SAY("league.none"))
        return
    chrome.chart(
        accuracy(
            [model_name(row.model) for row in kept.rows],
            _league_dots(kept.rows, crossed),
            title=SAY("league.axis"),
            dark=chrome.dark(),
        ),
        key="league",
        alt=SAY("league.alt"),
    )
    shares = (SAY("column.analogies.here"), SAY("column.analogies.paper"))
    similar = [
        SAY(f"column.similarity.{where}", title=title) for title in TITLES.values() for where in ("here", "paper")
    ]
    chrome.grid(
        [_league_row(row, crossed) for row in kept.rows],
        forms=dict.fromkeys(shares, ".1%") | dict.fromkeys(similar, ".3f"),
        alt=SAY("league.table"),
        column_config={SAY("column.model"): st.column_config.TextColumn(pinned=True)},
    )
    chrome.table([_made_row(row) for row in kept.rows], label=SAY("league.how"))
    about = kept.about
    st.caption(
        SAY(
            "league.caption",
            tokens=about.tokens,
            text=SAY("text.wikipedia" if of_bundled(kept) else "text.other"),
            documents=about.documents,
            words=about.vocab_size,
            window=about.window,
        )
    )


def _league_dots(rows: Sequence[Row], crossed: bool) -> list[Dots]:
    here, reported = SAY("league.here"), SAY("league.reported")
    found = [of(row, crossed) for row in rows]
    told = [
        SAY("league.told", kind=here, share=one.accuracy, right=one.overall.right, total=one.total) for one in found
    ]
    dots = [Dots(here, [share(one) for one in found], told)]
    if not crossed:
        return dots
    theirs = [PAPER[row.model].analogies if row.model in PAPER else None for row in rows]
    told = ["" if one is None else SAY("league.told.paper", kind=reported, share=one) for one in theirs]
    return [Dots(reported, theirs, told, kind=3, hollow=True), *dots]


def _league_row(row: Row, crossed: bool) -> dict[str, Any]:
    """What is compared, so that it has room; how it was made stands in a table of its own."""
    found, paper = of(row, crossed), PAPER.get(row.model)
    similar = {one.name: one.spearman for one in row.evaluation.similarity}
    reported = {"wordsim353": paper and paper.wordsim353}  # the paper has no other
    cells: dict[str, Any] = {
        SAY("column.model"): SHORT[row.model],
        SAY("column.analogies.here"): found.accuracy,
        SAY("column.analogies.paper"): paper.analogies if paper and crossed else None,
    }
    for name, title in TITLES.items():
        cells[SAY("column.similarity.here", title=title)] = similar.get(name)
        if name in reported:
            cells[SAY("column.similarity.paper", title=title)] = reported[name]
    return cells | {
        SAY("column.right"): SAY("column.right.of", right=found.overall.right, total=found.total)
    }  # fmt: skip


def _made_row(row: Row) -> dict[str, Any]:
    cells: dict[str, Any] = {
        SAY("column.model"): model_name(row.model),
        "d": row.dim,
        SAY("column.seconds"): row.seconds,
        SAY("column.how"): row.how,
        SAY("column.when"): row.when,
        SAY("column.machine"): row.machine,
    }
    for one in row.evaluation.similarity:
        pairs = SAY("column.pairs.of", pairs=one.pairs, possible=one.possible)
        cells[SAY("column.similarity.pairs", title=TITLES[one.name])] = pairs
    return cells


def of(row: Row, crossed: bool) -> Evaluation:
    """The evaluation that was chosen."""
    return row.evaluation if crossed else row.original


def share(found: Evaluation | Score) -> float | None:
    """Share of right answers; None where nothing could be asked."""
    return found.accuracy if found.total else None


def _plain(name: str) -> str:
    """A model's name in a sentence, which is Markdown."""
    return name.replace("*", "\\*")
