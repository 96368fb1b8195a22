"""What the record of benchmarks says: the claim, and the table beside the paper's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.benchmark import NAMES, PAPER, Kept, Row, broken_links
from core.errors import InputError
from core.evaluation import Evaluation, Score
from core.figures.accuracy import Dots, accuracy
from core.ui import chrome
from core.ui.records import kept_record, of_bundled

PAPER_TOKENS = 2.0e9  # as the paper states it
HERE, REPORTED = "computed here", "paper-reported"
CROSSED, LISTED = "crossed", "as listed"
SHORT = {
    "gensim-sg": "word2vec", "sgns": "sgns", "qwem": "QWEM", "mstar": "M*", "ppmi": "PPMI", "pmi": "PMI",
    "sppmi": "shifted PPMI", "spmi": "shifted PMI",
}  # fmt: skip
_CORRELATIONS = ("WordSim-353, here", "WordSim-353, paper", "SimLex-999, here")


def record() -> Kept | None:
    """The bundled record; None, and a word about it, where it is missing."""
    try:
        return kept_record()
    except InputError as error:
        st.info(
            "The record of benchmarks is not here, so nothing is shown of it; `python -m core benchmark` makes it. "
            "What is measured here and now, below, works without it.",
            icon=":material/hourglass_empty:",
        )
        st.text(str(error)[:200])
        return None


def questions() -> bool:
    """Whether pairs are crossed; else the questions as Google listed them."""
    chosen = st.segmented_control(
        "analogies", [CROSSED, LISTED], default=CROSSED, required=True, key="questions", bind="query-params",
        help="Crossed: within a family every pair with every other, as in the paper. As listed: the questions of "
        "Google's file, which leave some of these out.",
    )  # fmt: skip
    return chosen == CROSSED


def claim(kept: Kept) -> None:
    """The claim in a line, from the record; and whether the order is the paper's."""
    closed, trained = kept.row("mstar"), kept.row("gensim-sg")
    if closed is None or trained is None or not trained.evaluation.overall.right:
        st.info("The record lacks M* or word2vec, so what one gets of the other is not known here.")
    else:
        ours, theirs = closed.evaluation, trained.evaluation
        paper = PAPER["mstar"].analogies / PAPER["gensim-sg"].analogies
        st.success(
            f"**M\\* in closed form, with no gradient descent, gets {ours.accuracy / theirs.accuracy:.1%} of what "
            f"word2vec gets**: {ours.overall.right:,} against {theirs.overall.right:,} of {ours.total:,} analogies. "
            f"In the paper it is {paper:.1%}.",
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
        shares = f"{first.evaluation.accuracy:.1%} against {second.evaluation.accuracy:.1%}"
        told.append(f"{_plain(NAMES[better])} is not ahead of {_plain(NAMES[worse])} ({shares})")
    return (
        f"**The order differs from the paper's:** {'; '.join(told)}. The paper counted about "
        f"{PAPER_TOKENS / kept.about.tokens:.0f} times as many words, not all of its settings are known, and each "
        "trained line here is one run with one seed: the table says how it was run."
    )


def league(kept: Kept, *, crossed: bool) -> None:
    """A line a model: share of analogies right, here and in the paper; beneath it the whole table."""
    if not kept.rows:
        st.info("No model was measured yet.")
        return
    chrome.chart(
        accuracy(
            [NAMES[row.model] for row in kept.rows],
            _league_dots(kept.rows, crossed),
            title="analogies right",
            dark=chrome.dark(),
        ),
        key="league",
        alt="Share of analogies answered right by each model, computed here and as the paper reports it.",
    )
    st.dataframe(
        chrome.cells([_league_row(row, crossed) for row in kept.rows]),
        hide_index=True,
        placeholder="–",
        alt="The numbers: every model, here and in the paper",
        column_config={"model": st.column_config.TextColumn(pinned=True)}
        | {name: st.column_config.NumberColumn(format="%.1f %%") for name in ("analogies, here", "analogies, paper")}
        | {name: st.column_config.NumberColumn(format="%.3f") for name in _CORRELATIONS},
    )
    about, text = kept.about, "Wikipedia" if of_bundled(kept) else "a text"
    st.caption(
        f"Here: {about.tokens:,} words of {text} in {about.documents:,} documents, the {about.vocab_size:,} most "
        f"frequent of them, window {about.window}. Paper: about 2.0 billion words, 10,000 of them, d = 200; it reports "
        "no SimLex-999, and its analogies are crossed. Correlations are Spearman's."
    )


def _league_dots(rows: Sequence[Row], crossed: bool) -> list[Dots]:
    found = [of(row, crossed) for row in rows]
    told = [f"{HERE}: {one.accuracy:.1%}, {one.overall.right:,} of {one.total:,}" for one in found]
    dots = [Dots(HERE, [share(one) for one in found], told)]
    if not crossed:
        return dots
    reported = [PAPER[row.model].analogies if row.model in PAPER else None for row in rows]
    told = ["" if one is None else f"{REPORTED}: {one:.1%}" for one in reported]
    return [Dots(REPORTED, reported, told, kind=3, hollow=True), *dots]


def _league_row(row: Row, crossed: bool) -> dict[str, Any]:
    found, paper = of(row, crossed), PAPER.get(row.model)
    similar = {one.name: one for one in row.evaluation.similarity}
    cells: dict[str, Any] = {
        "model": NAMES[row.model],
        "analogies, here": 100 * found.accuracy,
        "right": f"{found.overall.right:,} of {found.total:,}",
        "analogies, paper": 100 * paper.analogies if paper and crossed else None,
    }
    for name, title in (("wordsim353", "WordSim-353"), ("simlex999", "SimLex-999")):
        one = similar.get(name)
        cells[f"{title}, here"] = None if one is None else one.spearman
        cells[f"pairs of {title}"] = None if one is None else f"{one.pairs} of {one.possible}"
        if name == "wordsim353":
            cells[f"{title}, paper"] = None if paper is None else paper.wordsim353
    return cells | {
        "d": row.dim, "seconds": row.seconds, "how": row.how, "computed on": row.when, "machine": row.machine,
    }  # fmt: skip


def of(row: Row, crossed: bool) -> Evaluation:
    """The evaluation that was chosen."""
    return row.evaluation if crossed else row.original


def share(found: Evaluation | Score) -> float | None:
    """Share of right answers; None where nothing could be asked."""
    return found.accuracy if found.total else None


def _plain(name: str) -> str:
    """A model's name in a sentence, which is Markdown."""
    return name.replace("*", "\\*")
