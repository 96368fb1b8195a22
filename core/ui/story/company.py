"""Chapter 1: which words keep company."""

from __future__ import annotations

import streamlit as st

from core.figures.story_pairs import Company, company
from core.show.facts import PAIRS
from core.targets import PairFacts, meetings, pair_facts
from core.ui import chrome
from core.ui.lab import Lab
from core.ui.prose import Prose, language
from core.ui.story import limits, parts, places
from core.ui.urls import component_js

SAY = Prose("story")
_OWN = ("king", "queen")
_REACH = 2

_window = st.components.v2.component("staircase.story_window", js=component_js("story-window.js"), isolate_styles=False)


def show(known: Lab) -> None:
    """Three pairs to choose from, then any two words."""
    limits.warm()
    parts.open_chapter("company", "simulation")
    left, right = parts.stage()
    index, counts = known.problem.counts.index, known.problem.counts
    facts = {pair: pair_facts(counts, index[pair[0]], index[pair[1]]) for pair in PAIRS}
    with left:
        guess = parts.picked("company", PAIRS, [SAY("company.pair", first=a, second=b) for a, b in PAIRS])
        if guess is not None:
            _reveal(facts, guess, counts.source.window)
            own = _own(known)
            chrome.maths(r"M^\star_{ij} = \frac{2\,(P_{ij} - P_iP_j)}{P_{ij} + P_iP_j}")
    with right:
        _sliding()
        if guess is not None:
            _bars(facts | own, counts.source.window)


def _reveal(facts: dict[tuple[str, str], PairFacts], guess: tuple[str, str], reach: int) -> None:
    best = max(facts, key=lambda pair: facts[pair].m_star)
    often = max(facts, key=lambda pair: facts[pair].count)
    told = {"first": guess[0], "second": guess[1], **_met(facts[guess], reach)}
    if guess == best:
        verdict = SAY("company.right", **told)
    else:
        answer = SAY("company.wrong", first=best[0], second=best[1])
        verdict = answer + " " + SAY("company.often" if guess == often else "company.apart", **told)
    parts.reveal("company", verdict, right=guess == best)


def _own(known: Lab) -> dict[tuple[str, str], PairFacts]:
    """Two words of the visitor's, as a fourth pair; none where one is not known."""
    counts = known.problem.counts
    with st.container(horizontal=True):
        chosen = [
            st.selectbox(
                SAY(f"company.own.{place}"), counts.words, index=counts.index[word], key=f"story-company-{place}",
                persist_state="session",
            )
            for place, word in zip(("first", "second"), _OWN, strict=True)
        ]  # fmt: skip
    first, second = (str(word) for word in chosen)
    return {(first, second): pair_facts(counts, counts.index[first], counts.index[second])}


def _sliding() -> None:
    _window(
        key="story-window",
        data={
            "words": SAY("company.sentence").split(),
            "reach": _REACH,
            "style": places.style(),
            "labels": {name: SAY(f"company.window.{name}") for name in ("play", "pause", "next", "note")},
        },
    )


def _met(one: PairFacts, reach: int) -> dict[str, int]:
    """About how often they met, and would have met by chance."""
    return {"count": round(meetings(one.count, reach)), "expected": round(meetings(one.expected, reach))}


def _bars(facts: dict[tuple[str, str], PairFacts], reach: int) -> None:
    rows = [
        Company(
            f"{first} · {second}",
            one.m_star,
            SAY("company.seen", **_met(one, reach)),
        )
        for (first, second), one in facts.items()
    ]
    ends = {place: SAY(f"company.axis.{place}") for place in ("never", "chance", "always")}
    drawn = company(rows, ends, dark=chrome.dark(), language=language())
    chrome.chart(drawn, key="story-company-bars", alt=SAY("company.alt"))
    table = [
        {
            SAY("company.table.pair"): f"{first} · {second}",
            SAY("company.table.seen"): _met(one, reach)["count"],
            SAY("company.table.expected"): _met(one, reach)["expected"],
            "M*": round(one.m_star, 3),
        }
        for (first, second), one in facts.items()
    ]
    chrome.table(table, label=SAY("numbers"))
