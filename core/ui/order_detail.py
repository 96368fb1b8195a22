"""One list under the lens: its scores concept by concept, runs stopped on the way, and the concepts that brought it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from core.figures.order import QUESTIONS, curve_figure, told
from core.frozen import frozen
from core.linear import task_vectors
from core.order import ANALOGIES, APART, DIRECTION, TOGETHER, Curve, arrival, leanings, stopped
from core.theory import FloatArray
from core.ui import chrome
from core.ui.linear_words import KnownWords, followed
from core.ui.memory import remembered
from core.ui.order import Followed, Setting, clock_of
from core.ui.wordlists import Read

_STOPS = 24
_LEANINGS = 3
_POLE_WORDS = 4
_ROLES = {TOGETHER: "they share", APART: "they differ in", DIRECTION: "they share", ANALOGIES: "they share"}
_ASKED = {
    TOGETHER: "**Do they belong together?** Of the {places} words nearest to a word of the list, how many are of the "
    "list? {arrives} At best {best} are, by chance up to {chance}.",
    APART: "**Can it tell them apart?** Two words of the list, and the vector of one of them: which is it? {arrives} "
    "Guessing is right half of the time, and more than {chance} once in 20. Grey are random words: having less in "
    "common, they may be told apart sooner.",
    DIRECTION: "**Do the pairs point one way?** {arrives} At best the strongest direction is {best} times as strong "
    "as the mean one; with the same words paired at random up to {chance} there.",
}
_ANALOGIES = (
    "**Does that answer analogies?** Each pair asked by each other. {arrives} At best {best} of {asked:,} are right, "
    "with the same words paired at random up to {chance}."
)


def detail(now: Setting, found: Sequence[Followed]) -> None:
    """One list: both scores against the rank, and the concepts that brought it."""
    names = [one.read.wanted.name for one in found]
    own = [one.read.wanted.name for one in found if one.read.wanted.own]
    first = names.index(own[0]) if own else 0
    name = st.selectbox("list", names, index=first, key="list", bind="query-params", width=330)
    one = found[names.index(name)] if name in names else found[0]
    st.text(" · ".join(_told_words(now.known, one.read)))
    truncated = _stops(now, one)
    for place, (column, curve) in enumerate(zip(st.columns(2, gap="large"), one.curves, strict=True)):
        with column:
            _curve(now, one, curve, place, truncated)
    _brought(now, one)


def _told_words(known: KnownWords, one: Read) -> list[str]:
    if one.wanted.pairs:
        return [f"{known.words[a]} – {known.words[b]}" for a, b in one.pairs]
    return [known.words[number] for number in one.words]


def _stops(now: Setting, one: Followed) -> FloatArray:
    """(n, 3): ranks, and both scores of a run that is stopped when so many concepts are half learned."""
    ranks = one.curves[0].ranks
    chosen_ranks = ranks[np.unique(np.rint(np.linspace(0, len(ranks) - 1, _STOPS)).astype(int))]
    scores = _stopped(
        now.known.data, now.known.vocab_size, now.start, one.read.words, one.read.pairs, tuple(chosen_ranks.tolist())
    )
    return np.column_stack([chosen_ranks, scores])


@remembered(max_entries=60, show_spinner="Stopping runs …")
def _stopped(
    data: str,
    vocab_size: int,
    start: float,
    numbers: tuple[int, ...],
    pairs: tuple[tuple[int, int], ...],
    ranks: tuple[int, ...],
) -> FloatArray:
    clock = clock_of(data, vocab_size, start)
    times = clock.flow_times[np.array(ranks) - 1]
    return frozen(stopped(followed(data, vocab_size), clock.s0_squared, times, words=numbers, pairs=pairs))


def _curve(now: Setting, one: Followed, curve: Curve, place: int, truncated: FloatArray) -> None:
    times = now.clock.times
    best = int(np.nanargmax(curve.scores))
    st.markdown(
        _ASKED.get(curve.question, _ANALOGIES).format(
            places=one.read.size - 1,
            asked=one.read.size * (one.read.size - 1),
            arrives=_arrives(curve, times),
            best=told(curve.question, float(curve.scores[best])),
            chance=told(curve.question, float(curve.chance[best])),
        )
    )
    chrome.chart(
        curve_figure(curve, times, colour_of=(1, 3)[place], stopped=truncated[:, [0, 1 + place]], dark=chrome.dark()),
        key=f"curve {place}",
        alt=f"The score against the number of concepts learned, with chance. It arrives at rank {curve.rank}.",
    )
    st.caption(_early(curve, truncated[:, [0, 1 + place]]))
    rows = [
        {
            "rank": int(rank),
            "t·λ₁": round(float(times[rank - 1]), 1),
            "score": round(float(curve.scores[n]), 4),
            "random, median": round(float(curve.others[1, n]), 4),
            "random, largest of 19": round(float(curve.others[2, n]), 4),
            "to pass": round(float(curve.threshold[n]), 4),
        }
        for n, rank in enumerate(curve.ranks)
    ]
    chrome.table(rows, label="The numbers of this curve")


def _arrives(curve: Curve, times: FloatArray) -> str:
    if curve.rank is None:
        return f"**Never**, up to rank {len(times):,}: it does not stay above chance and halfway to its best."
    return f"From **rank {curve.rank}** on, at t·λ₁ = {times[curve.rank - 1]:.0f}."


def _early(curve: Curve, truncated: FloatArray) -> str:
    """Whether stopping is truncating, measured for this list."""
    ranks = truncated[:, 0].astype(int)
    places = np.searchsorted(curve.ranks, ranks)
    apart = np.abs(truncated[:, 1] - curve.scores[places])
    rank = arrival(curve.question, ranks, truncated[:, 1], curve.chance[places])
    by_rank = arrival(curve.question, ranks, curve.scores[places], curve.chance[places])
    return (
        f"Is stopping truncating? Crosses are runs stopped at {len(ranks)} times, by Lemma 3.1. They differ from the "
        f"line by {told(curve.question, float(np.nanmean(apart)))} on average. By them the list arrives "
        f"{_with(rank)}, by the line at the same times {_with(by_rank)}."
    )


def _with(rank: int | None) -> str:
    if rank is None:
        return "never"
    return f"with {rank} concept{'s' if rank > 1 else ''} half learned"


def _brought(now: Setting, one: Followed) -> None:
    """The concept with which each question was answered, and those that the list stands on most by then."""
    rows = []
    columns = now.columns
    vectors = task_vectors(columns, one.read.pairs) if one.read.pairs else columns[list(one.read.words)]
    for curve in one.curves:
        if curve.rank is None:
            continue
        stands = leanings(vectors, curve.rank, centred=curve.question == APART)
        strongest = sorted(stands[:-1], key=lambda each: -each.share)[:_LEANINGS]
        for role, each in [("the last it needed", stands[-1]), *((_ROLES[curve.question], each) for each in strongest)]:
            found = now.known.concept(each.k, _POLE_WORDS)
            ends = (found.positive, found.negative) if each.positive else (found.negative, found.positive)
            rows.append(
                {
                    "question": QUESTIONS[curve.question],
                    "role": role,
                    "concept": each.k,
                    "t·λ₁": round(float(now.clock.times[each.k - 1]), 1),
                    "share": f"{each.share:.0%}",
                    "on this side": f"{each.same} of {each.count}",
                    "this side": " · ".join(ends[0]),
                    "the other": " · ".join(ends[1]),
                }
            )
    if rows:
        chrome.table(rows, label="The concepts that brought it, and their words", expanded=True)
        st.caption(
            "The last concept that was needed is seldom the whole reason: what a list has in common adds up. Share: of "
            "the squared length of the list's mean vector (of pairs: of their mean difference), up to that rank; where "
            "words are told apart, of their squared differences from that mean."
        )
