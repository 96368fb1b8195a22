"""One list under the lens: its scores concept by concept, runs stopped on the way, and the concepts that brought it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from core.figures.order import curve_figure, told
from core.frozen import frozen
from core.linear import task_vectors
from core.order import APART, Curve, arrival, leanings, stopped
from core.theory import FloatArray
from core.ui import chrome
from core.ui.choices import choice
from core.ui.linear_words import KnownWords, followed
from core.ui.memory import remembered
from core.ui.order import Followed, Setting, clock_of
from core.ui.prose import Prose, language, spelt
from core.ui.wordlists import Read

SAY = Prose("order")
_STOPS = 16
_LEANINGS = 3
_POLE_WORDS = 4


def detail(now: Setting, found: Sequence[Followed]) -> None:
    """One list: both scores against the rank, and the concepts that brought it."""
    lists = {one.read.wanted.key: one for one in found}
    own = [key for key, one in lists.items() if one.read.wanted.own]
    names = {key: one.read.wanted.name for key, one in lists.items()}
    one = lists[choice(st.selectbox, SAY("one.list"), names, key="list", default=own[0] if own else "", width=330)]
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
    with st.spinner(SAY("stopping"), show_time=True):
        scores = _stopped(
            now.known.data,
            now.known.vocab_size,
            now.start,
            one.read.words,
            one.read.pairs,
            tuple(chosen_ranks.tolist()),
        )
    return np.column_stack([chosen_ranks, scores])


@remembered(max_entries=60)
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
        SAY(
            f"one.{curve.question}",
            places=one.read.size - 1,
            asked=one.read.size * (one.read.size - 1),
            arrives=_arrives(curve, times),
            best=told(curve.question, float(curve.scores[best]), language()),
            chance=told(curve.question, float(curve.chance[best]), language()),
        )
    )
    chrome.chart(
        curve_figure(
            curve,
            times,
            colour_of=(1, 3)[place],
            stopped=truncated[:, [0, 1 + place]],
            dark=chrome.dark(),
            language=language(),
        ),
        key=f"curve {place}",
        alt=SAY("one.alt.never" if curve.rank is None else "one.alt", rank=curve.rank),
    )
    st.caption(_early(curve, truncated[:, [0, 1 + place]]))
    rows = [
        {
            SAY("curve.rank"): int(rank),
            "t·λ₁": round(float(times[rank - 1]), 1),
            SAY("curve.score"): round(float(curve.scores[n]), 4),
            SAY("curve.median"): round(float(curve.others[1, n]), 4),
            SAY("curve.largest"): round(float(curve.others[2, n]), 4),
            SAY("curve.pass"): round(float(curve.threshold[n]), 4),
        }
        for n, rank in enumerate(curve.ranks)
    ]
    chrome.table(rows, label=SAY("one.table"))


def _arrives(curve: Curve, times: FloatArray) -> str:
    if curve.rank is None:
        return SAY("arrives.never", most=len(times))
    return SAY("arrives", rank=curve.rank, time=float(times[curve.rank - 1]))


def _early(curve: Curve, truncated: FloatArray) -> str:
    """Whether stopping is truncating, measured for this list."""
    ranks = truncated[:, 0].astype(int)
    places = np.searchsorted(curve.ranks, ranks)
    apart = np.abs(truncated[:, 1] - curve.scores[places])
    rank = arrival(curve.question, ranks, truncated[:, 1], curve.chance[places])
    by_rank = arrival(curve.question, ranks, curve.scores[places], curve.chance[places])
    return SAY(
        "early",
        stops=len(ranks),
        apart=told(curve.question, float(np.nanmean(apart)), language()),
        run=_with(rank),
        line=_with(by_rank),
    )


def _with(rank: int | None) -> str:
    if rank is None:
        return SAY("early.never")
    return SAY("early.several" if rank > 1 else "early.one", rank=rank)


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
        roles = [(SAY("role.last"), stands[-1]), *((SAY(f"role.{curve.question}"), each) for each in strongest)]
        for role, each in roles:
            found = now.known.concept(each.k, _POLE_WORDS)
            ends = (found.positive, found.negative) if each.positive else (found.negative, found.positive)
            rows.append(
                {
                    SAY("brought.concept"): each.k,
                    SAY("brought.this"): " · ".join(ends[0]),
                    SAY("brought.other"): " · ".join(ends[1]),
                    SAY("brought.role"): role,
                    SAY("brought.question"): SAY(f"question.{curve.question}"),
                    "t·λ₁": round(float(now.clock.times[each.k - 1]), 1),
                    SAY("brought.share"): spelt(each.share, ".0%"),
                    SAY("brought.same"): SAY("brought.same.of", same=each.same, count=each.count),
                }
            )
    if rows:
        chrome.table(rows, label=SAY("brought"), expanded=True)
        st.caption(SAY("brought.caption"))
